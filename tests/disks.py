"""Disks of a test's own, for those who may mount one."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A disk of that size (such as "6m") at a new folder; skips the test where that is not allowed."""
    folder.mkdir()
    done = _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    if done.returncode:
        pytest.skip(f"a disk of its own needs the right to mount one: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def make(folder: Path, how: str) -> None:
    """Mount it anew, `ro` or `rw`."""
    _mount("-o", f"remount,{how}", str(folder)).check_returncode()


def _mount(*words: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["mount", *words], capture_output=True, check=False)
    except FileNotFoundError as error:
        return subprocess.CompletedProcess(words, 1, b"", str(error).encode())
