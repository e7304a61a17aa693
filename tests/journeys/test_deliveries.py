"""A message's way to a device, as a webhook is told it: what really arrived, once, and nothing that did not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.frames import Opcode

from tests.domain.town import Orders
from tests.house_under_test import Device, House, Json, opened
from tests.journeys.bare import Bare, masked
from tests.receiver import Receiver

CHANNEL = "conversation:message:delivery:channel"
USER = "conversation:message:delivery:user"
FAILURE = "conversation:message:delivery:failure"
MARK = "conversation:typing"  # follows the deliveries of its conversation, in order
ALL = (CHANNEL, USER, FAILURE, MARK)


async def heard_until_now(house: House, receiver: Receiver, room: str, kind: str) -> list[str]:
    """The messages that were told of so far: the mark is made after them, and comes after them."""
    before = len(receiver.heard(MARK))
    await house.acts(room, "typing:stop")
    await house.acts(room, "typing:start")
    await receiver.until(lambda: len(receiver.heard(MARK)) > before)
    return told(receiver, kind)


def told(receiver: Receiver, kind: str) -> list[str]:
    return [it["payload"]["message"]["id"] for it in receiver.heard(kind)]


async def says(house: House, room: str, text: str = "hi", **facts: Any) -> str:
    posted = await house.says(room, text, **facts)
    assert posted.status == 201, posted
    return str(posted.body["messages"][0]["id"])


@asynccontextmanager
async def bare(house: House, name: str, positions: Json | None = None) -> AsyncIterator[Bare]:
    """A device that answers pings only when told to."""
    async with Bare.plugged(house) as device:
        hello: Json = {"type": "hello", "id": 1, "auth": {"jwt": house.token(name)}, "device": {"guid": "bare"}}
        await device.say({**hello, **({"positions": positions} if positions else {})})
        await device.until("welcome")
        yield device


async def pong(device: Bare, data: bytes = b"received") -> None:
    await device.write(masked(Opcode.PONG, data))


async def answered(device: Bare) -> None:
    """What the device wrote before this was taken in."""
    await device.say({"type": "ping", "id": "now"})
    while (await device.next()).get("id") != "now":
        pass


async def test_channel_first_then_user(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, CHANNEL, USER)
    room, ann = await house.personal("ann"), await house.device("ann")
    said = await says(house, room)
    await receiver.until(lambda: receiver.heard(USER))
    reached, arrived = receiver.events
    payload = {
        "conversation": {"id": room, "type": "personal"},
        "user": {"id": ann.welcome["user"]["id"], "authenticated": True, "externalId": "ann"},
        "message": {"id": said},
        "destination": {"type": "web", "integrationId": house.integrations["web"]},
    }
    assert (reached["type"], reached["payload"]) == (CHANNEL, {**payload, "isFinalEvent": False})
    assert (arrived["type"], arrived["payload"]) == (USER, {**payload, "isFinalEvent": True})


async def test_in_a_group_each_but_the_author(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, CHANNEL, USER)
    room = await house.group("ann", "bob", "cat", "dan")
    ann = await house.device("ann")
    others = [await house.device(name) for name in ("bob", "cat")]
    await ann.sends(room, "hi")
    await receiver.until(lambda: len(receiver.heard(USER)) == 2)
    wanted = sorted(it.welcome["user"]["id"] for it in others)
    for kind in (CHANNEL, USER):
        assert sorted(it["payload"]["user"]["id"] for it in receiver.heard(kind)) == wanted


async def test_a_device_that_was_cut_has_not_received(house: House, receiver: Receiver) -> None:
    """It is told when the device comes back and is told what it missed."""
    await house.webhook(receiver.url, *ALL)
    room = await house.personal("ann")
    async with bare(house, "ann") as device:
        said = await says(house, room)
        frame = await device.until("event")
    assert await heard_until_now(house, receiver, room, USER) == []
    again = await house.device("ann", "bare")
    epoch, seq = again.welcome["epoch"], frame["seq"] - 1
    await again.close()
    again = await house.device("ann", "bare", positions={"epoch": epoch, "seq": {room: seq}})
    await again.event("conversation:message")
    await receiver.until(lambda: told(receiver, USER) == [said])
    assert await heard_until_now(house, receiver, room, USER) == [said]


async def test_one_ping_is_under_way_however_much_is_said(house: House, receiver: Receiver) -> None:
    """A stalled device has received nothing; its one pong says that what came before the ping arrived, no more."""
    await house.webhook(receiver.url, *ALL)
    room = await house.personal("ann")
    async with bare(house, "ann") as device:
        said = [await says(house, room, f"{number}") for number in range(5)]
        for _ in said:
            await device.until("event")
        await answered(device)
        assert device.pings == 1
        assert await heard_until_now(house, receiver, room, USER) == []
        await pong(device, b"something else")
        await answered(device)
        assert await heard_until_now(house, receiver, room, USER) == []
        await pong(device)
        await receiver.until(lambda: told(receiver, USER) == said[:1])
        await answered(device)
        assert device.pings == 2
        await pong(device)
        await receiver.until(lambda: told(receiver, USER) == said)
        await pong(device)
        await answered(device)
        assert await heard_until_now(house, receiver, room, USER) == said


async def test_two_devices_are_one_user(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, *ALL)
    room = await house.personal("ann")
    phone, desk = await house.device("ann", "phone", integration="ios"), await house.device("ann", "desk")
    said = [await says(house, room) for _ in range(3)]
    for device in (phone, desk):
        await device.events("conversation:message", 3)
        await device.ask("ping")
    await receiver.until(lambda: len(told(receiver, USER)) == 3)
    assert await heard_until_now(house, receiver, room, USER) == said


async def test_it_is_told_once_also_after_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    async with opened(tmp_path / "data") as house:
        await house.webhook(receiver.url, *ALL)
        room, ann = await house.personal("ann"), await house.device("ann")
        first = await says(house, room)
        await receiver.until(lambda: told(receiver, USER) == [first])
        epoch = ann.welcome["epoch"]
        await ann.close()
        second = await says(house, room)
    async with opened(tmp_path / "data") as house:
        await house.device("ann", positions={"epoch": epoch, "seq": {room: 1}})
        await receiver.until(lambda: len(told(receiver, USER)) == 2)
        assert await heard_until_now(house, receiver, room, USER) == [first, second]


async def test_nobody_asks_and_nothing_is_pinged(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:message", CHANNEL)
    room = await house.personal("ann")
    async with bare(house, "ann") as device:
        await says(house, room)
        await device.until("event")
        await answered(device)
        assert device.pings == 0


async def test_a_login_as_somebody_else_proves_nothing_of_theirs(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, *ALL)
    """Bob sits there too, and what was pushed to Ann is not proof that he received it."""
    room = await house.group("ann", "bob")
    async with bare(house, "ann") as device:
        await says(house, room)
        await device.until("event")
        await device.say({"type": "login", "id": 2, "jwt": house.token("bob")})
        await device.until("ok")
        await pong(device)
        await answered(device)
        assert await heard_until_now(house, receiver, room, USER) == []


async def test_a_channel_outside_fails_and_says_so(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, *ALL, includeFullUser=True)
    room, orders = await house.personal("ann"), Orders(house.app_id)
    twilio = await house.flow.corridor.execute(orders.integration("twilio"))
    await house.flow.corridor.execute(orders.links("ann", room, twilio.id))
    said = [await says(house, room), await says(house, room, destination={"integrationId": twilio.id})]
    await receiver.until(lambda: told(receiver, FAILURE) == said)
    payload = receiver.heard(FAILURE)[0]["payload"]
    assert payload["destination"] == {"type": "twilio", "integrationId": twilio.id}
    assert payload["error"]["code"] == "no_connector"
    assert payload["isFinalEvent"] is True
    assert payload["user"]["profile"] == {"givenName": "Ann"}
    assert told(receiver, CHANNEL) == []


async def silent_and_loud(house: House) -> tuple[Device, str]:
    room, ann = await house.personal("ann"), await house.device("ann")
    await says(house, room, "silent", destination={"integrationType": "none"})
    await says(house, room, "loud")
    return ann, room


async def test_a_silent_message_is_found_and_not_pushed(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, *ALL)
    ann, room = await silent_and_loud(house)
    loud = await ann.event("conversation:message")
    assert loud["event"]["payload"]["message"]["content"]["text"] == "loud"
    assert [it["content"]["text"] for it in await house.messages(room)] == ["silent", "loud"]
    missed = await ann.ask("events:since", conversationId=room, seq=loud["seq"] - 2)
    assert [it["seq"] for it in missed["result"]["events"]] == [loud["seq"] - 1, loud["seq"]]
    await receiver.until(lambda: told(receiver, USER))
    assert len(await heard_until_now(house, receiver, room, CHANNEL)) == 1


@pytest.mark.parametrize(
    ("destination", "field"),
    [
        ({}, "destination"),
        ({"integrationId": "0" * 24, "integrationType": "web"}, "destination"),
        ({"integrationId": "0" * 24}, "destination.integrationId"),
        ({"integrationId": 5}, "integrationId"),
        ({"integrationType": "whatsapp"}, "destination.integrationType"),
    ],
)
async def test_a_destination_that_is_none(house: House, destination: Json, field: str) -> None:
    room = await house.personal("ann")
    refused = await house.says(room, "hi", destination=destination)
    assert (refused.status, field in refused.title) == (400, True)
    assert await house.messages(room) == []


async def test_official_clients_read_all_of_it(house: House, receiver: Receiver) -> None:
    client = pytest.importorskip("sunshine_conversations_client")
    kinds = {
        CHANNEL: "ConversationMessageDeliveryChannelEvent",
        USER: "ConversationMessageDeliveryUserEvent",
        FAILURE: "ConversationMessageDeliveryFailureEvent",
        "client:add": "ClientAddEvent",
        "client:remove": "ClientRemoveEvent",
        "user:update": "UserUpdateEvent",
    }
    await house.webhook(receiver.url, *kinds, includeFullUser=True, includeFullSource=True)
    room, orders = await house.personal("ann"), Orders(house.app_id)
    await house.device("ann")
    twilio = await house.flow.corridor.execute(orders.integration("twilio"))
    link = await house.flow.corridor.execute(orders.links("ann", room, twilio.id))
    await says(house, room)
    await house.rest("DELETE", f"/users/ann/clients/{link.id}")
    await receiver.until(lambda: {it["type"] for it in receiver.events} == set(kinds))
    for event in receiver.events:
        read = getattr(client, kinds[event["type"]]).from_dict(event)
        assert read.type == event["type"]
        assert read.payload.user.id == event["payload"]["user"]["id"]
