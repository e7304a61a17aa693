"""SQL as a language: named queries from a file, each with a sentence of its own."""

import re
from pathlib import Path
from typing import Final

_NAMED: Final = re.compile(r"^-- (?P<name>\w+): .+?\n(?P<sql>.*?;)$", re.MULTILINE | re.DOTALL)


class Queries(dict[str, str]):
    """The statements of one dialect by name."""

    def __init__(self, path: Path) -> None:
        super().__init__({it["name"]: it["sql"] for it in _NAMED.finditer(path.read_text())})


def migrations(folder: Path) -> list[tuple[int, str]]:
    """Numbered scripts (`0001_first.sql`) in order."""
    return [(int(path.name[:4]), path.read_text()) for path in sorted(folder.glob("[0-9]*.sql"))]
