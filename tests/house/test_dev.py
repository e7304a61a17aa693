"""`./dev` on machines that lack something: a sentence that says what, and what to do."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

Machine = Callable[..., subprocess.CompletedProcess[str]]

OLD = "exit 1"
BARE = """
case $2 in
    *ensurepip*) exit 1 ;;
    *print*)     echo 3.12 ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A fresh clone on a machine with the tools of any Unix, and `python3` as the script given."""
    path, clone = tmp_path / "bin", tmp_path / "clone"
    path.mkdir()
    clone.mkdir()
    for tool in ("cat", "cksum", "dirname", "grep", "sh"):
        (path / tool).symlink_to(shutil.which(tool) or tool)
    for file in ("dev", "pyproject.toml"):
        shutil.copy(ROOT / file, clone)

    def run(command: str, *, python: str | None = None) -> subprocess.CompletedProcess[str]:
        if python is not None:
            (path / "python3").write_text(f"#!/bin/sh\n{python}\n")
            (path / "python3").chmod(0o755)
        return subprocess.run(
            [clone / "dev", command],
            cwd=tmp_path,
            env={"PATH": str(path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_help_needs_no_python(machine: Machine) -> None:
    helped = machine("help")
    assert helped.returncode == 0
    for command in ("demo", "test", "check", "format", "load", "peers"):
        assert f"\n  {command} " in helped.stdout


def test_an_unknown_command_is_named(machine: Machine) -> None:
    refused = machine("dmeo")
    assert refused.returncode == 2
    assert "no command 'dmeo'" in refused.stderr


@pytest.mark.parametrize("command", ["demo", "test", "check", "format", "load", "peers"])
def test_without_python_it_says_which_is_needed(machine: Machine, command: str) -> None:
    refused = machine(command)
    assert refused.returncode == 1
    assert refused.stderr == "dev: Python 3.11 or newer is needed, and none is on the PATH.\n"


def test_an_old_python_is_as_good_as_none(machine: Machine) -> None:
    refused = machine("check", python=OLD)
    assert refused.returncode == 1
    assert "Python 3.11 or newer is needed" in refused.stderr


def test_without_venv_it_names_the_package(machine: Machine) -> None:
    refused = machine("check", python=BARE)
    assert refused.returncode == 1
    assert "apt-get install python3.12-venv" in refused.stderr
