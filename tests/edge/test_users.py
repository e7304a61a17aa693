"""Users, by id and by external id."""

from typing import Any
from urllib.parse import quote

import pytest

from gateway.flow.provision import Credentials
from tests.edge.conftest import Rest
from tests.house_under_test import House

NOT_FOUND = (404, "user_not_found", "User not found")

NAMES = [
    "ann",
    "a/b c@d",
    "100%",
    "a%2Fb",
    "%zz",
    " ",
    "?a=b#c",
    "..",
    "a+b",
    "Zoë 日本 🙂",
    "line\nbreak",
    "me",
    "0123456789abcdef01234567",
    "x" * 1024,
    "🙂" * 1024,
]


def path_of(external_id: str) -> str:
    """A user's path, as clients write it: every character encoded that may be."""
    return f"/users/{quote(external_id, safe='').replace('.', '%2E')}"


async def test_a_user_from_birth_to_death(rest: Rest) -> None:
    asked: dict[str, Any] = {
        "externalId": "ann",
        "signedUpAt": "2020-02-29T12:34:56.789Z",
        "toBeRetained": True,
        "profile": {
            "givenName": "Ann",
            "surname": "Lee",
            "email": "ann@example.com",
            "avatarUrl": "https://example.com/ann.png",
            "locale": "en-GB",
        },
        "metadata": {"vip": True, "orders": 3, "rate": 0.5, "plan": "gold"},
    }
    made = await rest("POST", "/users", asked)
    assert made.status == 201
    user = made.body["user"]
    assert user == {"id": user["id"], "authenticated": False, "identities": [], **asked}
    for name in (user["id"], "ann"):
        assert await rest("GET", f"/users/{name}") == (200, {"user": user})

    change = {"profile": {"surname": None, "givenName": "Anna"}, "toBeRetained": False, "metadata": {"vip": False}}
    changed = await rest("PATCH", "/users/ann", change)
    profile = {"givenName": "Anna", **{k: v for k, v in asked["profile"].items() if k not in ("givenName", "surname")}}
    assert changed == (200, {"user": {**user, **change, "profile": profile}})
    assert await rest("GET", f"/users/{user['id']}") == changed

    assert await rest("DELETE", "/users/ann") == (200, {})
    for method in ("GET", "PATCH", "DELETE"):
        gone = await rest(method, "/users/ann")
        assert (gone.status, gone.code, gone.title) == NOT_FOUND


@pytest.mark.parametrize("body", [None, {}, {"externalId": None, "profile": None, "metadata": None}])
async def test_a_user_needs_nothing_to_be_made(rest: Rest, body: Any) -> None:
    made = await rest("POST", "/users", body)
    assert made.status == 201
    user = made.body["user"]
    assert "externalId" not in user
    assert (user["profile"], user["metadata"]) == ({}, {})
    assert await rest("GET", f"/users/{user['id']}") == (200, made.body)


async def test_an_empty_body_with_a_content_type_is_no_body(rest: Rest) -> None:
    made = await rest("POST", "/users", data=b"", headers={"Content-Type": "application/json"})
    assert made.status == 201


@pytest.mark.parametrize("external_id", NAMES, ids=lambda it: ascii(it[:24]))
async def test_any_external_id_is_a_path_segment(rest: Rest, external_id: str) -> None:
    made = await rest("POST", "/users", {"externalId": external_id})
    assert made.status == 201
    assert made.body["user"]["externalId"] == external_id
    path = path_of(external_id)
    assert await rest("GET", path) == (200, made.body)
    assert (await rest("PATCH", path, {"metadata": {"seen": 1}})).body["user"]["id"] == made.body["user"]["id"]
    again = await rest("POST", "/users", {"externalId": external_id})
    assert (again.status, again.code, again.title) == (409, "conflict", "User already exists")
    assert await rest("DELETE", path) == (200, {})
    assert (await rest("POST", "/users", {"externalId": external_id})).status == 201


async def test_an_external_id_that_looks_like_another_users_id(rest: Rest) -> None:
    """An id is looked for first; by `userExternalId` the other one is found."""
    ann = (await rest("POST", "/users", {"externalId": "ann"})).body["user"]
    eve = (await rest("POST", "/users", {"externalId": ann["id"]})).body["user"]
    assert (await rest("GET", f"/users/{ann['id']}")).body["user"] == ann
    for seat, user in (({"userExternalId": ann["id"]}, eve), ({"userId": ann["id"]}, ann)):
        body = {"type": "personal", "participants": [{**seat, "subscribeSDKClient": False}]}
        room = (await rest("POST", "/conversations", body)).body["conversation"]["id"]
        (found,) = (await rest("GET", f"/conversations/{room}/participants")).body["participants"]
        assert found["userId"] == user["id"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.000Z"),
        ("2020-01-01T02:00:00.001+02:00", "2020-01-01T00:00:00.001Z"),
        ("2026-11-21T07:33:09.559Z", "2026-11-21T07:33:09.559Z"),
        ("1970-01-01T00:00:00+14:00", "1969-12-31T10:00:00.000Z"),
        ("9998-12-31T23:59:59.999-14:00", "9999-01-01T13:59:59.999Z"),
    ],
)
async def test_a_time_is_kept_to_the_millisecond(rest: Rest, sent: str, kept: str) -> None:
    made = await rest("POST", "/users", {"signedUpAt": sent})
    assert made.body["user"]["signedUpAt"] == kept
    assert await rest("GET", f"/users/{made.body['user']['id']}") == (200, made.body)


@pytest.mark.parametrize("sent", ["0001-01-01T00:00:00+14:00", "1969-12-31T00:00:00Z", "9999-12-31T23:59:59-14:00"])
async def test_a_time_that_nobody_signed_up_at(rest: Rest, sent: str) -> None:
    refused = await rest("POST", "/users", {"signedUpAt": sent})
    assert (refused.status, refused.title) == (400, "signedUpAt should be between 1970 and 9999")


async def test_an_external_id_cannot_be_changed(rest: Rest) -> None:
    await rest("POST", "/users", {"externalId": "ann"})
    changed = await rest("PATCH", "/users/ann", {"externalId": "bob"})
    assert changed.body["user"]["externalId"] == "ann"
    assert (await rest("GET", "/users/bob")).status == 404


async def test_a_deleted_user_leaves_groups_and_takes_personal_conversations(rest: Rest, house: House) -> None:
    personal = await house.personal("ann")
    group = await house.group("ann", "bob")
    assert await rest("DELETE", "/users/ann") == (200, {})
    assert (await rest("GET", f"/conversations/{personal}")).code == "conversation_not_found"
    assert [it["userExternalId"] for it in await house.participants(group)] == ["bob"]


async def test_the_same_external_id_in_two_apps_is_two_users(rest: Rest, house: House, other: Credentials) -> None:
    mine = await house.user("ann")
    theirs = await rest(
        "POST", f"/v2/apps/{other.app_id}/users", {"externalId": "ann"}, key=(other.key_id, other.secret)
    )
    assert theirs.status == 201
    assert theirs.body["user"]["id"] != mine
    assert (await rest("GET", f"/users/{theirs.body['user']['id']}")).code == "user_not_found"
