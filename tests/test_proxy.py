"""The proxy that spoils connections in other tests does spoil them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

import pytest

from tests.proxy import Proxy, between

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Ear:
    """A TCP server that answers with how much it was given at a time."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.ended = asyncio.Event()
        self.reset = False

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1 << 16):
                self.heard.append(data)
                writer.write(b"%d " % len(data))
        except ConnectionResetError:
            self.reset = True
        finally:
            writer.close()
            self.ended.set()


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def line(ear: Ear) -> AsyncIterator[Proxy]:
    server = await asyncio.start_server(ear.listen, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with asyncio.timeout(10), server, between(url) as line:
        yield line


@asynccontextmanager
async def plugged(line: Proxy) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def test_a_line_without_faults_carries_both_ways_to_the_end(line: Proxy, ear: Ear) -> None:
    async with plugged(line) as (reader, writer):
        writer.write(b"hello")
        assert await reader.readexactly(2) == b"5 "
        writer.write_eof()
        assert await reader.read() == b""
        assert (ear.heard, ear.reset) == ([b"hello"], False)


async def test_what_is_sent_at_once_may_come_byte_by_byte(line: Proxy, ear: Ear) -> None:
    line.up.piece = 1
    async with plugged(line) as (reader, writer):
        writer.write(bytes(100))
        writer.write_eof()
        await reader.read()
        assert ear.heard == [b"\0"] * 100


async def test_each_way_takes_its_time(line: Proxy) -> None:
    line.up.latency_s, line.down.latency_s = 0.05, 0.1
    async with plugged(line) as (reader, writer):
        began = perf_counter()
        writer.write(b"hello")
        await reader.readexactly(2)
        assert perf_counter() - began >= 0.15


async def test_a_throttled_line_passes_on_only_so_much(line: Proxy) -> None:
    line.up.bytes_per_s, line.up.piece = 1_000, 10
    async with plugged(line) as (reader, writer):
        began = perf_counter()
        writer.write(bytes(100))
        writer.write_eof()
        await reader.read()
        assert perf_counter() - began >= 0.1


async def test_a_stalled_line_keeps_what_it_is_given_until_it_flows_again(line: Proxy, ear: Ear) -> None:
    async with plugged(line) as (reader, writer):
        line.up.stall()
        writer.write(b"hello")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await reader.read(1)
        assert ear.heard == []
        line.up.flow()
        assert await reader.readexactly(2) == b"5 "


async def test_a_half_open_line_tells_nobody_anything(line: Proxy, ear: Ear) -> None:
    async with plugged(line) as (reader, writer):
        writer.write(b"hello")
        await reader.readexactly(2)
        line.half_open()
        writer.write(b"are you there")
        writer.write_eof()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await reader.read(1)
        assert (ear.heard, ear.ended.is_set()) == ([b"hello"], False)


async def test_a_cut_resets_both_ends(line: Proxy, ear: Ear) -> None:
    async with plugged(line) as (reader, writer):
        writer.write(b"hello")
        await reader.readexactly(2)
        line.cut()
        with pytest.raises(ConnectionResetError):
            await reader.read()
        await ear.ended.wait()
    assert ear.reset
