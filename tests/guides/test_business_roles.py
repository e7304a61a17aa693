"""What a business may build on conversations between many: moderation, barging in, escalation, retention."""

import asyncio
from pathlib import Path
from typing import Any

from gateway.domain.model import AppSettings
from gateway.domain.views import Page
from gateway.flow.retention import Retention
from tests.flow.building import running
from tests.house_under_test import Device, House
from tests.receiver import Receiver

Json = dict[str, Any]


async def test_webhooks_enforce_a_code_of_conduct(house: House, receiver: Receiver) -> None:
    """Moderation: what was said is seen, taken back, and whoever said it removed; the others go on."""
    await house.webhook(receiver.url, "conversation:message")
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.sends(room, "buy my illegal things")
    (heard,) = await receiver.until(lambda: receiver.heard("conversation:message"))
    message, author = heard["payload"]["message"], heard["payload"]["message"]["author"]["userId"]
    assert (await house.rest("DELETE", f"/conversations/{room}/messages/{message['id']}")).status == 200
    assert (await house.rest("POST", f"/conversations/{room}/leave", {"userId": author})).status == 200
    await bob.event("conversation:message")
    assert (await bob.event("message:delete"))["event"]["payload"]["message"]["id"] == message["id"]
    assert (await bob.event("conversation:leave"))["event"]["payload"]["user"]["id"] == author
    await bob.sends(room, "thank you")
    (left, stays) = (await bob.ask("message:list", conversationId=room))["result"]["messages"]
    assert left["deleted"] is True
    assert stays["content"]["text"] == "thank you"


async def test_the_business_barges_in_to_any_existing_conversation_at_will(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.sends(room, "has anybody seen the red shoes?")
    item = {"title": "Red shoes", "actions": [{"type": "link", "text": "See", "uri": "https://shop.example/red"}]}
    body = {"author": {"type": "business", "displayName": "Shop"}, "content": {"type": "carousel", "items": [item]}}
    assert (await house.rest("POST", f"/conversations/{room}/messages", body)).status == 201
    for device in (ann, bob):
        author = await _last_author(device)
        assert (author["type"], author["displayName"]) == ("business", "Shop")
    assert [it["userExternalId"] for it in await house.participants(room)] == ["ann", "bob"]


async def _last_author(device: Device) -> Json:
    while True:
        message = (await device.event("conversation:message"))["event"]["payload"]["message"]
        if message["content"]["type"] == "carousel":
            return dict(message["author"])


async def test_users_trigger_an_escalation(house: House, receiver: Receiver) -> None:
    """A button calls for help; the business adds a specialist, who sees all that was said before."""
    await house.webhook(receiver.url, "conversation:postback")
    room = await house.group("ann", "bob")
    ann, erin = await house.device("ann"), await house.device("erin")
    await ann.sends(room, "this does not work")
    action = {"type": "postback", "text": "Get help", "payload": "ESCALATE", "metadata": {"tier": 2}}
    said = await house.says(room, "Do you need help?", content={"type": "text", "text": "Help?", "actions": [action]})
    button = said.body["messages"][0]["content"]["actions"][0]["id"]
    assert (await ann.ask("postback", conversationId=room, actionId=button))["type"] == "ok"
    (pressed,) = await receiver.until(lambda: receiver.heard("conversation:postback"))
    assert pressed["payload"]["postback"] == {"payload": "ESCALATE", "metadata": {"tier": 2}}
    assert pressed["payload"]["conversation"]["id"] == room
    assert (await house.joins("erin", room)).status == 201
    await erin.event("conversation:join")
    history = (await erin.ask("message:list", conversationId=room))["result"]["messages"]
    assert history[0]["content"]["text"] == "this does not work"


async def test_messages_are_deleted_after_inactivity_and_the_conversation_remains(tmp_path: Path) -> None:
    """On a clock that is wound by hand; the conversation keeps its participants."""
    settings = AppSettings(multi_convo_enabled=True, conversation_retention_seconds=60)
    async with running(tmp_path / "gateway.db", settings) as building:
        room = await building.group("ann", "bob")
        await building.at_once(building.orders.says(room, "soon forgotten"))
        retention = Retention(building.store, building.corridor, building.clock.now)
        building.clock.wind(59)
        await retention.step()
        assert len((await building.store.messages(room, Page(size=9)))[0]) == 1
        building.clock.wind(2)
        await retention.step()
        assert await building.store.messages(room, Page(size=9)) == ([], False)
        held = await building.room(room)
        assert held is not None
        assert len(held.participants) == 2


async def test_conversations_are_monitored_in_passing(house: House, receiver: Receiver) -> None:
    """A third party hears everything said in every conversation, and nobody in them knows."""
    await house.webhook(receiver.url, "conversation:message")
    rooms = [await house.group("ann", "bob"), await house.group("bob", "cat"), await house.personal("cat")]
    bob, cat = await house.device("bob"), await house.device("cat")
    await asyncio.gather(bob.sends(rooms[0], "a"), cat.sends(rooms[1], "b"))
    await cat.sends(rooms[2], "c")
    await receiver.until(lambda: len(receiver.heard("conversation:message")) == 3)
    heard = {it["payload"]["conversation"]["id"] for it in receiver.heard("conversation:message")}
    assert heard == set(rooms)
    assert [len(await house.participants(it)) for it in rooms] == [2, 2, 1]
