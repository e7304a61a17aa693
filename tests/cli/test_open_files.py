"""Open files bound how many may connect: that is found out at the start, said there, and held to."""

import asyncio
import json
import resource
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from gateway import premises
from gateway.premises import Room
from tests.house_under_test import Json
from tests.journeys.process import ROOT, Gateway, new_app


@asynccontextmanager
async def limited(data: Path, soft: int, hard: int, *words: str) -> AsyncIterator[Gateway]:
    """`gateway serve` as a process that may have so many files open. Killed at the end."""
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", f'ulimit -S -n {soft} && ulimit -H -n {hard} && exec "$@"', "sh"),
        *(sys.executable, "-m", "gateway", "serve", "--data", str(data), "--port", "0", *words),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Gateway(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize(
    ("files", "room"),
    [
        (200, Room(200, 150, 125)),
        (1_024, Room(1_024, 768, 640)),
        (20_000, Room(20_000, 17_952, 16_928)),
        (1 << 20, Room(1 << 20, 1_046_528, 1_045_504)),
    ],
)
def test_there_are_always_files_for_others(files: int, room: Room) -> None:
    assert premises.room(files) == room
    assert 0 < room.sockets < room.connections < room.files


def test_the_soft_limit_is_raised() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
        found = premises.sockets(3)
        assert found.sockets == 3
        assert found.files == min(before[1], premises.MOST_FILES)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (found.files, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_before_files_run_out_devices_are_turned_away_and_rest_goes_on(tmp_path: Path) -> None:
    app = await new_app(tmp_path)
    async with limited(tmp_path, 100, 200) as gateway, AsyncExitStack() as stack:
        url = await gateway.ready()
        assert gateway.process.stderr is not None
        said: Json = json.loads(await gateway.process.stderr.readline())
        assert (said["event"], said["open_files"], said["sockets"]) == ("room for devices", 200, 125)
        address = f"{url.replace('http', 'ws')}/sdk/v2/integrations/{app.integrations['web']}/socket"
        for _ in range(said["sockets"]):
            await stack.enter_async_context(connect(address, proxy=None))
        with pytest.raises(InvalidStatus) as turned_away:
            await connect(address, proxy=None)
        assert turned_away.value.response.status_code == 503
        async with aiohttp.request("GET", f"{url}/readyz") as ready:
            assert ready.status == 200


async def test_all_connections_together_leave_files_for_the_database(tmp_path: Path) -> None:
    """Whoever connects and says nothing is no device yet, and takes a file all the same."""
    async with limited(tmp_path, 100, 100) as gateway, AsyncExitStack() as stack:
        host, _, port = (await gateway.ready()).removeprefix("http://").partition(":")
        silent = []
        for _ in range(75):
            reader, writer = await asyncio.open_connection(host, int(port))
            stack.callback(writer.close)
            silent.append(writer)
        reader, writer = await asyncio.open_connection(host, int(port))
        stack.callback(writer.close)
        assert (await reader.readline()).startswith(b"HTTP/1.1 503 ")
        for connection in silent[:5]:
            connection.close()
        async with asyncio.timeout(10):
            while True:
                try:
                    async with aiohttp.request("GET", f"{gateway.url}/readyz") as ready:
                        assert ready.status in (200, 503)
                        if ready.status == 200:
                            break
                except aiohttp.ClientError:
                    continue


async def test_more_sockets_than_files_is_no_setting(tmp_path: Path) -> None:
    async with limited(tmp_path / "data", 200, 200, "--max-sockets", "126") as gateway:
        sentence = "max_sockets: should be at most 125, as this process may have 200 files open"
        assert await gateway.end() == (1, f"{sentence}\n", "")
    assert not (tmp_path / "data").exists()
