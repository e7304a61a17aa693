"""The framing of device connections, with nothing behind it: every message goes back as it came."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from websockets.frames import CloseCode, Frame, Opcode

from gateway.edge.framing import Framing
from gateway.wire.frames import is_text


class Echo(Framing):
    """Says of a violation what RFC 6455 says, where a device is told the gateway's own 4505."""

    def write(self, frame: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(frame)

    def _told(self, kind: Opcode, message: bytes) -> None:
        if kind is Opcode.TEXT and not is_text(message):
            self._core.fail(CloseCode.INVALID_DATA)
            self._violated()
        else:
            self.write(Frame(kind, message).serialize(mask=False))


class Doormat(asyncio.Protocol):
    """Hands a connection on as soon as it is made."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        made = cast(asyncio.Transport, transport)
        made.set_protocol(Echo(made, self._most_bytes))


@asynccontextmanager
async def echoing(host: str, port: int, most_bytes: int) -> AsyncIterator[int]:
    """Serves within the block; gives the port, which is a free one for 0. `most_bytes` bounds a message."""
    server = await asyncio.get_running_loop().create_server(lambda: Doormat(most_bytes), host, port)
    async with server:
        yield server.sockets[0].getsockname()[1]
