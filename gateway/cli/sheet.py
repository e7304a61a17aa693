"""What a command found, as lines for people or as JSON for programs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway import bootstrap

CELL = 100  # characters of one
NOTHING = "-"


def show(made: Mapping[str, Any], as_json: bool) -> None:
    """Name by name, or as one JSON object."""
    if as_json:
        print(bootstrap.one_line(made))
        return
    for name, value in made.items():
        print(f"{name}: {clean(value if isinstance(value, str) else bootstrap.one_line(value))}")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Under a line of the columns' names, each as wide as what stands in it."""
    lines = [list(columns), *([_cell(it) for it in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: object) -> str:
    text = NOTHING if value in (None, "") else clean(str(value))
    return text if len(text) <= CELL else f"{text[: CELL - 1]}…"


def clean(text: str) -> str:
    """On one line, and without what would move a terminal's cursor: others may have written it."""
    return " ".join("".join(it if it.isprintable() else " " for it in text).split())
