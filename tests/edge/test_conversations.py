"""Conversations and the default one of a user."""

from typing import Any

import pytest

from tests.edge.conftest import Rest
from tests.house_under_test import House

NOT_FOUND = (404, "conversation_not_found", "Conversation not found")


def seat(external_id: str) -> dict[str, Any]:
    return {"userExternalId": external_id, "subscribeSDKClient": False}


async def listed(rest: Rest, external_id: str) -> list[str]:
    answer = await rest("GET", f"/conversations?filter[userExternalId]={external_id}")
    return [it["id"] for it in answer.body["conversations"]]


async def test_a_group_from_birth_to_death(rest: Rest, house: House) -> None:
    await house.user("ann")
    facts = {
        "displayName": "Trip",
        "description": "to the sea",
        "iconUrl": "https://example.com/sea.png",
        "metadata": {"days": 3},
    }
    asked = {"type": "sdkGroup", "participants": [seat("ann")], **facts}
    made = await rest("POST", "/conversations", asked)
    assert made.status == 201
    room = made.body["conversation"]
    times = {"createdAt": room["createdAt"], "lastUpdatedAt": room["createdAt"]}
    assert room == {"id": room["id"], "type": "sdkGroup", "isDefault": False, **facts, **times}
    one = f"/conversations/{room['id']}"
    assert await rest("GET", one) == (200, made.body)
    assert await listed(rest, "ann") == [room["id"]]

    changed = await rest("PATCH", one, {"displayName": "Tour", "description": None, "metadata": {"people": 2}})
    expected = {**room, "displayName": "Tour", "metadata": {"people": 2}}
    del expected["description"]
    assert changed == (200, {"conversation": expected})
    assert await rest("PATCH", one, {}) == changed
    assert await rest("GET", one) == changed

    assert await rest("DELETE", one) == (200, {})
    for method in ("GET", "PATCH", "DELETE"):
        gone = await rest(method, one)
        assert (gone.status, gone.code, gone.title) == NOT_FOUND
    assert await listed(rest, "ann") == []


@pytest.mark.parametrize("participants", [{}, {"participants": None}, {"participants": []}])
async def test_a_group_may_begin_empty(rest: Rest, participants: dict[str, Any]) -> None:
    made = await rest("POST", "/conversations", {"type": "sdkGroup", **participants})
    assert made.status == 201
    found = await rest("GET", f"/conversations/{made.body['conversation']['id']}/participants")
    assert found.body == {"participants": [], "meta": {"hasMore": False}}


@pytest.mark.parametrize("guests", [[], ["ann", "bob"]])
async def test_a_personal_conversation_is_of_one(rest: Rest, house: House, guests: list[str]) -> None:
    for guest in guests:
        await house.user(guest)
    refused = await rest("POST", "/conversations", {"type": "personal", "participants": [seat(it) for it in guests]})
    assert (refused.status, refused.title) == (400, "A personal conversation has exactly one participant")


async def test_a_guest_who_is_not_there(rest: Rest, house: House) -> None:
    await house.user("ann")
    for nobody in ({"userId": "0" * 24}, {"userExternalId": "nobody"}, {"userExternalId": ""}):
        asked = {"type": "sdkGroup", "participants": [seat("ann"), nobody]}
        refused = await rest("POST", "/conversations", asked)
        assert (refused.status, refused.code) == (404, "user_not_found")
    assert await listed(rest, "ann") == []


async def test_a_guest_has_one_name(rest: Rest, house: House) -> None:
    await house.user("ann")
    for guest in ({}, {"userId": "x", "userExternalId": "ann"}, {"userId": None, "userExternalId": None}):
        refused = await rest("POST", "/conversations", {"type": "sdkGroup", "participants": [guest]})
        assert refused.status == 400
        assert "exactly one of userId and userExternalId" in refused.title


async def test_the_first_personal_conversation_is_the_default_and_stays(rest: Rest, house: House) -> None:
    group = await house.group("ann")
    first, second = await house.personal("ann"), await house.personal("ann")
    shown = [(await rest("GET", f"/conversations/{it}")).body["conversation"] for it in (group, first, second)]
    assert [it["isDefault"] for it in shown] == [False, True, False]
    refused = await rest("DELETE", f"/conversations/{first}")
    assert (refused.status, refused.code) == (400, "bad_request")
    assert refused.title == f"Conversation {first} cannot be deleted because it is the default."
    assert await rest("DELETE", f"/conversations/{second}") == (200, {})
    assert await listed(rest, "ann") == [group, first]


async def test_without_multi_convo_a_user_has_one_conversation(rest: Rest, house: House) -> None:
    made = await rest("POST", "/v2/apps", {"displayName": "small"}, key=house.account)
    app = f"/v2/apps/{made.body['app']['id']}"

    async def call(method: str, path: str, body: Any = None) -> Any:
        return await rest(method, f"{app}{path}", body, key=house.account)

    await call("POST", "/users", {"externalId": "ann"})
    personal = {"type": "personal", "participants": [seat("ann")]}
    first = await call("POST", "/conversations", personal)
    assert first.status == 201
    empty = await call("POST", "/conversations", {"type": "sdkGroup"})
    group = f"/conversations/{empty.body['conversation']['id']}"
    further = [
        ("/conversations", personal),
        ("/conversations", {"type": "sdkGroup", "participants": [seat("ann")]}),
        (f"{group}/join", seat("ann")),
    ]
    for path, body in further:
        refused = await call("POST", path, body)
        assert (refused.status, refused.code) == (400, "bad_request")
        assert "multiConvoEnabled" in refused.title
    assert (await call("PATCH", "", {"settings": {"multiConvoEnabled": True}})).status == 200
    for path, body in further:
        assert (await call("POST", path, body)).status == 201


async def test_a_list_asks_for_exactly_one_user(rest: Rest) -> None:
    for query in ("", "?filter[userId]=a&filter[userExternalId]=b", "?filter=%7B%7D"):
        refused = await rest("GET", f"/conversations{query}")
        assert (refused.status, refused.code) == (400, "bad_request")
        assert "filter should have exactly one of userId and userExternalId" in refused.title
    refused = await rest("GET", "/conversations?filter[userId]=nobody")
    assert (refused.status, refused.code) == (404, "user_not_found")


async def test_nulls_on_create_say_nothing(rest: Rest) -> None:
    nulls = dict.fromkeys(("displayName", "description", "iconUrl", "metadata", "participants"))
    made = await rest("POST", "/conversations", {"type": "sdkGroup", **nulls})
    assert made.status == 201
    assert made.body["conversation"].keys() == {"id", "type", "isDefault", "createdAt", "lastUpdatedAt"}


async def test_a_subscribed_guest_has_an_sdk_client(rest: Rest, house: House) -> None:
    for name in ("ann", "bob"):
        await house.user(name)
    guests = [
        {"userExternalId": "ann", "subscribeSDKClient": True},
        {"userExternalId": "bob", "subscribeSDKClient": False},
    ]
    made = await rest("POST", "/conversations", {"type": "sdkGroup", "participants": guests})
    found = await rest("GET", f"/conversations/{made.body['conversation']['id']}/participants")
    ann, bob = found.body["participants"]
    assert [it["type"] for it in ann["clientAssociations"]] == ["sdk"]
    assert bob["clientAssociations"] == []
