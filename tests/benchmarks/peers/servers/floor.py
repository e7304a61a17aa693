"""What fan-out alone costs in one process of Python: frames are passed on as they come, with a number before them.

No JSON, no rows, nobody is asked who they are. What a device is due in one turn of the loop goes in one write.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha1
from importlib.metadata import version
from platform import python_version
from typing import Final, cast

import orjson
import uvloop

HEAD_END: Final = b"\r\n\r\n"
GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT: Final = 1
CLOSE: Final = 8
LONG: Final = 126


@dataclass(eq=False, slots=True)
class Room:
    """The devices of a room, and the number of its last message."""

    last: int = 0
    devices: list[Device] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Floor:
    """All rooms by name, and the devices that are due something in this turn."""

    rooms: defaultdict[bytes, Room] = field(default_factory=lambda: defaultdict(Room))
    due: list[Device] = field(default_factory=list)

    def owe(self, device: Device) -> None:
        """Has this device written to before the turn ends."""
        if not self.due:
            asyncio.get_running_loop().call_soon(self._write)
        self.due.append(device)

    def _write(self) -> None:
        due, self.due = self.due, []
        for device in due:
            device.write()


class Device(asyncio.Protocol):
    """One socket."""

    __slots__ = ("_floor", "_owed", "_rest", "_room", "_transport")

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._rest = b""
        self._room: Room | None = None
        self._owed: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """They are not, any more."""
        if self._room is not None:
            self._room.devices.remove(self)

    def data_received(self, data: bytes) -> None:
        """Reads the request, then frames."""
        data = self._rest + data if self._rest else data
        self._rest = self._heard(data, self._room) if self._room is not None else self._asked(data)

    def owe(self, frame: bytes) -> None:
        """Adds a frame to what this device is due."""
        if not self._owed:
            self._floor.owe(self)
        self._owed.append(frame)

    def write(self) -> None:
        """Gives it what it is due."""
        owed, self._owed = self._owed, []
        if not self._transport.is_closing():
            self._transport.write(b"".join(owed))

    def _asked(self, head: bytes) -> bytes:
        """`GET /rooms/NAME`, upgraded."""
        if HEAD_END not in head:
            return head
        lines = head.lower().split(b"\r\n")
        at = next(number for number, line in enumerate(lines) if line.startswith(b"sec-websocket-key:"))
        key = head.split(b"\r\n")[at].split(b":", 1)[1].strip()
        accept = b64encode(sha1(key + GUID).digest())  # as RFC 6455 says
        self._transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: %s\r\n\r\n" % accept
        )
        self._room = self._floor.rooms[lines[0].split(b" ")[1]]
        self._room.devices.append(self)
        return head[head.index(HEAD_END) + len(HEAD_END) :]

    def _heard(self, data: bytes, room: Room) -> bytes:
        """Passes on every whole text frame; what is left is the beginning of another."""
        at = 0
        while len(data) - at >= 8:
            size, start = data[at + 1] & 0x7F, at + 6
            if size == LONG:
                size, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 8
            if start + size > len(data):
                break
            if data[at] & 0x0F == TEXT:
                self._pass_on(unmasked(data[start : start + size], data[start - 4 : start]), room)
            elif data[at] & 0x0F == CLOSE:
                self._transport.close()
            at = start + size
        return data[at:]

    def _pass_on(self, payload: bytes, room: Room) -> None:
        room.last += 1
        frame = text_frame(b"+%d,%s" % (room.last, payload))
        for device in room.devices:
            device.owe(frame)
        self.owe(text_frame(b"=%s" % payload[: payload.index(b",")]))


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """What a client meant."""
    if mask == bytes(4):
        return payload
    wide = mask * (len(payload) // 4 + 1)
    plain = int.from_bytes(payload, "big") ^ int.from_bytes(wide[: len(payload)], "big")
    return plain.to_bytes(len(payload), "big")


def text_frame(payload: bytes) -> bytes:
    """A frame as a server sends it, of less than 64 KiB."""
    size = len(payload)
    head = bytes((0x80 | TEXT, size)) if size < LONG else bytes((0x80 | TEXT, LONG)) + size.to_bytes(2, "big")
    return head + payload


async def serve() -> None:
    """Opens a free port of this machine, prints where and on what, and goes on until the process is ended."""
    floor = Floor()
    server = await asyncio.get_running_loop().create_server(lambda: Device(floor), "127.0.0.1", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    made = [f"Python {python_version()}", f"uvloop {version('uvloop')}"]
    print(orjson.dumps({"event": "listening", "port": port, "made": made}).decode(), flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
