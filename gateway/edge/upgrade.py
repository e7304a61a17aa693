"""A plain request for a WebSocket is answered at once; whatever is not plain is left to websockets to judge."""

import re
from base64 import b64encode
from hashlib import sha1
from typing import Final, NamedTuple

PLAIN_BYTES: Final = 4_096
PLAIN: Final = re.compile(rb"GET [!-~]+ HTTP/1\.1\r\n((?:[A-Za-z0-9-]+:[ -~]*\r\n)+)\r\n")
KEY: Final = re.compile(rb"[A-Za-z0-9+/]{21}[AQgw]==")  # 16 bytes
CONNECTION: Final = re.compile(rb"(?:keep-alive, *)?upgrade", re.IGNORECASE)
GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
NOT_PLAIN: Final = frozenset((b"content-length", b"transfer-encoding", b"expect", b"sec-websocket-protocol"))
ACCEPTED: Final = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
)


class Upgrade(NamedTuple):
    """What a plain request is answered, and from which page it came."""

    answer: bytes
    origin: str | None


def plain(head: bytes) -> Upgrade | None:
    """The upgrade that a whole head asks for; None where it may be anything else. No extension is taken up."""
    found = PLAIN.fullmatch(head) if len(head) <= PLAIN_BYTES else None
    if found is None:
        return None
    headers: dict[bytes, bytes] = {}
    for line in found[1].splitlines():
        name, _, value = line.partition(b":")
        name = name.lower()
        if name in headers or name in NOT_PLAIN:
            return None
        headers[name] = value.strip()
    key = headers.get(b"sec-websocket-key", b"")
    if not _asks(headers) or not KEY.fullmatch(key):
        return None
    origin = headers.get(b"origin")
    proof = b64encode(sha1(key + GUID, usedforsecurity=False).digest())
    return Upgrade(ACCEPTED + proof + b"\r\n\r\n", origin.decode() if origin is not None else None)


def _asks(headers: dict[bytes, bytes]) -> bool:
    return (
        b"host" in headers
        and headers.get(b"upgrade", b"").lower() == b"websocket"
        and CONNECTION.fullmatch(headers.get(b"connection", b"")) is not None
        and headers.get(b"sec-websocket-version") == b"13"
    )
