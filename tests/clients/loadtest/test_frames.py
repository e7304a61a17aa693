"""Frames as a server sends them, however the network cuts them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from clients.loadtest.frames import CLOSE, PONG, TEXT, BadFrame, client_frame, scan


def served(payload: bytes, *, fin: bool = True) -> bytes:
    return Frame(Opcode.TEXT, payload, fin).serialize(mask=False)


def read(pieces: list[bytes]) -> list[tuple[int, bytes]]:
    """The frames in a stream that comes in these pieces."""
    found, rest = [], b""
    for piece in pieces:
        data = rest + piece
        frames, end = scan(data)
        found += [(opcode, data[start:stop]) for opcode, start, stop in frames]
        rest = data[end:]
    assert rest == b""
    return found


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 100_000])
def test_every_width_of_length_is_read(size: int) -> None:
    assert read([served(b"x" * size)]) == [(TEXT, b"x" * size)]


@given(st.lists(st.integers(min_value=0, max_value=300), max_size=6), st.data())
def test_frames_are_found_wherever_the_stream_is_cut(sizes: list[int], data: st.DataObject) -> None:
    payloads = [bytes([number]) * size for number, size in enumerate(sizes)]
    stream = b"".join(served(payload) for payload in payloads)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    edges = [0, *cuts, len(stream)]
    pieces = [stream[start:end] for start, end in pairwise(edges)]
    assert read(pieces) == [(TEXT, payload) for payload in payloads]


def test_a_long_frame_may_come_byte_by_byte() -> None:
    stream = served(b"x" * 70_000)
    assert read([stream[:1], stream[1:2], stream[2:5], stream[5:9], stream[9:11], stream[11:]]) == [
        (TEXT, b"x" * 70_000)
    ]


def test_scanning_may_begin_later() -> None:
    head = b"HTTP/1.1 101\r\n\r\n"
    frames, end = scan(head + served(b"hi"), len(head))
    assert frames == [(TEXT, len(head) + 2, len(head) + 4)]
    assert end == len(head) + 4


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(served(b"half", fin=False), id="a fragment"),
        pytest.param(b"\xc1" + served(b"squeezed")[1:], id="compressed"),
        pytest.param(Frame(Opcode.TEXT, b"hidden").serialize(mask=True), id="masked"),
    ],
)
def test_what_it_does_not_read_is_an_error(bad: bytes) -> None:
    with pytest.raises(BadFrame):
        scan(bad)


@pytest.mark.parametrize(
    ("opcode", "size"), [(CLOSE, 2), (PONG, 125), *((TEXT, size) for size in (0, 125, 126, 65_535, 65_536))]
)
def test_a_frame_to_the_server_is_masked_with_nothing(opcode: int, size: int) -> None:
    reader = StreamReader()
    reader.feed_data(client_frame(b"x" * size, opcode))
    with pytest.raises(StopIteration) as parsed:
        next(Frame.parse(reader.read_exact, mask=True))
    frame = parsed.value.value
    assert (frame.opcode, bytes(frame.data), frame.fin) == (opcode, b"x" * size, True)
