"""The floors of the house: what each may import, and that the contracts would notice a trespass."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PURE_PARTS = {
    "base64", "binascii", "bisect", "codecs", "collections", "contextlib", "dataclasses", "datetime", "enum",
    "functools", "hashlib", "heapq", "hmac", "html", "ipaddress", "itertools", "math", "operator", "re", "string",
    "struct", "types", "typing", "unicodedata", "urllib",
}  # fmt: skip
OUTSIDERS = {
    "domain": PURE_PARTS | {"gateway", "markdown_it", "msgspec", "nh3"},
    "wire": PURE_PARTS | {"gateway", "joserfc", "json", "msgspec", "orjson", "puremagic", "websockets"},
}

TRESPASSES = [
    ("gateway/domain/limits.py", "import asyncio"),
    ("gateway/domain/limits.py", "import gateway.wire.json"),
    ("gateway/wire/json.py", "import gateway.ports"),
    ("gateway/wire/json.py", "import aiohttp"),
    ("gateway/flow/__init__.py", "import gateway.stores"),
    ("gateway/flow/__init__.py", "import aiosqlite"),
    ("gateway/flow/__init__.py", "import obstore"),
    ("gateway/stores/__init__.py", "import gateway.flow"),
    ("gateway/stores/__init__.py", "import gateway.buses"),
    ("gateway/edge/__init__.py", "import gateway.stores"),
    ("gateway/config.py", "import gateway.flow"),
    ("gateway/cli/commands.py", "import gateway.flow"),
    ("gateway/errands.py", "import gateway.cli"),
    ("gateway/remote/rest.py", "import gateway.flow"),
    ("gateway/remote/rest.py", "import gateway.config"),
    ("clients/__init__.py", "import gateway.wire.json"),
]


def contracts_broken_in(tree: Path) -> int:
    """How many of the import contracts the tree breaks."""
    lint = str(Path(sys.executable).with_name("lint-imports"))
    command = [lint, "--no-cache", "--no-logo"]
    ran = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    counted = re.search(r"Contracts: \d+ kept, (\d+) broken", ran.stdout)
    assert counted, ran.stdout + ran.stderr
    return int(counted[1])


def syntax(floor: str) -> Iterator[ast.AST]:
    """Every node of every module of the floor."""
    for module in (ROOT / "gateway" / floor).rglob("*.py"):
        yield from ast.walk(ast.parse(module.read_text()))


def imported_by(floor: str) -> Iterator[str]:
    """Full dotted names, as in `websockets.frames.Frame`."""
    for node in syntax(floor):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_contract_is_kept() -> None:
    assert contracts_broken_in(ROOT) == 0


@pytest.mark.parametrize(("module", "trespass"), TRESPASSES)
def test_a_trespass_is_noticed(tmp_path: Path, module: str, trespass: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("gateway", "clients"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / module).open("a") as text:
        text.write(f"\n{trespass}\n")
    assert contracts_broken_in(tmp_path) > 0


@pytest.mark.parametrize("floor", OUTSIDERS)
def test_a_pure_floor_takes_only_pure_parts(floor: str) -> None:
    assert {name.partition(".")[0] for name in imported_by(floor)} <= OUTSIDERS[floor]


def test_of_websockets_the_wire_takes_framing_only() -> None:
    taken = [name for name in imported_by("wire") if name.startswith("websockets")]
    assert all(name.startswith("websockets.frames") for name in taken)


@pytest.mark.parametrize("floor", OUTSIDERS)
def test_a_pure_floor_never_waits(floor: str) -> None:
    waits = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
    assert not [ast.unparse(node) for node in syntax(floor) if isinstance(node, waits)]
