"""Integrations of v1.1: the same that v2 has, but for custom ones."""

from typing import Any

import pytest

from tests.edge.v1.bodies import ODD, odd, spoilt
from tests.house_under_test import House, Json

NOT_FOUND = (404, "integration_not_found", "Integration not found")
FIELDS: dict[str, Json] = {
    "android": {"serverKey": "s3cret", "senderId": "7"},
    "apple": {"businessId": "b", "apiSecret": "s3cret", "mspId": "m"},
    "instagram": {"pageAccessToken": "s3cret", "appId": "a", "appSecret": "s3cret"},
    "ios": {"certificate": "s3cret", "password": "s3cret", "production": False, "autoUpdateBadge": True},
    "line": {"channelId": "c", "channelAccessToken": "s3cret", "channelSecret": "s3cret"},
    "mailgun": {"apiKey": "s3cret", "domain": "d.example", "incomingAddress": "in@d.example"},
    "messagebird": {"accessKey": "s3cret", "signingKey": "s3cret", "originator": "o"},
    "messenger": {"pageAccessToken": "s3cret", "appId": "a", "appSecret": "s3cret"},
    "telegram": {"token": "s3cret"},
    "twilio": {"accountSid": "a", "authToken": "s3cret", "phoneNumberSid": "p"},
    "twitter": {
        "tier": "enterprise",
        "consumerKey": "s3cret",
        "consumerSecret": "s3cret",
        "accessTokenKey": "s3cret",
        "accessTokenSecret": "s3cret",
    },
    "viber": {"token": "s3cret"},
    "web": {"brandColor": "00ff00"},
    "whatsapp": {"accountId": "a"},
}
ELSEWHERE = [
    ("GET", "messageTemplates"),
    ("POST", "messageTemplates"),
    ("GET", "profile"),
    ("PUT", "profile"),
    ("POST", "profile/photo"),
    ("DELETE", "profile/photo"),
]


async def made(house: House, kind: str, **facts: Any) -> Json:
    answer = await house.v1("POST", "/integrations", {"type": kind, **FIELDS[kind], **facts})
    assert answer.status == 201, answer
    return dict(answer.body["integration"])


@pytest.mark.parametrize("kind", FIELDS)
async def test_an_integration_of_every_type(house: House, kind: str) -> None:
    it = await made(house, kind, displayName="Mine")
    one = f"/integrations/{it['_id']}"
    status = "active" if kind in ("android", "ios", "web") else "inactive"
    assert (it["type"], it["status"], it["displayName"]) == (kind, status, "Mine")
    assert "s3cret" not in str(it)
    shown = {name: value for name, value in FIELDS[kind].items() if value != "s3cret"}
    assert shown.items() <= it.items()
    assert await house.v1("GET", one, family="implied") == (200, {"integration": it})
    assert await house.v1("PUT", one, {"displayName": "Ours"}) == (200, {"integration": {**it, "displayName": "Ours"}})
    assert it["_id"] in [found["_id"] for found in (await house.v1("GET", "/integrations")).body["integrations"]]
    same = (await house.rest("GET", f"/integrations/{it['_id']}")).body["integration"]
    assert (same["type"], same["displayName"]) == (kind, "Ours")
    assert await house.v1("DELETE", one) == (200, {})
    for method in ("GET", "PUT", "DELETE"):
        assert (await house.v1(method, one)).error == NOT_FOUND


async def test_a_web_messenger_from_birth(house: House) -> None:
    other = house.integrations["ios"]
    it = await made(house, "web", brandColor=None, integrationOrder=[other], originWhitelist=["https://shop.example"])
    assert it == {
        "_id": it["_id"],
        "type": "web",
        "status": "active",
        "brandColor": "65758e",
        "fixedIntroPane": False,
        "conversationColor": "0099ff",
        "actionColor": "0099ff",
        "displayStyle": "button",
        "buttonWidth": "58",
        "buttonHeight": "58",
        "integrationOrder": [other],
        "originWhitelist": ["https://shop.example"],
    }
    changes = {"displayStyle": "tab", "originWhitelist": None, "businessName": "Shop", "unknown": 1}
    changed = (await house.v1("PUT", f"/integrations/{it['_id']}", changes)).body["integration"]
    expected = {**it, "displayStyle": "tab", "businessName": "Shop"}
    del expected["originWhitelist"]
    assert changed == expected


async def test_what_is_read_may_be_sent_back(house: House) -> None:
    for kind in FIELDS:
        it = await made(house, kind)
        assert await house.v1("PUT", f"/integrations/{it['_id']}", it) == (200, {"integration": it})


async def test_what_lasts_cannot_be_changed(house: House) -> None:
    it = await made(house, "twilio")
    for change in ({"type": "web"}, {"status": "error"}, {"accountSid": "b"}):
        (field,) = change
        refused = await house.v1("PUT", f"/integrations/{it['_id']}", change)
        words = f"{field} cannot be changed: delete the integration and create it again"
        assert refused.error == (400, "bad_request", words)
    assert await house.v1("GET", f"/integrations/{it['_id']}") == (200, {"integration": it})


async def test_integrations_are_listed_by_type_and_offset(house: House) -> None:
    await house.webhook("https://example.org")
    more = [(await made(house, kind))["_id"] for kind in ("twilio", "web", "twilio")]
    first = [house.integrations[it] for it in ("web", "ios", "android")]

    async def page(query: str) -> tuple[list[str], bool, int]:
        answer = await house.v1("GET", f"/integrations?{query}")
        assert list(answer.body) == ["integrations", "hasMore", "offset"]
        return [it["_id"] for it in answer.body["integrations"]], answer.body["hasMore"], answer.body["offset"]

    assert await page("") == ([*first, *more], False, 0)
    assert await page("types=twilio") == ([more[0], more[2]], False, 0)
    assert await page("types=twilio,%20web&limit=2&offset=1") == (more[:2], True, 1)
    assert await page("types=twilio,web&limit=2&offset=3") == (more[2:], False, 3)
    assert await page("types=custom") == await page("types=nonsense") == ([], False, 0)
    for query, named in (("limit=0", "limit"), ("offset=x", "offset")):
        assert spoilt(await house.v1("GET", f"/integrations?{query}"), named)


async def test_custom_ones_are_webhooks_here(house: House) -> None:
    bot = await house.webhook("https://example.org")
    for method in ("GET", "PUT", "DELETE"):
        assert (await house.v1(method, f"/integrations/{bot['id']}")).error == NOT_FOUND
    refused = await house.v1("POST", "/integrations", {"type": "custom"})
    assert refused.error == (400, "bad_request", "Invalid integration type")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("apn", "type should be ios, of which apn is a part here"),
        ("fcm", "type should be android, of which fcm is a part here"),
        ("wechat", "Invalid integration type"),
        ("api", "Invalid integration type"),
        ("Web", "Invalid integration type"),
        ("", "Invalid integration type"),
    ],
)
async def test_types_that_are_none_here(house: House, kind: str, words: str) -> None:
    assert (await house.v1("POST", "/integrations", {"type": kind})).error == (400, "bad_request", words)


@pytest.mark.parametrize(("method", "path"), ELSEWHERE)
async def test_what_whatsapp_would_know_is_refused_in_a_sentence(house: House, method: str, path: str) -> None:
    it = await made(house, "whatsapp")
    refused = await house.v1(method, f"/integrations/{it['_id']}/{path}")
    words = "No connector serves the channel whatsapp here: there is nothing to ask of it"
    assert refused.error == (400, "bad_request", words)
    assert (await house.v1(method, f"/integrations/{'0' * 24}/{path}")).error == NOT_FOUND


@pytest.mark.parametrize(("change", "named"), ODD["integration"], ids=str)
async def test_odd_integrations_are_refused_by_name(house: House, change: Json, named: str) -> None:
    for method, path in (("POST", "/integrations"), ("PUT", f"/integrations/{house.integrations['web']}")):
        assert spoilt(await house.v1(method, path, {"type": "web", **change}), named)


@pytest.mark.parametrize(("change", "named"), [({}, "type"), *odd("type", None, 7, [], {}, True)], ids=str)
async def test_an_odd_type_is_refused_by_name(house: House, change: Json, named: str) -> None:
    assert spoilt(await house.v1("POST", "/integrations", change), named)
    if change:
        assert spoilt(await house.v1("PUT", f"/integrations/{house.integrations['web']}", change), named)
