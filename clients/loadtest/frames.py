"""WebSocket frames as a load generator needs them: built once, found without being copied."""

from __future__ import annotations

from typing import Final

TEXT: Final = 1
CLOSE: Final = 8
PING: Final = 9
PONG: Final = 10

FINAL: Final = 0x80
MASKED: Final = 0x80
NO_MASK: Final = bytes(4)  # a client must mask; the key 0 is as legal as any other, and leaves the payload be
BYTES_2: Final = 126
BYTES_8: Final = 127


class BadFrame(Exception):
    """The server sent what this client does not read: a fragment, an extension's bit, or a masked frame."""


def client_frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """A whole frame from client to server."""
    size = len(payload)
    if size < BYTES_2:
        head = bytes((FINAL | opcode, MASKED | size))
    elif size < 1 << 16:
        head = bytes((FINAL | opcode, MASKED | BYTES_2)) + size.to_bytes(2, "big")
    else:
        head = bytes((FINAL | opcode, MASKED | BYTES_8)) + size.to_bytes(8, "big")
    return head + NO_MASK + payload


def scan(data: bytes, at: int = 0) -> tuple[list[tuple[int, int, int]], int]:
    """The whole frames of `data` from `at` on, as (opcode, start, stop) of payloads, and where they end.

    What lies beyond that end is the beginning of a frame whose rest has not come yet.
    """
    found = []
    size = len(data)
    while size - at >= 2:
        first, length = data[at], data[at + 1]
        start = at + 2
        if length >= BYTES_2:
            wide = 2 if length == BYTES_2 else 8
            if length > BYTES_8:
                raise BadFrame("masked")
            length = int.from_bytes(data[start : start + wide], "big") if size - start >= wide else size
            start += wide
        if start + length > size:
            break
        if not FINAL <= first <= FINAL | PONG:
            raise BadFrame(f"first byte {first:#04x}")
        at = start + length
        found.append((first & 0x0F, start, at))
    return found, at
