"""Whatever bytes arrive at the port: an HTTP error or a close, and the gateway serves on."""

import asyncio
import contextlib
import gzip
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway import bootstrap
from gateway.domain.limits import REQUEST_BYTES
from gateway.edge import listener
from tests.edge.conftest import Rest
from tests.house_under_test import House, basic, opened

STATUS = re.compile(rb"HTTP/\d\.\d (\d{3}) ")
SAMPLE_KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="  # the one of RFC 6455, section 1.3


@asynccontextmanager
async def connected(house: House) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    address = urlsplit(house.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def heard(house: House, data: bytes, *, until: bytes | None = None, hang_up: bool = False) -> bytes:
    """What is answered to these bytes, until something is in it, or the gateway hangs up, or we do."""
    answer = b""
    async with connected(house) as (reader, writer), asyncio.timeout(10):
        writer.write(data)
        if hang_up:
            writer.write_eof()
        with contextlib.suppress(ConnectionResetError):
            while until is None or until not in answer:
                more = await reader.read(65_536)
                if not more:
                    break
                answer += more
    return answer


def statuses(answer: bytes) -> list[int]:
    return [int(it) for it in STATUS.findall(answer)]


async def serves(house: House) -> bool:
    return (await house.rest("GET", "")).status == 200


def request(house: House, line: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    """A request of the app's backend. `APP` and `WEB` in the line are the app's and its web integration's ids."""
    line = line.replace(b"APP", house.app_id.encode()).replace(b"WEB", house.integrations["web"].encode())
    head = (line, b"Host: localhost", f"Authorization: {basic(*house.key)}".encode(), *headers)
    return b"\r\n".join((*head, b"", body))


GARBAGE = {
    "nothing": b"",
    "zeros": b"\x00" * 50,
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x5a" * 200 + b"\r\n\r\n",
    "binary": bytes(range(256)) * 100,
    "a line": b"hello\r\n\r\n",
    "line ends": b"\r\n" * 20_000,
    "no version": b"GET /\r\n\r\n",
    "a version of tomorrow": b"GET / HTTP/3.0\r\nHost: x\r\n\r\n",
    "a method of nobody": b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "no line ends": b"GET / HTTP/1.1",
    "bare line feeds": b"GET / HTTP/1.1\nHost: x\n\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost x\r\n\r\n",
    "a header with a NUL": b"GET / HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n",
    "a path with raw bytes": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "an endless line": b"GET /" + b"a" * 100_000,
    "an endless head": b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20_000,
    "few long headers": b"GET / HTTP/1.1\r\n" + (b"A: " + b"b" * 8_000 + b"\r\n") * 3,
    "a bad chunk": b"POST /v2/apps HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "both lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a huge length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 40 + b"\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@pytest.mark.parametrize("name", GARBAGE)
async def test_garbage(house: House, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(listener, "HEAD_S", 0.1)
    answer = await heard(house, GARBAGE[name])
    assert all(400 <= status < 500 for status in statuses(answer)), answer
    assert answer == b"" or statuses(answer)
    assert await serves(house)


async def test_what_a_broken_request_says_is_not_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    broken = request(house, b"GET /v2/apps HTTP/1.1").replace(b"Basic ", b"Basic \x00")
    assert statuses(await heard(house, broken)) == [400]
    assert caplog.records == []


async def test_a_head_that_does_not_end_is_cut_off(house: House) -> None:
    """Also when it trickles in, and though the caller never hangs up."""
    async with connected(house) as (reader, writer), asyncio.timeout(10):
        writer.write(b"GET / HTTP/1.1\r\nA: " + b"a" * listener.HEAD_BYTES)
        answer = await reader.read()
    assert statuses(answer) == [431]
    assert await serves(house)


@pytest.mark.parametrize("begun", [b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\n"])
async def test_a_head_that_takes_too_long(house: House, monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    monkeypatch.setattr(listener, "HEAD_S", 0.05)
    async with connected(house) as (reader, writer), asyncio.timeout(10):
        writer.write(begun)
        assert await reader.read() == b""


async def test_a_second_head_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "IDLE_S", 0.05)
    async with opened(tmp_path / "data") as house:
        answer = await heard(house, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\n")
        assert statuses(answer) == [200]


async def test_a_head_that_arrives_byte_by_byte(house: House) -> None:
    async with connected(house) as (reader, writer), asyncio.timeout(10):
        for byte in request(house, b"GET /v2/apps/APP HTTP/1.1", b"Connection: close"):
            writer.write(bytes((byte,)))
            await writer.drain()
        answer = await reader.read()
    assert statuses(answer) == [200]


async def test_the_oldest_http(house: House) -> None:
    assert statuses(await heard(house, b"GET /healthz HTTP/1.0\r\n\r\n")) == [200]


async def test_requests_in_a_row_are_answered_in_a_row(house: House) -> None:
    first = request(house, b"GET /v2/apps/APP HTTP/1.1")
    last = request(house, b"GET /v2/apps/APP/users/nobody HTTP/1.1", b"Connection: close")
    answer = await heard(house, first * 5 + last)
    assert statuses(answer) == [200] * 5 + [404]


@pytest.mark.parametrize("host", [b"[", b"[::1", b"a b", b"x:99999999", b"x:y", b"", b"\xff", b"x/../y"])
async def test_a_host_that_is_none(house: House, host: bytes) -> None:
    room = await house.group("ann", "bob")
    line = f"GET /v2/apps/{house.app_id}/conversations/{room}/participants?page[size]=1 HTTP/1.1".encode()
    answer = await heard(house, request(house, line, b"Connection: close").replace(b"localhost", host))
    assert statuses(answer) in ([200], [400]), answer
    assert await serves(house)


@pytest.mark.parametrize(
    "path",
    [b"%ff", b"%zz", b"%", b"%00", b"%2E%2E", b"..", b"a//b", b"a;b", b"a%0d%0aSet-Cookie:%20b", b"%F0%9F%99%82"],
)
async def test_paths_that_name_nobody(house: House, path: bytes) -> None:
    line = b"GET /v2/apps/APP/users/" + path + b" HTTP/1.1"
    answer = await heard(house, request(house, line, b"Connection: close"))
    assert statuses(answer) == [404], answer
    assert b"Set-Cookie" not in answer.split(b"\r\n\r\n")[0]


async def test_a_body_that_is_not_as_its_headers_say(house: House) -> None:
    line = b"POST /v2/apps/APP/users HTTP/1.1"
    for headers, body in (
        ((b"Content-Encoding: gzip", b"Content-Length: 2"), b"{}"),
        ((b"Content-Encoding: deflate", b"Content-Length: 2"), b"{}"),
        ((b"Content-Length: 100",), b"{}"),
        ((b"Transfer-Encoding: chunked",), b"5\r\n{}"),
    ):
        answer = await heard(house, request(house, line, *headers, body=body), hang_up=True)
        assert statuses(answer) in ([400], []), (headers, answer)
        assert await serves(house)


async def test_a_caller_who_leaves_in_the_middle(house: House) -> None:
    """Nothing is done, and nothing is logged either (see `_calm`)."""
    before = await house.user("ann")
    async with connected(house) as (_, writer):
        line = b"POST /v2/apps/APP/users HTTP/1.1"
        writer.write(request(house, line, b"Content-Length: 100", body=b'{"externalId": "bob"'))
        await writer.drain()
        writer.transport.abort()
    assert await house.user("ann") == before
    assert (await house.rest("GET", "/users/bob")).status == 404


async def test_a_large_body_in_chunks_is_refused_while_it_comes(house: House, rest: Rest) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b" " * (REQUEST_BYTES // 10)

    headers = {"Authorization": basic(*house.key), "Content-Type": "application/json"}
    url = f"{house.url}/v2/apps/{house.app_id}/users"
    async with house.http.post(url, data=endless(), headers=headers) as answer:
        assert answer.status == 413
        assert (await answer.json())["errors"][0]["code"] == "payload_too_large"
    assert await serves(house)


async def test_a_large_body_in_a_small_packet(house: House) -> None:
    """What counts is the size once it is unpacked."""
    packed = gzip.compress(b" " * 50_000_000)
    assert len(packed) < REQUEST_BYTES
    headers = (b"Content-Encoding: gzip", b"Connection: close", b"Content-Length: %d" % len(packed))
    answer = await heard(house, request(house, b"POST /v2/apps/APP/users HTTP/1.1", *headers, body=packed))
    assert statuses(answer) == [413]
    assert await serves(house)


async def test_a_compressed_body_is_read(house: House) -> None:
    packed = gzip.compress(b'{"externalId": "ann"}')
    headers = (b"Content-Encoding: gzip", b"Connection: close", b"Content-Length: %d" % len(packed))
    answer = await heard(house, request(house, b"POST /v2/apps/APP/users HTTP/1.1", *headers, body=packed))
    assert statuses(answer) == [201]
    assert (await house.rest("GET", "/users/ann")).status == 200


# Upgrades

SOCKET = b"GET /sdk/v2/integrations/WEB/socket HTTP/1.1"
UPGRADE = (b"Connection: Upgrade", b"Upgrade: websocket")
BAD_UPGRADES = {
    "no key": (SOCKET, *UPGRADE, b"Sec-WebSocket-Version: 13"),
    "a bad key": (SOCKET, *UPGRADE, b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: short"),
    "two keys": (SOCKET, *UPGRADE, b"Sec-WebSocket-Version: 13", SAMPLE_KEY, SAMPLE_KEY),
    "no version": (SOCKET, *UPGRADE, SAMPLE_KEY),
    "an old version": (SOCKET, *UPGRADE, b"Sec-WebSocket-Version: 8", SAMPLE_KEY),
    "no connection": (SOCKET, b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", SAMPLE_KEY),
    "no upgrade": (SOCKET, b"Sec-WebSocket-Version: 13", SAMPLE_KEY, b"Connection: close"),
    "to something else": (SOCKET, b"Connection: Upgrade", b"Upgrade: h2c"),
    "a POST": (SOCKET.replace(b"GET", b"POST"), *UPGRADE, b"Sec-WebSocket-Version: 13", SAMPLE_KEY),
    "the oldest HTTP": (SOCKET.replace(b"1.1", b"1.0"), *UPGRADE, b"Sec-WebSocket-Version: 13", SAMPLE_KEY),
    "no such path": (SOCKET.replace(b"/socket", b"/plug"), *UPGRADE, b"Sec-WebSocket-Version: 13", SAMPLE_KEY),
    "a broken header": (SOCKET, b"nonsense", *UPGRADE, b"Sec-WebSocket-Version: 13", SAMPLE_KEY),
    "a long header": (SOCKET, b"A: " + b"b" * 9_000, *UPGRADE, b"Sec-WebSocket-Version: 13", SAMPLE_KEY),
    "many headers": (SOCKET, *(b"A: b",) * 300, *UPGRADE, b"Sec-WebSocket-Version: 13", SAMPLE_KEY),
}


@pytest.mark.parametrize("name", BAD_UPGRADES)
async def test_an_upgrade_that_cannot_be(house: House, name: str) -> None:
    answer = await heard(house, request(house, *BAD_UPGRADES[name]), until=b"\r\n\r\n")
    assert all(400 <= status < 500 for status in statuses(answer)), answer
    assert name == "a broken header" or statuses(answer)
    assert b"goodbye" not in answer
    assert (await house.device("ann")).welcome["type"] == "welcome"


async def test_an_upgrade_after_a_request_on_the_same_connection(house: House) -> None:
    """A connection that began with a plain request stays one."""
    upgrade = (SOCKET, *UPGRADE, b"Sec-WebSocket-Version: 13", SAMPLE_KEY)
    answer = await heard(house, request(house, b"GET /healthz HTTP/1.1") + request(house, *upgrade), until=b"not_found")
    assert statuses(answer) == [200, 404]
    assert (await house.device("ann")).welcome["type"] == "welcome"


async def test_what_follows_an_upgrade_at_once_is_heard(house: House) -> None:
    """Here a frame that is not masked, which no client may send (RFC 6455, section 5.1)."""
    upgrade = request(house, SOCKET, *UPGRADE, b"Sec-WebSocket-Version: 13", SAMPLE_KEY)
    answer = await heard(house, upgrade + b"\x81\x02hi", until=b"4505")
    assert statuses(answer) == [101]
    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in answer
    assert answer.count(b'"type":"goodbye","code":4505') == 1
