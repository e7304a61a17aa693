"""A guest who does more than talk."""

from __future__ import annotations

from typing import Any, Final

import orjson

from clients.loadtest.guest import Scene
from clients.loadtest.scribe import Scribe

CHORES: Final = 1 << 32  # what messages are numbered below


class Visitor(Scribe):
    """Asks for things that are no messages, and waits for the answers as well. What was cut off is not asked again."""

    def __init__(self, scene: Scene, name: str, jwt: str, room_id: str) -> None:
        super().__init__(scene, name, jwt, room_id)
        self._asked: set[int] = set()
        self._chores = CHORES

    @property
    def unanswered(self) -> int:
        """How many of its messages and wishes still wait for their answer."""
        return super().unanswered + len(self._asked)

    def asks(self, kind: str) -> None:
        """Sends a command about its room."""
        self._chores += 1
        self._asked.add(self._chores)
        self._send(orjson.dumps({"type": kind, "id": self._chores, "conversationId": self.room_id}))

    def gone(self, code: int, reason: str) -> None:
        """The connection has ended."""
        self._asked.clear()
        super().gone(code, reason)

    def _answered(self, number: int, seq: int) -> None:
        if number > CHORES:
            self._asked.discard(number)
        else:
            super()._answered(number, seq)

    def _read(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "error":
            self._asked.discard(frame["id"])
        super()._read(frame)
