"""The bus of a house with one node: a function call."""

from collections.abc import Callable, Sequence

from gateway.domain.events import Event


class LocalBus:
    """`ports.Bus` within the process; nothing is lost on the way."""

    def __init__(self) -> None:
        self._hearers: list[Callable[[Sequence[Event]], None]] = []

    async def publish(self, events: Sequence[Event]) -> None:
        for hear in self._hearers:
            hear(events)

    def subscribe(self, hear: Callable[[Sequence[Event]], None]) -> None:
        self._hearers.append(hear)

    async def close(self) -> None:
        self._hearers.clear()
