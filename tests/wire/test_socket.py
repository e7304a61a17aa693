"""What the gateway says to a device, framed as RFC 6455 has it."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from gateway.domain import errors, goodbyes
from gateway.domain import events as ev
from gateway.domain.goodbyes import Goodbye
from gateway.domain.model import Participant, Room
from gateway.domain.views import Guest, Overview
from gateway.wire import socket
from gateway.wire.json import load, store
from tests.domain.story import everything, first

Json = dict[str, Any]

TOLD = [it for it in everything() if type(it) in socket.TYPES]


def text(frame: bytes) -> Json:
    """What a final, unmasked text frame says."""
    assert frame[0] == 0x81
    head = {126: 4, 127: 10}.get(frame[1], 2)
    size = frame[1] if head == 2 else int.from_bytes(frame[2:head])
    assert size == len(frame) - head
    said: Json = orjson.loads(frame[head:])
    return said


def heard(event: ev.Event, user_id: str = "") -> Json:
    """An event as that user's device hears it."""
    said = socket.say(event)
    assert said is not None
    return text(said.to(user_id))


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 100_000])
def test_frames_are_those_of_websockets(size: int) -> None:
    payload = bytes(range(256)) * (size // 256 + 1)
    expected = Frame(Opcode.TEXT, payload[:size]).serialize(mask=False)
    assert socket.framed(payload[:size]) == expected


@given(st.binary(max_size=300))
def test_frames_of_any_bytes_are_those_of_websockets(payload: bytes) -> None:
    assert socket.framed(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


def test_every_event_that_devices_are_told_has_a_payload() -> None:
    assert set(socket.TYPES) == set(socket.PAYLOADS)


@pytest.mark.parametrize("event", everything(), ids=lambda it: type(it).__name__)
def test_an_event_has_hearers_only_if_it_can_be_told(event: ev.Event) -> None:
    """Whatever has an audience is rendered; what is not rendered sends its audience away or is for nobody."""
    if socket.say(event) is None:
        assert event.audience == () or isinstance(event, ev.UserRemoved)


@pytest.mark.parametrize("event", TOLD, ids=lambda it: type(it).__name__)
def test_an_event_says_its_place_and_what_it_is(event: ev.Event) -> None:
    frame = heard(event)
    inner = frame["event"]
    assert frame["type"] == "event"
    assert set(inner) == {"id", "createdAt", "type", "payload"}
    assert (inner["id"], inner["type"]) == (event.id, socket.TYPES[type(event)])
    if isinstance(event, ev.ConversationEvent):
        assert frame["conversationId"] == event.conversation.id == inner["payload"]["conversation"]["id"]
        assert frame.get("seq", 0) == event.seq
    else:
        assert "conversationId" not in frame


@pytest.mark.parametrize("event", TOLD, ids=lambda it: type(it).__name__)
def test_what_was_stored_is_told_as_it_was_at_first(event: ev.Event) -> None:
    assert heard(load(store(event), ev.AnyEvent)) == heard(event)


def test_what_is_for_this_moment_only_has_no_seq() -> None:
    assert "seq" not in heard(first(ev.Typing))


def test_a_message_is_told_with_its_client_message_id() -> None:
    said = first(ev.MessagePosted)
    frame = heard(said)
    assert frame["clientMessageId"] == said.message.client_message_id == "first"
    assert frame["event"]["payload"]["message"]["content"] == {"type": "text", "text": "Hello"}
    others = [it for it in TOLD if isinstance(it, ev.MessagePosted) and it.message.client_message_id is None]
    assert others
    assert all("clientMessageId" not in heard(it) for it in others)


def test_whoever_is_added_is_told_the_whole_conversation_and_the_others_are_not() -> None:
    joined = first(ev.Joined)
    own, others = heard(joined, joined.user.id), heard(joined, "another")
    assert {it["userId"] for it in own["event"]["payload"]["participants"]} == {it.id for it in joined.users}
    assert own["event"]["payload"]["seq"] == own["seq"] == joined.seq
    assert set(others["event"]["payload"]) == {"conversation", "user", "participant"}
    assert others["event"]["payload"]["participant"]["userId"] == joined.user.id
    assert own["event"]["id"] == others["event"]["id"]


def test_deleting_says_which_or_all() -> None:
    one, every = heard(first(ev.MessageDeleted)), heard(first(ev.MessagesCleared))
    assert one["event"]["payload"]["message"] == {"id": first(ev.MessageDeleted).message_id, "deleted": True}
    assert every["event"]["payload"]["all"] is True
    assert one["event"]["type"] == every["event"]["type"] == "message:delete"


def test_a_message_in_a_history_says_its_place() -> None:
    said = first(ev.MessagePosted).message
    assert socket.message(said)["seq"] == said.seq


def test_an_overview_leaves_out_what_there_is_not() -> None:
    joined = first(ev.Joined)
    room = Room(joined.conversation, joined.participants)
    guests = tuple(Guest(Participant(id="p", user_id=it.id), it) for it in joined.users)
    assert set(socket.overview(Overview(room, guests))) == {"conversation", "participants", "seq"}
    said = first(ev.MessagePosted).message
    assert socket.overview(Overview(room, guests, said))["lastMessage"]["id"] == said.id


@pytest.mark.parametrize("frame_id", [7, 1.5, "a", None])
def test_answers_carry_the_id_of_the_question(frame_id: socket.FrameId) -> None:
    assert text(socket.ok(frame_id, {"a": 1})) == {"type": "ok", "id": frame_id, "result": {"a": 1}}
    assert text(socket.error(frame_id, errors.LOCKED)) == {
        "type": "error",
        "id": frame_id,
        "error": {"status": 423, "code": "locked", "title": "Message limit of 30000 per conversation reached."},
    }


def test_a_welcome_says_the_limits_and_only_what_is_known() -> None:
    said = text(socket.welcome(1, commands_per_second=50, epoch="e", sessionToken=None, recovered={}))
    assert said == {
        "type": "welcome",
        "id": 1,
        "epoch": "e",
        "recovered": {},
        "heartbeatSeconds": 25,
        "limits": {"frameBytes": 102_400, "commandsPerSecond": 50},
    }


@pytest.mark.parametrize("goodbye", goodbyes.TABLE, ids=lambda it: str(it.code))
def test_a_goodbye_says_when_to_come_back_if_at_all(goodbye: Goodbye) -> None:
    said = text(socket.goodbye(goodbye, 1.23456))
    assert (said["type"], said["code"], said["reason"]) == ("goodbye", goodbye.code, goodbye.reason)
    assert said["comeBack"] is goodbye.come_back
    assert said.get("afterSeconds") == (1.235 if goodbye.come_back else None)
