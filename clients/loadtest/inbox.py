"""The receiver of webhooks, as the run sees it: a process with addresses to tell, and a count at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from time import monotonic
from typing import Final, TypeVar

from clients.loadtest import crowd
from clients.loadtest.conductor import PATIENCE_S, Stuck, received
from clients.loadtest.crew import member
from clients.loadtest.cues import Due, Failed, Go, Heard, Keys, Listening, Open
from clients.loadtest.mirror import Mirror
from clients.loadtest.plan import Ear, Target
from clients.loadtest.receiver import receive

SPARE_S: Final = 30.0  # to start, and to judge what was heard
T = TypeVar("T")


class Inbox:
    """The line to the receiver. `look` is called now and then while it is waited for, and may raise."""

    def __init__(self, line: Connection, ear: Ear, look: Callable[[], object]) -> None:
        self._line = line
        self._ear = ear
        self._look = look
        ports = self._await(Listening, SPARE_S).ports
        self.urls = [f"http://127.0.0.1:{port}/" for port in ports]

    def cue(self, mark: str, at_ns: int) -> None:
        """Lets it measure the same time as everybody else, or open when that is over."""
        if mark == "measuring":
            self._line.send(Go(at_ns))
        elif mark == "measured" and self._ear.is_late:
            self._line.send(Open())

    def collect(self, minutes: Mapping[str, Sequence[int]]) -> Mirror:
        """What it heard, after a bounded wait for the rest of what was said. Raises `Stuck`."""
        self._line.send(Due(minutes))
        return self._await(Heard, self._ear.patience_s + SPARE_S).mirror

    def _await(self, kind: type[T], seconds: float) -> T:
        until_s = monotonic() + seconds
        while not self._line.poll(PATIENCE_S):
            self._look()
            if monotonic() > until_s:
                silent = "the receiver of webhooks does not answer"
                raise Stuck(silent)
        said = received(self._line)
        if isinstance(said, Failed):
            raise Stuck(said.why)
        assert isinstance(said, kind)
        return said


@contextmanager
def inbox(ear: Ear, target: Target, look: Callable[[], object]) -> Iterator[Inbox]:
    """Starts a receiver and lets the target's app tell it everything; both have ended when the block has."""
    with member(receive, ear) as line:
        opened = Inbox(line, ear, look)
        made = asyncio.run(crowd.subscribe(target, opened.urls, one_per_call=ear.options.one_per_call))
        line.send(Keys(made.secrets))
        try:
            yield opened
        finally:
            asyncio.run(crowd.unsubscribe(target, made.integration_id))
