"""A plain request for a WebSocket is answered as websockets would answer it, and what it would refuse is not plain."""

from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.http11 import Request
from websockets.server import ServerProtocol

from gateway.edge.upgrade import plain
from tests.effort import examples

HEAD: Final = (
    b"GET /sdk/v2/integrations/1/socket HTTP/1.1\r\n"
    b"Host: chat.example.com\r\n"
    b"Connection: keep-alive, Upgrade\r\n"
    b"Upgrade: websocket\r\n"
    b"Origin: https://shop.example.com\r\n"
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
    b"Sec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
SAMPLE: Final = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # what RFC 6455, section 1.3 says to this key


def judged(head: bytes) -> tuple[bytes, str | None] | None:
    """What websockets proves by its answer to a head, and the origin that it reads; None where it refuses."""
    protocol = ServerProtocol()
    protocol.receive_data(head)
    (request,) = protocol.events_received() or (None,)
    if not isinstance(request, Request):
        return None
    response = protocol.accept(request)
    if response.status_code != 101 or "Sec-WebSocket-Extensions" in response.headers:
        return None
    return response.headers["Sec-WebSocket-Accept"].encode(), request.headers.get("Origin")


def proof(answer: bytes) -> bytes:
    return answer.split(b"Sec-WebSocket-Accept: ")[1].removesuffix(b"\r\n\r\n")


def test_the_sample_of_the_rfc() -> None:
    upgrade = plain(HEAD)
    assert upgrade is not None
    assert upgrade.answer.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert (proof(upgrade.answer), upgrade.origin) == (SAMPLE, "https://shop.example.com")


PLAIN: Final[dict[str, Callable[[bytes], bytes]]] = {
    "no page": lambda it: it.replace(b"Origin: https://shop.example.com\r\n", b""),
    "no spaces": lambda it: it.replace(b": ", b":"),
    "capitals": lambda it: it.replace(b"Upgrade: websocket", b"UPGRADE: WebSocket"),
}
NOT_PLAIN: Final[dict[str, Callable[[bytes], bytes]]] = {
    "another version": lambda it: it.replace(b"Version: 13", b"Version: 8"),
    "no version": lambda it: it.replace(b"Sec-WebSocket-Version: 13\r\n", b""),
    "no key": lambda it: it.replace(b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", b""),
    "a short key": lambda it: it.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"dGhlIHNhbXBsZQ=="),
    "two keys": lambda it: it.replace(b"Host:", b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nHost:"),
    "two pages": lambda it: it.replace(b"Host:", b"Origin: https://else.example.com\r\nHost:"),
    "another upgrade": lambda it: it.replace(b"Upgrade: websocket", b"Upgrade: h2c, websocket"),
    "no upgrade of the connection": lambda it: it.replace(b"keep-alive, Upgrade", b"keep-alive"),
    "no host": lambda it: it.replace(b"Host: chat.example.com\r\n", b""),
    "a body": lambda it: it.replace(b"Host:", b"Content-Length: 3\r\nHost:"),
    "a folded line": lambda it: it.replace(b"chat.example.com", b"chat\r\n .example.com"),
    "a bare line feed": lambda it: it.replace(b"13\r\n", b"13\n"),
    "a NUL": lambda it: it.replace(b"shop", b"sh\0p"),
    "something behind it": lambda it: it + b"\x81",
    "far too long": lambda it: it.replace(b"Mozilla", b"M" * 5_000),
    "another protocol": lambda it: it.replace(b"HTTP/1.1", b"HTTP/1.0"),
}


@pytest.mark.parametrize("change", PLAIN.values(), ids=PLAIN)
def test_what_is_plain(change: Callable[[bytes], bytes]) -> None:
    head = change(HEAD)
    assert head != HEAD
    upgrade = plain(head)
    assert upgrade is not None
    assert (proof(upgrade.answer), upgrade.origin) == judged(head)


@pytest.mark.parametrize("change", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_what_is_not_plain(change: Callable[[bytes], bytes]) -> None:
    head = change(HEAD)
    assert head != HEAD
    assert plain(head) is None


@given(st.data())
@settings(max_examples=examples(1_000))
def test_what_is_plain_is_answered_as_websockets_would(data: st.DataObject) -> None:
    """Any few bytes of a head are changed, taken away or put in."""
    head = HEAD
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(head)))
        put = data.draw(
            st.sampled_from([b"", b" ", b"\t", b"\r\n", b":", b",", b"=", b"A", b"\xe9", b"\x7f", b"\r", b"0"])
        )
        head = head[:at] + put + head[at + data.draw(st.integers(0, 2)) :]
    upgrade = plain(head)
    if upgrade is not None:
        assert (proof(upgrade.answer), upgrade.origin) == judged(head)
