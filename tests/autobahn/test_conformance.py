"""The framing alone, and a device's connection made of it, are as RFC 6455 and 7692 have it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Opcode

from gateway.domain.limits import FRAME_BYTES
from tests.autobahn.cases import GROUPS, HANG_UP, MOST_BYTES, Case, close
from tests.autobahn.echo import echoing
from tests.autobahn.peer import ACCEPT, Peer, Said, connected
from tests.effort import examples
from tests.house_under_test import House
from tests.journeys.bare import masked

PIECES = 200  # that a case is cut into, at most
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, permessage-deflate"
VIOLATION = 4505
Cut = Callable[[bytes], Iterable[bytes]]


def at_once(sent: bytes) -> Iterable[bytes]:
    return (sent,)


def byte_by_byte(sent: bytes) -> Iterable[bytes]:
    step = max(1, len(sent) // PIECES)
    return (sent[at : at + step] for at in range(0, len(sent), step))


def frame_by_frame(sent: bytes) -> Iterable[bytes]:
    while sent:
        short = sent[1] & 0x7F
        start = {126: 4, 127: 10}.get(short, 2)
        end = start + 4 + (int.from_bytes(sent[2:start]) if start > 2 else short)
        yield sent[:end]
        sent = sent[end:]


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """The port of an echo server."""
    async with echoing("127.0.0.1", 0, MOST_BYTES) as port:
        yield port


async def heard(peer: Peer, sent: Iterable[bytes]) -> list[Said]:
    """All that is answered until the server hangs up, which it may do in the middle of what is sent."""
    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(peer.write(sent))
        answers = await peer.rest()
        sending.cancel()
    return answers


def test_the_echo_takes_as_much_as_a_device_may_say() -> None:
    assert MOST_BYTES == FRAME_BYTES


def test_no_two_cases_have_one_name() -> None:
    names = [it.name for group in GROUPS.values() for it in group]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("cut", [at_once, frame_by_frame, byte_by_byte])
@pytest.mark.parametrize("group", GROUPS)
async def test_an_echo_answers_as_the_rfc_has_it(echo: int, group: str, cut: Cut) -> None:
    for case in GROUPS[group]:
        async with connected(echo) as peer:
            await peer.upgrade("/")
            *answers, last = await heard(peer, cut(case.sent))
        assert [(case.name, *it) for it in answers] == [(case.name, *it) for it in case.answers]
        assert (case.name, last.opcode, last.code) == (case.name, Opcode.CLOSE, case.broken or case.closed)
        assert case.broken or case.sent.count(last.data), "a close is echoed with its reason"


@asynccontextmanager
async def plugged(house: House, *headers: str, at_once: bytes = b"") -> AsyncIterator[Peer]:
    """A device's connection after the upgrade."""
    port = urlsplit(house.url).port
    assert port is not None
    async with connected(port) as peer:
        path = f"/sdk/v2/integrations/{house.integrations['web']}/socket"
        await peer.upgrade(path, *headers, at_once=at_once)
        assert peer.head.startswith(b"HTTP/1.1 101 ")
        yield peer


async def welcomed(peer: Peer, guid: str) -> None:
    hello = {"type": "hello", "id": 1, "device": {"guid": guid}}
    await peer.write([masked(Opcode.TEXT, json.dumps(hello).encode())])
    said = await peer.frame()
    assert said is not None
    assert said.json["type"] == "welcome"


@pytest.mark.parametrize("group", GROUPS)
async def test_a_device_is_answered_as_the_rfc_has_it(house: House, group: str) -> None:
    """Where the protocol was broken, and for binary messages, with the gateway's own goodbye."""

    async def tried(case: Case) -> None:
        async with plugged(house) as peer:
            await welcomed(peer, case.name)
            *answers, last = await heard(peer, at_once(case.sent))
        pongs = [it for it in answers if it.opcode is Opcode.PONG]
        assert pongs == [it for it in case.answers if it[0] is Opcode.PONG], case.name
        assert last.opcode is Opcode.CLOSE, case.name
        if case.broken or any(kind is Opcode.BINARY for kind, _ in case.answers):
            goodbye = answers[-1].json
            assert (case.name, goodbye["type"], goodbye["code"]) == (case.name, "goodbye", VIOLATION)
            assert last.code == VIOLATION, case.name
        else:
            assert case.sent.count(last.data), case.name
            assert last.code == case.closed, case.name

    async with asyncio.TaskGroup() as tasks:
        for case in GROUPS[group]:
            tasks.create_task(tried(case))


async def test_no_compression_is_negotiated_and_none_is_taken(house: House) -> None:
    """RFC 7692, section 5: a server that answers no offer of it has declined it, and bit 1 is reserved again."""
    async with plugged(house, DEFLATE) as peer:
        assert b"extensions" not in peer.head.lower()
        compressed = b"\xc1\x87" + bytes(4) + b"\xf2\x48\xcd\xc9\xc9\x07\x00"  # "Hello" of section 7.2.3.1
        await welcomed(peer, "g")
        *_, goodbye, last = await heard(peer, [compressed])
        assert (goodbye.json["code"], last.code) == (VIOLATION, VIOLATION)


async def test_no_subprotocol_is_chosen(house: House) -> None:
    async with plugged(house, "Sec-WebSocket-Protocol: chat, superchat") as peer:
        assert b"sec-websocket-protocol" not in peer.head.lower()
        assert f"Sec-WebSocket-Accept: {ACCEPT.decode()}".encode() in peer.head


@pytest.mark.parametrize(
    ("sent", "answers"),
    [
        (masked(Opcode.PING, b"early") + HANG_UP, [Said(Opcode.PONG, b"early"), Said(Opcode.CLOSE, b"\x03\xe8")]),
        (close(4000, b"never mind"), [Said(Opcode.CLOSE, b"\x0f\xa0never mind")]),
    ],
    ids=["a ping", "a close"],
)
async def test_frames_that_come_in_one_with_the_upgrade_are_answered_after_it(
    house: House, sent: bytes, answers: list[Said]
) -> None:
    async with plugged(house, at_once=sent) as peer:
        assert await peer.rest() == answers


async def test_a_message_behind_the_upgrade_is_heard(house: House) -> None:
    hello = json.dumps({"type": "hello", "id": 1, "device": {"guid": "hasty"}}).encode()
    async with plugged(house, at_once=masked(Opcode.TEXT, hello)) as peer:
        said = await peer.frame()
        assert said is not None
        assert said.json["type"] == "welcome"


# However the bytes are cut

LIKE_A_FRAME = masked(Opcode.TEXT, b"not said")
ANSWERED: tuple[tuple[bytes, list[Said]], ...] = (
    (masked(Opcode.TEXT, b"short"), [Said(Opcode.TEXT, b"short")]),
    (masked(Opcode.PING, b"p"), [Said(Opcode.PONG, b"p")]),
    (masked(Opcode.BINARY, LIKE_A_FRAME), [Said(Opcode.BINARY, LIKE_A_FRAME)]),
    (masked(Opcode.PONG, b"q") + masked(Opcode.TEXT, b"*" * 130), [Said(Opcode.TEXT, b"*" * 130)]),
    (masked(Opcode.BINARY, b"a", fin=False) + masked(Opcode.PONG, b""), []),
    (masked(Opcode.CONT, LIKE_A_FRAME), [Said(Opcode.BINARY, b"a" + LIKE_A_FRAME)]),
    (HANG_UP, [Said(Opcode.CLOSE, b"\x03\xe8")]),
)


async def test_wherever_the_bytes_are_cut_in_two_the_answers_are_the_same(echo: int) -> None:
    """Also where what is inside a frame looks like one."""
    sent = b"".join(frames for frames, _ in ANSWERED)
    answers = [said for _, frames in ANSWERED for said in frames]
    for at in range(1, len(sent)):
        async with connected(echo) as peer:
            await peer.upgrade("/")
            assert (at, await heard(peer, (sent[:at], sent[at:]))) == (at, answers)


@st.composite
def controls(draw: st.DrawFn) -> list[tuple[Opcode, bytes]]:
    return draw(st.lists(st.tuples(st.sampled_from([Opcode.PING, Opcode.PONG]), st.binary(max_size=125)), max_size=2))


@st.composite
def talks(draw: st.DrawFn) -> tuple[bytes, list[Said]]:
    """Messages whole and in parts, with pings and pongs before and inside them; and what they are answered with."""
    sent, answers = b"", []
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from([Opcode.TEXT, Opcode.BINARY]))
        whole = draw(st.text(max_size=300)).encode() * draw(st.sampled_from([1, 1, 1, 50]))
        places = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=3)))
        for at, (start, end) in enumerate(pairwise([0, *places, len(whole)])):
            for opcode, data in draw(controls()):
                sent += masked(opcode, data)
                answers += [Said(Opcode.PONG, data)] if opcode is Opcode.PING else []
            last = at == len(places)
            sent += masked(Opcode.CONT if at else kind, whole[start:end], fin=last)
        answers.append(Said(kind, whole))
    return sent + HANG_UP, [*answers, Said(Opcode.CLOSE, b"\x03\xe8")]


@given(talk=talks(), cuts=st.lists(st.integers(0, 1 << 20), max_size=6))
@settings(max_examples=examples(40), deadline=None)
def test_however_the_bytes_are_cut_the_answers_are_the_same(talk: tuple[bytes, list[Said]], cuts: list[int]) -> None:
    sent, answers = talk
    places = sorted({it % len(sent) for it in cuts} | {0, len(sent)})

    async def tried() -> list[Said]:
        async with echoing("127.0.0.1", 0, MOST_BYTES) as port, connected(port) as peer:
            await peer.upgrade("/")
            return await heard(peer, (sent[start:end] for start, end in pairwise(places)))

    assert asyncio.run(tried()) == answers
