"""Users over v1.1: what is absent keeps its value, whoever is forgotten is shown so, whoever goes is gone."""

import asyncio
from typing import Any

import pytest

from gateway.domain import limits
from tests.edge.v1.test_door import old_token
from tests.house_under_test import House, Json

FACTS: Json = {
    "userId": "ann",
    "givenName": "Ann",
    "surname": "Lee",
    "email": "ann@example.com",
    "signedUpAt": "2018-04-02T14:45:46.505Z",
    "properties": {"hobby": "chess", "age": 30, "vip": True},
}


async def changed(house: House, **changes: Any) -> Json:
    answer = await house.v1("PUT", "/appusers/ann", changes)
    assert answer.status == 200, answer
    assert await house.v1("GET", "/appusers/ann") == answer
    return dict(answer.body["appUser"])


async def test_a_user_is_made_with_all_that_is_said_of_them(house: House) -> None:
    made = await house.v1("POST", "/appusers", FACTS)
    user = made.body["appUser"]
    assert (made.status, len(user["_id"])) == (201, 24)
    assert user == {**FACTS, "_id": user["_id"], "conversationStarted": False, "clients": [], "pendingClients": []}
    by_id = await house.v1("GET", f"/appusers/{user['_id']}")
    assert by_id.body == made.body
    again = await house.v1("POST", "/appusers", FACTS)
    assert again.error == (409, "conflict", "User already exists")


async def test_what_is_absent_keeps_its_value(house: House) -> None:
    made = (await house.v1("POST", "/appusers", FACTS)).body["appUser"]
    assert await changed(house) == made
    assert await changed(house, surname="Ray") == {**made, "surname": "Ray"}
    user = await changed(house, properties={"age": 31, "city": "Montréal", "vip": None})
    assert user["properties"] == {"hobby": "chess", "age": 31, "city": "Montréal"}
    assert await changed(house, userId="bob", _id="x", unknown=[]) == user


@pytest.mark.parametrize("nothing", ["", None])
async def test_null_and_empty_texts_unset(house: House, nothing: str | None) -> None:
    await house.v1("POST", "/appusers", FACTS)
    user = await changed(house, givenName=nothing, email=nothing)
    assert "givenName" not in user
    assert "email" not in user
    assert user["surname"] == "Lee"
    assert (await changed(house, properties=None))["properties"] == {}
    made = await house.v1("POST", "/appusers", {"userId": "bob", "givenName": nothing})
    assert "givenName" not in made.body["appUser"]


async def test_properties_that_are_added_at_once_are_all_there(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    await asyncio.gather(*(house.v1("PUT", "/appusers/ann", {"properties": {str(it): it}}) for it in range(20)))
    user = (await house.v1("GET", "/appusers/ann")).body["appUser"]
    assert user["properties"] == {str(it): it for it in range(20)}


async def test_properties_have_to_fit_together(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann", "properties": {"a": "x" * (limits.METADATA_BYTES - 1)}})
    refused = await house.v1("PUT", "/appusers/ann", {"properties": {"b": 1}})
    assert refused.error == (
        400, "bad_request", "With what is kept of the user already, properties exceed 4096 bytes"
    )  # fmt: skip
    user = await changed(house, properties={"a": None, "b": 1})
    assert user["properties"] == {"b": 1}


async def test_v2_sees_the_same_user(house: House) -> None:
    made = (await house.v1("POST", "/appusers", FACTS)).body["appUser"]
    user = (await house.rest("GET", "/users/ann")).body["user"]
    assert (user["id"], user["externalId"], user["metadata"]) == (made["_id"], "ann", FACTS["properties"])
    assert user["profile"] == {"givenName": "Ann", "surname": "Lee", "email": "ann@example.com"}


async def test_devices_are_clients_under_their_own_ids(house: House) -> None:
    device = await house.device("ann", "my-guid")
    user = (await house.v1("GET", "/appusers/ann")).body["appUser"]
    (client,) = user["clients"]
    assert (client["id"], client["platform"], client["status"]) == ("my-guid", "web", "active")
    assert client["integrationId"] == house.integrations["web"]
    assert client["lastSeen"] == device.welcome["device"]["lastSeen"]


async def test_whoever_is_forgotten_keeps_their_history(house: House) -> None:
    await house.v1("POST", "/appusers", FACTS)
    await house.device("ann", "my-guid")
    await house.v1("POST", "/appusers/ann/messages", {"role": "appUser", "type": "text", "text": "Hello"})
    forgotten = await house.v1("DELETE", "/appusers/ann/profile")
    user = forgotten.body["appUser"]
    assert (forgotten.status, user["userId"], user["properties"]) == (200, "ann", {})
    assert {"givenName", "surname", "email"}.isdisjoint(user)
    assert user["clients"][0]["info"] == {}
    (message,) = (await house.v1("GET", "/appusers/ann/messages")).body["messages"]
    assert (message["text"], message["name"]) == ("Hello", f"User {user['_id']}")


async def test_whoever_goes_is_gone(house: House) -> None:
    made = (await house.v1("POST", "/appusers", FACTS)).body["appUser"]
    assert await house.v1("DELETE", "/appusers/ann") == (200, {})
    for name in ("ann", made["_id"]):
        assert (await house.v1("GET", f"/appusers/{name}")).error[:2] == (404, "user_not_found")
    assert (await house.v1("DELETE", "/appusers/ann")).error[:2] == (404, "user_not_found")
    assert (await house.v1("POST", "/appusers", FACTS)).body["appUser"]["_id"] != made["_id"]


async def test_a_user_changes_themselves_and_deletes_nobody(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    own = old_token(house, scope="appUser", userId="ann")
    assert (await house.v1("PUT", "/appusers/ann", {"givenName": "Ann"}, token=own)).status == 200
    for path in ("", "/profile"):
        assert (await house.v1("DELETE", f"/appusers/ann{path}", token=own)).error[:2] == (403, "forbidden")


async def test_a_code_lets_a_device_in(house: House) -> None:
    made = (await house.v1("POST", "/appusers", {"userId": "ann"})).body["appUser"]
    for path in ("/appusers/ann/authcode", f"/appusers/{made['_id']}/authCode"):
        given = await house.v1("GET", path)
        assert (given.status, list(given.body), given.body["authCode"][:3]) == (200, ["authCode"], "ac_")
        device = await house.device(guid=path, auth={"authCode": given.body["authCode"]})
        assert device.welcome["user"]["id"] == made["_id"]
    assert (await house.v1("GET", "/appusers/bob/authcode")).error[:2] == (404, "user_not_found")
    own = old_token(house, scope="appUser", userId="ann")
    assert (await house.v1("GET", "/appusers/ann/authcode", token=own)).error[:2] == (403, "forbidden")


async def _people(house: House, *names: str) -> list[str]:
    made = [await house.v1("POST", "/appusers", {"userId": it, "properties": {it: True}}) for it in names]
    return [it.body["appUser"]["_id"] for it in made]


async def test_two_users_become_one(house: House) -> None:
    ann, bob = await _people(house, "ann", "bob")
    for name in ("ann", "bob"):
        await house.v1("POST", f"/appusers/{name}/messages", {"role": "appUser", "type": "text", "text": name})
    body = {"surviving": {"_id": ann}, "discarded": {"_id": bob}}
    assert await house.v1("POST", "/appUsers/merge", body) == (200, {})
    user = (await house.v1("GET", "/appusers/ann")).body["appUser"]
    assert (user["_id"], user["properties"]) == (ann, {"ann": True, "bob": True})
    page = (await house.v1("GET", "/appusers/ann/messages")).body
    assert [(it["text"], it["authorId"]) for it in page["messages"]] == [("ann", ann), ("bob", ann)]
    for name in ("bob", bob):
        assert (await house.v1("GET", f"/appusers/{name}")).error[:2] == (404, "user_not_found")


async def test_a_wrong_merge_is_refused(house: House) -> None:
    ann, bob = await _people(house, "ann", "bob")
    merges: list[tuple[Any, int, str]] = [
        ({}, 400, "surviving"),
        ({"surviving": {"_id": ann}}, 400, "discarded"),
        ({"surviving": {}, "discarded": {"_id": bob}}, 400, "_id"),
        ({"surviving": ann, "discarded": bob}, 400, "surviving"),
        ({"surviving": {"_id": 7}, "discarded": {"_id": bob}}, 400, "surviving._id"),
        ({"surviving": {"_id": ann}, "discarded": {"_id": ann}}, 400, "two different users"),
        ({"surviving": {"_id": ann}, "discarded": {"_id": "0" * 24}}, 404, "User not found"),
        ({"surviving": {"_id": "ann"}, "discarded": {"_id": bob}}, 404, "User not found"),
    ]
    for body, status, word in merges:
        refused = await house.v1("POST", "/appusers/merge", body)
        assert (refused.error[0], word in refused.error[2]) == (status, True), refused
    own = old_token(house, scope="appUser", userId="ann")
    assert (await house.v1("POST", "/appusers/merge", {}, token=own)).error[:2] == (403, "forbidden")
