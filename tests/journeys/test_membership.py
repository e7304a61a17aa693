"""Who is added hears at once; who is removed hears nothing more, from the commit on (law 8)."""

import asyncio

from tests.house_under_test import House


async def test_who_is_added_is_given_the_whole_conversation(house: House) -> None:
    room = await house.group("ann", displayName="Crew", metadata={"order": 7})
    await house.says(room, "before bob")
    await house.user("bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    joined = await house.joins("bob", room)
    own = await bob.event("conversation:join")
    payload = own["event"]["payload"]
    state = (await bob.ask("conversation:get", conversationId=room))["result"]
    assert (payload["conversation"], payload["seq"]) == (state["conversation"], state["seq"])
    assert [it["displayName"] for it in payload["participants"]] == ["Ann", "Bob"]
    assert [it["unreadCount"] for it in payload["participants"]] == [1, 0]
    assert payload["user"]["externalId"] == "bob"
    assert joined.body["participant"]["id"] in [it["id"] for it in payload["participants"]]

    theirs = await ann.event("conversation:join")
    assert theirs["seq"] == own["seq"] == state["seq"]
    assert theirs["event"]["payload"]["participant"]["userId"] == bob.welcome["user"]["id"]
    assert theirs["event"]["payload"]["user"]["displayName"] == "Bob"
    await house.says(room, "welcome")
    assert (await bob.event("conversation:message"))["seq"] == own["seq"] + 1


async def test_who_is_named_at_the_creation_is_told_of_it(house: House) -> None:
    await house.user("ann")
    ann, bob = await house.device("ann"), await house.device("bob")
    room = await house.group("ann", displayName="Crew")
    frame = await ann.event("conversation:create")
    assert frame["conversationId"] == room
    assert frame["seq"] == 1
    assert frame["event"]["payload"]["conversation"]["displayName"] == "Crew"
    assert [it["userExternalId"] for it in frame["event"]["payload"]["participants"]] == ["ann"]
    await bob.nothing_more()


async def test_who_is_removed_hears_of_it_and_nothing_after(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, pocket, bob = (
        await house.device("ann"),
        await house.device("ann", "pocket"),
        await house.device("bob"),
    )
    assert (await house.leaves("ann", room)).status == 200
    await house.says(room, "without ann")
    await bob.ask("typing:start", conversationId=room)
    for device in (ann, pocket):
        frame = await device.event("conversation:leave")
        assert frame["event"]["payload"]["user"]["externalId"] == "ann"
        await device.nothing_more()
    assert (await bob.event("conversation:leave"))["event"]["payload"]["user"]["externalId"] == "ann"
    assert (await bob.event("conversation:message"))["event"]["payload"]["message"]["content"]["text"] == "without ann"


async def test_a_removal_amid_talk_takes_effect_with_its_commit(house: House) -> None:
    """However the removal falls among the messages, ann hears all before it and none after."""
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await asyncio.gather(
        *(house.says(room, f"early {it}") for it in range(15)),
        house.leaves("ann", room),
        *(house.says(room, f"late {it}") for it in range(15)),
    )
    whole = [await bob.frame() for _ in range(31)]
    end = next(it["seq"] for it in whole if it["event"]["type"] == "conversation:leave")
    await ann.ask("ping")
    assert ann.heard == [it for it in whole if it["seq"] <= end]


async def test_to_who_was_removed_the_conversation_is_not_there(house: House) -> None:
    room = await house.group("ann", "bob")
    ann = await house.device("ann")
    await ann.sends(room, "was here")
    await house.leaves("ann", room)
    for command, fields in (
        ("message:send", {"content": {"type": "text", "text": "still here"}}),
        ("message:list", {}),
        ("events:since", {"seq": 0}),
        ("conversation:read", {}),
        ("conversation:get", {}),
        ("conversation:update", {"displayName": "Mine"}),
        ("typing:start", {}),
        ("postback", {"actionId": "any"}),
    ):
        answer = await ann.ask(command, conversationId=room, **fields)
        assert answer["type"] == "error", command
        assert answer["error"]["code"] == "conversation_not_found", command
    assert (await ann.ask("conversation:list"))["result"]["conversations"] == []
    assert (await house.device("ann", "new")).welcome["conversations"] == []


async def test_a_stranger_and_somebody_unheard_of_get_the_same_answer(house: House) -> None:
    room = await house.group("bob")
    ann = await house.device("ann")
    foreign = await ann.ask("message:list", conversationId=room)
    unknown = await ann.ask("message:list", conversationId="0" * 24)
    assert foreign["error"] == unknown["error"]


async def test_who_comes_back_hears_again(house: House) -> None:
    room = await house.group("ann", "bob")
    ann = await house.device("ann")
    await house.leaves("ann", room)
    await house.says(room, "away")
    await house.joins("ann", room)
    await house.says(room, "back")
    assert [(await ann.frame())["event"]["type"] for _ in range(3)] == [
        "conversation:leave",
        "conversation:join",
        "conversation:message",
    ]
    listed = (await ann.ask("message:list", conversationId=room))["result"]["messages"]
    assert [it["content"]["text"] for it in listed] == ["away", "back"]


async def test_a_removed_conversation_is_gone_for_all(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await house.says(room, "hi")
    assert (await house.rest("DELETE", f"/conversations/{room}")).status == 200
    for device in (ann, bob):
        assert (await device.event("conversation:remove"))["conversationId"] == room
        answer = await device.ask("message:list", conversationId=room)
        assert answer["error"]["status"] == 404
    assert (await house.rest("GET", f"/conversations/{room}")).code == "conversation_not_found"


async def test_a_deleted_user_leaves_their_groups(house: House) -> None:
    room, own = await house.group("ann", "bob"), await house.personal("ann")
    bob = await house.device("bob")
    await house.rest("DELETE", "/users/ann")
    assert (await bob.event("conversation:leave"))["event"]["payload"]["user"]["externalId"] == "ann"
    assert [it["userExternalId"] for it in await house.participants(room)] == ["bob"]
    assert (await house.rest("GET", f"/conversations/{own}")).status == 404
    await bob.nothing_more()
