"""A repeated clientMessageId gets the first answer again; nothing is written, pushed or mirrored twice (law 3)."""

from pathlib import Path

import pytest

from tests.house_under_test import Device, House, Json, opened
from tests.receiver import Receiver


def texts(frames: list[Json]) -> list[str]:
    return [it["event"]["payload"]["message"]["content"]["text"] for it in frames]


async def repeated(device: Device, room: str) -> Json:
    again = await device.sends(room, "said again", "m1")
    assert again.pop("duplicate") is True
    return again


async def test_a_repeat_gets_the_first_answer(house: House) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    first = await ann.sends(room, "first", "m1")
    assert "duplicate" not in first
    assert await repeated(ann, room) == first


async def test_a_repeat_is_pushed_and_mirrored_to_nobody(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:message")
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.sends(room, "first", "m1")
    await repeated(ann, room)
    await ann.sends(room, "last", "m2")
    assert texts(await bob.events("conversation:message", 2)) == ["first", "last"]
    assert [it["content"]["text"] for it in await house.messages(room)] == ["first", "last"]
    mirrored = await receiver.until(lambda: receiver.events if len(receiver.events) > 1 else None)
    assert [it["payload"]["message"]["content"]["text"] for it in mirrored] == ["first", "last"]


async def test_a_repeat_while_the_first_is_in_flight(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    text = {"type": "text", "text": "impatient"}
    ids = [await ann.say("message:send", conversationId=room, content=text, clientMessageId="m1") for _ in range(20)]
    answers = [(await ann.answer(it))["result"] for it in ids]
    assert [it.pop("duplicate", False) for it in answers] == [False] + [True] * 19
    assert answers[1:] == answers[:-1]
    await house.says(room, "end")
    assert texts(await bob.events("conversation:message", 2)) == ["impatient", "end"]


async def test_a_repeat_after_the_answer_was_lost(house: House) -> None:
    """The connection breaks with the answer on its way; the device cannot know, and sends again."""
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.say("message:send", conversationId=room, content={"type": "text", "text": "hi"}, clientMessageId="m1")
    heard = await bob.event("conversation:message")
    ann.cut()
    back = await house.device("ann")
    again = await repeated(back, room)
    assert again["seq"] == heard["seq"]
    assert again["message"] == heard["event"]["payload"]["message"]
    await bob.nothing_more()


async def test_a_repeat_from_another_device_of_the_author(house: House) -> None:
    room = await house.group("ann")
    ann, pocket = await house.device("ann"), await house.device("ann", "pocket")
    first = await ann.sends(room, "first", "m1")
    assert await repeated(pocket, room) == first


async def test_a_repeat_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        room = await house.group("ann")
        first = await (await house.device("ann")).sends(room, "first", "m1")
    async with opened(tmp_path) as house:
        ann = await house.device("ann")
        assert await repeated(ann, room) == first
        assert len(await house.messages(room)) == 1


@pytest.mark.parametrize("what", ["another author", "another conversation"])
async def test_the_id_is_free_for(house: House, what: str) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    first = await ann.sends(room, "first", "m1")
    if what == "another author":
        second = await bob.sends(room, "second", "m1")
    else:
        second = await ann.sends(await house.group("ann"), "second", "m1")
    assert "duplicate" not in second
    assert second["message"]["id"] != first["message"]["id"]


async def test_a_removed_author_may_still_ask_what_became_of_a_message(house: House) -> None:
    room = await house.group("ann", "bob")
    ann = await house.device("ann")
    first = await ann.sends(room, "first", "m1")
    await house.leaves("ann", room)
    assert await repeated(ann, room) == first
    text = {"type": "text", "text": "new"}
    refused = await ann.ask("message:send", conversationId=room, content=text, clientMessageId="m2")
    assert refused["error"]["status"] == 404
