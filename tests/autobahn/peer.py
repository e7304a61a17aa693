"""A WebSocket client at the level of bytes, which takes an answer apart by the rules of RFC 6455, section 5.2."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

from websockets.frames import Opcode

from tests.house_under_test import Json

ANSWER_S = 10.0
KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # the one of section 1.3, and what it is answered with
ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


class Said(NamedTuple):
    """A frame of the server's."""

    opcode: Opcode
    data: bytes

    @property
    def code(self) -> int | None:
        """Of a close."""
        return int.from_bytes(self.data[:2]) if self.data else None

    @property
    def json(self) -> Json:
        said: Json = json.loads(self.data)
        return said


class Peer:
    """A connection after its upgrade."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._read = bytearray()
        self.head = b""

    async def upgrade(self, path: str, *headers: str, at_once: bytes = b"") -> None:
        """Ask for the upgrade, with further headers, and with frames in the same write; the answer is in `head`."""
        asked = (
            f"GET {path} HTTP/1.1",
            "Host: localhost",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {KEY}",
            *headers,
        )
        await self.write(["\r\n".join((*asked, "", "")).encode() + at_once])
        while b"\r\n\r\n" not in self._read:
            assert await self._more(), "no answer to the upgrade"
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        self.head = bytes(head)

    async def write(self, pieces: Iterable[bytes]) -> None:
        """Send each piece by itself, as far as the network lets us; the server may have hung up meanwhile."""
        with suppress(ConnectionError):
            for piece in pieces:
                await asyncio.get_running_loop().sock_sendall(self._sock, piece)
                for _ in range(2):  # a server in this loop has read it before the next
                    await asyncio.sleep(0)

    async def frame(self) -> Said | None:
        """The next frame, if there is one; fails where it is not as a server has to send it, without extensions."""
        if not await self._has(2):
            assert not self._read, "the last frame ends"
            return None
        first, size = self._read[:2]
        assert first & 0xF0 == 0x80, "a server's frames are whole, and their reserved bits 0"
        assert size < 0x80, "a server does not mask"
        start = 2
        for short, wide in ((126, 2), (127, 8)):
            if size == short:
                assert await self._has(start + wide)
                start, size = start + wide, int.from_bytes(self._read[2 : 2 + wide])
                assert size >= (126 if short == 126 else 1 << 16), "the shortest form of a length"
                break
        assert await self._has(start + size), "the last frame ends"
        said = Said(Opcode(first & 0x0F), bytes(self._read[start : start + size]))
        del self._read[: start + size]
        return said

    async def rest(self) -> list[Said]:
        """All that is said until the close, after which this end hangs up and nothing more may be said."""
        said: list[Said] = []
        while (frame := await self.frame()) is not None:
            assert not said or said[-1].opcode is not Opcode.CLOSE, "nothing is said after a close"
            said.append(frame)
            if frame.opcode is Opcode.CLOSE:
                self.hang_up()
        return said

    async def to_the_end(self) -> bytes:
        """Hang up, and all bytes that are said until the server does."""
        self.hang_up()
        while await self._more():
            pass
        return bytes(self._read)

    def hang_up(self) -> None:
        """This end says no more."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    async def _has(self, size: int) -> bool:
        while len(self._read) < size and await self._more():
            pass
        return len(self._read) >= size

    async def _more(self) -> bool:
        with suppress(ConnectionError):
            async with asyncio.timeout(ANSWER_S):
                data = await asyncio.get_running_loop().sock_recv(self._sock, 1 << 16)
            self._read += data
            return bool(data)
        return False


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Peer]:
    with socket.socket() as sock:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
        yield Peer(sock)
