"""Who a user is: within a brand, by a verified e-mail, and by what a token says besides."""

from typing import Any

import pytest

from tests.edge.conftest import Rest
from tests.house_under_test import House, Json


def verified(house: House, name: str, email: Any, **claims: Any) -> Json:
    """The auth of a hello, whose token says so."""
    return {"jwt": house.token(name, email=email, **{"email_verified": True, **claims})}


async def found(rest: Rest, email: str, query: str = "") -> list[str]:
    answer = await rest("GET", f"/users?filter[identities.email]={email}{query}")
    assert answer.status == 200
    return [it["externalId"] for it in answer.body["users"]]


async def test_a_verified_email_is_an_identity(rest: Rest, house: House) -> None:
    device = await house.device(guid="a", auth=verified(house, "ann", "Ann@Example.com"))
    identity = {"type": "email", "value": "Ann@Example.com", "verification": "sso"}
    user = (await rest("GET", "/users/ann")).body["user"]
    assert user["identities"] == device.welcome["user"]["identities"] == [identity]
    assert user["profile"] == {}
    for email in ("Ann@Example.com", "ann@example.com", "ANN%40EXAMPLE.COM"):
        assert await found(rest, email) == ["ann"]
    assert await found(rest, "ann@example") == []


async def test_the_other_way_to_write_a_filter(rest: Rest, house: House) -> None:
    await house.device(guid="a", auth=verified(house, "ann", "ann@example.com"))
    answer = await rest("GET", "/users?filter=%7B%22identities.email%22%3A%20%22ann%40example.com%22%7D")
    assert [it["externalId"] for it in answer.body["users"]] == ["ann"]


@pytest.mark.parametrize("query", ["", "?filter[email]=a@b", "?filter[identities.email]=", "?filter[userId]=x"])
async def test_the_filter_is_needed(rest: Rest, query: str) -> None:
    refused = await rest("GET", f"/users{query}")
    assert refused.status == 400
    assert "identities.email" in refused.title
    assert "Object" not in refused.title


@pytest.mark.parametrize(
    ("email", "claims"),
    [
        ("ann@example.com", {"email_verified": False}),
        ("ann@example.com", {"email_verified": "true"}),
        (7, {}),
        ("", {}),
        (" ", {}),
        ("x" * 129, {}),
        (None, {}),
        ("a\x00b", {}),
    ],
)
async def test_what_proves_no_email_lets_in_all_the_same(rest: Rest, house: House, email: Any, claims: Json) -> None:
    device = await house.device(guid="a", auth=verified(house, "ann", email, **claims))
    assert device.welcome["user"]["identities"] == []


async def test_a_profiles_email_proves_nothing(rest: Rest, house: House) -> None:
    await rest("POST", "/users", {"externalId": "eve", "profile": {"email": "ann@example.com"}})
    await house.device(guid="a", auth=verified(house, "ann", "ann@example.com"))
    assert await found(rest, "ann@example.com") == ["ann"]


async def test_the_newest_email_counts(rest: Rest, house: House) -> None:
    await house.device(guid="a", auth=verified(house, "ann", "old@example.com"))
    phone = await house.device(guid="b", auth=verified(house, "ann", "new@example.com"))
    assert [it["value"] for it in phone.welcome["user"]["identities"]] == ["new@example.com"]
    assert await found(rest, "old@example.com") == []
    await house.device("ann", "c")  # whose token says nothing of an e-mail
    assert await found(rest, "new@example.com") == ["ann"]


async def test_two_users_with_one_email_are_both_found(rest: Rest, house: House) -> None:
    for name in ("ann", "bob"):
        await house.device(guid=name, auth=verified(house, name, "desk@example.com"))
    assert await found(rest, "DESK@example.com") == ["ann", "bob"]
    await rest("DELETE", "/users/ann")
    assert await found(rest, "desk@example.com") == ["bob"]


async def test_a_login_tells_its_email(rest: Rest, house: House) -> None:
    device = await house.device(guid="a")
    token = house.token("ann", email="ann@example.com", email_verified=True)
    answer = await device.ask("login", jwt=token)
    assert [it["value"] for it in answer["result"]["user"]["identities"]] == ["ann@example.com"]
    assert await found(rest, "ann@example.com") == ["ann"]


async def test_a_tokens_name_fills_a_gap(rest: Rest, house: House) -> None:
    await house.device(guid="a", auth={"jwt": house.token("ann", name="Ann Lee")})
    await house.device(guid="b", auth={"jwt": house.token("ann", name="Somebody Else")})
    assert (await rest("GET", "/users/ann")).body["user"]["profile"] == {"givenName": "Ann Lee"}
    await rest("POST", "/users", {"externalId": "bob", "profile": {"surname": "Ray"}})
    await house.device(guid="c", auth={"jwt": house.token("bob", name="Robert")})
    assert (await rest("GET", "/users/bob")).body["user"]["profile"] == {"surname": "Ray"}


async def test_an_external_id_is_unique_within_its_brand(rest: Rest) -> None:
    made = {}
    for brand in ("north", "south", None):
        answer = await rest("POST", "/users", {"externalId": "ann", "brandId": brand})
        assert answer.status == 201
        made[brand] = answer.body["user"]
        assert made[brand].get("brandId") == brand
        again = await rest("POST", "/users", {"externalId": "ann", "brandId": brand})
        assert (again.status, again.code) == (409, "conflict")
    assert len({it["id"] for it in made.values()}) == 3
    assert (await rest("GET", "/users/ann")).body["user"] == made[None]
    for brand in ("north", "south"):
        assert (await rest("GET", f"/users/ann?brandId={brand}")).body["user"] == made[brand]
    assert (await rest("GET", "/users/ann?brandId=west")).code == "user_not_found"
    assert (await rest("GET", f"/users/{made['north']['id']}")).body["user"] == made["north"]


async def test_who_is_meant_without_a_brand(rest: Rest, house: House) -> None:
    """The one without, else the only one; of two, nobody."""
    north = (await rest("POST", "/users", {"externalId": "ann", "brandId": "north"})).body["user"]
    assert (await rest("GET", "/users/ann")).body["user"] == north
    room = await rest("POST", "/conversations", {"type": "personal", "participants": [{"userExternalId": "ann"}]})
    assert room.status == 201
    await rest("POST", "/users", {"externalId": "ann", "brandId": "south"})
    assert (await rest("GET", "/users/ann")).code == "user_not_found"
    plain = (await rest("POST", "/users", {"externalId": "ann"})).body["user"]
    assert (await rest("GET", "/users/ann")).body["user"] == plain
    await rest("DELETE", f"/users/{plain['id']}")
    await rest("DELETE", "/users/ann?brandId=south")
    assert (await rest("GET", "/users/ann")).body["user"]["id"] == north["id"]


async def test_every_route_of_a_user_knows_brands(rest: Rest) -> None:
    for brand in ("north", "south"):
        await rest("POST", "/users", {"externalId": "ann", "brandId": brand})
    for path in ("", "/clients", "/devices"):
        assert (await rest("GET", f"/users/ann{path}?brandId=north")).status == 200
        assert (await rest("GET", f"/users/ann{path}")).code == "user_not_found"
        assert (await rest("GET", f"/users/ann{path}?brandId=")).status == 400
    changed = await rest("PATCH", "/users/ann?brandId=south", {"metadata": {"a": 1}})
    assert changed.body["user"]["brandId"] == "south"
    assert (await rest("GET", "/users/ann?brandId=north")).body["user"]["metadata"] == {}


async def test_an_author_of_a_brand(rest: Rest, house: House) -> None:
    users = [
        (await rest("POST", "/users", {"externalId": "ann", "brandId": brand})).body["user"]["id"]
        for brand in ("north", "south")
    ]
    seats = [{"userId": it} for it in users]
    room = (await rest("POST", "/conversations", {"type": "sdkGroup", "participants": seats})).body["conversation"]
    for brand, user in zip(("north", "south"), users, strict=True):
        author = {"type": "user", "userExternalId": "ann", "brandId": brand}
        body = {"author": author, "content": {"type": "text", "text": "hi"}}
        said = await rest("POST", f"/conversations/{room['id']}/messages", body)
        assert said.body["messages"][0]["author"]["userId"] == user


@pytest.mark.parametrize("brand", ["", "x" * 25, 5, "a\x00"])
async def test_a_brand_has_1_to_24_characters(rest: Rest, brand: Any) -> None:
    refused = await rest("POST", "/users", {"externalId": "ann", "brandId": brand})
    assert (refused.status, "brandId" in refused.title) == (400, True)
    assert (await rest("POST", "/users", {"externalId": "ann", "brandId": "x" * 24})).status == 201
