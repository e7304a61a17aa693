"""A TCP proxy between devices and the gateway, on which whatever befalls a network can be made to happen."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from math import inf
from urllib.parse import urlsplit

CHUNK = 1 << 16  # bytes read at a time
HELD = 64  # chunks of one direction that may be under way
AT_ONCE = struct.pack("ii", True, 0)  # SO_LINGER: a close is a reset


def _open() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Way:
    """How bytes travel in one direction, on all links of a proxy. May be changed while they do."""

    latency_s: float = 0.0
    bytes_per_s: float = inf
    piece: int = CHUNK  # bytes passed on at a time, at most
    swallows: bool = False  # takes in everything, the end too, and passes on nothing: a line that is half open
    _flows: asyncio.Event = field(default_factory=_open)

    def stall(self) -> None:
        """Take in nothing more, so that the sender's kernel has to keep it, then the sender."""
        self._flows.clear()

    def flow(self) -> None:
        self._flows.set()

    async def carry(self, source: socket.socket, sink: socket.socket) -> None:
        """Until the end of what comes from the source; raises `OSError` where one of the two is reset."""
        held: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(HELD)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._take_in(source, held))
            tasks.create_task(self._pass_on(sink, held))

    async def _take_in(self, source: socket.socket, held: asyncio.Queue[tuple[float, bytes]]) -> None:
        loop = asyncio.get_running_loop()
        data = b"?"
        while data:
            await self._flows.wait()
            data = await loop.sock_recv(source, CHUNK)
            await self._flows.wait()
            if not self.swallows:
                await held.put((loop.time() + self.latency_s, data))

    async def _pass_on(self, sink: socket.socket, held: asyncio.Queue[tuple[float, bytes]]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due, data = await held.get()
            await asyncio.sleep(due - loop.time())
            if not data:
                sink.shutdown(socket.SHUT_WR)
                return
            for at in range(0, len(data), self.piece):
                piece = data[at : at + self.piece]
                await loop.sock_sendall(sink, piece)
                await asyncio.sleep(len(piece) / self.bytes_per_s)
                await asyncio.sleep(0)  # whoever reads it in this loop has done so before the next piece


class Link:
    """One connection through the proxy: a socket on either side."""

    def __init__(self, device: socket.socket, gateway: socket.socket) -> None:
        self._device = device
        self._gateway = gateway
        self._carrying: asyncio.Task[None] | None = None

    async def carry(self, up: Way, down: Way) -> None:
        """Until both ways have ended, or it is cut."""
        self._carrying = asyncio.current_task()
        with self._device, self._gateway, suppress(OSError, asyncio.CancelledError, ExceptionGroup):
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(up.carry(self._device, self._gateway))
                    tasks.create_task(down.carry(self._gateway, self._device))
            except BaseException:
                for sock in (self._device, self._gateway):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                raise

    def cut(self) -> None:
        """Both sides are reset, with all that was under way."""
        assert self._carrying is not None
        self._carrying.cancel()


class Proxy:
    """Where devices connect to in the gateway's stead: `port`. `up` leads to the gateway, `down` to the devices."""

    def __init__(self, port: int, up: Way, down: Way) -> None:
        self.port = port
        self.up = up
        self.down = down
        self.links: list[Link] = []
        self.made = 0

    def cut(self) -> None:
        """All links there are."""
        for link in self.links:
            link.cut()

    def half_open(self) -> None:
        """Nothing arrives any more in either direction, and nobody is told."""
        self.up.swallows = self.down.swallows = True

    async def serve(self, listening: socket.socket, gateway: tuple[str, int], buffer_bytes: int) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as tasks:
            while True:
                device, _ = await loop.sock_accept(listening)
                tasks.create_task(self._carry(device, gateway, buffer_bytes))

    async def _carry(self, device: socket.socket, address: tuple[str, int], buffer_bytes: int) -> None:
        gateway = _prompt(socket.socket())
        gateway.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        try:
            await asyncio.get_running_loop().sock_connect(gateway, address)
        except OSError:
            device.close()
            gateway.close()
            return
        link = Link(_prompt(device), gateway)
        self.links.append(link)
        self.made += 1
        try:
            await link.carry(self.up, self.down)
        finally:
            self.links.remove(link)


def _prompt(sock: socket.socket) -> socket.socket:
    """What is written to it leaves at once, in the pieces that it is written in."""
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
    return sock


@asynccontextmanager
async def between(
    url: str, up: Way | None = None, down: Way | None = None, *, buffer_bytes: int = CHUNK
) -> AsyncIterator[Proxy]:
    """A proxy before the gateway at `url`, of which the kernel takes in about `buffer_bytes` for a link that stalls."""
    address = urlsplit(url)
    assert address.hostname is not None
    assert address.port is not None
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        listening.setblocking(False)
        proxy = Proxy(listening.getsockname()[1], up or Way(), down or Way())
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(proxy.serve(listening, (address.hostname, address.port), buffer_bytes))
            yield proxy
            serving.cancel()
