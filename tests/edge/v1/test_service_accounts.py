"""Service accounts: parts of the account, whose keys reach what was made with them."""

from typing import Any

import jwt as pyjwt
import pytest

from gateway.domain.limits import SERVICE_ACCOUNT_KEYS
from gateway.flow import provision
from tests.edge.v1.bodies import ODD, spoilt
from tests.house_under_test import Answer, House, Json, basic

ALL = "/v1.1/serviceaccounts"
NOT_FOUND = (404, "not_found", "Service account not found")


async def asked(house: House, method: str, path: str = "", body: Any = None) -> Answer:
    return await house.v1(method, f"{ALL}{path}", body, key=house.account)


async def made(house: House, name: str = "agency") -> Json:
    answer = await asked(house, "POST", "", {"name": name})
    assert answer.status == 201, answer
    return dict(answer.body["serviceAccount"])


async def key_of(house: House, account: Json) -> tuple[str, str]:
    answer = await asked(house, "POST", f"/{account['_id']}/keys", {"name": "backend"})
    assert answer.status == 201, answer
    return answer.body["key"]["_id"], answer.body["key"]["secret"]


async def test_a_service_account_from_birth_to_death(house: House) -> None:
    account = await made(house)
    assert account == {"_id": account["_id"], "name": "agency"}
    one = f"/{account['_id']}"
    assert await asked(house, "GET", one) == (200, {"serviceAccount": account})
    changed = await asked(house, "PUT", one, {"name": "bureau"})
    assert changed == (200, {"serviceAccount": {**account, "name": "bureau"}})
    assert await asked(house, "PUT", one, {}) == changed
    assert await asked(house, "DELETE", one) == (200, {})
    for method in ("GET", "PUT", "DELETE"):
        assert (await asked(house, method, one)).error == NOT_FOUND
    assert (await asked(house, "GET", f"{one}/keys")).error == NOT_FOUND


async def test_service_accounts_are_listed_by_offset(house: House) -> None:
    accounts = [await made(house, str(number)) for number in range(4)]

    async def page(query: str) -> Json:
        return (await asked(house, "GET", query)).body

    assert await page("") == {"serviceAccounts": accounts, "hasMore": False, "offset": 0}
    assert await page("?limit=2&offset=1") == {"serviceAccounts": accounts[1:3], "hasMore": True, "offset": 1}
    assert await page("?limit=2&offset=2") == {"serviceAccounts": accounts[2:], "hasMore": False, "offset": 2}
    assert spoilt(await asked(house, "GET", "?limit=0"), "limit")


async def test_a_key_from_birth_to_death(house: House) -> None:
    account = await made(house)
    keys = f"/{account['_id']}/keys"
    answer = await asked(house, "POST", keys, {"name": "backend"})
    key = answer.body["key"]
    assert answer == (201, {"key": {"_id": key["_id"], "name": "backend", "secret": key["secret"]}})
    assert key["_id"].startswith("svc_")
    one = f"{keys}/{key['_id']}"
    assert await asked(house, "GET", keys) == (200, {"keys": [key]})
    assert await asked(house, "GET", one) == (200, {"key": key})
    token = (await asked(house, "GET", f"{one}/jwt")).body["jwt"]
    assert pyjwt.get_unverified_header(token)["kid"] == key["_id"]
    assert pyjwt.decode(token, key["secret"], algorithms=["HS256"])["scope"] == "account"
    assert (await house.v1("GET", "/v1.1/apps", token=token)).status == 200
    assert await asked(house, "DELETE", one) == (200, {})
    assert (await house.v1("GET", "/v1.1/apps", token=token)).error[:2] == (401, "unauthorized")
    for method, path in (("GET", one), ("DELETE", one), ("GET", f"{one}/jwt")):
        assert (await asked(house, method, path)).error == (404, "not_found", "Resource not found")


async def test_no_eleventh_key(house: House) -> None:
    account = await made(house)
    for _ in range(SERVICE_ACCOUNT_KEYS):
        await key_of(house, account)
    refused = await asked(house, "POST", f"/{account['_id']}/keys", {"name": "one more"})
    assert refused.error == (400, "bad_request", "At most 10 keys per service account")


async def test_keys_go_with_their_account_and_apps_stay(house: House) -> None:
    account = await made(house)
    key = await key_of(house, account)
    app = (await house.v1("POST", "/v1.1/apps", {"name": "theirs"}, key=key)).body["app"]
    await asked(house, "DELETE", f"/{account['_id']}")
    assert (await house.v1("GET", "/v1.1/apps", key=key)).error[:2] == (401, "unauthorized")
    assert await house.v1("GET", f"/v1.1/apps/{app['_id']}", key=house.account) == (200, {"app": app})


async def test_it_reaches_its_own_apps_alone(house: House) -> None:
    account, other = await made(house), await made(house, "another")
    key, rival = await key_of(house, account), await key_of(house, other)
    app = (await house.v1("POST", "/v1.1/apps", {"name": "theirs"}, key=key)).body["app"]
    one = f"/v1.1/apps/{app['_id']}"
    for shown in (key, house.account):
        assert await house.v1("GET", one, key=shown) == (200, {"app": app})
    assert (await house.v1("POST", f"{one}/appusers", {"userId": "ann"}, key=key)).status == 201
    for path in (one, f"{one}/keys", f"{one}/sdks", f"{one}/appusers/ann", f"{one}/webhooks"):
        assert (await house.v1("GET", path, key=key)).status == 200
        assert (await house.v1("GET", path, key=rival)).error == (404, "app_not_found", "App not found")
    for method in ("GET", "PUT", "DELETE"):
        assert (await house.v1(method, "", key=key)).error == (404, "app_not_found", "App not found")


async def test_apps_are_listed_by_account(house: House) -> None:
    account, other = await made(house), await made(house, "another")
    key = await key_of(house, account)
    apps = [(await house.v1("POST", "/v1.1/apps", {"name": it}, key=key)).body["app"] for it in "abc"]

    async def listed(query: str, by: tuple[str, str]) -> Answer:
        return await house.v1("GET", f"/v1.1/apps{query}", key=by)

    whole = {"apps": apps, "hasMore": False, "offset": 0}
    assert await listed("", key) == (200, whole)
    named = f"?serviceAccountId={account['_id']}"
    for by in (key, house.account):
        assert await listed(named, by) == (200, whole)
        assert await listed(f"{named}&limit=1&offset=1", by) == (
            200,
            {**whole, "apps": apps[1:2], "hasMore": True, "offset": 1},
        )
    assert len((await listed("", house.account)).body["apps"]) == 4
    assert (await listed(f"?serviceAccountId={other['_id']}", house.account)).body["apps"] == []
    for of, by in ((other["_id"], key), ("nobody", house.account), ("nobody", key)):
        refused = await listed(f"?serviceAccountId={of}", by)
        assert refused.error == (
            403,
            "forbidden",
            "The serviceAccountId provided does not match supplied credentials",
        )


async def test_it_manages_no_service_accounts(house: House) -> None:
    account = await made(house)
    key = await key_of(house, account)
    one = f"{ALL}/{account['_id']}"
    for method, path in (("GET", ALL), ("POST", ALL), ("GET", one), ("DELETE", one), ("POST", f"{one}/keys")):
        assert (await house.v1(method, path, {"name": "x"}, key=key)).error == (403, "forbidden", "Forbidden")


async def test_it_lets_nobody_into_another_app(house: House) -> None:
    """Neither by asking in person, nor by a code that it signs."""
    key = await key_of(house, await made(house))
    partner = await provision.new_partner(house.flow, "Bot", ("https://partner.example/back",))
    token = pyjwt.encode({"scope": "account"}, key[1], headers={"kid": key[0]})
    query = {"client_id": partner.id, "response_type": "code", "app_id": house.app_id}
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{house.url}/oauth/authorize"
    async with house.http.get(url, params=query, headers=headers, allow_redirects=False) as answer:
        assert answer.status == 404
    own = (await house.v1("POST", "/v1.1/apps", {"name": "theirs"}, key=key)).body["app"]
    for app_id, status in ((own["_id"], 200), (house.app_id, 400)):
        claims = {"scope": "code", "jti": app_id, "aud": partner.id, "app_id": app_id, "exp": 4_000_000_000}
        claims["redirect_uri"] = "https://partner.example/back"
        code = pyjwt.encode(claims, key[1], headers={"kid": key[0]})
        asked = {"grant_type": "authorization_code", "code": code}
        answered = await house.rest("POST", "/oauth/token", asked, key=(partner.id, partner.secret))
        assert answered.status == status, answered


@pytest.mark.parametrize("shown", ["Basic", "Bearer"])
async def test_either_way_of_showing_its_key_opens_v2(house: House, shown: str) -> None:
    key = await key_of(house, await made(house))
    token = pyjwt.encode({"scope": "account"}, key[1], headers={"kid": key[0]})
    headers = {"Authorization": basic(*key) if shown == "Basic" else f"Bearer {token}"}
    assert (await house.rest("GET", "/v2/apps", headers=headers)).status == 200
    info = await house.rest("GET", "/v2/tokenInfo", headers=headers)
    assert (info.status, info.title) == (400, "A key of the account belongs to no app")
    wrong = pyjwt.encode({"scope": "serviceAccount"}, key[1], headers={"kid": key[0]})
    assert (await house.rest("GET", "/v2/apps", headers={"Authorization": f"Bearer {wrong}"})).status == 401


@pytest.mark.parametrize(("change", "named"), ODD["key"], ids=str)
async def test_odd_names_are_refused(house: House, change: Json, named: str) -> None:
    account = await made(house)
    assert spoilt(await asked(house, "POST", "", change), named)
    assert spoilt(await asked(house, "POST", f"/{account['_id']}/keys", change), named)
    if change:
        assert spoilt(await asked(house, "PUT", f"/{account['_id']}", change), named)
