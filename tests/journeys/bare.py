"""A device at the level of bytes: it reads only when told to, and answers nothing by itself."""

import asyncio
import json
import socket
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.frames import Close, Frame, Opcode
from websockets.uri import parse_uri

from tests.house_under_test import House, Json

CHUNK = 1 << 16


def masked(opcode: Opcode, data: bytes, *, fin: bool = True) -> bytes:
    """A frame as a client has to send it, by its bits, so that it may also be wrong. The mask is zero."""
    head = bytes((0x80 * fin | opcode,))
    if len(data) < 126:
        size = bytes((0x80 | len(data),))
    elif len(data) < 1 << 16:
        size = b"\xfe" + len(data).to_bytes(2)
    else:
        size = b"\xff" + len(data).to_bytes(8)
    return head + size + bytes(4) + data


def burst(*frames: Json) -> bytes:
    """Frames that arrive together."""
    return b"".join(masked(Opcode.TEXT, json.dumps(it).encode()) for it in frames)


class Bare:
    """A TCP socket after a WebSocket handshake. What it does not read waits in the kernel, then at the gateway."""

    def __init__(self, sock: socket.socket, protocol: ClientProtocol) -> None:
        self._sock = sock
        self._protocol = protocol
        self._said: deque[Json] = deque()
        self._closed: int | None = None
        self.pings = 0
        self.raw = bytearray()

    @classmethod
    @asynccontextmanager
    async def plugged(cls, house: House, receive_buffer: int | None = None) -> AsyncIterator["Bare"]:
        """A socket that has not said hello; its kernel buffer may be made small, in bytes."""
        url = f"{house.url.replace('http', 'ws')}/sdk/v2/integrations/{house.integrations['web']}/socket"
        address = urlsplit(url)
        protocol = ClientProtocol(parse_uri(url))
        with socket.socket() as sock:
            if receive_buffer is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            sock.setblocking(False)
            await asyncio.get_running_loop().sock_connect(sock, (address.hostname, address.port))
            bare = cls(sock, protocol)
            protocol.send_request(protocol.connect())
            await bare.write(b"".join(protocol.data_to_send()))
            while protocol.state.name == "CONNECTING":
                await bare.read()
            yield bare

    async def write(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._sock, data)

    def say_no_more(self) -> None:
        """End the stream in this direction; in the other it stays open."""
        self._sock.shutdown(socket.SHUT_WR)

    async def say(self, frame: Json) -> None:
        await self.write(burst(frame))

    async def read(self, timeout_s: float = 10) -> bool:
        """Take in what there is; false at the end of the connection."""
        try:
            async with asyncio.timeout(timeout_s):
                data = await asyncio.get_running_loop().sock_recv(self._sock, CHUNK)
        except ConnectionResetError:
            data = b""
        self.raw += data
        if not data:
            return False
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._take(event)
        return True

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.TEXT:
            self._said.append(json.loads(bytes(frame.data)))
        elif frame.opcode is Opcode.PING:
            self.pings += 1
        elif frame.opcode is Opcode.CLOSE:
            self._closed = Close.parse(frame.data).code

    async def next(self) -> Json:
        """The next frame."""
        while not self._said:
            assert await self.read(), "the connection has ended"
        return self._said.popleft()

    async def until(self, kind: str) -> Json:
        """Read on to the next frame of a type; those before it are dropped."""
        while (frame := await self.next())["type"] != kind:
            pass
        return frame

    async def close_code(self) -> int | None:
        """Read to the end of the connection; the code of the close frame, if there was one."""
        while await self.read():
            pass
        return self._closed
