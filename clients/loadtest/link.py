"""A WebSocket in as few steps as Python allows: no masks to undo, no compression, no copies of payloads."""

from __future__ import annotations

import asyncio
from socket import SO_LINGER, SOL_SOCKET
from struct import pack
from typing import Final, Protocol, cast

from clients.loadtest.frames import CLOSE, PING, PONG, TEXT, BadFrame, client_frame, scan

LOST: Final = 1006
RESET: Final = pack("ii", 1, 0)  # on, and wait for nothing
HEAD_END: Final = b"\r\n\r\n"
SWITCHING: Final = b"HTTP/1.1 101"


class Owner(Protocol):
    """Who is told what comes."""

    def opened(self) -> None:
        """The upgrade is done: frames may be sent."""

    def heard(self, data: bytes, start: int, stop: int) -> None:
        """A text frame came; its payload is `data[start:stop]`."""

    def gone(self, code: int, reason: str) -> None:
        """The connection has ended, with this close code; 1006 when it just broke."""


class Link(asyncio.Protocol):
    """One connection to the gateway, from the upgrade on."""

    def __init__(self, upgrade: bytes, owner: Owner) -> None:
        self._upgrade = upgrade
        self._owner = owner
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._is_open = False
        self._code, self._reason = LOST, "the connection was lost"

    def send(self, payload: bytes) -> None:
        """Sends a text frame; nothing happens once the connection is closing."""
        self._write(client_frame(payload))

    def cut(self) -> None:
        """Breaks the connection without a word, and leaves no port waiting behind."""
        if self._transport is not None and not self._transport.is_closing():
            plug = self._transport.get_extra_info("socket")
            plug.setsockopt(SOL_SOCKET, SO_LINGER, RESET)
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the upgrade."""
        self._transport = cast(asyncio.Transport, transport)
        self._write(self._upgrade)

    def data_received(self, data: bytes) -> None:
        """Hands on every whole frame, and keeps the beginning of the next."""
        if self._rest:
            data = self._rest + data
        start = 0 if self._is_open else self._after_head(data)
        if start < 0:
            self._rest = data
            return
        try:
            frames, stop = scan(data, start)
        except BadFrame as bad:
            self._fail(str(bad))
            return
        self._rest = data[stop:]
        heard = self._owner.heard
        for opcode, begin, end in frames:
            if opcode == TEXT:
                heard(data, begin, end)
            else:
                self._control(opcode, data[begin:end])

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Tells the owner; the close frame said more of it than `exc` can."""
        self._owner.gone(self._code, self._reason)

    def _after_head(self, data: bytes) -> int:
        """Where the frames begin; -1 while the answer to the upgrade is not whole, or not a yes."""
        end = data.find(HEAD_END)
        if end < 0:
            return -1
        if not data.startswith(SWITCHING):
            self._fail(data[: data.index(b"\r\n")].decode(errors="replace"))
            return -1
        self._is_open = True
        self._owner.opened()
        return end + len(HEAD_END)

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self._write(client_frame(payload, PONG))
        elif opcode == CLOSE:
            self._code = int.from_bytes(payload[:2], "big") if payload else LOST
            self._reason = payload[2:].decode(errors="replace")
            self._write(client_frame(payload[:2], CLOSE))
            self._hang_up()

    def _fail(self, reason: str) -> None:
        self._reason = reason
        self._hang_up()

    def _write(self, frame: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame)

    def _hang_up(self) -> None:
        if self._transport is not None:
            self._transport.close()
