"""Who is sent what, as real receivers hear it, over the whole life of a conversation under a switchboard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.house_under_test import House, Json, opened
from tests.receiver import Receiver, receiving
from tests.switchboard import EVERYTHING, Backend, Board

client = pytest.importorskip("sunshine_conversations_client")

MODELS = {
    "conversation:create": "ConversationCreateEvent",
    "conversation:message": "ConversationMessageEvent",
    "conversation:read": "ConversationReadEvent",
    "conversation:typing": "ConversationTypingEvent",
    "conversation:postback": "ConversationPostbackEvent",
    "switchboard:passControl": "SwitchboardPassControl",
    "switchboard:passControl:failure": "SwitchboardPassControlFailure",
    "switchboard:offerControl": "SwitchboardOfferControl",
    "switchboard:offerControl:failure": "SwitchboardOfferControlFailure",
    "switchboard:acceptControl": "SwitchboardAcceptControl",
    "switchboard:acceptControl:failure": "SwitchboardAcceptControlFailure",
    "switchboard:releaseControl": "SwitchboardReleaseControl",
}


class Scene(NamedTuple):
    """A bot, the default, and a desk, both deaf on standby; a third who listens always; one outside."""

    board: Board
    bot: Backend
    desk: Backend
    ear: Backend
    outside: Receiver

    @property
    def receivers(self) -> dict[str, Receiver]:
        sides = {"bot": self.bot, "desk": self.desk, "ear": self.ear}
        return {**{name: it.receiver for name, it in sides.items()}, "outside": self.outside}

    async def told(self, kind: str) -> dict[str, Json]:
        """Who was told of the newest happening, and what; everybody before it has been told all of theirs."""
        await self.board.house.mirrored()
        newest = self.outside.events[-1]
        assert newest["type"] == kind, newest
        heard = {
            name: [event for event in receiver.events if event["id"] == newest["id"]]
            for name, receiver in self.receivers.items()
        }
        assert all(len(it) <= 1 for it in heard.values())
        for (event,) in filter(None, heard.values()):
            read = getattr(client, MODELS[kind]).from_dict(event)
            assert (read.id, read.type) == (newest["id"], kind)
        return {name: dict(it[0]["payload"]) for name, it in heard.items() if it}


ALL = {"bot", "desk", "ear", "outside"}


async def staged(house: House, receivers: list[Receiver]) -> Scene:
    board = await Board(house).open()
    bot = await board.seat("bot", receivers[0], deliverStandbyEvents=False)
    desk = await board.seat("desk", receivers[1], deliverStandbyEvents=False, messageHistoryCount=3)
    ear = await board.seat("ear", receivers[2])
    await house.webhook(receivers[3].url, *EVERYTHING)
    await board.change(bot, nextSwitchboardIntegrationId=desk.place["id"])
    await board.on(bot)
    return Scene(board, bot, desk, ear, receivers[3])


@pytest.fixture
async def receivers() -> AsyncIterator[list[Receiver]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(receiving()) for _ in range(4)]


@pytest.fixture
async def scene(house: House, receivers: list[Receiver]) -> Scene:
    return await staged(house, receivers)


def texts(messages: list[Json]) -> list[str]:
    return [it["content"]["text"] for it in messages]


async def test_control_is_passed_on(house: House, scene: Scene) -> None:
    board, bot, desk = scene.board, scene.bot, scene.desk
    room = await house.group("ann")
    short = {"id": room, "type": "sdkGroup"}
    told = await scene.told("conversation:create")
    assert told.keys() == {"bot", "ear", "outside"}
    assert told["bot"]["conversation"] == {**short, "activeSwitchboardIntegration": bot.shown}

    for number in range(4):
        await house.says(room, f"{number}")
    told = await scene.told("conversation:message")
    assert told.keys() == {"bot", "ear", "outside"}
    assert told["bot"]["conversation"] == {**short, "activeSwitchboardIntegration": bot.shown}

    await board.act(room, "pass", "next", by=bot, metadata={"mood": "sad"}, reason="transferToEmail")
    told = await scene.told("switchboard:passControl")
    assert told.keys() == ALL
    said = {
        "conversation": {**short, "activeSwitchboardIntegration": desk.shown},
        "metadata": {"mood": "sad"},
        "reason": "transferToEmail",
    }
    history = told["desk"].pop("messageHistory")
    assert texts(history) == ["1", "2", "3"]
    assert history == (await house.messages(room))[1:]
    assert all(it == said for it in told.values())

    await house.says(room, "4")
    assert (await scene.told("conversation:message")).keys() == {"desk", "ear", "outside"}


async def test_control_is_offered_and_released(house: House, scene: Scene) -> None:
    board, bot, desk = scene.board, scene.bot, scene.desk
    room = await house.group("ann")
    short = {"id": room, "type": "sdkGroup"}
    for number in range(4):
        await house.says(room, f"{number}")
    await board.act(room, "pass", "desk")
    await board.act(room, "offer", "bot", by=desk)
    told = await scene.told("switchboard:offerControl")
    assert told.keys() == ALL
    offered = {"activeSwitchboardIntegration": desk.shown, "pendingSwitchboardIntegration": bot.shown}
    assert all(it == {"conversation": {**short, **offered}} for it in told.values())

    await house.acts(room, "typing:start")
    assert (await scene.told("conversation:typing")).keys() == {"desk", "ear", "outside"}
    await house.acts(room, "typing:stop")

    await board.act(room, "accept", by=bot)
    told = await scene.told("switchboard:acceptControl")
    assert told.keys() == ALL
    assert told["bot"] == {"conversation": {**short, "activeSwitchboardIntegration": bot.shown}}

    await board.act(room, "release", by=bot, reason="ticketClosed")
    told = await scene.told("switchboard:releaseControl")
    assert told.keys() == {"bot", "ear", "outside"}
    assert told["bot"] == {"conversation": short, "reason": "ticketClosed"}

    await board.switch(defaultSwitchboardIntegrationId=desk.place["id"])
    await house.says(room, "4")
    told = await scene.told("conversation:message")
    assert told.keys() == {"desk", "ear", "outside"}
    assert texts(told["desk"].pop("messageHistory")) == ["1", "2", "3"]
    assert told["desk"] == told["ear"] == told["outside"]
    await house.says(room, "5")
    assert "messageHistory" not in (await scene.told("conversation:message"))["desk"]


async def test_what_fails_is_told_to_who_is_in_control_and_who_asked(house: House, scene: Scene) -> None:
    board, room = scene.board, await house.group("ann")
    conversation = {"id": room, "type": "sdkGroup", "activeSwitchboardIntegration": scene.bot.shown}
    assert (await board.act(room, "pass", "nobody")).status == 400
    told = await scene.told("switchboard:passControl:failure")
    assert told.keys() == {"bot", "ear", "outside"}
    error = {"code": "switchboard_invalid_target", "message": "Switchboard invalid target"}
    assert told["bot"] == {"conversation": conversation, "error": error}

    assert (await board.act(room, "offer", "bot", by=scene.desk, metadata={"a": 1})).status == 400
    told = await scene.told("switchboard:offerControl:failure")
    assert told.keys() == ALL
    assert told["desk"]["metadata"] == {"a": 1}
    assert told["desk"]["error"]["message"] == "Cannot offer control to the active switchboard integration."

    assert (await board.act(room, "accept", by=scene.desk)).status == 400
    told = await scene.told("switchboard:acceptControl:failure")
    assert told["desk"]["error"] == {
        "code": "switchboard_invalid_action",
        "message": "There is no pendingSwitchboardIntegration",
    }


async def test_without_a_switchboard_everybody_hears_everything(house: House, scene: Scene) -> None:
    room = await house.group("ann")
    await scene.board.switch(enabled=False)
    await house.says(room, "off")
    assert (await scene.told("conversation:message")).keys() == ALL
    await scene.board.switch(enabled=True)
    await house.says(room, "on")
    assert (await scene.told("conversation:message")).keys() == {"bot", "ear", "outside"}
    await house.rest("DELETE", scene.board.path)
    await house.says(room, "gone")
    told = await scene.told("conversation:message")
    assert told.keys() == ALL
    assert told["bot"]["conversation"] == {"id": room, "type": "sdkGroup"}


async def test_control_outlasts_a_restart(tmp_path: Path, receivers: list[Receiver]) -> None:
    async with opened(tmp_path / "data") as house:
        scene = await staged(house, receivers)
        kept, released = await house.group("ann"), await house.group("ann")
        await house.says(released, "before")
        await scene.board.act(kept, "pass", "desk")
        await scene.board.act(kept, "offer", "bot")
        await scene.board.act(released, "release")
        await house.mirrored()
    async with opened(tmp_path / "data") as house:
        board = Board(house)
        board.path = scene.board.path
        scene = scene._replace(board=board)
        assert await board.control(kept) == (scene.desk.shown, scene.bot.shown)
        assert await board.control(released) == (None, None)
        await house.says(kept, "hi")
        assert (await scene.told("conversation:message")).keys() == {"desk", "ear", "outside"}
        assert await board.act(kept, "accept", by=scene.bot) == (200, {})
        await board.act(released, "offer", "desk")
        told = await scene.told("switchboard:offerControl")
        assert texts(told["desk"]["messageHistory"]) == ["before"]
        assert await board.control(released) == (scene.bot.shown, scene.desk.shown)


async def test_a_pressed_button_reaches_the_default(house: House, scene: Scene) -> None:
    ann = await house.device("ann")
    room = await house.group("ann")
    button = {"type": "postback", "text": "Yes", "payload": "YES"}
    content = {"type": "text", "text": "Tea?", "actions": [button]}
    await house.rest("POST", f"/conversations/{room}/messages", {"author": {"type": "business"}, "content": content})
    heard = await ann.event("conversation:message")
    await scene.board.act(room, "release")
    action = heard["event"]["payload"]["message"]["content"]["actions"][0]["id"]
    assert (await ann.ask("postback", conversationId=room, actionId=action))["type"] == "ok"
    assert (await scene.told("conversation:postback")).keys() == {"bot", "ear", "outside"}
    assert await scene.board.control(room) == (scene.bot.shown, None)


async def test_a_device_hears_no_gap_and_sees_who_is_in_control(house: House, scene: Scene) -> None:
    ann = await house.device("ann")
    room = await house.group("ann")
    created = await ann.event("conversation:create")
    for action, target in (("pass", "desk"), ("offer", "bot"), ("accept", None), ("release", None), ("pass", "desk")):
        assert (await scene.board.act(room, action, target)).status == 200
    await house.says(room, "hi")
    said = await ann.event("conversation:message")
    assert (created["seq"], said["seq"]) == (1, 2)
    assert said["event"]["payload"]["conversation"]["activeSwitchboardIntegration"] == scene.desk.shown


async def test_of_many_who_pass_at_once_the_last_is_what_everybody_knows(house: House, scene: Scene) -> None:
    room = await house.group("ann")
    targets = ["desk", "ear", "bot"] * 10
    answers = await asyncio.gather(*(scene.board.act(room, "pass", it) for it in targets))
    assert {it.status for it in answers} == {200}
    await house.mirrored()
    passed = scene.outside.heard("switchboard:passControl")
    hands = [it["payload"]["conversation"]["activeSwitchboardIntegration"]["name"] for it in passed]
    assert all(one != other for one, other in zip(["bot", *hands], hands, strict=False))
    active, pending = await scene.board.control(room)
    assert active is not None
    assert (active["name"], pending) == (hands[-1] if hands else "bot", None)


async def test_one_who_is_passed_next_twice_at_once_is_passed_once(house: House, scene: Scene) -> None:
    await scene.board.change(scene.desk, nextSwitchboardIntegrationId=scene.ear.place["id"])
    room = await house.group("ann")
    await asyncio.gather(*(scene.board.act(room, "pass", "next", by=scene.bot) for _ in range(5)))
    await house.mirrored()
    assert len(scene.outside.heard("switchboard:passControl")) == 1
    assert await scene.board.control(room) == (scene.desk.shown, None)
