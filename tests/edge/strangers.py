"""Endpoints that answer in their own way, byte by byte, over real sockets."""

import asyncio
import re
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

PAUSE_S = 0.03  # between the bytes of who trickles
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
NARROW = 4_096  # bytes that may be on the way to an endpoint, so that it can refuse to listen


class Caller:
    """A connection as the endpoint sees it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer
        self.sent = 0

    async def call(self) -> bytes:
        """A whole call; gives its body."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        found = LENGTH.search(head)
        assert found
        return await self._reader.readexactly(int(found[1]))

    async def says(self, *parts: bytes) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()
            self.sent += len(part)

    async def trickles(self, part: bytes) -> None:
        """A byte now and then, until nobody is there any more."""
        while True:
            for byte in part:
                await self.says(bytes((byte,)))
                await asyncio.sleep(PAUSE_S)

    async def waits(self) -> None:
        """Until the other side has had enough."""
        self.writer.transport.resume_reading()  # type: ignore[attr-defined]
        while await self._reader.read(1 << 16):
            pass

    async def hears(self) -> None:
        """A byte, at least."""
        await self._reader.read(1)

    async def begins(self) -> None:
        """The head of a call."""
        await self._reader.readuntil(b"\r\n\r\n")

    def listens_no_more(self) -> None:
        self.writer.transport.pause_reading()  # type: ignore[attr-defined]

    def resets(self) -> None:
        at_once = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        self.writer.transport.abort()


Manner = Callable[[Caller], Awaitable[None]]


@asynccontextmanager
async def stranger(manner: Manner) -> AsyncIterator[tuple[str, list[Caller]]]:
    """Gives its address and its callers, in the order they came."""
    callers: list[Caller] = []
    visits: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.current_task()
        assert visit is not None
        visits.add(visit)
        callers.append(Caller(reader, writer))
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await manner(callers[-1])
        finally:
            writer.close()

    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
    async with await asyncio.start_server(serve, sock=listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", callers
    for visit in visits:
        visit.cancel()
    await asyncio.gather(*visits)
    for caller in callers:
        caller.writer.transport.abort()
        with suppress(ConnectionError):
            await caller.writer.wait_closed()
