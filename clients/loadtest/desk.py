"""The business, who speaks to one conversation over REST."""

from __future__ import annotations

from typing import Final

from clients.loadtest.exchange import Exchange
from clients.loadtest.guest import Guest, Scene
from clients.loadtest.link import Link

CREATED: Final = b"HTTP/1.1 201 "
STATUS: Final = slice(9, 12)


class Desk(Guest):
    """Posts one message after the other over a connection of its own: what lines up meanwhile waits.

    So the order in which it is answered is the order of the conversation, and `minutes` are its history.
    """

    def __init__(self, scene: Scene, name: str, jwt: str, room_id: str | None = None) -> None:
        super().__init__(scene, name, jwt, room_id)
        self.minutes: list[int] = []
        self._head = scene.target.posting(self.room_id or "")
        self._busy = False

    def opened(self) -> None:
        """May speak at once. What was under way when a connection broke may have arrived or not."""
        if self._busy:
            self._refused(b"cut off")
        self._online = True
        self._welcomed.set_result(None)

    def heard(self, data: bytes, start: int, stop: int) -> None:
        """Reads the head of an answer."""
        if not data.startswith(CREATED, start):
            self._refused(data[start:stop][STATUS])
            return
        number = self._next()
        self.minutes.append(self._unanswered[number][0])
        self._answered(number, 0)

    def _new_link(self) -> Link:
        return Exchange(self)

    def _message(self, sent_ns: int) -> bytes:
        body = b'{"author":{"type":"business"},"content":{"type":"text","text":"@%016x%s"}}' % (
            sent_ns,
            self._scene.filler.encode(),
        )
        return b"%sContent-Length: %d\r\n\r\n%s" % (self._head, len(body), body)

    def _send(self, payload: bytes) -> None:
        if not self._busy:
            self._busy = True
            super()._send(payload)

    def _next(self) -> int:
        """The number of the message that was under way; the one behind it goes now."""
        under_way, *waiting = self._unanswered
        self._busy = False
        if waiting:
            self._send(self._unanswered[waiting[0]][1])
        return under_way

    def _refused(self, why: bytes) -> None:
        self._scene.tally.errors[why.decode()] += 1
        del self._unanswered[self._next()]
        self.on_answer(self)
