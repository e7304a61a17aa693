"""Who sits in a conversation: listed, joining, leaving, by each name a participant has."""

import pytest

from gateway.flow.provision import Credentials
from tests.edge.conftest import Rest
from tests.house_under_test import House


async def names(house: House, room: str) -> list[str]:
    return [it["userExternalId"] for it in await house.participants(room)]


@pytest.mark.parametrize("by", ["userId", "userExternalId"])
async def test_joining_by_either_name(rest: Rest, house: House, by: str) -> None:
    room = await house.group("ann")
    bob = await house.user("bob")
    name = bob if by == "userId" else "bob"
    joined = await rest("POST", f"/conversations/{room}/join", {by: name, "subscribeSDKClient": False})
    assert joined.status == 201
    participant = joined.body["participant"]
    assert participant == {
        "id": participant["id"],
        "userId": bob,
        "userExternalId": "bob",
        "unreadCount": 0,
        "clientAssociations": [],
    }
    assert (await house.participants(room))[1] == participant


async def test_a_subscribed_guest_is_shown_with_a_client(rest: Rest, house: House) -> None:
    room = await house.group("ann")
    await house.user("bob")
    joined = await rest("POST", f"/conversations/{room}/join", {"userExternalId": "bob", "subscribeSDKClient": True})
    (client,) = joined.body["participant"]["clientAssociations"]
    assert client["type"] == "sdk"
    assert (await house.participants(room))[1] == joined.body["participant"]


@pytest.mark.parametrize("by", ["userId", "userExternalId", "participantId"])
async def test_leaving_by_any_name(rest: Rest, house: House, by: str) -> None:
    room = await house.group("ann", "bob")
    bob = (await house.participants(room))[1]
    name = {"userId": bob["userId"], "userExternalId": "bob", "participantId": bob["id"]}[by]
    assert await rest("POST", f"/conversations/{room}/leave", {by: name}) == (200, {})
    assert await names(house, room) == ["ann"]
    again = await rest("POST", f"/conversations/{room}/leave", {by: name})
    assert (again.status, again.code, again.title) == (404, "not_found", "User is not a member of the conversation")


async def test_joining_again_after_leaving_is_a_new_seat(rest: Rest, house: House) -> None:
    room = await house.group("ann", "bob")
    before = (await house.participants(room))[1]
    await house.leaves("bob", room)
    joined = await house.joins("bob", room)
    assert joined.body["participant"]["id"] != before["id"]
    assert await names(house, room) == ["ann", "bob"]


async def test_a_name_that_is_nobodys(rest: Rest, house: House, other: Credentials) -> None:
    room = await house.group("ann")
    theirs = await rest(
        "POST", f"/v2/apps/{other.app_id}/users", {"externalId": "eve"}, key=(other.key_id, other.secret)
    )
    stranger = theirs.body["user"]["id"]
    for body in ({"userId": stranger}, {"userExternalId": "eve"}, {"userId": "0" * 24}):
        for verb in ("join", "leave"):
            refused = await rest("POST", f"/conversations/{room}/{verb}", body)
            assert (refused.status, refused.code) == (404, "user_not_found")
    refused = await rest("POST", f"/conversations/{room}/leave", {"participantId": "0" * 24})
    assert (refused.status, refused.code) == (404, "not_found")
    assert await names(house, room) == ["ann"]


async def test_exactly_one_name(rest: Rest, house: House) -> None:
    room = await house.group("ann")
    for body in (None, {}, {"userId": None}, {"userId": "a", "userExternalId": "b"}):
        for verb in ("join", "leave"):
            refused = await rest("POST", f"/conversations/{room}/{verb}", body)
            assert refused.status == 400
            assert "exactly one of userId" in refused.title
    refused = await rest("POST", f"/conversations/{room}/leave", {"userExternalId": "ann", "participantId": "x"})
    assert refused.status == 400
    assert await names(house, room) == ["ann"]


async def test_nobody_joins_or_leaves_a_personal_conversation(rest: Rest, house: House) -> None:
    room = await house.personal("ann")
    assert (await house.joins("bob", room)).title == "Only sdkGroup conversations can be joined"
    refused = await house.leaves("ann", room)
    assert (refused.status, refused.title) == (400, "The user of a personal conversation cannot leave it")


async def test_a_conversation_that_is_not_there(rest: Rest, house: House) -> None:
    await house.user("ann")
    nowhere = f"/conversations/{'0' * 24}"
    for method, path, body in (
        ("GET", f"{nowhere}/participants", None),
        ("POST", f"{nowhere}/join", {"userExternalId": "ann"}),
        ("POST", f"{nowhere}/leave", {"userExternalId": "ann"}),
    ):
        refused = await rest(method, path, body)
        assert (refused.status, refused.code) == (404, "conversation_not_found")
