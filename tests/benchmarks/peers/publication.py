"""Where a comparison is kept: its figures, the picture and the page, and the table in the README."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.benchmarks.peers import chart, page
from tests.benchmarks.peers.result import Result, decoded, encoded

HERE: Final = Path(__file__).parents[1]
FIGURES: Final = HERE / "peers.json"
PICTURE: Final = HERE / "peers.png"
PAGE: Final = HERE / "peers.html"
PNG_HEAD: Final = 8


def publish(result: Result, figures: Path = FIGURES, picture: Path = PICTURE, place: Path = PAGE) -> None:
    """Writes all of it but the README, which `python -m tests.house.tables` renders from the figures."""
    figures.write_bytes(encoded(result))
    chart.draw(result, digest(figures), picture)
    place.write_text(page.html(result, digest(figures)))


def kept() -> Result:
    """The comparison that the README shows."""
    return decoded(FIGURES.read_bytes())


def digest(figures: Path = FIGURES) -> str:
    """What tells these figures from others."""
    return hashlib.sha256(figures.read_bytes()).hexdigest()[:16]


def notes(picture: Path = PICTURE) -> dict[str, str]:
    """What a PNG says of itself, by key."""
    return dict(_notes(picture.read_bytes()))


def _notes(data: bytes) -> Iterator[tuple[str, str]]:
    at = PNG_HEAD
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"tEXt":
            key, _, value = data[at + 8 : at + 8 + size].partition(b"\0")
            yield key.decode("latin-1"), value.decode("latin-1")
        at += 12 + size
