"""Webhook calls as a receiver needs them: found in a connection's bytes, and decoded no further than to be counted.

Answers to requests look the same from afar, and are found in the same way.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

HEAD_END: Final = b"\r\n\r\n"
LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d{1,9})\r\n", re.IGNORECASE)
STAMP: Final = slice(1, 17)  # behind an @: nanoseconds of the machine's monotonic clock
SECOND_NS: Final = 1_000_000_000


class BadCall(Exception):
    """The gateway sent what is not read here: something that does not say how long it is."""


class Call(NamedTuple):
    """A whole request or answer: its first line and headers, and its body."""

    head: bytes
    body: bytes


class Content(msgspec.Struct):
    """What was said."""

    text: str = ""


class Message(msgspec.Struct):
    """When the gateway took it up, and what it says."""

    received: datetime
    content: Content


class Conversation(msgspec.Struct):
    """Where it was said."""

    id: str


class Payload(msgspec.Struct):
    """What a `conversation:message` tells."""

    conversation: Conversation
    message: Message


class Event(msgspec.Struct):
    """One event of a call."""

    payload: Payload

    @property
    def conversation_id(self) -> str:
        """Where it happened."""
        return self.payload.conversation.id

    @property
    def sent_ns(self) -> int | None:
        """When its sender sent it, by the monotonic clock; `None` when it is no message of this generator's."""
        text = self.payload.message.content.text
        return int(text[STAMP], 16) if text.startswith("@") else None

    @property
    def received_ns(self) -> int:
        """When the gateway took it up, by the wall clock, in whole milliseconds."""
        return int(self.payload.message.received.timestamp() * 1000) * (SECOND_NS // 1000)


class Envelope(msgspec.Struct):
    """One call."""

    events: list[Event]


decoder: Final = msgspec.json.Decoder(Envelope)


def scan(data: bytes, at: int = 0) -> tuple[list[Call], int]:
    """The whole calls of `data` from `at` on, and where they end.

    What lies beyond that end is the beginning of a call whose rest has not come yet.
    """
    found = []
    while (head_stop := data.find(HEAD_END, at)) >= 0:
        length = LENGTH.search(data, at, head_stop + 2)
        if length is None:
            raise BadCall(data[at:head_stop])
        start = head_stop + len(HEAD_END)
        stop = start + int(length[1])
        if stop > len(data):
            break
        found.append(Call(data[at : head_stop + 2], data[start:stop]))
        at = stop
    return found, at


def events(body: bytes) -> list[Event]:
    """The events of a call."""
    return decoder.decode(body).events
