"""A guest who also writes down what was said."""

from __future__ import annotations

from clients.loadtest.guest import Guest, Scene


class Scribe(Guest):
    """Keeps the history of its room: the time that each message was sent, in the order of `seq`."""

    def __init__(self, scene: Scene, name: str, jwt: str, room_id: str | None = None) -> None:
        super().__init__(scene, name, jwt, room_id)
        self._minutes: dict[int, int] = {}

    @property
    def minutes(self) -> list[int]:
        """The times that all messages were sent, in their order."""
        return [self._minutes[seq] for seq in sorted(self._minutes)]

    def _see(self, seq: int, sent_ns: int | None) -> None:
        if sent_ns is not None:
            self._minutes[seq] = sent_ns
        super()._see(seq, sent_ns)
