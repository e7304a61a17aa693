"""A person with several devices: each hears everything, and each is one device."""

import asyncio

from tests.house_under_test import Device, House, Json
from tests.receiver import Receiver


def told(device: Device) -> list[Json]:
    return [it for it in device.heard if it["type"] == "event"]


async def test_all_devices_of_a_person_hear_everything(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, pocket, bob = (
        await house.device("ann"),
        await house.device("ann", "pocket"),
        await house.device("bob"),
    )
    await ann.sends(room, "from here")
    await pocket.sends(room, "from there")
    await bob.sends(room, "to both")
    await pocket.ask("conversation:read", conversationId=room)
    await house.rest("PATCH", f"/conversations/{room}", {"displayName": "Crew"})
    for device in (ann, pocket):
        await device.event("conversation:update")
        await device.nothing_more()
    assert told(ann) == told(pocket)
    assert len(told(ann)) == 4


async def test_devices_of_two_platforms_are_one_client(house: House) -> None:
    web = await house.device("ann", "desk")
    ios = await house.device("ann", "phone", integration="ios")
    assert (web.welcome["device"]["type"], ios.welcome["device"]["type"]) == ("web", "ios")
    assert web.welcome["device"]["clientId"] == ios.welcome["device"]["clientId"]
    assert web.welcome["device"]["id"] != ios.welcome["device"]["id"]
    assert web.welcome["user"]["id"] == ios.welcome["user"]["id"]


async def test_the_same_guid_replaces_the_older_socket(house: House) -> None:
    room = await house.group("ann")
    old = await house.device("ann", "phone")
    new = await house.device("ann", "phone")
    said, code = await old.goodbye()
    assert said == {"type": "goodbye", "code": 4009, "reason": "replaced", "comeBack": False}
    assert code == 4009
    assert new.welcome["device"]["id"] == old.welcome["device"]["id"]
    await house.says(room, "hi")
    await new.event("conversation:message")
    assert told(old) == []


async def test_the_same_guid_of_another_person_replaces_nobody(house: House) -> None:
    ann = await house.device("ann", "shared")
    bob = await house.device("bob", "shared")
    await ann.ask("ping")
    await bob.ask("ping")


async def arrived(house: House, guid: str) -> Device:
    """A device of ann's that has said hello and not yet heard the answer."""
    device = await house.plug(guid=guid)
    await device.say("hello", device={"guid": guid}, auth={"jwt": house.token("ann")})
    return device


async def test_one_device_that_arrives_many_times_at_once_is_there_once(house: House) -> None:
    """The others are replaced, in whatever order they came."""
    room = await house.group("ann")
    crowd = await asyncio.gather(*(arrived(house, "phone") for _ in range(8)))
    leaving = {asyncio.create_task(it.goodbye()): it for it in crowd}
    while len(leaving) > 1:
        gone, _ = await asyncio.wait(leaving, return_when=asyncio.FIRST_COMPLETED)
        for ended in gone:
            assert (await ended)[1] == 4009
            del leaving[ended]
    ((listening, last),) = leaving.items()
    listening.cancel()
    await house.says(room, "still there?")
    await last.event("conversation:message")


async def test_many_devices_of_somebody_new_are_one_person(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "client:add")
    devices = await asyncio.gather(*(house.device("ann", f"device {number}") for number in range(8)))
    assert len({it.welcome["user"]["id"] for it in devices}) == 1
    assert len({it.welcome["device"]["id"] for it in devices}) == 8
    await house.mirrored()
    assert len(receiver.events) == 1


async def test_a_change_of_the_profile_reaches_the_other_devices(house: House) -> None:
    await house.user("ann")
    ann, pocket = await house.device("ann"), await house.device("ann", "pocket")
    changed = await ann.ask("user:update", profile={"surname": "Lee"}, metadata={"vip": True})
    user = changed["result"]["user"]
    assert user["profile"] == {"givenName": "Ann", "surname": "Lee"}
    assert user["metadata"] == {"vip": True}
    frame = await pocket.event("user:update")
    assert frame["event"]["payload"] == {"user": user}


async def test_a_welcome_tells_where_everything_stands(house: House) -> None:
    quiet, lively = (
        await house.group("ann", "bob", displayName="Quiet"),
        await house.group("ann", displayName="Lively"),
    )
    await house.says(quiet, "first")
    said = (await house.says(lively, "last")).body["messages"][0]
    ann = await house.device("ann")
    welcome = ann.welcome
    assert welcome["user"]["externalId"] == "ann"
    assert welcome["heartbeatSeconds"] == 25
    assert welcome["limits"] == {"frameBytes": 102_400, "commandsPerSecond": 50}
    assert [it["conversation"]["displayName"] for it in welcome["conversations"]] == ["Lively", "Quiet"]
    assert welcome["conversations"][0]["lastMessage"] == said
    assert [it["displayName"] for it in welcome["conversations"][1]["participants"]] == ["Ann", "Bob"]
    assert [it["seq"] for it in welcome["conversations"]] == [2, 2]
    assert welcome["hasMoreConversations"] is False
    assert "sessionToken" not in welcome
