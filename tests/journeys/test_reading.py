"""Read marks: they move forward, and everybody in the room sees them move."""

from tests.house_under_test import Device, House, Json
from tests.receiver import Receiver


async def seat_of(house: House, room: str, device: Device) -> Json:
    me = device.welcome["user"]["id"]
    return next(it for it in await house.participants(room) if it["userId"] == me)


async def test_a_message_is_unread_until_it_is_read(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    for text in ("one", "two"):
        await house.says(room, text)
    last = (await house.says(room, "three")).body["messages"][0]
    assert (await seat_of(house, room, ann))["unreadCount"] == 3
    read = await ann.ask("conversation:read", conversationId=room)
    assert read["result"] == {"lastRead": last["received"], "unreadCount": 0}
    mine, theirs = await seat_of(house, room, ann), await seat_of(house, room, bob)
    assert (mine["unreadCount"], mine["lastRead"]) == (0, last["received"])
    assert theirs["unreadCount"] == 3
    assert "lastRead" not in theirs


async def test_all_are_told_who_has_read_up_to_where(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:read")
    room = await house.group("ann", "bob")
    ann, pocket, bob = (
        await house.device("ann"),
        await house.device("ann", "pocket"),
        await house.device("bob"),
    )
    said = (await house.says(room, "hi")).body["messages"][0]
    await ann.ask("conversation:read", conversationId=room)
    for device in (ann, pocket, bob):
        payload = (await device.event("conversation:read"))["event"]["payload"]
        assert payload["lastRead"] == said["received"]
        assert payload["activity"]["author"]["userId"] == ann.welcome["user"]["id"]
    (event,) = await receiver.until(lambda: receiver.events)
    assert event["payload"]["activity"]["author"]["userId"] == ann.welcome["user"]["id"]


async def test_reading_again_is_no_news(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await house.says(room, "hi")
    first = await ann.ask("conversation:read", conversationId=room)
    again = await ann.ask("conversation:read", conversationId=room)
    assert again["result"] == first["result"]
    await bob.event("conversation:read")
    await bob.event("conversation:message")
    await bob.nothing_more()


async def test_a_mark_never_goes_back(house: House) -> None:
    """A deletion, and a late read from another device, leave it where it is."""
    room = await house.group("ann")
    ann, pocket = await house.device("ann"), await house.device("ann", "pocket")
    await house.says(room, "one")
    early = (await ann.ask("conversation:read", conversationId=room))["result"]
    last = (await house.says(room, "two")).body["messages"][0]
    late = (await ann.ask("conversation:read", conversationId=room))["result"]
    await house.rest("DELETE", f"/conversations/{room}/messages/{last['id']}")
    latest = (await pocket.ask("conversation:read", conversationId=room))["result"]
    assert early["lastRead"] < late["lastRead"] == latest["lastRead"] == last["received"]


async def test_the_poster_has_read_what_they_post(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await house.says(room, "hi")
    own = (await ann.sends(room, "hello"))["message"]
    mine, theirs = await seat_of(house, room, ann), await seat_of(house, room, bob)
    assert (mine["unreadCount"], mine["lastRead"]) == (0, own["received"])
    assert theirs["unreadCount"] == 2


async def test_who_joins_late_has_nothing_unread(house: House) -> None:
    room = await house.group("ann")
    await house.says(room, "before")
    joined = await house.joins("bob", room)
    assert joined.body["participant"]["unreadCount"] == 0
    await house.says(room, "after")
    bob = await house.device("bob")
    assert (await seat_of(house, room, bob))["unreadCount"] == 1


async def test_the_business_reads(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:read")
    room = await house.group("ann")
    ann = await house.device("ann")
    said = (await ann.sends(room, "anybody there?"))["message"]
    before = await house.rest("GET", f"/conversations/{room}")
    assert "businessLastRead" not in before.body["conversation"]
    assert await house.acts(room, "conversation:read") == (200, {})
    after = await house.rest("GET", f"/conversations/{room}")
    assert after.body["conversation"]["businessLastRead"] == said["received"]
    payload = (await ann.event("conversation:read"))["event"]["payload"]
    assert payload["activity"]["author"]["type"] == "business"
    assert payload["lastRead"] == said["received"]
    (event,) = await receiver.until(lambda: receiver.events)
    assert event["payload"]["activity"]["author"]["type"] == "business"


async def test_the_business_reads_for_a_user(house: House) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    await house.says(room, "hi")
    assert (await house.acts(room, "conversation:read", "ann")).status == 200
    assert (await seat_of(house, room, ann))["unreadCount"] == 0
    payload = (await ann.event("conversation:read"))["event"]["payload"]
    assert payload["activity"]["author"]["userId"] == ann.welcome["user"]["id"]


async def test_a_device_in_the_background_never_marks(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await house.says(room, "hi")
    await ann.ask("device:update", state="background")
    refused = await ann.ask("conversation:read", conversationId=room)
    assert refused["error"]["status"] == 400
    assert (await seat_of(house, room, ann))["unreadCount"] == 1
    await bob.event("conversation:message")
    await bob.nothing_more()
    await ann.ask("device:update", state="foreground")
    read = await ann.ask("conversation:read", conversationId=room)
    assert read["result"]["unreadCount"] == 0


async def test_deleting_all_messages_leaves_nothing_unread(house: House) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    for text in ("one", "two"):
        await house.says(room, text)
    await house.rest("DELETE", f"/conversations/{room}/messages")
    assert (await seat_of(house, room, ann))["unreadCount"] == 0
    await house.says(room, "three")
    assert (await seat_of(house, room, ann))["unreadCount"] == 1
