"""The bus of a house with one node: a function call."""

from collections.abc import Callable, Sequence

import structlog

from gateway.domain.events import Event

log = structlog.get_logger(__name__)


class LocalBus:
    """`ports.Bus` within the process; nothing is lost on the way."""

    def __init__(self) -> None:
        self._hearers: list[Callable[[Sequence[Event]], None]] = []

    async def publish(self, events: Sequence[Event]) -> None:
        for hear in self._hearers:
            try:
                hear(events)
            except Exception:  # one who cannot hear does not keep it from the others
                log.exception("hearing failed")

    def subscribe(self, hear: Callable[[Sequence[Event]], None]) -> None:
        self._hearers.append(hear)

    async def close(self) -> None:
        self._hearers.clear()
