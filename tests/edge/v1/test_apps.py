"""Apps and their keys, as v1.1 has them."""

from typing import Any

import jwt as pyjwt
import pytest

from gateway.domain.limits import APP_KEYS
from tests.edge.v1.bodies import ODD, spoilt
from tests.house_under_test import Answer, House, Json

SETTINGS = {
    "conversationRetentionSeconds": 0,
    "maskCreditCardNumbers": True,
    "useAnimalNames": False,
    "echoPostback": False,
    "ignoreAutoConversationStart": False,
    "multiConvoEnabled": False,
}


async def made(house: House, **facts: Any) -> Json:
    answer = await house.v1("POST", "/v1.1/apps", {"name": "shop", **facts}, key=house.account)
    assert answer.status == 201, answer
    return dict(answer.body["app"])


async def test_an_app_from_birth_to_death(house: House) -> None:
    app = await made(house, settings={"useAnimalNames": True}, metadata={"tier": 3})
    one = f"/v1.1/apps/{app['_id']}"
    assert app == {
        "_id": app["_id"],
        "appToken": app["appToken"],
        "name": "shop",
        "settings": {**SETTINGS, "useAnimalNames": True},
        "metadata": {"tier": 3},
    }
    assert len(app["appToken"]) == 25
    assert await house.v1("GET", one, key=house.account) == (200, {"app": app})
    changed = await house.v1("PUT", one, {"name": "store", "settings": {"echoPostback": True}}, key=house.account)
    settings = {**app["settings"], "echoPostback": True}
    assert changed == (200, {"app": {**app, "name": "store", "settings": settings}})
    assert await house.v1("DELETE", one, key=house.account) == (200, {})
    assert (await house.v1("GET", one, key=house.account)).error == (404, "app_not_found", "App not found")


async def test_it_is_the_app_that_v2_shows(house: House) -> None:
    shown = (await house.v1("GET", "")).body["app"]
    same = (await house.rest("GET", "")).body["app"]
    assert (shown["_id"], shown["name"], shown["metadata"]) == (same["id"], same["displayName"], same["metadata"])
    assert shown["settings"].items() <= same["settings"].items()


async def test_nothing_changes_that_is_not_named(house: House) -> None:
    app = await made(house, metadata={"tier": 3})
    for body in ({}, None, {"settings": None}, {"unknown": 1}):
        answer = await house.v1("PUT", f"/v1.1/apps/{app['_id']}", body, key=house.account)
        assert answer == (200, {"app": app})
    emptied = await house.v1("PUT", f"/v1.1/apps/{app['_id']}", {"metadata": None}, key=house.account)
    assert emptied.body["app"]["metadata"] == {}


async def test_apps_are_listed_by_offset(house: House) -> None:
    ids = [house.app_id, *[(await made(house, name=f"app {it}"))["_id"] for it in range(4)]]

    async def page(query: str) -> tuple[list[str], bool, int]:
        body = (await house.v1("GET", f"/v1.1/apps{query}", key=house.account)).body
        return [it["_id"] for it in body["apps"]], body["hasMore"], body["offset"]

    assert await page("") == (ids, False, 0)
    assert await page("?limit=2") == (ids[:2], True, 0)
    assert await page("?limit=2&offset=3") == (ids[3:], False, 3)
    assert await page("?limit=2&offset=2") == (ids[2:4], True, 2)
    assert await page("?offset=9007199254740991") == ([], False, 9007199254740991)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("limit=", "limit"),
        ("offset=-1", "offset"),
        ("offset=9007199254740992", "offset"),
        ("offset=1.5", "offset"),
    ],
)
async def test_a_page_that_is_none(house: House, query: str, named: str) -> None:
    refused = await house.v1("GET", f"/v1.1/apps?{query}", key=house.account)
    assert refused.error[:2] == (400, "bad_request")
    assert refused.error[2].startswith(f"{named}: ")


async def test_the_first_integration_of_each_platform(house: House) -> None:
    first = {f"{it}IntegrationId": house.integrations[it] for it in ("android", "ios", "web")}
    await house.rest("POST", "/integrations", {"type": "web"})
    assert await house.v1("GET", "/sdks") == (200, first)
    bare = await made(house)
    assert await house.v1("GET", f"/v1.1/apps/{bare['_id']}/sdks", key=house.account) == (200, {})
    await house.rest("DELETE", f"/integrations/{house.integrations['web']}")
    assert (await house.v1("GET", "/sdks")).body["webIntegrationId"] != house.integrations["web"]


@pytest.mark.parametrize(("change", "named"), ODD["app"], ids=str)
async def test_odd_apps_are_refused_by_name(house: House, change: Json, named: str) -> None:
    for method, path in (("POST", "/v1.1/apps"), ("PUT", f"/v1.1/apps/{house.app_id}")):
        refused = await house.v1(method, path, {"name": "x", **change}, key=house.account)
        assert spoilt(refused, named)


# Keys


async def keys(house: House) -> Answer:
    return await house.v1("GET", "/keys")


@pytest.mark.parametrize("family", ["apps", "implied"])
async def test_a_key_from_birth_to_death(house: House, family: str) -> None:
    answer = await house.v1("POST", "/keys", {"name": "backend"}, family=family)
    key = answer.body["key"]
    assert answer == (201, {"key": {"_id": key["_id"], "name": "backend", "secret": key["secret"]}})
    assert key["_id"].startswith("app_")
    own = {"_id": house.key[0], "name": "app", "secret": house.key[1]}
    assert await house.v1("GET", "/keys", family=family) == (200, {"keys": [own, key]})
    one = f"/keys/{key['_id']}"
    assert await house.v1("GET", one, family=family) == (200, {"key": key})
    signed = await house.v1("GET", f"{one}/jwt", family=family)
    assert (signed.status, list(signed.body)) == (200, ["jwt"])
    assert pyjwt.get_unverified_header(signed.body["jwt"])["kid"] == key["_id"]
    claims = pyjwt.decode(signed.body["jwt"], key["secret"], algorithms=["HS256"])
    assert (claims["scope"], type(claims["iat"]), sorted(claims)) == ("app", int, ["iat", "scope"])

    assert (await house.v1("GET", "", token=signed.body["jwt"])).status == 200
    assert await house.v1("DELETE", one, family=family) == (200, {})
    assert (await house.v1("GET", "", token=signed.body["jwt"])).error[:2] == (401, "unauthorized")
    for path in (one, f"{one}/jwt"):
        assert (await house.v1("GET", path, family=family)).error == (404, "not_found", "Resource not found")
    assert (await house.v1("DELETE", one)).error == (404, "app_not_found", "The app has no key with this id")


async def test_no_eleventh_key(house: House) -> None:
    for number in range(APP_KEYS - 1):
        assert (await house.v1("POST", "/keys", {"name": f"key {number}"})).status == 201
    refused = await house.v1("POST", "/keys", {"name": "one more"})
    assert refused.error == (400, "bad_request", "At most 10 keys per app")


async def test_keys_of_integrations_are_not_the_apps(house: House) -> None:
    bot = await house.webhook("https://example.org")
    made = await house.rest("POST", f"/integrations/{bot['id']}/keys", {"displayName": "bot"})
    assert len((await keys(house)).body["keys"]) == 1
    assert (await house.v1("GET", f"/keys/{made.body['key']['id']}")).error[:2] == (404, "not_found")


@pytest.mark.parametrize(("change", "named"), ODD["key"], ids=str)
async def test_odd_keys_are_refused_by_name(house: House, change: Json, named: str) -> None:
    assert spoilt(await house.v1("POST", "/keys", change), named)
