"""Where bytes are kept: a local folder and an object store over S3's own protocol, held to one contract."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from gateway.ports import Blobs
from gateway.stores.blobs import FolderBlobs, ObjectBlobs, open_blobs

BUCKET = "files"
KEY, OTHER = "a" * 40, "b" * 40
PART_BYTES = ObjectBlobs.part_bytes
LATER_MS = 4_000_000_000_000


class Broken(Exception):
    """The one who sends has hung up."""


async def pieces(*chunks: bytes, broken: bool = False) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    if broken:
        raise Broken


async def content(blobs: Blobs, key: str, start: int, end: int) -> bytes:
    return b"".join([chunk async for chunk in blobs.read(key, start, end)])


async def kept(blobs: Blobs, before: int = LATER_MS) -> list[str]:
    return sorted([key async for keys in blobs.keys(before) for key in keys])


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a server that speaks S3."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


@pytest.fixture(params=["folder", "s3"])
async def blobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    if request.param == "folder":
        return open_blobs(tmp_path / "files", "")
    endpoint = request.getfixturevalue("s3")
    told = {"ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret", "REGION": "us-east-1", "ALLOW_HTTP": "true"}
    for name, value in {**told, "ENDPOINT": endpoint}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    async with aiohttp.ClientSession() as http:
        await http.put(f"{endpoint}/{BUCKET}")
    return open_blobs(tmp_path, f"s3://{BUCKET}/{tmp_path.name}")


async def test_bytes_come_out_as_they_went_in(blobs: Blobs) -> None:
    await blobs.put(KEY, pieces(b"hello ", b"", b"world"))
    assert await content(blobs, KEY, 0, 11) == b"hello world"
    assert await content(blobs, KEY, 3, 8) == b"lo wo"
    assert await content(blobs, KEY, 5, 5) == b""
    assert await kept(blobs) == [KEY]


async def test_more_than_one_part(blobs: Blobs) -> None:
    chunks = [bytes([number]) * 65_536 for number in range(2 * PART_BYTES // 65_536 + 1)]
    await blobs.put(KEY, pieces(*chunks))
    whole = b"".join(chunks)
    assert await content(blobs, KEY, 0, len(whole)) == whole
    assert await content(blobs, KEY, PART_BYTES - 1, PART_BYTES + 1) == whole[PART_BYTES - 1 : PART_BYTES + 1]


async def test_nothing_at_all(blobs: Blobs) -> None:
    await blobs.put(KEY, pieces())
    assert await content(blobs, KEY, 0, 0) == b""
    assert await kept(blobs) == [KEY]


async def test_what_breaks_off_is_not_there(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(Broken):
        await blobs.put(KEY, pieces(b"x" * PART_BYTES, b"x" * PART_BYTES, b"y", broken=True))
    assert await kept(blobs) == []
    assert not [it for it in tmp_path.rglob("*") if it.is_file()]  # noqa: ASYNC240
    with pytest.raises(FileNotFoundError):
        await content(blobs, KEY, 0, 1)


async def test_what_is_dropped_is_gone(blobs: Blobs) -> None:
    for key in (KEY, OTHER):
        await blobs.put(key, pieces(b"x"))
    await blobs.drop(["c" * 40, KEY])
    await blobs.drop([KEY])
    assert await kept(blobs) == [OTHER]
    for end in (0, 1):
        with pytest.raises(FileNotFoundError):
            await content(blobs, KEY, 0, end)


async def test_only_what_is_old_enough_is_named(blobs: Blobs) -> None:
    await blobs.put(KEY, pieces(b"x"))
    assert await kept(blobs, before=1_000_000_000_000) == []
    assert await kept(blobs) == [KEY]


async def test_puts_at_the_same_time(blobs: Blobs) -> None:
    keys = [f"{number:040x}" for number in range(8)]
    await asyncio.gather(*(blobs.put(key, pieces(key.encode())) for key in keys))
    assert await kept(blobs) == keys
    assert [await content(blobs, key, 0, 40) for key in keys] == [key.encode() for key in keys]


@pytest.mark.parametrize("url", ["nonsense", "ftp://x/y"])
def test_an_address_that_is_none(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        open_blobs(tmp_path, url)


def test_a_folder_is_the_default(tmp_path: Path) -> None:
    assert isinstance(open_blobs(tmp_path / "files", ""), FolderBlobs)
    assert (tmp_path / "files").is_dir()
