"""Two users who are one person, over real sockets: who is told what, who stays, and what is found afterwards."""

import asyncio
from typing import Any

from gateway.domain.commands import MergeUsers, Ref
from tests.house_under_test import Device, House, Json
from tests.receiver import Receiver


async def merge(house: House, surviving: str, discarded: str) -> None:
    """As a backend may ask for it; users are named by either id."""
    refs = (Ref(house.app_id, surviving), Ref(house.app_id, discarded))
    await house.flow.corridor.execute(MergeUsers(app_id=house.app_id, surviving=refs[0], discarded=refs[1]))


def me(device: Device) -> str:
    return str(device.welcome["user"]["id"])


def session(device: Device) -> Json:
    return {"userId": me(device), "sessionToken": device.welcome["sessionToken"]}


async def opens(device: Device, *texts: str) -> str:
    """The device's user opens a conversation with these first words."""
    words = [{"type": "text", "text": it} for it in texts]
    opened = await device.ask("conversation:create", messages=words)
    assert opened["type"] == "ok", opened
    return str(opened["result"]["conversation"]["id"])


def texts(messages: list[Json]) -> list[str]:
    return [it["content"]["text"] for it in messages]


async def turned_away(house: House, guid: str, auth: Json) -> int:
    """The code with which a hello is answered."""
    device = await house.plug(guid=guid)
    await device.say("hello", device={"guid": guid}, auth=auth)
    return (await device.goodbye())[1]


async def test_a_login_takes_along_what_was_said(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "user:merge")
    own, laptop = await house.personal("ann"), await house.device("ann", "laptop")
    visitor = await house.device(guid="phone")
    other = await opens(visitor, "Hello?")
    await house.says(other, "Who is there?")
    await laptop.sends(own, "It is me")
    login = await visitor.ask("login", jwt=house.token("ann"))
    assert login["result"]["user"]["externalId"] == "ann"
    told = (await laptop.event("user:merge"))["event"]["payload"]
    assert (told["reason"], "sessionToken" in told) == ("sdkLogin", False)
    assert (told["mergedUsers"]["surviving"]["id"], told["mergedUsers"]["discarded"]["id"]) == (me(laptop), me(visitor))
    assert {it: room["id"] for it, room in told["mergedConversations"].items()} == {
        "surviving": own,
        "discarded": other,
    }
    history = await visitor.ask("message:list", conversationId=own)
    assert texts(history["result"]["messages"]) == ["Hello?", "Who is there?", "It is me"]
    assert {it["author"].get("userId") for it in await house.messages(own)} == {me(laptop), None}
    (event,) = await receiver.until(lambda: receiver.heard("user:merge"))
    assert event["payload"]["mergedUsers"]["discarded"] == {"id": me(visitor), "authenticated": False}
    assert await turned_away(house, "phone", session(visitor)) == 4501


async def test_a_hello_may_be_such_a_login(house: House) -> None:
    visitor = await house.device(guid="phone")
    other = await opens(visitor, "Hello?")
    await visitor.close()
    ann = await house.user("ann")
    phone = await house.device(guid="phone", auth={"jwt": house.token("ann"), **session(visitor)})
    assert (me(phone), phone.welcome.get("sessionToken")) == (ann, None)
    assert [it["conversation"]["id"] for it in phone.welcome["conversations"]] == [other]
    await phone.sends(other, "It is me")


async def test_whoever_logged_in_hears_from_then_on(house: House) -> None:
    room, visitor = await house.group("ann"), await house.device(guid="phone")
    await visitor.ask("login", jwt=house.token("ann"))
    await house.says(room, "welcome")
    assert (await visitor.event("conversation:message"))["conversationId"] == room


async def test_other_devices_of_the_visitor_are_sent_away(house: House) -> None:
    await house.user("ann")
    phone = await house.device(guid="phone")
    tablet = await house.device(guid="tablet", auth=session(phone))
    await phone.ask("login", jwt=house.token("ann"))
    said, code = await tablet.goodbye()
    assert (code, said and said["comeBack"]) == (4502, False)
    await phone.nothing_more()


async def test_others_in_a_group_see_one_leave_and_one_come(house: House, receiver: Receiver) -> None:
    """In the history too, so that whoever was away sees it."""
    await house.webhook(receiver.url, "conversation:join", "conversation:leave")
    room, eve = await house.group("bob", "eve"), await house.device("eve")
    ann, bob = await house.user("ann", "Ann"), await house.user("bob")
    before = eve.welcome["conversations"][0]["seq"]
    await merge(house, "ann", "bob")
    left, joined = await eve.event("conversation:leave"), await eve.event("conversation:join")
    assert [(it["seq"], it["event"]["payload"]["user"]["id"]) for it in (left, joined)] == [
        (before + 1, bob),
        (before + 2, ann),
    ]
    assert joined["event"]["payload"]["participant"]["displayName"] == "Ann"
    since = await eve.ask("events:since", conversationId=room, seq=before)
    assert since["result"]["recovered"] is True
    assert [it["event"]["id"] for it in since["result"]["events"]] == [it["event"]["id"] for it in (left, joined)]
    for kind, frame in (("conversation:leave", left), ("conversation:join", joined)):
        (event,) = await receiver.until(lambda kind=kind: receiver.heard(kind))  # type: ignore[misc]
        assert event["id"] == frame["event"]["id"]


async def test_a_full_group_that_both_sit_in_loses_one(house: House) -> None:
    names = ("ann", "bob", *(f"guest{it}" for it in range(8)))
    room = await house.group(*names)
    eve = await house.device("guest7")
    await house.device("bob")
    await merge(house, "ann", "bob")
    left = await eve.event("conversation:leave")
    assert left["event"]["payload"]["user"]["externalId"] == "bob"
    await eve.nothing_more()
    assert [it["userExternalId"] for it in await house.participants(room)] == [it for it in names if it != "bob"]
    assert (await house.joins("late", room)).status == 201
    assert (await house.joins("later", room)).status == 400


async def test_the_survivors_devices_get_a_personal_conversation_in_private(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    own, ann = await house.personal("bob"), await house.device("ann")
    await merge(house, "ann", "bob")
    joined = await ann.event("conversation:join")
    assert joined["conversationId"] == own == joined["event"]["payload"]["conversation"]["id"]
    assert [it["userId"] for it in joined["event"]["payload"]["participants"]] == [me(ann)]
    await receiver.until(lambda: receiver.heard("user:merge"))
    assert receiver.heard("conversation:join") == []


async def test_unread_counts_add_up(house: House) -> None:
    rooms = {name: await house.personal(name) for name in ("ann", "bob")}
    for count, room in enumerate(rooms.values(), 2):
        for number in range(count):
            await house.says(room, str(number))
    await merge(house, "ann", "bob")
    (seat,) = await house.participants(rooms["ann"])
    assert seat["unreadCount"] == 5
    ann = await house.device("ann")
    assert (await ann.ask("conversation:read", conversationId=rooms["ann"]))["result"]["unreadCount"] == 0
    assert (await house.participants(rooms["ann"]))[0]["unreadCount"] == 0


async def test_positions_of_before_are_not_recovered(house: House) -> None:
    """Neither in the merged conversation nor in the one that is no more; in others all is well."""
    own, other, group = await house.personal("ann"), await house.personal("bob"), await house.group("ann")
    for room in (own, other, group):
        await house.says(room, "before")
    ann = await house.device("ann")
    positions = {it["conversation"]["id"]: it["seq"] - 1 for it in ann.welcome["conversations"]}
    await merge(house, "ann", "bob")
    answer = await ann.ask("events:since", conversationId=own, seq=positions[own])
    assert answer["result"] == {"events": [], "recovered": False}
    resumed = {"epoch": ann.welcome["epoch"], "seq": {**positions, other: 1}}
    await ann.close()
    again = await house.device("ann", positions=resumed)
    assert again.welcome["recovered"] == {own: False, other: False, group: True}
    assert texts([(await again.event("conversation:message"))["event"]["payload"]["message"]]) == ["before"]
    await house.says(own, "after")
    state = next(it for it in again.welcome["conversations"] if it["conversation"]["id"] == own)
    assert (await again.event("conversation:message"))["seq"] == state["seq"] + 1


async def test_an_anonymous_device_is_handed_a_session_of_the_survivor(house: House) -> None:
    """It goes on, and comes back with it; the token of before is worth nothing, that of the survivor is as before."""
    first, second = await house.device(guid="first"), await house.device(guid="second")
    own, other = await opens(first, "one"), await opens(second, "two")
    await merge(house, me(first), me(second))
    told = (await second.event("user:merge"))["event"]["payload"]
    assert told["reason"] == "api"
    assert told["mergedUsers"]["surviving"]["id"] == me(first)
    assert "sessionToken" not in (await first.event("user:merge"))["event"]["payload"]
    assert texts((await second.ask("message:list", conversationId=own))["result"]["messages"]) == ["one", "two"]
    gone = await second.ask("message:list", conversationId=other)
    assert gone["error"]["status"] == 404
    sent = await second.sends(own, "three", "m3")
    heard = (await first.events("conversation:message", 2))[-1]
    assert heard["event"]["payload"]["message"] == sent["message"]
    await second.close()
    handed = {"userId": me(first), "sessionToken": told["sessionToken"]}
    again = await house.device(guid="second", auth=handed)
    assert me(again) == me(first)
    assert (await again.sends(own, "three", "m3")).get("duplicate") is True
    assert await turned_away(house, "second", session(second)) == 4501
    assert me(await house.device(guid="first", auth=session(first))) == me(first)


async def test_a_device_that_goes_on_may_log_in_as_who_it_is_now(house: House) -> None:
    first, second = await house.device(guid="first"), await house.device(guid="second")
    await house.user("ann")
    await merge(house, me(first), me(second))
    own = await opens(second, "ours")
    assert (await second.ask("login", jwt=house.token("ann")))["type"] == "ok"
    assert (await house.rest("GET", f"/users/{me(first)}")).status == 404
    assert {it["author"]["userId"] for it in await house.messages(own)} == {await house.user("ann")}


async def test_a_device_that_goes_on_misses_nothing(house: House) -> None:
    """Whatever the survivor is told after the merge, it is told after the news."""
    first, second = await house.device(guid="first"), await house.device(guid="second")
    own = await opens(first, "one")
    await merge(house, me(first), me(second))
    await house.says(own, "two")
    second.heard.clear()
    kinds = [(await second.frame())["event"]["type"] for _ in range(2)]
    assert kinds == ["user:merge", "conversation:message"]


async def test_merged_again_and_again_a_device_goes_on(house: House) -> None:
    """Each merge is told; whoever is left at last gave the session that is good."""
    devices = [await house.device(guid=f"guid{it}") for it in range(4)]
    for surviving, discarded in ((1, 0), (2, 1), (3, 2)):
        refs = [Ref(house.app_id, me(devices[it]), "id") for it in (surviving, discarded)]
        house.flow.corridor.submit(
            MergeUsers(app_id=house.app_id, surviving=refs[0], discarded=refs[1]), lambda _: None
        )
    told = [it["event"]["payload"] for it in await devices[0].events("user:merge", 3)]
    assert [it["mergedUsers"]["surviving"]["id"] for it in told] == [me(devices[it]) for it in (1, 2, 3)]
    assert [it.get("sessionToken") is not None for it in told] == [False, False, True]
    handed = {"userId": me(devices[3]), "sessionToken": told[-1]["sessionToken"]}
    again = await house.device(guid="again", auth=handed)
    assert me(again) == me(devices[3])
    for device in devices:
        await device.ask("ping")
    room = await opens(devices[3], "all of us")
    for device in devices[:3]:
        assert (await device.event("conversation:create"))["conversationId"] == room


async def test_devices_that_cannot_go_on_are_sent_away(house: House) -> None:
    """A session does not let into a user with a name, nor a token into one with another name."""
    ann, someone, bob = await house.device("ann"), await house.device(guid="phone"), await house.device("bob")
    for discarded in (someone, bob):
        await merge(house, me(ann), me(discarded))
        assert (await discarded.goodbye())[1] == 4502
    assert await turned_away(house, "phone", session(someone)) == 4501
    anew = await house.device("bob", "anew")
    assert me(anew) not in (me(bob), me(ann))


async def test_a_token_is_good_for_whoever_takes_the_name(house: House) -> None:
    """A nameless survivor has the discarded one's name from then on: its devices stay, and come back."""
    someone, ann = await house.device(guid="phone"), await house.device("ann", "laptop")
    own = await opens(ann, "mine")
    await merge(house, me(someone), me(ann))
    told = (await ann.event("user:merge"))["event"]["payload"]
    assert (told["mergedUsers"]["surviving"]["externalId"], "sessionToken" in told) == ("ann", False)
    await ann.sends(own, "still here")
    assert me(await house.device("ann", "laptop")) == me(someone)
    assert await turned_away(house, "phone", session(someone)) == 4501


async def test_what_is_asked_by_who_is_no_more_is_refused(house: House) -> None:
    """A clear answer to all that was under way at that moment."""
    first, second = await house.device(guid="first"), await house.device(guid="second")
    other = await opens(second, "before")
    content = {"type": "text", "text": "late"}
    late = [await second.say("message:send", conversationId=other, content=content) for _ in range(20)]
    await merge(house, me(first), me(second))
    late += [await second.say("message:send", conversationId=other, content=content) for _ in range(10)]
    answers = [await second.answer(it) for it in late]
    told = (await second.event("user:merge"))["event"]["payload"]
    refused = [it["error"]["status"] for it in answers if it["type"] == "error"]
    assert refused == [404] * len(refused)
    assert len(refused) >= 10
    assert "mergedConversations" not in told
    said = await house.messages(other)
    assert len(said) == 1 + len(answers) - len(refused)


async def test_a_repeated_send_is_answered_as_before(house: House) -> None:
    group, visitor = await house.group("ann"), await house.device(guid="phone")
    other = await opens(visitor)
    first = await visitor.sends(other, "once", "m1")
    await visitor.ask("login", jwt=house.token("ann"))
    again = await visitor.sends(other, "once", "m1")
    assert (again["message"]["id"], again["duplicate"]) == (first["message"]["id"], True)
    assert len(await house.messages(other)) == 1
    await visitor.sends(group, "elsewhere", "m1")


async def test_nothing_that_is_kept_or_logged_holds_a_token(house: House, receiver: Receiver, tmp_path: Any) -> None:
    receiver.answer = 503
    await house.webhook(receiver.url, "user:merge", includeFullUser=True)
    first, second = await house.device(guid="first"), await house.device(guid="second")
    await merge(house, me(first), me(second))
    token = (await second.event("user:merge"))["event"]["payload"]["sessionToken"]
    await receiver.until(lambda: receiver.statuses)
    bytes_ = b"".join(it.read_bytes() for it in (tmp_path / "data").glob("gateway.db*"))
    assert token.encode() not in bytes_
    assert token not in str(receiver.calls)


async def test_all_that_is_acknowledged_while_two_are_merged_is_there_once(house: House) -> None:
    """Both speak as fast as they may, in their own conversation, and hear that they are one in the middle of it."""
    first, second = await house.device(guid="first"), await house.device(guid="second")
    own, other = await opens(first, "first"), await opens(second, "second")
    speakers = {first: own, second: other}

    async def speak(device: Device) -> list[str]:
        """The texts that were acknowledged."""
        content = [{"type": "text", "text": f"{device.guid} {it}"} for it in range(40)]
        asked = [
            await device.say("message:send", conversationId=speakers[device], clientMessageId=f"m{it}", content=text)
            for it, text in enumerate(content)
        ]
        answers = [await device.answer(it) for it in asked]
        assert {it["error"]["status"] for it in answers if it["type"] == "error"} <= {404}
        return [text["text"] for text, it in zip(content, answers, strict=True) if it["type"] == "ok"]

    mine, theirs, _ = await asyncio.gather(speak(first), speak(second), merge(house, me(first), me(second)))
    history = await house.history(own)
    assert len(mine) == 40
    assert sorted(texts(history)) == sorted([*mine, *theirs, "first", "second"])
    assert {it["author"]["userId"] for it in history} == {me(first)}
    times = [it["received"] for it in history]
    assert times == sorted(set(times))
    listed = (await first.ask("message:list", conversationId=own))["result"]["messages"]
    assert [it["seq"] for it in listed] == list(range(listed[0]["seq"], listed[0]["seq"] + len(listed)))


async def test_many_who_log_in_at_once_as_the_same_are_all_of_them_that_one(house: House) -> None:
    ann = await house.device("ann", "laptop")
    own = await opens(ann, "mine")
    visitors = [await house.device(guid=f"visitor{it}") for it in range(12)]

    async def visit(visitor: Device) -> None:
        room = await opens(visitor, visitor.guid)
        await visitor.sends(room, f"{visitor.guid} again", "m1")
        await visitor.ask("login", jwt=house.token("ann"))

    await asyncio.gather(*(visit(it) for it in visitors), ann.sends(own, "ann 0"))
    said = sorted(texts(await house.history(own)))
    assert said == sorted(["mine", "ann 0", *(it.guid for it in visitors), *(f"{it.guid} again" for it in visitors)])
    await house.says(own, "all of you")
    for device in visitors:
        told = await device.event("conversation:message")
        while told["event"]["payload"]["message"]["content"]["text"] != "all of you":
            told = await device.event("conversation:message")
    state = await ann.ask("conversation:get", conversationId=own)
    (seat,) = state["result"]["participants"]
    assert seat["userId"] == me(ann)
    devices = (await house.rest("GET", "/users/ann/devices")).body["devices"]
    assert {it["guid"] for it in devices} == {"laptop", *(it.guid for it in visitors)}
