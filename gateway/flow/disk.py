"""Whether what lasts can be written, said once each time that it changes: not for each who had to be refused."""

import asyncio
from typing import Final

import structlog

CALM_S: Final = 1.0  # since the last failure: on a disk that is nearly full small writes succeed between large ones

log = structlog.get_logger(__name__)


class Disk:
    """`what` is the part of the house that writes there."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._failed: tuple[float, float] | None = None  # first and last

    def found(self, fault: str | None) -> None:
        """What came of a write: why it failed, or None where it did not."""
        now = asyncio.get_running_loop().time()
        if fault is not None:
            if self._failed is None:
                log.error("cannot write", what=self._what, why=fault)
            self._failed = (self._failed[0] if self._failed else now, now)
        elif self._failed is not None and now - self._failed[1] >= CALM_S:
            log.warning("can write again", what=self._what, after_s=round(now - self._failed[0], 1))
            self._failed = None
