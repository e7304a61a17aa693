"""Whatever an endpoint does, a call of it ends in time, takes little, and leaves the next one none the worse."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import suppress
from ipaddress import ip_network

import pytest

from gateway.domain.retry import Answered
from gateway.edge import line
from gateway.edge.line import BEGINNING
from gateway.edge.poster import HttpPoster
from gateway.flow import letter
from tests.edge.strangers import Caller, Manner, stranger

LOOPBACK = [ip_network("127.0.0.0/8")]
TIMEOUT_S = 0.5
SOON_S = 0.1
LARGE = b"x" * letter.CALL_BYTES
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
async def poster(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HttpPoster]:
    monkeypatch.setattr(line, "SOON_S", SOON_S)
    poster = HttpPoster(LOOPBACK, TIMEOUT_S)
    yield poster
    await poster.close()


def saying(*parts: bytes) -> Manner:
    """Takes a call, says this, and waits."""

    async def manner(caller: Caller) -> None:
        await caller.call()
        await caller.says(*parts)
        await caller.waits()

    return manner


async def begins_late(caller: Caller) -> None:
    await caller.call()
    await caller.waits()


async def trickles(caller: Caller) -> None:
    await caller.call()
    await caller.trickles(OK)


async def is_always_about_to_answer(caller: Caller) -> None:
    await caller.call()
    await caller.trickles(b"HTTP/1.1 102 Processing\r\n\r\n")


async def trickles_after_its_status(caller: Caller) -> None:
    await caller.call()
    await caller.says(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100000\r\n\r\n")
    await caller.trickles(b"more ")


async def listens_to_nothing(caller: Caller) -> None:
    caller.listens_no_more()
    await asyncio.Event().wait()


async def answers_without_listening(caller: Caller) -> None:
    caller.listens_no_more()
    await caller.says(OK)
    await asyncio.Event().wait()


async def resets_after_its_status(caller: Caller) -> None:
    await caller.call()
    await caller.says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
    await caller.hears()
    caller.resets()


async def closes_at_once(_: Caller) -> None:
    """Without a word."""


async def closes_after_the_call(caller: Caller) -> None:
    await caller.call()


async def resets_during_the_call(caller: Caller) -> None:
    await caller.begins()
    caller.resets()


async def speaks_http_1_0(caller: Caller) -> None:
    await caller.call()
    await caller.says(b"HTTP/1.0 200 OK\r\n\r\nwell")


PACKED = gzip.compress(bytes(50_000_000))
HEAD = b"HTTP/1.1 200 OK\r\n"
TOO_LONG = "the answer's headers are too long"

MANNERS: dict[str, tuple[Manner, int | None, str]] = {
    "begins late": (begins_late, None, "no answer in time"),
    "trickles": (trickles, None, "no answer in time"),
    "is always about to answer": (is_always_about_to_answer, None, "no answer in time"),
    "listens to nothing": (listens_to_nothing, None, "no answer in time"),
    "trickles after its status": (trickles_after_its_status, 202, "mo"),
    "answers without listening": (answers_without_listening, 200, "ok"),
    "closes at once": (closes_at_once, None, ""),
    "closes after the call": (closes_after_the_call, None, "the connection was closed without an answer"),
    "resets during the call": (resets_during_the_call, None, ""),
    "resets after its status": (resets_after_its_status, 200, ""),
    "speaks HTTP 1.0": (speaks_http_1_0, 200, "well"),
    "goes on first": (saying(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\n\r\n", OK), 200, "ok"),
    "wants to speak otherwise": (saying(HEAD.replace(b"200 OK", b"101 No") + b"Upgrade: x\r\n\r\n"), 101, ""),
    "says no length": (saying(HEAD + b"\r\nwell"), 200, "well"),
    "speaks no UTF-8": (saying(HEAD + b"Content-Length: 4\r\n\r\n\xffab\xe9"), 200, "\ufffdab\ufffd"),
    "says what it packed": (saying(HEAD + b"Content-Encoding: gzip\r\n\r\n" + PACKED), 200, "\x1f\ufffd\x08"),
    "says it packed": (saying(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok"), 200, "ok"),
    "speaks no HTTP": (saying(b"SSH-2.0-OpenSSH_9.6\r\n"), None, "what was answered is no HTTP"),
    "has an odd status": (saying(b"HTTP/1.1 2000 OK\r\n\r\n"), None, "what was answered is no HTTP"),
    "has a large head": (saying(HEAD + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n"), None, TOO_LONG),
    "has many heads": (saying(HEAD + b"X: y\r\n" * 200_000 + b"\r\n"), None, TOO_LONG),
    "has two lengths": (
        saying(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
        None,
        "what was answered is no HTTP",
    ),
    "says bad chunks": (
        saying(HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n"),
        None,
        "what was answered is no HTTP",
    ),
}


async def called(poster: HttpPoster, url: str, body: bytes = b"{}") -> Answered:
    """What came of a call, which takes no longer than it may."""
    async with asyncio.timeout(TIMEOUT_S + SOON_S + 1):
        return await poster(url, {}, body)


@pytest.mark.parametrize("body", [b"{}", LARGE], ids=["small", "large"])
@pytest.mark.parametrize("name", MANNERS)
async def test_whatever_an_endpoint_does_a_call_ends_in_time(poster: HttpPoster, name: str, body: bytes) -> None:
    """And the next one is none the worse for it."""
    manner, status, said = MANNERS[name]
    async with stranger(manner) as (url, _):
        answered = await called(poster, url, body)
    assert answered.status == status
    assert answered.said.startswith(said)
    assert len(answered.said) <= BEGINNING
    async with stranger(saying(OK)) as (url, _):
        assert await called(poster, url) == Answered(200, said="ok")


@pytest.mark.parametrize(("timeout_s", "soon_s"), [(TIMEOUT_S, 60), (60, SOON_S)])
async def test_who_has_given_a_status_is_not_waited_for_and_it_counts(
    monkeypatch: pytest.MonkeyPatch, timeout_s: float, soon_s: float
) -> None:
    """However long there would be for an answer, and also where there is no time left for the rest of it."""
    monkeypatch.setattr(line, "SOON_S", soon_s)
    poster = HttpPoster(LOOPBACK, timeout_s)
    try:
        async with stranger(trickles_after_its_status) as (url, _):
            assert (await called(poster, url)).status == 202
    finally:
        await poster.close()


async def test_of_a_huge_answer_little_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "SOON_S", 60)
    hung_up = asyncio.Event()

    async def goes_on(caller: Caller) -> None:
        await caller.call()
        await caller.says(HEAD + b"Content-Length: 1000000000000\r\n\r\n")
        with suppress(ConnectionError):
            while True:
                await caller.says(b"word " * 2_000)
        hung_up.set()

    poster = HttpPoster(LOOPBACK, 60)
    try:
        async with stranger(goes_on) as (url, callers):
            assert (await called(poster, url)).said == "word " * (BEGINNING // 5)
            await hung_up.wait()
    finally:
        await poster.close()
    assert callers[0].sent < 50_000_000  # what was on the way


async def test_who_does_not_listen_to_the_end_of_a_call_is_not_sent_the_next_one_after_it(poster: HttpPoster) -> None:
    async with stranger(answers_without_listening) as (url, callers):
        assert [(await called(poster, url, 20 * LARGE)).status for _ in range(2)] == [200, 200]
        assert len(callers) == 2
