"""Who is typing is told to the others, at once and for a while."""

import pytest

from gateway.domain import limits
from tests.house_under_test import Device, House
from tests.receiver import Receiver


async def heard(device: Device) -> tuple[str, str | None]:
    """The next typing event: start or stop, and whose; None for the business."""
    frame = await device.event("conversation:typing")
    activity = frame["event"]["payload"]["activity"]
    return activity["type"], activity["author"].get("userId")


async def test_a_start_is_told_to_the_others_and_not_to_oneself(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, pocket, bob = (
        await house.device("ann"),
        await house.device("ann", "pocket"),
        await house.device("bob"),
    )
    answer = await ann.ask("typing:start", conversationId=room)
    assert answer["result"] == {}
    frame = await bob.event("conversation:typing")
    assert frame["event"]["payload"]["activity"] == {
        "type": "typing:start",
        "author": {"type": "user", "userId": ann.welcome["user"]["id"], "displayName": "Ann"},
        "source": {"type": "web", "integrationId": house.integrations["web"]},
    }
    assert "seq" not in frame
    await ann.nothing_more()
    await pocket.nothing_more()


async def test_a_stop_is_told_once(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.ask("typing:start", conversationId=room)
    await ann.ask("typing:stop", conversationId=room)
    await ann.ask("typing:stop", conversationId=room)
    me = ann.welcome["user"]["id"]
    assert [await heard(bob), await heard(bob)] == [("typing:start", me), ("typing:stop", me)]
    await bob.nothing_more()


async def test_a_start_right_after_a_start_is_no_news(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    for _ in range(5):
        await ann.ask("typing:start", conversationId=room)
    await heard(bob)
    await bob.nothing_more()


async def test_a_start_is_told_again_after_a_while(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TYPING_REPEAT_S", 0)
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.ask("typing:start", conversationId=room)
    await ann.ask("typing:start", conversationId=room)
    assert [(await heard(bob))[0] for _ in range(2)] == ["typing:start", "typing:start"]


async def test_it_expires_by_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TYPING_EXPIRES_S", 0.05)
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.ask("typing:start", conversationId=room)
    assert [(await heard(bob))[0] for _ in range(2)] == ["typing:start", "typing:stop"]


async def test_it_ends_when_the_message_is_sent(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.ask("typing:start", conversationId=room)
    await ann.sends(room, "hi")
    assert [(await heard(bob))[0] for _ in range(2)] == ["typing:start", "typing:stop"]
    await ann.ask("typing:stop", conversationId=room)
    assert (await bob.event("conversation:message"))["seq"]
    await bob.nothing_more()


async def test_it_ends_with_the_last_device_of_the_person(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, pocket, bob = (
        await house.device("ann"),
        await house.device("ann", "pocket"),
        await house.device("bob"),
    )
    await ann.ask("typing:start", conversationId=room)
    assert (await heard(bob))[0] == "typing:start"
    await ann.close()
    await pocket.ask("ping")
    await bob.nothing_more()
    pocket.cut()
    assert (await heard(bob))[0] == "typing:stop"


async def test_the_business_types_over_rest(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    assert await house.acts(room, "typing:start") == (200, {})
    assert [await heard(ann), await heard(bob)] == [("typing:start", None)] * 2
    await house.says(room, "here you are")
    assert [await heard(ann), await heard(bob)] == [("typing:stop", None)] * 2


async def test_a_user_does_not_type_over_rest(house: House) -> None:
    room = await house.group("ann")
    refused = await house.acts(room, "typing:start", "ann")
    assert (refused.status, refused.title) == (400, "An author of type user may only send conversation:read")


async def test_who_has_no_seat_is_refused(house: House) -> None:
    room = await house.group("bob")
    await house.user("ann")
    ann, bob = await house.device("ann"), await house.device("bob")
    refused = await ann.ask("typing:start", conversationId=room)
    assert refused["error"] == {
        "status": 404,
        "code": "conversation_not_found",
        "title": "Conversation not found",
    }
    await bob.nothing_more()


async def test_typing_is_mirrored(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:typing")
    room = await house.group("ann")
    ann = await house.device("ann")
    await ann.ask("typing:start", conversationId=room)
    await ann.sends(room, "hi")
    await house.acts(room, "typing:start")
    told = await receiver.until(lambda: receiver.events if len(receiver.events) == 3 else None)
    activities = [it["payload"]["activity"] for it in told]
    assert [(it["type"], it["author"]["type"]) for it in activities] == [
        ("typing:start", "user"),
        ("typing:stop", "user"),
        ("typing:start", "business"),
    ]


async def test_typing_leaves_no_trace_in_the_history(house: House) -> None:
    room = await house.group("ann", "bob")
    ann = await house.device("ann")
    before = (await ann.ask("conversation:get", conversationId=room))["result"]["seq"]
    await ann.ask("typing:start", conversationId=room)
    await ann.ask("typing:stop", conversationId=room)
    since = await ann.ask("events:since", conversationId=room, seq=before)
    assert since["result"] == {"events": [], "recovered": True}
