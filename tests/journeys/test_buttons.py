"""Buttons under a message, pressed on a phone."""

from pathlib import Path
from typing import Any

from tests.house_under_test import House, Json, opened
from tests.receiver import Receiver

BUTTONS: list[Json] = [
    {"type": "reply", "text": "Red", "payload": "RED", "metadata": {"colour": 1}},
    {"type": "postback", "text": "More", "payload": "MORE", "metadata": {"page": 2}},
]


async def offered(house: House, room: str) -> dict[str, str]:
    """The business shows both buttons; gives their ids by text."""
    content = {"type": "text", "text": "So?", "actions": BUTTONS}
    body = {"author": {"type": "business"}, "content": content}
    (message,) = (await house.rest("POST", f"/conversations/{room}/messages", body)).body["messages"]
    return {it["text"]: it["id"] for it in message["content"]["actions"]}


async def newest(house: House, room: str) -> Json:
    message: Json = (await house.messages(room))[-1]
    return {name: message.get(name) for name in ("content", "metadata")} | {"author": message["author"]["type"]}


async def test_a_reply_is_said_and_mirrored_with_its_metadata(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:message", "conversation:postback")
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    red = (await offered(house, room))["Red"]
    said = (await ann.ask("postback", conversationId=room, actionId=red))["result"]["message"]
    assert said["content"] == {"type": "text", "text": "Red", "payload": "RED"}
    assert said["metadata"] == {"colour": 1}
    assert (await bob.events("conversation:message", 2))[1]["event"]["payload"]["message"] == said
    await house.mirrored()
    assert [it["type"] for it in receiver.events] == ["conversation:message"] * 2
    assert receiver.events[1]["payload"]["message"]["metadata"] == {"colour": 1}


async def test_a_typed_answer_with_the_payload_of_a_reply_has_its_metadata(tmp_path: Path) -> None:
    """Also when the button was shown before a restart."""
    async with opened(tmp_path / "data") as house:
        room = await house.group("ann")
        await offered(house, room)
    async with opened(tmp_path / "data") as house:
        ann = await house.device("ann")
        content = {"type": "text", "text": "The red one", "payload": "RED"}
        await ann.ask("message:send", conversationId=room, content=content)
        assert await newest(house, room) == {"content": content, "metadata": {"colour": 1}, "author": "user"}
        content = {"type": "text", "text": "Something else", "payload": "MORE"}
        await ann.ask("message:send", conversationId=room, content=content)
        assert await newest(house, room) == {"content": content, "metadata": None, "author": "user"}


async def echoing(house: House, wanted: bool) -> None:
    assert (await house.rest("PATCH", "", {"settings": {"echoPostback": wanted}})).status == 200


async def test_a_postback_is_told_and_echoed_where_the_app_wants_it(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:message", "conversation:postback")
    room = await house.personal("ann")
    ann = await house.device("ann")
    more = (await offered(house, room))["More"]
    assert (await ann.ask("postback", conversationId=room, actionId=more))["result"] == {}
    assert (await newest(house, room))["author"] == "business"
    await echoing(house, wanted=True)
    echoed: Any = (await ann.ask("postback", conversationId=room, actionId=more))["result"]["message"]
    assert echoed["content"] == {"type": "text", "text": "More"}
    assert await newest(house, room) == {"content": echoed["content"], "metadata": None, "author": "user"}
    await house.mirrored()
    heard = [it["type"] for it in receiver.events]
    assert heard == ["conversation:message", *["conversation:postback"] * 2, "conversation:message"]
    assert receiver.events[2]["payload"]["postback"] == {"payload": "MORE", "metadata": {"page": 2}}
