"""Words that the house does without: names that say nothing, and hosts that only pip needs to know."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

EMPTY_WORDS = {
    "base", "common", "handler", "helper", "helpers", "manager", "processor", "service", "util", "utils",
}  # fmt: skip

REGISTRIES = [
    f"{name}.{domain}".encode()
    for name, domain in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("esm", "sh"),
        ("debian", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
    ]
]

MADE_BY_TOOLS = re.compile(r"\.(?!ci$).*|__pycache__|node_modules|build|dist|data|.*\.egg-info")


def files() -> Iterator[Path]:
    """What people wrote, relative to the root."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not MADE_BY_TOOLS.fullmatch(name)]
        yield from (Path(folder, name).relative_to(ROOT) for name in names)


def modules() -> list[Path]:
    return [file for file in files() if file.suffix == ".py" and file.parts[0] != "tests"]


def classes(module: Path) -> list[str]:
    nodes = ast.walk(ast.parse((ROOT / module).read_text()))
    return [node.name for node in nodes if isinstance(node, ast.ClassDef)]


OF_THE_API = re.compile("ServiceAccount|service_account")  # words of its own


def words(name: str) -> set[str]:
    """The words of a snake_case or CamelCase name or path, in lower case, but for the API's own."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", OF_THE_API.sub("", name))}


def test_words_are_told_apart() -> None:
    assert words("ConnectionManager") == {"connection", "manager"}
    assert words("wire/http_utils") == {"wire", "http", "utils"}
    assert words("Database") == {"database"}
    assert words("ServiceAccountRemoved") == {"removed"}
    assert words("AccountService") == {"account", "service"}


def test_no_room_has_an_empty_name() -> None:
    assert not [module for module in modules() if words(str(module)) & EMPTY_WORDS]


def test_no_class_has_an_empty_name() -> None:
    named = [(module, name) for module in modules() for name in classes(module)]
    assert not [(module, name) for module, name in named if words(name) & EMPTY_WORDS]


def test_no_file_names_a_package_registry() -> None:
    texts = [(file, (ROOT / file).read_bytes().lower()) for file in files()]
    assert not [(file, host) for file, text in texts for host in REGISTRIES if host in text]
