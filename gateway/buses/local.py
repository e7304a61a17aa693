"""The bus of a house with one node: a function call."""

from collections.abc import Callable, Sequence

import structlog

from gateway.domain.events import Event

log = structlog.get_logger(__name__)


class LocalBus:
    """`ports.Bus` within the process; nothing is lost on the way."""

    def __init__(self) -> None:
        self._hearers: list[tuple[Callable[[Sequence[Event]], None], tuple[type[Event], ...]]] = []

    async def publish(self, events: Sequence[Event]) -> None:
        there = set(map(type, events))
        for hear, kinds in self._hearers:
            if kinds and not any(issubclass(it, kinds) for it in there):
                continue
            try:
                hear([it for it in events if isinstance(it, kinds)] if kinds else events)
            except Exception:  # one who cannot hear does not keep it from the others
                log.exception("hearing failed")

    def subscribe(self, hear: Callable[[Sequence[Event]], None], *kinds: type[Event]) -> None:
        self._hearers.append((hear, kinds))

    async def close(self) -> None:
        self._hearers.clear()
