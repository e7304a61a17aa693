"""How each peer is spoken to. The generator reads all of them in the same few steps; what differs is in this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson

from clients.loadtest import talk

NOTHING: Final[Mapping[bytes, bytes]] = {}


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a room, and what opens it where somebody asks."""

    room: str
    name: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Wire:
    """One peer's words.

    An event is `heard`, its number in decimal, and a comma before all else. An answer is `answered`, and the id of
    what it answers.
    """

    path: Callable[[Seat], str]
    say: Callable[[Seat, int, bytes], bytes]  # the id, and the text
    heard: Callable[[Seat], bytes]
    answered: bytes
    opening: Callable[[Seat], bytes | None] = lambda _: None  # said first, when the socket is open
    welcome: bytes | None = None  # how the last frame of the greeting begins; None where there is no greeting
    stood: Callable[[Seat, bytes], int] = lambda _, __: 0  # the number of the room's last event, by that frame
    replies: Mapping[bytes, bytes] = field(default_factory=lambda: NOTHING)  # to frames that begin so


def upgrade(host: str, path: str) -> bytes:
    """The request for a socket."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bG9hZCBnZW5lcmF0b3IhIQ==\r\n\r\n"
    ).encode()


def _hello(seat: Seat) -> bytes:
    device = {"guid": seat.name, "platform": "web"}
    return orjson.dumps({"type": "hello", "id": 0, "auth": {"jwt": seat.token}, "device": device})


def _stood(seat: Seat, welcome: bytes) -> int:
    rows = orjson.loads(welcome)["conversations"]
    return next((int(row["seq"]) for row in rows if row["conversation"]["id"] == seat.room), 0)


def heliograph(integration_id: str) -> Wire:
    """The device socket."""
    return Wire(
        path=lambda _: f"/sdk/v2/integrations/{integration_id}/socket",
        say=lambda seat, number, text: (
            b'{"type":"message:send","id":%d,"conversationId":"%s","clientMessageId":"%s-%d",'
            b'"content":{"type":"text","text":"%s"}}' % (number, seat.room.encode(), seat.name.encode(), number, text)
        ),
        heard=lambda seat: talk.event_head(seat.room),
        answered=talk.OK,
        opening=_hello,
        welcome=b'{"type":"welcome"',
        stood=_stood,
    )


SOCKET_IO: Final = Wire(
    path=lambda seat: f"/socket.io/?EIO=4&transport=websocket&room={seat.room}&name={seat.name}",
    say=lambda _, number, text: b'42%d["say","%s"]' % (number, text),
    heard=lambda _: b'42["said",{"number":',
    answered=b"43",
    welcome=b"40",
    replies={b"0": b"40", b"2": b"3"},
)

PLAIN: Final = Wire(
    path=lambda seat: f"/?room={seat.room}&name={seat.name}",
    say=lambda _, number, text: b'{"id":%d,"text":"%s"}' % (number, text),
    heard=lambda _: b'{"type":"event","number":',
    answered=b'{"type":"ok","id":',
)

BARE: Final = Wire(
    path=lambda seat: f"/{seat.room}",
    say=lambda seat, number, text: b"%d,%s,%s" % (number, seat.name.encode(), text),
    heard=lambda _: b"+",
    answered=b"=",
)
