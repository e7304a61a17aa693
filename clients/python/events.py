"""What happened, as a device hears it."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Self, TypeAlias

from clients.python.errors import Closed
from clients.python.wire import Json


@dataclass(frozen=True, slots=True)
class Event:
    """One happening. `type` and `payload` are those of the v2 webhook.

    `seq` is gapless per conversation, and `None` on what is not kept, such as `conversation:typing`.
    `user:update` and `user:merge` are of no conversation. A `client_message_id` is on the messages of the device's
    own user.
    """

    conversation_id: str | None
    seq: int | None
    id: str
    type: str
    created_at: str
    payload: Json
    client_message_id: str | None = None

    @classmethod
    def of_frame(cls, frame: Json) -> Event:
        """Reads an `event` frame, or one of the `events` in the answer to `events:since`."""
        event = frame["event"]
        return cls(
            conversation_id=frame.get("conversationId"),
            seq=frame.get("seq"),
            id=event["id"],
            type=event["type"],
            created_at=event["createdAt"],
            payload=event["payload"],
            client_message_id=frame.get("clientMessageId"),
        )


@dataclass(frozen=True, slots=True)
class Lost:
    """Events of this conversation are missing here and will not come: read its history again."""

    conversation_id: str


Heard: TypeAlias = Event | Lost


class Inbox:
    """Events waiting for their reader, oldest first; an async iterator.

    Bounded without making the socket wait, which would also hold up the answers to commands: a
    reader that falls more than `limit` behind finds a `Lost` for each conversation it missed.
    """

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._waiting: deque[Heard] = deque()
        self._arrived = asyncio.Event()
        self._ending: Exception | None = None

    def put(self, heard: Heard) -> None:
        """Adds one, and wakes the reader."""
        if len(self._waiting) >= self._limit:
            self._give_up()
        self._waiting.append(heard)
        self._arrived.set()

    def end(self, why: Exception) -> None:
        """No more will come: the reader gets what waits, then `why`; after `Closed` it just stops."""
        self._ending = why
        self._arrived.set()

    def _give_up(self) -> None:
        missed = dict.fromkeys(heard.conversation_id for heard in self._waiting)
        self._waiting = deque(Lost(conversation) for conversation in missed if conversation is not None)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Heard:
        while not self._waiting:
            if isinstance(self._ending, Closed):
                raise StopAsyncIteration
            if self._ending is not None:
                raise self._ending
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()
