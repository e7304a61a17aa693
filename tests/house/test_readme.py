"""What the README claims is what the code does."""

import re
from pathlib import Path

from gateway.domain import limits
from tests.house.tables import LIMIT, README, rendered


def test_the_tables_are_those_of_the_code() -> None:
    """When this fails: python -m tests.house.tables"""
    text = README.read_text()
    assert rendered(text) == text


def test_every_limit_is_in_the_table() -> None:
    named = {name for name in vars(limits) if name.isupper()}
    assert named == {name for name, _, _ in LIMIT.findall(Path(limits.__file__).read_text())}


def test_every_file_it_names_is_there() -> None:
    root = README.parent
    for page in (README, root / "gateway" / "README.md"):
        named = re.findall(r"`((?:gateway|clients|tests|demo_web)/[\w/.]+\.\w+)`", page.read_text())
        assert named
        missing = [name for name in named if not (root / name).exists()]
        assert not missing


def test_the_codemap_has_each_floor_once_and_each_decision_stands_once() -> None:
    """Two who add to a page at a time may leave both versions of a line."""
    page = (README.parent / "gateway" / "README.md").read_text()
    for led in (r"^\| (`.+?) \|", r"^\*\*(.+?)\*\*"):
        found = re.findall(led, page, re.MULTILINE)
        assert [it for it in found if found.count(it) > 1] == []
