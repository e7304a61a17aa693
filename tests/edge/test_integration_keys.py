"""The keys of custom integrations, and what they open."""

import jwt as pyjwt
import pytest

from gateway.domain.limits import APP_KEYS, INTEGRATION_KEYS
from tests.edge.conftest import Rest
from tests.edge.premises import HOOK
from tests.house_under_test import House, Json

Pair = tuple[str, str]


async def bot(rest: Rest) -> str:
    """A custom integration."""
    made = await rest("POST", "/integrations", {"type": "custom", "webhooks": [HOOK]})
    return str(made.body["integration"]["id"])


async def key_of(rest: Rest, integration: str) -> Json:
    made = await rest("POST", f"/integrations/{integration}/keys", {"displayName": "door"})
    assert made.status == 201
    key: Json = made.body["key"]
    return key


def pair(key: Json) -> Pair:
    return key["id"], key["secret"]


def bearer(key: Json) -> dict[str, str]:
    token = pyjwt.encode({"scope": "integration"}, key["secret"], headers={"kid": key["id"]})
    return {"Authorization": f"Bearer {token}"}


async def test_a_key_from_birth_to_death(rest: Rest) -> None:
    keys = f"/integrations/{await bot(rest)}/keys"
    assert await rest("GET", keys) == (200, {"keys": []})
    made = await rest("POST", keys, {"displayName": "door"})
    assert made.status == 201
    key = made.body["key"]
    assert key["id"].startswith("int_")
    assert len(key["secret"]) == 86
    assert key["displayName"] == "door"
    assert await rest("GET", keys) == (200, {"keys": [key]})
    assert await rest("GET", f"{keys}/{key['id']}") == (200, {"key": key})
    assert (await rest("GET", "/users/nobody", key=pair(key))).code == "user_not_found"
    assert (await rest("GET", "/users/nobody", headers=bearer(key))).code == "user_not_found"

    assert await rest("DELETE", f"{keys}/{key['id']}") == (200, {})
    for method in ("GET", "DELETE"):
        gone = await rest(method, f"{keys}/{key['id']}")
        assert (gone.status, gone.code, gone.title) == (404, "not_found", "Resource not found")
    assert (await rest("GET", "/users/nobody", key=pair(key))).status == 401
    assert (await rest("GET", "/users/nobody", headers=bearer(key))).status == 401


@pytest.mark.parametrize("what", ["integration", "app"])
async def test_a_key_goes_with_its_integration(rest: Rest, house: House, what: str) -> None:
    integration = await bot(rest)
    key = await key_of(rest, integration)
    assert (await rest("GET", "/integrations/me/webhooks", key=pair(key))).status == 200
    path = f"/integrations/{integration}" if what == "integration" else f"/v2/apps/{house.app_id}"
    assert await rest("DELETE", path, key=house.account) == (200, {})
    for options in ({"key": pair(key)}, {"headers": bearer(key)}):
        assert (await rest("GET", "/integrations/me/webhooks", **options)).status == 401


async def test_no_eleventh_key(rest: Rest, house: House) -> None:
    integration, other = await bot(rest), await bot(rest)
    for _ in range(INTEGRATION_KEYS):
        await key_of(rest, integration)
    refused = await rest("POST", f"/integrations/{integration}/keys", {"displayName": "one more"})
    assert (refused.status, refused.title) == (400, "At most 10 keys per integration")
    await key_of(rest, other)
    keys = f"/v2/apps/{house.app_id}/keys"
    for _ in range(APP_KEYS - 1):
        assert (await rest("POST", keys, {"displayName": "x"}, key=house.account)).status == 201
    listed = (await rest("GET", keys, key=house.account)).body["keys"]
    assert len(listed) == APP_KEYS
    assert {it["id"][:4] for it in listed} == {"app_"}


async def test_keys_are_for_custom_integrations(rest: Rest, house: House) -> None:
    keys = f"/integrations/{house.integrations['web']}/keys"
    one = f"{keys}/int_{'0' * 24}"
    for method, path in (("POST", keys), ("GET", keys), ("GET", one), ("DELETE", one)):
        refused = await rest(method, path, {"displayName": "x"} if method == "POST" else None)
        assert (refused.status, refused.code) == (400, "bad_request")
        assert refused.title == "API keys are available only for custom integrations"


async def test_each_key_belongs_to_one_list(rest: Rest, house: House) -> None:
    """An app's key is none of an integration, and the other way round."""
    integration, other = await bot(rest), await bot(rest)
    key = await key_of(rest, integration)
    for path in (f"/v2/apps/{house.app_id}/keys/{key['id']}", f"/integrations/{other}/keys/{key['id']}"):
        for method in ("GET", "DELETE"):
            assert (await rest(method, path, key=house.account)).status == 404
    for method in ("GET", "DELETE"):
        refused = await rest(method, f"/integrations/{integration}/keys/{house.key[0]}")
        assert (refused.status, refused.code) == (404, "not_found")
    assert (await rest("GET", "", key=house.key)).status == 200


async def test_me_is_the_integration_of_the_key(rest: Rest) -> None:
    integration, other = await bot(rest), await bot(rest)
    key = pair(await key_of(rest, integration))
    own = await rest("GET", f"/integrations/{integration}/webhooks")
    assert await rest("GET", "/integrations/me/webhooks", key=key) == own
    assert await rest("GET", f"/integrations/{integration}/webhooks", key=key) == own
    made = await rest("POST", "/integrations/me/webhooks", HOOK, key=key)
    assert made.status == 201
    one = f"/integrations/me/webhooks/{made.body['webhook']['id']}"
    changed = await rest("PATCH", one, {"includeFullUser": True}, key=key)
    assert changed.body["webhook"]["includeFullUser"] is True
    assert await rest("GET", one, key=key) == changed
    assert await rest("DELETE", one, key=key) == (200, {})
    for method, body in (("GET", None), ("POST", HOOK)):
        refused = await rest(method, f"/integrations/{other}/webhooks", body, key=key)
        assert (refused.status, refused.code) == (403, "forbidden")


async def test_me_is_nobody_to_other_keys(rest: Rest, house: House) -> None:
    for key in (house.key, house.account):
        for method, body in (("GET", None), ("POST", HOOK)):
            refused = await rest(method, "/integrations/me/webhooks", body, key=key)
            assert (refused.status, refused.code) == (404, "integration_not_found")
            assert refused.title == "Only the credential of an integration has an integration that is me"


async def test_no_user_logs_in_by_an_integrations_key(rest: Rest, house: House) -> None:
    key = await key_of(rest, await bot(rest))
    claims = {"scope": "user", "external_id": "ann"}
    token = pyjwt.encode(claims, key["secret"], headers={"kid": key["id"]})
    device = await house.plug("web")
    await device.say("hello", device={"guid": "g"}, auth={"jwt": token})
    assert (await device.goodbye())[1] == 4501
