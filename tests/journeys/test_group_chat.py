"""People in a group hear each other at once, in one order."""

import asyncio

from tests.house_under_test import Device, House, Json
from tests.receiver import Receiver


def place(frame: Json) -> tuple[int, str]:
    """Where a heard message stands: its seq and its id."""
    return frame["seq"], frame["event"]["payload"]["message"]["id"]


async def test_everybody_hears_a_message_with_one_seq(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    sent = await ann.sends(room, "hi", "m1")
    heard = await bob.event("conversation:message")
    own = await ann.event("conversation:message")
    assert heard["seq"] == own["seq"] == sent["seq"]
    assert own["clientMessageId"] == "m1"
    assert heard["event"]["payload"]["message"] == sent["message"]


async def test_the_webhook_hears_it_too(house: House, receiver: Receiver) -> None:
    integration = await house.webhook(receiver.url)
    room = await house.group("ann")
    await house.says(room, "welcome")
    (event,) = await receiver.until(lambda: receiver.heard("conversation:message"))
    assert event["payload"]["message"]["content"] == {"type": "text", "text": "welcome"}
    assert receiver.keys[-1] == integration["webhooks"][0]["secret"]


async def test_all_devices_the_history_and_the_mirror_tell_one_order(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:message")
    room = await house.group("ann", "bob", "cyd")
    ann, bob, cyd = [await house.device(it) for it in ("ann", "bob", "cyd")]
    pocket = await house.device("ann", "pocket")

    async def chatters(device: Device) -> None:
        for number in range(10):
            await device.sends(room, f"{device.guid} {number}")

    await asyncio.gather(
        chatters(ann),
        chatters(bob),
        chatters(pocket),
        *(house.says(room, f"office {it}") for it in range(10)),
    )
    told = [[place(it) for it in await device.events("conversation:message", 40)] for device in (ann, bob, cyd, pocket)]
    assert told[1:] == told[:-1]
    seqs = [seq for seq, _ in told[0]]
    assert seqs == list(range(seqs[0], seqs[0] + 40))

    history = await house.messages(room)
    ids = [it["id"] for it in history]
    assert ids == [message_id for _, message_id in told[0]]
    received = [it["received"] for it in history]
    assert received == sorted(set(received))
    mirrored = await receiver.until(lambda: receiver.events if len(receiver.events) == 40 else None)
    assert [it["payload"]["message"]["id"] for it in mirrored] == ids


async def test_the_business_and_a_user_talk(house: House) -> None:
    room = await house.group("ann", "bob")
    ann = await house.device("ann")
    said = await house.says(room, "How can we help?")
    heard = await ann.event("conversation:message")
    assert heard["event"]["payload"]["message"] == said.body["messages"][0]
    assert heard["event"]["payload"]["message"]["author"]["type"] == "business"
    assert heard["event"]["payload"]["message"]["source"] == {"type": "api:conversations"}

    await ann.sends(room, "With everything")
    question, answer = await house.messages(room)
    assert question == said.body["messages"][0]
    assert answer["author"] == {"type": "user", "userId": ann.welcome["user"]["id"], "displayName": "Ann"}
    assert answer["source"] == {"type": "web", "integrationId": house.integrations["web"]}


async def test_the_business_may_speak_for_a_participant_only(house: House) -> None:
    room = await house.group("ann")
    await house.user("bob")
    said = await house.says(room, "hi", author={"type": "user", "userExternalId": "ann"})
    assert said.body["messages"][0]["author"]["displayName"] == "Ann"
    refused = await house.says(room, "hi", author={"type": "user", "userExternalId": "bob"})
    assert (refused.status, refused.title) == (400, "The author is not a participant of the conversation")


async def test_a_personal_conversation_is_between_one_user_and_the_business(house: House) -> None:
    room = await house.personal("ann")
    await house.user("bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await house.says(room, "just us")
    assert (await ann.event("conversation:message"))["conversationId"] == room
    await ann.sends(room, "yes")
    await bob.nothing_more()
    overheard = await bob.ask("message:send", conversationId=room, content={"type": "text", "text": "me too"})
    assert overheard["error"]["status"] == 404
    assert [it["content"]["text"] for it in await house.messages(room)] == ["just us", "yes"]


async def test_nobody_outside_a_group_hears_it(house: House) -> None:
    room, other = await house.group("ann"), await house.group("bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await house.says(room, "to ann")
    await house.says(other, "to bob")
    assert (await ann.event("conversation:message"))["conversationId"] == room
    assert (await bob.event("conversation:message"))["conversationId"] == other
    await ann.nothing_more()
    await bob.nothing_more()


async def test_an_author_is_shown_by_the_name_of_the_moment(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.sends(room, "before")
    await house.rest("PATCH", "/users/ann", {"profile": {"surname": "Lee", "avatarUrl": "https://a.example/a.png"}})
    await ann.sends(room, "after")
    await house.says(room, "hello", author={"type": "business", "displayName": "Desk"})
    heard = await bob.events("conversation:message", 3)
    names = [it["event"]["payload"]["message"]["author"]["displayName"] for it in heard]
    assert names == ["Ann", "Ann Lee", "Desk"]
    assert heard[1]["event"]["payload"]["message"]["author"]["avatarUrl"] == "https://a.example/a.png"
