"""Bytes made up at random, before the upgrade and after it: an answer or a goodbye, and the gateway serves on."""

import asyncio
import json
import logging
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from websockets.frames import Opcode

from gateway.domain import goodbyes
from tests.autobahn.peer import KEY, Said, connected
from tests.edge.test_raw_bytes import statuses
from tests.effort import examples
from tests.house_under_test import Device, House, Json, opened
from tests.journeys.bare import masked

pytestmark = pytest.mark.timeout(600)  # a failure is made small before it is shown

CODES = {it.code for it in goodbyes.TABLE}
SOCKET = "/sdk/v2/integrations/WEB/socket"
PATHS = ("/healthz", "/v2/apps/APP/users", "/metrics", "/openapi.json", "/v1.1/apps/APP/appusers", "/nowhere")


class Alarm(logging.Handler):
    """What the standard library's logs were told of as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


class Place:
    """A house over all examples, with one device that nothing of this should touch."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._life = AsyncExitStack()
        self.alarm = Alarm()
        self.house: House
        self.neighbour: Device
        self.port = 0
        self.room = ""

    def run(self, doing: Coroutine[Any, Any, None]) -> None:
        """Without an error being logged, and nobody the worse for it."""

        async def within() -> None:
            await doing
            await self.neighbour.ask("ping")
            self.neighbour.heard.clear()

        with capture_logs() as logs:
            self._runner.run(within())
        assert [it for it in logs if it["log_level"] in ("error", "critical")] == []
        assert self.alarm.said == []

    def open(self, data: Path) -> None:
        logging.getLogger().addHandler(self.alarm)
        self._runner.run(self._open(data))

    async def _open(self, data: Path) -> None:
        self.house = await self._life.enter_async_context(opened(data, commands_per_second=100_000))
        self.port = urlsplit(self.house.url).port or 0
        self.room = await self.house.group("ann", "bob")
        self.neighbour = await self.house.device("bob")

    def close(self) -> None:
        self._runner.run(self._life.aclose())
        self._runner.close()
        logging.getLogger().removeHandler(self.alarm)

    def named(self, text: str) -> str:
        """With the ids of what there is."""
        names = {"APP": self.house.app_id, "WEB": self.house.integrations["web"], "ROOM": self.room}
        for word, meant in names.items():
            text = text.replace(word, meant)
        return text


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place()
    place.open(tmp_path_factory.mktemp("data"))
    yield place
    place.close()


# Bytes that are nearly right

small = st.binary(max_size=6) | st.sampled_from([b"\r\n", b"\r\n\r\n", b"\0", b": ", b"\xff", b'"', b"{", b"9" * 30])


@st.composite
def spoilt(draw: st.DrawFn, right: bytes) -> bytes:
    """Some of it replaced, left out or said twice, in a few places."""
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(right)))
        end = draw(st.integers(start, min(len(right), start + 12)))
        right = right[:start] + draw(small | st.just(right[start:end] * 2)) + right[end:]
    return right


def pieces(sent: bytes, cuts: list[int]) -> list[bytes]:
    """In as many writes as there are cuts, and one."""
    places = sorted({it % (len(sent) + 1) for it in cuts} | {0, len(sent)})
    return [sent[start:end] for start, end in pairwise(places)]


cuts = st.lists(st.integers(0, 10_000), max_size=4)


# Before the upgrade


@st.composite
def requests(draw: st.DrawFn) -> str:
    """A right request, in latin-1: of a page, with a body or without, or an upgrade."""
    if draw(st.booleans()):
        kept = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}")
        return "\r\n".join((f"GET {SOCKET} HTTP/1.1", "Host: localhost", *draw(st.permutations(kept)), "", ""))
    body = draw(st.sampled_from(["", "{}", '{"externalId":"x"}']))
    method = draw(st.sampled_from(["GET", "POST", "DELETE", "OPTIONS", "HEAD"]))
    framed = draw(st.sampled_from([f"Content-Length: {len(body)}", "Transfer-Encoding: chunked"]))
    sent = body if framed.startswith("Content") else f"{len(body):x}\r\n{body}\r\n0\r\n\r\n"
    return "\r\n".join((f"{method} {draw(st.sampled_from(PATHS))} HTTP/1.1", "Host: localhost", framed, "", sent))


@given(data=st.data(), right=requests(), cuts=cuts)
@settings(max_examples=examples(150), deadline=None)
def test_before_the_upgrade(place: Place, data: st.DataObject, right: str, cuts: list[int]) -> None:
    sent = data.draw(spoilt(place.named(right).encode()) | st.binary(max_size=300))

    async def tried() -> None:
        async with connected(place.port) as peer:
            await peer.write(pieces(sent, cuts))
            answer = await peer.to_the_end()
        assert all(status == 101 or 200 <= status < 500 for status in statuses(answer)), answer
        assert not answer or statuses(answer), answer

    place.run(tried())


# After it

opcodes = st.sampled_from(
    [Opcode.TEXT, Opcode.TEXT, Opcode.CONT, Opcode.PING, Opcode.PONG, Opcode.CLOSE, Opcode.BINARY]
)
COMMANDS: tuple[Json, ...] = (
    {"type": "ping"},
    {
        "type": "message:send",
        "conversationId": "ROOM",
        "content": {"type": "text", "text": "hi"},
        "clientMessageId": "m",
    },
    {"type": "message:list", "conversationId": "ROOM", "limit": 3},
    {"type": "events:since", "conversationId": "ROOM", "seq": 1},
    {"type": "conversation:read", "conversationId": "ROOM"},
    {"type": "conversation:get", "conversationId": "ROOM"},
    {"type": "conversation:list"},
    {"type": "conversation:update", "conversationId": "ROOM", "displayName": "x"},
    {"type": "postback", "conversationId": "ROOM", "actionId": "a"},
    {"type": "typing:start", "conversationId": "ROOM"},
    {"type": "user:update", "metadata": {"a": 1}},
    {"type": "device:update", "state": "background"},
    {"type": "login", "jwt": "e30.e30.e30"},
    {"type": "hello", "device": {"guid": "g"}},
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@st.composite
def commands(draw: st.DrawFn) -> str:
    """One that might be right, or with a field that is not."""
    command = {"id": draw(st.integers(0, 9)), **draw(st.sampled_from(COMMANDS))}
    if draw(st.booleans()):
        command[draw(st.sampled_from(sorted(command)))] = draw(anything)
    return json.dumps(command)


@st.composite
def frames(draw: st.DrawFn, place: Place) -> bytes:
    """One as it should be, with a command in it; one of any kind; one that is spoilt; or no frame at all."""
    said = place.named(draw(commands())).encode()
    match draw(st.integers(0, 5)):
        case 0 | 1 | 2:
            return masked(Opcode.TEXT, said)
        case 3:
            return masked(draw(opcodes), draw(st.binary(max_size=200) | st.just(said)), fin=draw(st.booleans()))
        case 4:
            return draw(spoilt(masked(Opcode.TEXT, said)))
        case _:
            return draw(st.binary(max_size=40))


@given(data=st.data(), greeted=st.booleans(), cuts=cuts)
@settings(max_examples=examples(60), deadline=None)
def test_after_the_upgrade(place: Place, data: st.DataObject, greeted: bool, cuts: list[int]) -> None:
    sent = b"".join(data.draw(st.lists(frames(place), max_size=6)))
    hello = {"type": "hello", "id": 0, "device": {"guid": "g"}, "auth": {"jwt": place.house.token("ann")}}

    async def tried() -> None:
        async with connected(place.port) as peer:
            await peer.upgrade(place.named(SOCKET))
            if greeted:
                await peer.write([masked(Opcode.TEXT, json.dumps(hello).encode())])
            await peer.write(pieces(sent, cuts))
            await place.neighbour.sends(place.room, "what lined up before this was answered")
            peer.hang_up()
            _in_order(await peer.rest())

    place.run(tried())


def _in_order(said: list[Said]) -> None:
    """Answers and events, then at most one goodbye, which says what the close says."""
    words = [it.json for it in said if it.opcode is Opcode.TEXT]
    assert {it["type"] for it in words} <= {"welcome", "ok", "error", "event", "goodbye"}
    assert all(it["error"]["status"] < 500 for it in words if it["type"] == "error"), words
    assert all(it["type"] != "goodbye" for it in words[:-1])
    if words and words[-1]["type"] == "goodbye":
        assert words[-1]["code"] in CODES
        assert said[-1].code == words[-1]["code"]
