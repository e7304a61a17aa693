"""However the network cuts what a peer says, the same messages come of it."""

import asyncio
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Opcode

from gateway.edge.framing import Framing
from tests.autobahn.cases import CONT, GROUPS, HANG_UP, MOST_BYTES, PING, PROTOCOL_ERROR, TEXT, TOO_BIG, Case
from tests.journeys.bare import masked

HEAD = (
    b"GET / HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
CASES = [it for group in GROUPS.values() for it in group if len(it.sent) < 1_000]
BETWEEN = Case(
    "a text between the parts of another", masked(TEXT, b"", fin=False) + masked(TEXT, b"no") + masked(CONT, b"")
)


class Line(asyncio.Transport):
    """Takes what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: object) -> None:
        assert isinstance(data, bytes)
        self.written += data

    def close(self) -> None: ...


class Ear(Framing):
    """What was told by whom it was cut for."""

    def __init__(self, line: Line, most_bytes: int) -> None:
        super().__init__(line, most_bytes)
        self.told: list[tuple[Opcode, bytes]] = []

    def write(self, frame: bytes) -> None:
        self._transport.write(frame)

    def _told(self, kind: Opcode, message: bytes) -> None:
        self.told.append((kind, message))


def heard(pieces: Iterable[bytes], most_bytes: int = MOST_BYTES) -> tuple[list[tuple[Opcode, bytes]], bytes]:
    """The messages, and what was written after the upgrade: pongs and the close."""
    line = Line()
    ear = Ear(line, most_bytes)
    ear.data_received(HEAD)
    head = len(line.written)
    for piece in pieces:
        ear.data_received(piece)
    return ear.told, line.written[head:]


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    edges = [0, *sorted(it for it in set(places) if it < len(data)), len(data)]
    return [data[first:last] for first, last in pairwise(edges) if first < last]


@given(st.sampled_from([*CASES, BETWEEN]), st.lists(st.integers(1, 200), max_size=6))
def test_it_makes_no_difference_where_it_was_cut(case: Case, places: list[int]) -> None:
    bytewise = heard(case.sent[at : at + 1] for at in range(len(case.sent)))
    assert heard(cut(case.sent, places)) == bytewise


@pytest.mark.parametrize("first", [b"", b"some"])
def test_a_text_between_the_parts_of_another_breaks_the_protocol(first: bytes) -> None:
    told, said = heard([masked(TEXT, first, fin=False), masked(TEXT, b"no"), masked(CONT, b"")])
    assert told == []
    assert said[2:4] == PROTOCOL_ERROR.to_bytes(2)


def test_what_looks_like_a_text_may_be_the_rest_of_another_frame() -> None:
    ping = masked(PING, masked(TEXT, b"ab"))
    told, said = heard([masked(PING, b"") + ping[:6], ping[6:], masked(TEXT, b"cd")])
    assert told == [(TEXT, b"cd")]
    assert said == b"\x8a\x00" + b"\x8a\x08" + masked(TEXT, b"ab")


def test_nothing_is_heard_after_a_close() -> None:
    assert heard([HANG_UP, masked(TEXT, b"late")])[0] == []


def test_a_short_text_may_be_too_long_as_well() -> None:
    told, said = heard([masked(TEXT, b"0123456789"), masked(TEXT, b"01234567890")], most_bytes=10)
    assert told == [(TEXT, b"0123456789")]
    assert said[2:4] == TOO_BIG.to_bytes(2)
