"""What channels and other services would do is refused in a sentence, after the request was checked."""

from typing import Any

import pytest

from tests.edge.examples import CHANNELS
from tests.edge.v1.test_door import old_token
from tests.house_under_test import House, Json, basic

TEXT: Json = {"type": "text", "text": "Your order is here"}


@pytest.fixture
async def notification(house: House) -> Json:
    """All that is needed to notify somebody on WhatsApp."""
    made = await house.rest("POST", "/integrations", {"type": "whatsapp", **CHANNELS["whatsapp"]})
    return {
        "destination": {"integrationId": made.body["integration"]["id"], "destinationId": "+12125552368"},
        "author": {"role": "appMaker", "name": "Shop"},
        "message": TEXT,
    }


@pytest.mark.parametrize("version", ["v1", "v1.1"])
@pytest.mark.parametrize("schema", [None, "whatsapp"])
async def test_no_notification_is_sent(house: House, notification: Json, version: str, schema: str | None) -> None:
    words = {"message": {"type": "template", "template": {}}, "messageSchema": schema} if schema else {}
    async with house.http.post(
        f"{house.url}/{version}/apps/{house.app_id}/notifications",
        json={**notification, **words},
        headers={"Authorization": basic(*house.key)},
    ) as response:
        refused = (await response.json())["error"]
        assert response.status == 400
    assert refused["code"] == "bad_request"
    assert refused["description"].startswith("No connector serves the channel whatsapp here")


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"destination": None}, 400, "destination"),
        ({"destination": {"integrationId": "0" * 24}}, 400, "destinationId"),
        ({"destination": {"integrationId": "0" * 24, "destinationId": "x"}}, 404, "Integration not found"),
        ({"author": None}, 400, "author"),
        ({"author": {"role": "appUser"}}, 400, "author.role"),
        ({"message": None}, 400, "message"),
        ({"message": {"type": "text"}}, 400, "text"),
        ({"message": {"type": "nonsense"}}, 400, "type"),
        ({"message": [TEXT]}, 400, "message"),
        ({"messageSchema": "viber"}, 400, "messageSchema"),
    ],
)
async def test_a_wrong_notification_is_refused_as_such(
    house: House, notification: Json, change: Json, status: int, word: str
) -> None:
    refused = await house.v1("POST", "/notifications", {**notification, **change})
    assert refused.error[0] == status
    assert word in refused.error[2]
    assert "connector" not in refused.error[2]


async def test_notifications_do_not_go_to_sdks(house: House, notification: Json) -> None:
    there = {**notification["destination"], "integrationId": house.integrations["web"]}
    refused = await house.v1("POST", "/notifications", {**notification, "destination": there})
    assert (refused.error[0], "destination.integrationId" in refused.error[2]) == (400, True)


ASKED: list[tuple[str, str, Any, str]] = [
    ("GET", "/integrations/viber/qrcode", None, "viber"),
    ("GET", "/integrations/wechat/qrcode", None, "wechat"),
    ("POST", "/integrations/whatsapp/ping", None, "whatsapp"),
    ("POST", "/stripe/customer", {"token": "tok_1"}, "Stripe"),
    ("POST", "/stripe/transaction", {"actionId": "x", "token": "tok_1"}, "Stripe"),
]


@pytest.mark.parametrize(("method", "path", "body", "word"), ASKED)
async def test_what_is_not_here_is_said_so(house: House, method: str, path: str, body: Any, word: str) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    for family in ("apps", "implied"):
        refused = await house.v1(method, f"/appusers/ann{path}", body, family=family)
        assert refused.error[:2] == (400, "bad_request")
        assert word in refused.error[2]
    assert (await house.v1(method, f"/appusers/bob{path}", body)).error[:2] == (404, "user_not_found")
    other = old_token(house, scope="appUser", userId="bob")
    assert (await house.v1(method, f"/appusers/ann{path}", body, token=other)).error[:2] == (403, "forbidden")


async def test_what_nobody_has_heard_of_is_not_found(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    for method, path in (("POST", "/integrations/pigeon/ping"), ("GET", "/integrations/line/qrcode")):
        assert (await house.v1(method, f"/appusers/ann{path}")).error[:2] == (404, "not_found")
    assert "Stripe" in (await house.v1("GET", "/stripe/account")).error[2]
