"""Webhook calls in the bytes of a connection."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.loadtest.calls import BadCall, events, scan
from gateway.domain import events as ev
from gateway.domain.content import Text
from gateway.domain.message import Message
from gateway.domain.model import API, App, Author, Conversation, Kind, Office, Webhook
from gateway.wire import webhook_v2

AT = 1_700_000_000_123
BODIES = [b"{}", b"", b"[1, 2]" * 100]


def call(body: bytes) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: here\r\ncontent-length: %d\r\nX-API-Key: s\r\n\r\n%s" % (len(body), body)


ALL = b"".join(map(call, BODIES))


@given(st.lists(st.integers(0, len(ALL)), max_size=5))
def test_calls_are_found_however_they_are_cut(cuts: list[int]) -> None:
    found, rest = [], b""
    ends = [0, *sorted(cuts), len(ALL)]
    for begin, end in pairwise(ends):
        rest += ALL[begin:end]
        calls, stop = scan(rest)
        found += [it.body for it in calls]
        assert all(it.head.startswith(b"POST / HTTP/1.1\r\n") for it in calls)
        rest = rest[stop:]
    assert (found, rest) == (BODIES, b"")


def test_a_call_without_a_length_is_not_read() -> None:
    with pytest.raises(BadCall):
        scan(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")


def posted(text: str) -> ev.MessagePosted:
    room = Conversation(id="c", app_id="a", type=Kind.GROUP, created_at=AT, last_updated_at=AT)
    message = Message(id="m", seq=1, received=AT, author=Author(type="business"), content=Text(text=text), source=API)
    return ev.MessagePosted(id="m", at=AT, app_id="a", conversation=room, message=message)


def test_an_event_is_read_as_the_gateway_writes_it() -> None:
    webhook = Webhook(id="w", integration_id="i", target="http://here/", triggers=("conversation:message",), secret="s")
    office = Office(app=App(id="a", display_name="app"))
    body = webhook_v2.envelope(office, webhook, [posted(f"@{0xABC:016x}xxx"), posted("by somebody else")])
    ours, theirs = events(body)
    assert (ours.conversation_id, ours.sent_ns, ours.received_ns) == ("c", 0xABC, AT * 1_000_000)
    assert theirs.sent_ns is None
