"""What the peers are made of, from the registries, in a folder of their own beside the repository's files."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final, Literal, NamedTuple

FOLDER: Final = Path(__file__).parents[3] / ".peers"
PYTHON_FOLDER: Final = FOLDER / "python"
NODE_FOLDER: Final = FOLDER / "node"
INSTALLING_S: Final = 900


class Part(NamedTuple):
    """Packages that are installed together, and the lower bounds of their versions."""

    by: Literal["pip", "npm"]
    folder: Path
    packages: tuple[str, ...]


PYTHON: Final = Part(
    "pip", PYTHON_FOLDER, ("python-socketio>=5.12", "aiohttp>=3.12", "uvloop>=0.21", "aiosqlite>=0.21")
)
NODE: Final = Part("npm", NODE_FOLDER, ("socket.io@>=4.8", "ws@>=8.18"))
NODE_STORE: Final = Part(
    "npm", NODE_FOLDER, ("better-sqlite3@>=11.8",)
)  # compiled where there is no ready one: minutes


class Missing(Exception):
    """A peer that this machine cannot run; the sentence says why."""


def python() -> str:
    """The Python that has its packages."""
    return str(PYTHON_FOLDER / "bin" / "python")


def node() -> str:
    """Node. Raises `Missing`."""
    return _found("node")


def install(part: Part) -> None:
    """Installs what is not there yet. Raises `Missing`."""
    if not _is_there(part):
        INSTALLERS[part.by](part)
        with _mark(part).open("a") as mark:
            mark.write("".join(f"{package}\n" for package in part.packages))


def _with_pip(part: Part) -> None:
    _run(sys.executable, "-m", "venv", "--clear", str(part.folder))
    _run(python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *part.packages)


def _with_npm(part: Part) -> None:
    node()
    installer = _found("npm")
    part.folder.mkdir(parents=True, exist_ok=True)
    if not (part.folder / "package.json").exists():
        (part.folder / "package.json").write_text('{"private":true}')
    quiet = ("--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error")
    _run(installer, "install", "--prefix", str(part.folder), *quiet, *part.packages)


INSTALLERS: Final = {"pip": _with_pip, "npm": _with_npm}


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise Missing(f"There is no `{program}` on the PATH.")
    return path


def _mark(part: Part) -> Path:
    return part.folder / "installed"


def _is_there(part: Part) -> bool:
    return _mark(part).exists() and set(part.packages) <= set(_mark(part).read_text().splitlines())


def _run(*words: str) -> None:
    """Runs an installer. What it started goes with it when it takes too long."""
    what = f"`{' '.join((Path(words[0]).name, *words[1:3]))} …`"
    with subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        try:
            said, _ = process.communicate(timeout=INSTALLING_S)
        except BaseException as failed:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(failed, subprocess.TimeoutExpired):
                raise Missing(f"{what} took more than {INSTALLING_S} s.") from failed
            raise
    if process.returncode:
        lines = said.decode(errors="replace").strip().splitlines()
        raise Missing(f"{what} failed: {lines[-1] if lines else process.returncode}")
