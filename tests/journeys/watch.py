"""Looks at the doors of a house under test from behind: how much waits there, and who has left."""

import asyncio

import pytest

from gateway import bootstrap
from gateway.edge.sockets import DeviceConnection, Doors
from gateway.flow.floor import Flow


class Watch:
    """The connections of the one house that is opened after `watching`."""

    def __init__(self) -> None:
        self.doors: Doors | None = None
        self.left = asyncio.Event()

    @property
    def open(self) -> set[DeviceConnection]:
        assert self.doors is not None
        return self.doors.open

    @property
    def waiting(self) -> int:
        """The most bytes that wait for one device."""
        return max((it._transport.get_write_buffer_size() for it in self.open), default=0)

    @property
    def sent_away(self) -> bool:
        """Whether a device was said goodbye to."""
        return any(it._session._over for it in self.open)

    def beat(self) -> None:
        """As much time passes as it takes to look at every connection once."""
        assert self.doors is not None
        for second in range(len(self.doors.heartbeats._buckets)):
            self.doors.heartbeats.beat(second)


def watching(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()

    class Watched(Doors):
        def __init__(self, flow: Flow, max_unsent_bytes: int) -> None:
            super().__init__(flow, max_unsent_bytes)
            watch.doors = self

        def left(self, connection: DeviceConnection) -> None:
            super().left(connection)
            watch.left.set()

    monkeypatch.setattr(bootstrap, "Doors", Watched)
    return watch
