"""Bad frames: an error that names the field, the socket lives on, and nothing is half done (law 9)."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec import inspect

from gateway.wire import frames
from tests.edge.examples import CONTENTS, Json
from tests.edge.premises import furnished, on_disk
from tests.edge.spoil import spoilt, written
from tests.house_under_test import Device, House, opened

EXAMPLES: dict[type, Json] = {
    frames.Hello: {"device": {"guid": "g"}, "auth": {}, "positions": {"epoch": "e", "seq": {}}},
    frames.Send: {"content": CONTENTS["text"], "clientMessageId": "c", "metadata": {"a": "b"}},
    frames.ListMessages: {"beforeSeq": 5, "limit": 10},
    frames.EventsSince: {"seq": 1},
    frames.MarkRead: {},
    frames.ListConversations: {"after": "0" * 24, "limit": 5},
    frames.GetConversation: {},
    frames.OpenConversation: {"displayName": "x", "messages": [CONTENTS["text"]]},
    frames.ChangeConversation: {"displayName": "x", "metadata": {"a": "b"}},
    frames.PressButton: {"actionId": "0" * 24},
    frames.StartTyping: {},
    frames.StopTyping: {},
    frames.ChangeUser: {"profile": {"givenName": "Ann"}, "metadata": {"a": "b"}},
    frames.ChangeDevice: {"pushNotificationToken": "p", "state": "foreground"},
    frames.Login: {"jwt": "x"},
    frames.Logout: {},
    frames.Ping: {},
}
COMMANDS = [it for it in get_args(frames.AnyFrame) if it is not frames.Hello]
each_command = pytest.mark.parametrize("kind", COMMANDS, ids=lambda it: it.__name__)


def test_every_frame_is_in_the_table() -> None:
    assert set(EXAMPLES) == set(get_args(frames.AnyFrame))


def example(kind: type, conversation_id: str) -> Json:
    """A good frame of this kind."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    named = {"conversationId": conversation_id} if "conversationId" in {it.encode_name for it in info.fields} else {}
    return {"type": info.tag, "id": 7, **named, **EXAMPLES[kind]}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A gateway that takes commands as fast as a test can write them."""
    async with opened(tmp_path / "data", commands_per_second=1_000_000) as house:
        yield house


async def refused(device: Device, frame: bytes) -> Json:
    """What is answered to a frame that should be refused."""
    await device.socket.send(frame.decode())
    answer = await device.frame()
    assert answer["type"] == "error", (frame, answer)
    return answer


@each_command
async def test_every_spoilt_field_is_named(house: House, tmp_path: Path, kind: type) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    before = on_disk(tmp_path / "data")
    for frame, word in spoilt(kind, example(kind, room)):
        answer = await refused(ann, written(frame))
        assert answer["error"]["status"] == 400, (frame, answer)
        assert word in answer["error"]["title"], frame
        assert answer["id"] == 7 or frame.get("id") != 7, frame
    assert on_disk(tmp_path / "data") == before
    await ann.nothing_more()
    await bob.nothing_more()


async def test_every_spoilt_hello_is_sent_away(house: House, tmp_path: Path) -> None:
    before = on_disk(tmp_path / "data")
    for frame, _ in spoilt(frames.Hello, example(frames.Hello, "")):
        device = await house.plug()
        await device.socket.send(written(frame).decode())
        goodbye, code = await device.goodbye()
        assert code == 4500, frame
        assert goodbye is not None
        assert goodbye["reason"] == "bad hello"
    assert on_disk(tmp_path / "data") == before
    assert (await house.device("ann")).welcome["type"] == "welcome"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "5",
        "null",
        "[]",
        '"ping"',
        "{",
        "{}{}",
        "NaN",
        '{"type": "ping"',
        "\x00",
        "[" * 90_000,
        '{"a":' * 19_000,
    ],
    ids=lambda it: ascii(it[:12]),
)
async def test_what_is_no_frame_is_answered_with_an_error(house: House, text: str) -> None:
    ann = await house.device("ann")
    answer = await refused(ann, text.encode())
    assert (answer["id"], answer["error"]["status"]) == (None, 400)
    await ann.nothing_more()


@pytest.mark.parametrize("number", [2**53, 2**63, 2**64, 10**40, -1, -(10**40)])
@pytest.mark.parametrize(
    ("kind", "field"), [("message:list", "beforeSeq"), ("message:list", "afterSeq"), ("events:since", "seq")]
)
async def test_a_place_that_no_history_reaches(house: House, kind: str, field: str, number: int) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    answer = await ann.ask(kind, conversationId=room, **{field: number})
    assert answer["error"]["status"] == 400
    assert field in answer["error"]["title"]


@pytest.mark.parametrize("frame_id", [0, -1, 1.5, 2**53, 10**40, "", "🙂", "\x00", "x" * 10_000])
async def test_any_string_or_number_is_an_id(house: House, frame_id: Any) -> None:
    ann = await house.device("ann")
    await ann.socket.send(json.dumps({"type": "ping", "id": frame_id}))
    assert await ann.frame() == {"type": "ok", "id": frame_id, "result": {}}


@pytest.mark.parametrize(
    "kind", [it for it in COMMANDS if "conversationId" in example(it, "")], ids=lambda it: it.__name__
)
async def test_conversations_of_others_are_not_there(house: House, tmp_path: Path, kind: type) -> None:
    """Neither of other people, nor of other apps, nor those that never were."""
    await house.group("ann")
    made = await house.rest("POST", "/v2/apps", {"displayName": "other"}, key=house.account)
    other = made.body["app"]["id"]
    await house.rest("PATCH", f"/v2/apps/{other}", {"settings": {"multiConvoEnabled": True}}, key=house.account)
    theirs = await furnished(house, other, house.account, "eve")
    rooms = (await house.group("bob"), theirs.parts["conversationId"], "0" * 24, "nonsense", "\x00")
    ann = await house.device("ann")
    before = on_disk(tmp_path / "data")
    for room in rooms:
        answer = await refused(ann, json.dumps(example(kind, room)).encode())
        assert answer["error"] == {"status": 404, "code": "conversation_not_found", "title": "Conversation not found"}
    assert on_disk(tmp_path / "data") == before
    await ann.nothing_more()


@pytest.mark.parametrize("external_id", ["", "\x00", "a\x00b", "x" * 1025, "\ud800", 5, None, ["ann"]], ids=ascii)
async def test_a_jwt_of_somebody_who_cannot_be(house: House, tmp_path: Path, external_id: Any) -> None:
    """An external id is held to the same rule wherever it comes from."""
    before = on_disk(tmp_path / "data")
    device = await house.plug()
    await device.say("hello", device={"guid": "g"}, auth={"jwt": house.token(external_id)})
    _, code = await device.goodbye()
    assert code == 4501
    assert on_disk(tmp_path / "data") == before
