"""What a peer may say in frames, and what has to come of it: RFC 6455, as a table."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from websockets.frames import Opcode

from tests.journeys.bare import masked

MOST_BYTES = 102_400
TEXT, BINARY, CONT, PING, PONG, CLOSE = (
    Opcode.TEXT,
    Opcode.BINARY,
    Opcode.CONT,
    Opcode.PING,
    Opcode.PONG,
    Opcode.CLOSE,
)
HANG_UP = masked(CLOSE, struct.pack("!H", 1000))
GREETING = "Hello-µ@ßöäüàá-UTF-8!!".encode()

PROTOCOL_ERROR = 1002
INVALID_DATA = 1007
TOO_BIG = 1009


class Case(NamedTuple):
    """Bytes after the upgrade; the frames that answer them; and the code of the close, None where it has none.

    With `broken`, the code is what the server closes with because the protocol was. Else the peer's close is echoed.
    """

    name: str
    sent: bytes
    answers: tuple[tuple[Opcode, bytes], ...] = ()
    broken: int = 0
    closed: int | None = 1000


def frame(first: int, size: bytes, data: bytes = b"", mask: bytes = bytes(4)) -> bytes:
    """A frame by its parts: the first byte, the length with its mask bit as it stands, the data as it is sent."""
    return bytes((first,)) + size + mask + data


def close(code: int, reason: bytes = b"") -> bytes:
    return masked(CLOSE, struct.pack("!H", code) + reason)


def echoed(name: str, kind: Opcode, data: bytes) -> Case:
    return Case(name, masked(kind, data) + HANG_UP, ((kind, data),))


def parts(kind: Opcode, pieces: list[bytes], between: bytes = b"") -> bytes:
    """One message in these parts, with something between any two."""
    framed = (masked(CONT if at else kind, piece, fin=at == len(pieces) - 1) for at, piece in enumerate(pieces))
    return between.join(framed)


def whole_messages() -> Iterator[Case]:
    for size in (0, 1, 125, 126, 127, 128, 65_535, 65_536, MOST_BYTES):
        yield echoed(f"a text of {size}", TEXT, b"*" * size)
        yield echoed(f"a binary of {size}", BINARY, b"\xfe" * size)
    mask = b"\x37\xfa\x21\x3d"
    yield Case(
        "the mask of section 5.7", frame(0x81, b"\x85", b"\x7f\x9f\x4d\x51\x58", mask) + HANG_UP, ((TEXT, b"Hello"),)
    )
    yield Case("two at once", masked(TEXT, b"a") + masked(TEXT, b"b") + HANG_UP, ((TEXT, b"a"), (TEXT, b"b")))


def lengths() -> Iterator[Case]:
    """Nobody may send a longer form than needed; whoever does is understood."""
    yield Case("2 bytes for a short length", frame(0x81, b"\xfe\x00\x02", b"hi") + HANG_UP, ((TEXT, b"hi"),))
    yield Case(
        "8 bytes for a short length", frame(0x81, b"\xff" + bytes(7) + b"\x02", b"hi") + HANG_UP, ((TEXT, b"hi"),)
    )
    yield Case("a length beyond 63 bits", frame(0x81, b"\xff" + b"\xff" * 8), broken=TOO_BIG)
    yield Case("a byte too many", masked(TEXT, b"*" * (MOST_BYTES + 1)), broken=TOO_BIG)
    yield Case("a length too large, and nothing after it", frame(0x81, b"\xff" + (1 << 40).to_bytes(8)), broken=TOO_BIG)
    half = b"*" * (MOST_BYTES // 2)
    yield Case("the most, in parts", parts(TEXT, [half, half]) + HANG_UP, ((TEXT, half + half),))
    yield Case("a byte too many, in parts", parts(TEXT, [half, half, b"*"]), broken=TOO_BIG)


def pings() -> Iterator[Case]:
    yield Case("a ping", masked(PING, b"") + HANG_UP, ((PONG, b""),))
    yield Case("a ping with something in it", masked(PING, b"\x00\xff\xfe") + HANG_UP, ((PONG, b"\x00\xff\xfe"),))
    yield Case("the longest ping", masked(PING, b"*" * 125) + HANG_UP, ((PONG, b"*" * 125),))
    yield Case("a ping too long", masked(PING, b"*" * 126), broken=PROTOCOL_ERROR)
    yield Case("a pong too long", masked(PONG, b"*" * 126), broken=PROTOCOL_ERROR)
    yield Case("a pong that nobody asked for", masked(PONG, b"hm") + masked(PING, b"?") + HANG_UP, ((PONG, b"?"),))
    ten = tuple(bytes((it,)) for it in range(10))
    yield Case("ten pings", b"".join(masked(PING, it) for it in ten) + HANG_UP, tuple((PONG, it) for it in ten))
    yield Case("a ping, then a text", masked(PING, b"p") + masked(TEXT, b"t") + HANG_UP, ((PONG, b"p"), (TEXT, b"t")))


def reserved() -> Iterator[Case]:
    for bits in range(1, 8):
        for opcode in (TEXT, BINARY, PING, PONG, CLOSE):
            broken = frame(0x80 | bits << 4 | opcode, b"\x80")
            yield Case(f"reserved bits {bits:03b} of {opcode.name}", broken, broken=PROTOCOL_ERROR)
    for unknown in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        yield Case(f"opcode {unknown}", frame(0x80 | unknown, b"\x80"), broken=PROTOCOL_ERROR)
    good, bad = masked(TEXT, b"good"), frame(0x83, b"\x80")
    yield Case(
        "what came before a bad frame", good + bad + masked(PING, b""), ((TEXT, b"good"),), broken=PROTOCOL_ERROR
    )
    for name, first in (("text", 0x81), ("ping", 0x89), ("close", 0x88)):
        yield Case(f"a {name} without a mask", bytes((first, 0)), broken=PROTOCOL_ERROR)


def fragments() -> Iterator[Case]:
    for kind in (TEXT, BINARY):
        name = kind.name.lower()
        yield Case(f"a {name} in two", parts(kind, [b"ab", b"cd"]) + HANG_UP, ((kind, b"abcd"),))
        yield Case(
            f"a {name} in parts, some empty", parts(kind, [b"", b"a", b"", b"b", b""]) + HANG_UP, ((kind, b"ab"),)
        )
        yield Case(f"a {name} in empty parts", parts(kind, [b"", b"", b""]) + HANG_UP, ((kind, b""),))
        pinged = parts(kind, [b"a", b"b", b"c"], masked(PING, b"p") + masked(PONG, b"q"))
        yield Case(f"a {name} with pings inside", pinged + HANG_UP, ((PONG, b"p"), (PONG, b"p"), (kind, b"abc")))
        inside = masked(TEXT, b"a", fin=False) + masked(kind, b"b")
        yield Case(f"a {name} inside a text", inside, broken=PROTOCOL_ERROR)
        again = masked(kind, b"a", fin=False) + masked(kind, b"b", fin=False)
        yield Case(f"a {name} that begins twice", again, broken=PROTOCOL_ERROR)
    mixed = parts(TEXT, [b"a", b"b"]) + parts(BINARY, [b"c", b"d"]) + masked(TEXT, b"e") + HANG_UP
    yield Case("messages in parts, one after the other", mixed, ((TEXT, b"ab"), (BINARY, b"cd"), (TEXT, b"e")))
    for opcode in (PING, PONG, CLOSE):
        yield Case(f"{opcode.name} in parts", masked(opcode, b"", fin=False), broken=PROTOCOL_ERROR)
    for fin in (True, False):
        yield Case(f"a continuation of nothing, fin {fin}", masked(CONT, b"x", fin=fin), broken=PROTOCOL_ERROR)
        over = parts(TEXT, [b"a", b"b"]) + masked(CONT, b"x", fin=fin)
        yield Case(f"a continuation of what is over, fin {fin}", over, ((TEXT, b"ab"),), broken=PROTOCOL_ERROR)


GOOD_TEXTS = (
    GREETING,
    "κόσμε".encode(),
    b"\x00",
    b"\x7f",
    b"\xc2\x80",
    b"\xdf\xbf",
    b"\xe0\xa0\x80",
    b"\xed\x9f\xbf",
    b"\xee\x80\x80",
    b"\xef\xbf\xbe",
    b"\xef\xbf\xbf",
    b"\xf0\x90\x80\x80",
    b"\xf4\x8f\xbf\xbf",
)
BAD_TEXTS = (
    b"\x80",
    b"\xbf\xbf",
    b"\xc2",
    b"\xe1\x80",
    b"\xf1\x80\x80",
    b"\xc0\xaf",
    b"\xe0\x80\xaf",
    b"\xf0\x80\x80\xaf",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xf4\x90\x80\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\xfe",
    b"\xff",
    b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited",
)


def texts() -> Iterator[Case]:
    for text in GOOD_TEXTS:
        yield echoed(f"UTF-8 {text.hex()}", TEXT, text)
        bytewise = [text[at : at + 1] for at in range(len(text))]
        yield Case(f"UTF-8 {text.hex()}, a byte a part", parts(TEXT, bytewise) + HANG_UP, ((TEXT, text),))
    for text in BAD_TEXTS:
        yield Case(f"no UTF-8 {text.hex()}", masked(TEXT, text), broken=INVALID_DATA)
        yield Case(f"no UTF-8 {text.hex()}, in parts", parts(TEXT, [b"ok", text, b""]), broken=INVALID_DATA)
        yield echoed(f"no UTF-8 {text.hex()}, nor meant to be", BINARY, text)
    yield Case("a character that never ends", parts(TEXT, [b"\xe2\x82", b""]), broken=INVALID_DATA)


def closes() -> Iterator[Case]:
    yield Case("a close without a code", masked(CLOSE, b""), closed=None)
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999):
        yield Case(f"code {code}", close(code), closed=code)
    for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535):
        yield Case(f"code {code}, which nobody may send", close(code), broken=PROTOCOL_ERROR)
    yield Case("a close with a reason", close(1000, GREETING))
    yield Case("the longest reason", close(1000, b"*" * 123))
    yield Case("a reason too long", close(1000, b"*" * 124), broken=PROTOCOL_ERROR)
    yield Case("half a code", masked(CLOSE, b"\x03"), broken=PROTOCOL_ERROR)
    yield Case("a reason that is no UTF-8", close(1000, b"\xed\xa0\x80"), broken=INVALID_DATA)
    yield Case("a text before the close", masked(TEXT, b"last") + HANG_UP, ((TEXT, b"last"),))
    for name, after in (("text", masked(TEXT, b"x")), ("ping", masked(PING, b"x")), ("close", close(4000))):
        yield Case(f"a {name} after the close", HANG_UP + after)
    yield Case("a close inside a message", masked(TEXT, b"a", fin=False) + HANG_UP, broken=PROTOCOL_ERROR)


GROUPS: dict[str, tuple[Case, ...]] = {
    group.__name__.replace("_", " "): tuple(group())
    for group in (whole_messages, lengths, pings, reserved, fragments, texts, closes)
}
