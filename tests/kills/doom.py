"""When a gateway is to die of itself: as a chosen line of it is about to run. Nothing of it is changed for that."""

import importlib
import json
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final, NamedTuple, NoReturn

from gateway import bootstrap

MODULES: Final = (
    "gateway.flow.corridor",
    "gateway.stores.sqlite.store",
    "gateway.stores.sqlite.connection",
    "gateway.stores.sqlite.log",
    "gateway.stores.sqlite.memory",
    "aiosqlite.core",  # the thread that writes: between a statement and those who wait for it
    "gateway.buses.local",
    "gateway.flow.hub",
    "gateway.flow.turns",
    "gateway.flow.session",
    "gateway.flow.annals",
    "gateway.flow.arrivals",
    "gateway.flow.settling",
    "gateway.flow.deliver",
    "gateway.edge.sockets",
)
READY: Final = bootstrap.announce.__code__


class Step(NamedTuple):
    """A line of one of the modules, in the words of its function."""

    module: str
    function: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} ({self.function})"


class Doom:
    """Kills the process when a step is about to be taken for the nth time since it listens; `times` counts down."""

    def __init__(self, step: Step, times: int) -> None:
        self._line = step.line
        self._file = _file(step.module)
        self._left = times
        self._ready = False

    def begin(self) -> None:
        _trace(self._enter)

    def _enter(self, frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_code is READY:
            self._ready = True
        return self._look if frame.f_code.co_filename == self._file else None

    def _look(self, frame: FrameType, event: str, arg: Any) -> Any:
        if self._ready and event == "line" and frame.f_lineno == self._line:
            self._left -= 1
            if not self._left:
                die()
        return self._look


class Rehearsal:
    """Notes the steps that are taken within a time since it listens, and how often, in a file; then dies."""

    def __init__(self, path: Path, seconds: float) -> None:
        self._path = path
        self._seconds = seconds
        self._modules = {_file(name): name for name in MODULES}
        self._taken: Counter[tuple[CodeType, int]] = Counter()
        self._ready = False

    def begin(self) -> None:
        _trace(self._enter)

    def _enter(self, frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_code is READY and not self._ready:
            self._ready = True
            threading.Timer(self._seconds, self._end).start()
        return self._look if frame.f_code.co_filename in self._modules else None

    def _look(self, frame: FrameType, event: str, arg: Any) -> Any:
        if self._ready and event == "line":
            self._taken[frame.f_code, frame.f_lineno] += 1
        return self._look

    def _end(self) -> NoReturn:
        taken = [
            [Step(self._modules[code.co_filename], code.co_qualname, line), times]
            for (code, line), times in self._taken.copy().items()
        ]
        self._path.write_text(json.dumps(taken))
        die()


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody comes here")


def _file(module: str) -> str:
    found = importlib.import_module(module).__file__
    assert found is not None
    return found


def _trace(enter: Any) -> None:
    threading.settrace(enter)
    sys.settrace(enter)
