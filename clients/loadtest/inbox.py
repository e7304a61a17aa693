"""The receiver of webhooks, as the run sees it: a process with addresses to tell, and a count at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final, TypeVar

from clients.loadtest import crowd
from clients.loadtest.conductor import Stuck, received
from clients.loadtest.crew import member
from clients.loadtest.cues import Due, Failed, Go, Heard, Listening
from clients.loadtest.mirror import Mirror
from clients.loadtest.options import Options
from clients.loadtest.plan import Target
from clients.loadtest.receiver import receive

SPARE_S: Final = 30.0  # to start, and to judge what was heard
T = TypeVar("T")


class Inbox:
    """The line to the receiver."""

    def __init__(self, line: Connection) -> None:
        self._line = line
        ports = self._await(Listening, SPARE_S).ports
        self.urls = [f"http://127.0.0.1:{port}/" for port in ports]

    def cue(self, mark: str, at_ns: int) -> None:
        """Lets it measure the same time as everybody else."""
        if mark == "measuring":
            self._line.send(Go(at_ns))

    def collect(self, minutes: Mapping[str, Sequence[int]], drain_s: float) -> Mirror:
        """What it heard, after a bounded wait for the rest of what was said. Raises `Stuck`."""
        self._line.send(Due(minutes))
        return self._await(Heard, drain_s + SPARE_S).mirror

    def _await(self, kind: type[T], seconds: float) -> T:
        if not self._line.poll(seconds):
            silent = "the receiver of webhooks does not answer"
            raise Stuck(silent)
        said = received(self._line)
        if isinstance(said, Failed):
            raise Stuck(said.why)
        assert isinstance(said, kind)
        return said


@contextmanager
def inbox(options: Options, target: Target) -> Iterator[Inbox]:
    """Starts a receiver and lets the target's app tell it everything; both have ended when the block has."""
    with member(receive, options) as line:
        opened = Inbox(line)
        integration_id = asyncio.run(crowd.subscribe(target, opened.urls))
        try:
            yield opened
        finally:
            asyncio.run(crowd.unsubscribe(target, integration_id))
