"""Large files go through the gateway, never into its memory."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from gateway.domain import limits
from tests.files import PDF
from tests.house_under_test import House, basic
from tests.journeys.process import new_app, serving, spoken_to

MEGABYTE = 1 << 20
SPARE_BYTES = 10 * MEGABYTE
HEAD = b'--b\r\nContent-Disposition: form-data; name="source"; filename="large.pdf"\r\n\r\n'
TAIL = b"\r\n--b--\r\n"


async def body(size: int) -> AsyncIterator[bytes]:
    yield HEAD + PDF
    for left in range(size - len(PDF), 0, -65_536):
        yield b"x" * min(left, 65_536)
    yield TAIL


async def upload(house: House, size: int) -> tuple[int, str]:
    """The status, and the file's address if it was taken."""
    async with house.http.post(
        f"{house.url}/v2/apps/{house.app_id}/attachments?access=public",
        data=body(size),
        headers={"Authorization": basic(*house.key), "Content-Type": "multipart/form-data; boundary=b"},
    ) as response:
        answer = await response.json()
        return response.status, answer.get("attachment", {}).get("mediaUrl", "")


async def download(house: House, url: str) -> int:
    """How many bytes came, as fast as they could be read."""
    async with house.http.get(url) as response:
        return sum([len(chunk) async for chunk in response.content.iter_chunked(MEGABYTE)])


async def peak(process: psutil.Process, over: asyncio.Event) -> int:
    """The most memory the process held at any of the looks, in bytes."""
    most = 0
    while not over.is_set():
        most = max(most, process.memory_info().rss)
        await asyncio.sleep(0.01)
    return most


@pytest.mark.slow
async def test_memory_stays_flat(tmp_path: Path) -> None:
    data = tmp_path / "data"
    credentials = await new_app(data)
    async with serving(data) as gateway, spoken_to(await gateway.ready(), credentials) as house:
        process = psutil.Process(gateway.process.pid)
        _, small = await upload(house, 2 * MEGABYTE)  # what is needed once is there from here on
        assert await download(house, small) == 2 * MEGABYTE
        before = process.memory_info().rss
        over = asyncio.Event()
        async with asyncio.TaskGroup() as watching:
            looking = watching.create_task(peak(process, over))
            status, url = await upload(house, limits.ATTACHMENT_BYTES)
            assert status == 201
            assert await download(house, url) == limits.ATTACHMENT_BYTES
            assert (await upload(house, limits.ATTACHMENT_BYTES + MEGABYTE))[0] == 413
            slow = await house.http.get(url)  # a reader that does not read
            assert await slow.content.readexactly(MEGABYTE)
            assert await download(house, url) == limits.ATTACHMENT_BYTES
            slow.close()
            over.set()
        assert looking.result() - before < SPARE_BYTES
    stored = [it.stat().st_size for it in (data / "attachments").iterdir()]
    assert sorted(stored) == [2 * MEGABYTE, limits.ATTACHMENT_BYTES]
