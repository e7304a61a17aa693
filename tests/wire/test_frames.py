"""What a device says: every frame, its limits, and the id that a refusal can be matched by."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, get_args

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from gateway.domain import errors, limits
from gateway.domain.content import Text
from gateway.domain.errors import Refused
from gateway.flow import device_commands
from gateway.wire import frames, socket

Json = dict[str, Any]

ROOM: Final = "c" * 24
TEXT: Final = {"type": "text", "text": "hi"}
URL: Final = "https://example.org/"

MINIMAL: Final[dict[str, Json]] = {
    "hello": {"device": {"guid": "g"}},
    "message:send": {"conversationId": ROOM, "content": TEXT},
    "message:list": {"conversationId": ROOM},
    "events:since": {"conversationId": ROOM, "seq": 0},
    "conversation:read": {"conversationId": ROOM},
    "conversation:list": {},
    "conversation:get": {"conversationId": ROOM},
    "conversation:create": {},
    "conversation:update": {"conversationId": ROOM},
    "postback": {"conversationId": ROOM, "actionId": "a"},
    "typing:start": {"conversationId": ROOM},
    "typing:stop": {"conversationId": ROOM},
    "user:update": {},
    "device:update": {},
    "login": {"jwt": "a.b.c"},
    "logout": {},
    "ping": {},
}

LONGEST: Final[list[tuple[str, str, str, Callable[[int], Any]]]] = [
    ("DEVICE_GUID", "hello", "device.guid", lambda n: {"device": {"guid": "x" * n}}),
    ("PUSH_TOKEN", "hello", "device.pushNotificationToken", lambda n: _device(pushNotificationToken="x" * n)),
    ("LABEL", "hello", "device.appVersion", lambda n: _device(appVersion="x" * n)),
    ("POSITIONS", "hello", "positions.seq", lambda n: _positions({f"c{it}": 1 for it in range(n)})),
    ("SEQ", "hello", "positions.seq[...]", lambda n: _positions({ROOM: n})),
    ("SEQ", "events:since", "seq", lambda n: {"seq": n}),
    ("SEQ", "message:list", "beforeSeq", lambda n: {"beforeSeq": n}),
    ("SEQ", "message:list", "afterSeq", lambda n: {"afterSeq": n}),
    ("CLIENT_MESSAGE_ID", "message:send", "clientMessageId", lambda n: {"clientMessageId": "x" * n}),
    ("PAGE", "conversation:list", "limit", lambda n: {"limit": n}),
    ("MESSAGES_PAGE", "message:list", "limit", lambda n: {"limit": n}),
    ("NAME", "conversation:create", "displayName", lambda n: {"displayName": "x" * n}),
    ("NAME", "conversation:update", "displayName", lambda n: {"displayName": "x" * n}),
    ("DESCRIPTION", "conversation:create", "description", lambda n: {"description": "x" * n}),
    ("DESCRIPTION", "conversation:update", "description", lambda n: {"description": "x" * n}),
    ("FIRST_MESSAGES", "conversation:create", "messages", lambda n: {"messages": [TEXT] * n}),
    ("LABEL", "postback", "actionId", lambda n: {"actionId": "x" * n}),
    ("PROFILE", "user:update", "profile.givenName", lambda n: {"profile": {"givenName": "x" * n}}),
    ("PROFILE", "user:update", "profile.surname", lambda n: {"profile": {"surname": "x" * n}}),
    ("PROFILE", "user:update", "profile.email", lambda n: {"profile": {"email": "x" * n}}),
    ("LOCALE", "user:update", "profile.locale", lambda n: {"profile": {"locale": "x" * n}}),
    ("URL", "user:update", "profile.avatarUrl", lambda n: {"profile": {"avatarUrl": URL + "x" * (n - len(URL))}}),
    ("URL", "conversation:create", "iconUrl", lambda n: {"iconUrl": URL + "x" * (n - len(URL))}),
    ("PUSH_TOKEN", "device:update", "pushNotificationToken", lambda n: {"pushNotificationToken": "x" * n}),
]

METADATA: Final = ["message:send", "conversation:create", "conversation:update", "user:update"]

REFUSED: Final[list[tuple[str, Json, str]]] = [
    ("hello", {"device": {"guid": ""}}, "device.guid"),
    ("hello", {"device": {"guid": "g", "platform": "tv"}}, "device.platform"),
    ("hello", {"device": {"guid": "g", "info": {"k": "x" * 4_096}}}, "info is limited to 4096 bytes"),
    ("message:send", {"conversationId": ""}, "conversationId"),
    ("message:send", {"conversationId": "x" * 65}, "conversationId"),
    ("message:send", {"clientMessageId": ""}, "clientMessageId"),
    ("message:send", {"clientMessageId": "a\x00b"}, "clientMessageId"),
    ("message:send", {"content": {"type": "text", "text": ""}}, "content"),
    ("message:list", {"beforeSeq": 1, "afterSeq": 1}, "beforeSeq and afterSeq exclude each other"),
    ("message:list", {"limit": 0}, "limit"),
    ("events:since", {"seq": -1}, "seq"),
    ("events:since", {"seq": 1.5}, "seq"),
    ("conversation:update", {"displayName": ""}, "displayName"),
    ("user:update", {"profile": {"givenName": ""}}, "profile.givenName"),
    ("device:update", {"state": "asleep"}, "state"),
    ("login", {"jwt": None}, "jwt"),
]


def _device(**facts: Any) -> Json:
    return {"device": {"guid": "g", **facts}}


def _positions(seq: dict[str, int]) -> Json:
    return {"positions": {"epoch": "e", "seq": seq}}


def frame(kind: str, **fields: Any) -> frames.AnyFrame:
    return frames.parse(orjson.dumps({"type": kind, "id": 1, **MINIMAL[kind], **fields}))


def refusal(kind: str, **fields: Any) -> str:
    with pytest.raises(Refused) as refused:
        frame(kind, **fields)
    return refused.value.problem.title


def test_every_frame_is_known_under_its_name() -> None:
    kinds = get_args(frames.AnyFrame)
    assert {it.__struct_config__.tag for it in kinds} == set(MINIMAL)
    assert {type(frame(it)) for it in MINIMAL} == set(kinds)
    assert set(device_commands._COMMANDS) < set(kinds)


@pytest.mark.parametrize("kind", MINIMAL)
def test_a_frame_needs_no_more_than_this_and_ignores_what_is_new(kind: str) -> None:
    assert frame(kind) == frame(kind, somethingNew={"a": [1]})
    for field in MINIMAL[kind]:
        fields = {name: value for name, value in MINIMAL[kind].items() if name != field}
        with pytest.raises(Refused, match=f"should have required property '{field}'"):
            frames.parse(orjson.dumps({"type": kind, "id": 1, **fields}))


@pytest.mark.parametrize("frame_id", [1, -1, 1.5, "a", "", 2**60])
def test_an_id_is_any_string_or_number(frame_id: Any) -> None:
    assert frame("ping", id=frame_id).id == frame_id


@pytest.mark.parametrize("frame_id", [None, [], {}, True])
def test_nothing_else_is_an_id(frame_id: Any) -> None:
    assert refusal("ping", id=frame_id).startswith("id: expected")


@pytest.mark.parametrize(("limit", "kind", "field", "fields"), LONGEST, ids=[f"{it[1]} {it[2]}" for it in LONGEST])
def test_the_limit_is_accepted_and_one_more_is_refused(
    limit: str, kind: str, field: str, fields: Callable[[int], Json]
) -> None:
    most = getattr(limits, limit)
    frame(kind, **fields(most))
    assert refusal(kind, **fields(most + 1)).startswith(f"{field}: expected")


@pytest.mark.parametrize("kind", METADATA)
def test_metadata_is_held_to_its_size(kind: str) -> None:
    frame(kind, metadata={"k": "x" * (limits.METADATA_BYTES - 1)})
    assert "metadata is limited to 4096 bytes" in refusal(kind, metadata={"k": "x" * limits.METADATA_BYTES})


def test_every_limit_of_frames_is_tried() -> None:
    """`PAGE_DEFAULT` bounds nothing."""
    used = set(re.findall(r"limits\.([A-Z_]+)", Path(frames.__file__).read_text()))
    assert used - {"PAGE_DEFAULT"} <= {it[0] for it in LONGEST}


@pytest.mark.parametrize(("kind", "fields", "why"), REFUSED, ids=[f"{it[0]} {it[2]}" for it in REFUSED])
def test_what_does_not_fit_is_refused(kind: str, fields: Json, why: str) -> None:
    assert why in refusal(kind, **fields)


def test_absent_and_null_differ_where_null_takes_away() -> None:
    absent, null = frame("conversation:update"), frame("conversation:update", displayName=None)
    assert isinstance(absent, frames.ChangeConversation)
    assert isinstance(null, frames.ChangeConversation)
    assert (absent.display_name, null.display_name) == (UNSET, None)


def test_pages_are_as_long_as_the_limits_say() -> None:
    history, listing = frame("message:list"), frame("conversation:list")
    assert isinstance(history, frames.ListMessages)
    assert isinstance(listing, frames.ListConversations)
    assert (history.limit, listing.limit) == (100, 25)


def test_content_is_read_as_what_it_is() -> None:
    send = frame("message:send")
    assert isinstance(send, frames.Send)
    assert send.content == Text(text="hi")


@pytest.mark.parametrize(
    ("text", "frame_id"),
    [
        (b'{"type":"dance","id":7}', 7),
        (b'{"type":"message:send","id":"a","content":[]}', "a"),
        (b'{"id":1.5}', 1.5),
        (b'{"id":[1]}', None),
        (b'{"id":{"a":1}}', None),
        (b'{"type":"ping"}', None),
        (b"[1]", None),
        (b"7", None),
        (b"{", None),
        (b"\xff", None),
        (b'{"id":"a","text":"\\ud800"}', "a"),
        (b'{"id":"\\ud800"}', "?"),
    ],
)
def test_a_refused_frame_is_matched_by_its_id(text: bytes, frame_id: Any) -> None:
    assert frames.frame_id(text) == frame_id


@pytest.mark.parametrize("frame_id", ["NaN", "1e999", "true", '"\\ud800"', "1" * 100, "1" * 5_000, "[[]]"])
def test_whatever_was_shown_for_an_id_the_refusal_can_be_written(frame_id: str) -> None:
    shown = frames.frame_id(f'{{"id":{frame_id}}}'.encode())
    assert b'"code":"internal_error"' in socket.error(shown, errors.INTERNAL)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_a_frame_or_refused(text: bytes) -> None:
    with pytest.raises(Refused):
        frames.parse(text)
    frames.frame_id(text)


def test_text_is_utf_8() -> None:
    assert frames.is_text("é€😀".encode())
    assert not frames.is_text(b"\xff")
    assert not frames.is_text(b"\xed\xa0\x80")
