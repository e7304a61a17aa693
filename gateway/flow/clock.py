"""The clock may be set while we run: whatever waits until an hour of the day is told by how much."""

from collections.abc import Callable, Sequence
from typing import Final

import structlog

from gateway.ports import Now

EVERY_S: Final = 1.0
SLACK_MS: Final = 500  # a clock that is put right little by little never goes so far in a second

log = structlog.get_logger(__name__)


class Watch:
    """`steady` goes on evenly (ms of any origin), whatever `now` is set to. Who is told is told by how many ms."""

    def __init__(self, now: Now, steady: Now, tell: Sequence[Callable[[int], None]]) -> None:
        self._now = now
        self._steady = steady
        self._tell = tell
        self._apart = now() - steady()

    async def step(self) -> None:
        before, self._apart = self._apart, self._now() - self._steady()
        by_ms = self._apart - before
        if abs(by_ms) >= SLACK_MS:
            log.warning("the clock was set", by_s=by_ms / 1000)
            for tell in self._tell:
                tell(by_ms)
