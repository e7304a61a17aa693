"""Who is let in: every operation with every kind of credential, and other apps' things by every part of a path."""

from pathlib import Path
from typing import Any, NamedTuple

import jwt as pyjwt
import pytest

from gateway.edge.call import Operation
from gateway.edge.http import OPERATIONS
from gateway.flow.provision import Credentials
from tests.edge.conftest import Rest
from tests.edge.examples import LINKED
from tests.edge.premises import Premises, admitted, furnished, on_disk, service_account
from tests.edge.surface import OURS as BESIDES
from tests.house_under_test import House, basic

PLACES = "/v2/apps/{appId}/switchboards/{switchboardId}/switchboardIntegrations"
ACCOUNT, APP, ANY, INTEGRATION = {"account"}, {"account", "app"}, {"account", "app", "integration"}, {"integration"}
OPEN: set[str] = set()
SCOPES = {
    ("POST", "/v2/apps"): ACCOUNT,
    ("GET", "/v2/apps"): ACCOUNT,
    ("GET", "/v2/apps/{appId}"): APP,
    ("PATCH", "/v2/apps/{appId}"): APP,
    ("DELETE", "/v2/apps/{appId}"): ACCOUNT,
    ("POST", "/v2/apps/{appId}/keys"): ACCOUNT,
    ("GET", "/v2/apps/{appId}/keys"): ACCOUNT,
    ("GET", "/v2/apps/{appId}/keys/{keyId}"): ACCOUNT,
    ("DELETE", "/v2/apps/{appId}/keys/{keyId}"): ACCOUNT,
    ("POST", "/v2/apps/{appId}/integrations"): APP,
    ("GET", "/v2/apps/{appId}/integrations"): APP,
    ("GET", "/v2/apps/{appId}/integrations/{integrationId}"): APP,
    ("PATCH", "/v2/apps/{appId}/integrations/{integrationId}"): APP,
    ("DELETE", "/v2/apps/{appId}/integrations/{integrationId}"): APP,
    ("POST", "/v2/apps/{appId}/integrations/{integrationId}/webhooks"): ANY,
    ("GET", "/v2/apps/{appId}/integrations/{integrationId}/webhooks"): ANY,
    ("GET", "/v2/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}"): ANY,
    ("PATCH", "/v2/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}"): ANY,
    ("DELETE", "/v2/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}"): ANY,
    **dict.fromkeys(BESIDES, ANY),
    ("POST", "/v2/apps/{appId}/integrations/{integrationId}/keys"): APP,
    ("GET", "/v2/apps/{appId}/integrations/{integrationId}/keys"): APP,
    ("GET", "/v2/apps/{appId}/integrations/{integrationId}/keys/{keyId}"): APP,
    ("DELETE", "/v2/apps/{appId}/integrations/{integrationId}/keys/{keyId}"): APP,
    ("POST", "/v2/apps/{appId}/switchboards"): APP,
    ("GET", "/v2/apps/{appId}/switchboards"): APP,
    ("PATCH", "/v2/apps/{appId}/switchboards/{switchboardId}"): APP,
    ("DELETE", "/v2/apps/{appId}/switchboards/{switchboardId}"): APP,
    ("POST", PLACES): APP,
    ("GET", PLACES): APP,
    ("PATCH", f"{PLACES}/{{switchboardIntegrationId}}"): APP,
    ("DELETE", f"{PLACES}/{{switchboardIntegrationId}}"): APP,
    ("POST", "/v2/apps/{appId}/users"): ANY,
    ("GET", "/v2/apps/{appId}/users"): ANY,
    ("GET", "/v2/apps/{appId}/users/{userIdOrExternalId}"): ANY,
    ("PATCH", "/v2/apps/{appId}/users/{userIdOrExternalId}"): ANY,
    ("DELETE", "/v2/apps/{appId}/users/{userIdOrExternalId}"): ANY,
    ("DELETE", "/v2/apps/{appId}/users/{userIdOrExternalId}/personalinformation"): ANY,
    ("POST", "/v2/apps/{appId}/users/{userIdOrExternalId}/clients"): ANY,
    ("GET", "/v2/apps/{appId}/users/{userIdOrExternalId}/clients"): ANY,
    ("DELETE", "/v2/apps/{appId}/users/{userIdOrExternalId}/clients/{clientId}"): ANY,
    ("GET", "/v2/apps/{appId}/users/{userIdOrExternalId}/devices"): ANY,
    ("GET", "/v2/apps/{appId}/users/{userIdOrExternalId}/devices/{deviceId}"): ANY,
    ("POST", "/v2/apps/{appId}/conversations"): ANY,
    ("GET", "/v2/apps/{appId}/conversations"): ANY,
    ("GET", "/v2/apps/{appId}/conversations/{conversationId}"): ANY,
    ("PATCH", "/v2/apps/{appId}/conversations/{conversationId}"): ANY,
    ("DELETE", "/v2/apps/{appId}/conversations/{conversationId}"): ANY,
    ("GET", "/v2/apps/{appId}/conversations/{conversationId}/participants"): ANY,
    ("POST", "/v2/apps/{appId}/conversations/{conversationId}/join"): ANY,
    ("POST", "/v2/apps/{appId}/conversations/{conversationId}/leave"): ANY,
    ("POST", "/v2/apps/{appId}/conversations/{conversationId}/passControl"): ANY,
    ("POST", "/v2/apps/{appId}/conversations/{conversationId}/offerControl"): ANY,
    ("POST", "/v2/apps/{appId}/conversations/{conversationId}/acceptControl"): ANY,
    ("POST", "/v2/apps/{appId}/conversations/{conversationId}/releaseControl"): ANY,
    ("POST", "/v2/apps/{appId}/conversations/{conversationId}/messages"): ANY,
    ("GET", "/v2/apps/{appId}/conversations/{conversationId}/messages"): ANY,
    ("DELETE", "/v2/apps/{appId}/conversations/{conversationId}/messages"): ANY,
    ("DELETE", "/v2/apps/{appId}/conversations/{conversationId}/messages/{messageId}"): ANY,
    ("POST", "/v2/apps/{appId}/conversations/{conversationId}/activity"): ANY,
    ("POST", "/v2/apps/{appId}/attachments"): ANY,
    ("POST", "/v2/apps/{appId}/attachments/remove"): ANY,
    ("POST", "/v2/apps/{appId}/users/{zendeskId}/sync"): ANY,
    ("POST", "/v2/apps/{appId}/conversations/{conversationId}/download"): ANY,
    ("POST", "/v2/apps/{appId}/conversations/{conversationId}/conversionEvents"): ANY,
    ("GET", "/oauth/authorize"): OPEN,
    ("POST", "/oauth/authorize"): OPEN,
    ("POST", "/oauth/token"): OPEN,
    ("DELETE", "/oauth/authorization"): INTEGRATION,
    ("GET", "/v2/tokenInfo"): ANY,
    ("PUT", "/v2/apps/{appId}/moderation"): APP,
    ("GET", "/v2/apps/{appId}/moderation"): APP,
    ("POST", "/v2/apps/{appId}/moderation/signingSecret/rotate"): APP,
    ("DELETE", "/v2/apps/{appId}/moderation"): APP,
}
ROLES = {"another app": "app", "app": "app", "a service account": "account", "account": "account"}
HOOKS = "/v2/apps/{appId}/integrations/{integrationId}/webhooks"
CONTROL = ("/acceptControl", "/releaseControl")
BODIES: dict[str, Any] = {  # what else an operation needs to come as far as looking for what its path names
    "join": {"userId": "0" * 24},
    "leave": {"userId": "0" * 24},
    "clients": LINKED,
    "messages": {"author": {"type": "business"}, "content": {"type": "text", "text": "hi"}},
    "download": {"userId": "0" * 24},
    "conversionEvents": {"whatsapp": {"payload": {"data": []}}},
    "activity": {"author": {"type": "business"}, "type": "typing:start"},
    "passControl": {"switchboardIntegration": "bot"},
    "offerControl": {"switchboardIntegration": "bot"},
    "keys": {"displayName": "x"},
    "switchboardIntegrations": {"name": "bot", "integrationId": "0" * 24},
    "replay": {"eventId": "0" * 24},
    "webhooks": {"target": "https://example.com", "triggers": ["conversation:message"]},
}
each_operation = pytest.mark.parametrize(
    "operation", [it for it in OPERATIONS if it.scopes], ids=lambda it: f"{it.method} {it.path}"
)


def test_every_operation_is_in_the_table() -> None:
    assert [(it.method, it.path) for it in OPERATIONS] == list(SCOPES)
    assert {it.method: it.status for it in OPERATIONS if it.method != "POST"} == {
        "GET": 200,
        "PATCH": 200,
        "PUT": 200,
        "DELETE": 200,
    }


def bearer(key: tuple[str, str], algorithm: str | None = "HS256", **claims: Any) -> str:
    secret = key[1] if algorithm else ""
    token = pyjwt.encode(claims, secret, algorithm=algorithm or "none", headers={"kid": key[0]})
    return f"Bearer {token}"


def strangers(house: House) -> dict[str, str]:
    """Authorization headers of nobody whom the gateway knows."""
    key, account = house.key, house.account
    surrogate = pyjwt.encode({"scope": "app"}, key[1], headers={"kid": "app_\ud800"})
    return {
        "garbage": "garbage",
        "another scheme": "Digest username=me",
        "nothing after Basic": "Basic",
        "no base64": "Basic !!!",
        "no UTF-8": "Basic /w==",
        "no colon": "Basic YQ==",
        "an unknown key": basic("app_" + "0" * 24, key[1]),
        "a wrong secret": basic(key[0], "wrong"),
        "no secret": basic(key[0], ""),
        "a secret with more": basic(key[0], key[1] + "x"),
        "no JWT": "Bearer garbage",
        "an empty JWT": "Bearer ..",
        "an unsigned JWT": bearer(key, None, scope="app"),
        "another algorithm": bearer(key, "HS512", scope="app"),
        "a JWT by a wrong secret": bearer((key[0], "wrong" * 20), scope="app"),
        "a JWT by an unknown key": bearer(("app_" + "0" * 24, key[1]), scope="app"),
        "a JWT with a strange kid": f"Bearer {surrogate}",
        "an expired JWT": bearer(key, scope="app", exp=1_600_000_000),
        "a JWT with an endless exp": bearer(key, scope="app", exp=[]),
        "a JWT without scope": bearer(key),
        "an app key that claims the account": bearer(key, scope="account"),
        "an app key that claims an integration": bearer(key, scope="integration"),
        "an account key that claims an app": bearer(account, scope="app"),
        "a scope that is none": bearer(key, scope=["app"]),
    }


@each_operation
async def test_strangers_stay_outside(rest: Rest, house: House, tmp_path: Path, operation: Operation) -> None:
    premises = await furnished(house, house.app_id, house.key, "ann")
    before = on_disk(tmp_path / "data")
    path = premises.path(operation)
    nothing = await house.http.request(operation.method, house.url + path)
    assert nothing.status == 401
    assert nothing.headers["WWW-Authenticate"].startswith("Basic ")
    assert await nothing.json() == {"errors": [{"code": "unauthorized", "title": "Authorization is required"}]}
    for who, header in strangers(house).items():
        refused = await rest(operation.method, path, headers={"Authorization": header})
        assert (refused.status, refused.code, refused.title) == (401, "unauthorized", "Authorization is required"), who
    user = await rest(operation.method, path, headers={"Authorization": f"Bearer {house.token('ann')}"})
    assert (user.status, user.code, user.title) == (403, "forbidden", "Forbidden")
    assert on_disk(tmp_path / "data") == before


class Shown(NamedTuple):
    """A credential: whose it is, and how it is shown."""

    who: str
    how: str
    header: str


def shown(who: str, scope: str, key: tuple[str, str]) -> list[Shown]:
    return [Shown(who, "Basic", basic(*key)), Shown(who, "JWT", bearer(key, scope=scope, exp=4_000_000_000))]


async def callers(house: House, other: Credentials, mine: Premises) -> list[Shown]:
    """Everybody whom the gateway knows, the most powerful last."""
    theirs = await furnished(house, other.app_id, (other.key_id, other.secret), "eve")
    return [
        *shown("another app's integration", "integration", theirs.integration_key),
        *shown("another app", "app", theirs.key),
        *shown("a service account", "account", (await service_account(house))[1]),
        *shown("integration", "integration", mine.integration_key),
        Shown("partner", "JWT", f"Bearer {await admitted(house, house.key)}"),
        *shown("app", "app", house.key),
        *shown("account", "account", house.account),
    ]


def refusal_of(who: str, operation: Operation) -> tuple[int, str] | None:
    """What somebody is told who may not; None for those who may."""
    scopes = SCOPES[operation.method, operation.path]
    if ROLES.get(who, "integration") not in scopes:
        return 403, "forbidden"
    if operation.path == "/oauth/authorization":
        return None if who == "partner" else (403, "forbidden")  # nothing was granted
    if who.startswith(("another app", "a service account")):
        return (404, "app_not_found") if "{appId}" in operation.path else None
    if who == "partner" and (operation.path.startswith(HOOKS) or operation.path.endswith(CONTROL)):
        return 403, "forbidden"  # an integration of its own is all that it sees, and it has not been given control
    return None


@each_operation
async def test_keys_open_what_they_should(
    rest: Rest, house: House, other: Credentials, tmp_path: Path, operation: Operation
) -> None:
    premises = await furnished(house, house.app_id, house.key, "ann")
    everybody = await callers(house, other, premises)
    before = on_disk(tmp_path / "data")
    path = premises.path(operation)
    for who, how, header in everybody:
        expected = refusal_of(who, operation)
        if expected is not None:
            refused = await rest(operation.method, path, headers={"Authorization": header})
            assert (refused.status, refused.code) == expected, (who, how)
    assert on_disk(tmp_path / "data") == before
    for who, how, header in everybody:
        if refusal_of(who, operation) is None:
            answer = await rest(operation.method, path, headers={"Authorization": header})
            given_up = answer.status == 403 and who == "integration" and operation.path.endswith(CONTROL)
            assert answer.status in (operation.status, 400, 404) or given_up, (who, how, answer)


@pytest.mark.parametrize("operation", [it for it in OPERATIONS if not it.scopes], ids=lambda it: it.act.__name__)
async def test_what_is_open_asks_nobody_for_a_credential(house: House, operation: Operation) -> None:
    async with house.http.request(operation.method, house.url + operation.path) as answer:
        assert answer.status == 400


@each_operation
async def test_another_apps_things_are_not_there(
    rest: Rest, house: House, tmp_path: Path, operation: Operation
) -> None:
    """Each part of the path names another app's in turn, seen with the own app's key and with the account's."""
    mine = await furnished(house, house.app_id, house.key, "ann")
    made = await rest(
        "POST", "/v2/apps", {"displayName": "x", "settings": {"multiConvoEnabled": True}}, key=house.account
    )
    app_id = made.body["app"]["id"]
    key = (await rest("POST", f"/v2/apps/{app_id}/keys", {"displayName": "x"}, key=house.account)).body["key"]
    theirs = await furnished(house, app_id, (key["id"], key["secret"]), "eve")
    before = on_disk(tmp_path / "data")
    body = BODIES.get(operation.path.rsplit("/", 1)[-1]) if operation.method == "POST" else None
    callers = {"account": house.account, "app": house.key}
    for part in [it for it in mine.parts if f"{{{it}}}" in operation.path]:
        for foreign in (theirs.parts[part], "0" * 24, "nonsense", "%00", "%F0%9F%99%82"):
            if part == "appId" and foreign == app_id and operation.path.count("{") == 1:
                continue  # the account may, and then something happens
            for caller in SCOPES[operation.method, operation.path] & callers.keys():
                path = mine.path(operation, **{part: foreign})
                refused = await rest(operation.method, path, body, key=callers[caller])
                assert refused.status == 404, (path, refused)
    assert on_disk(tmp_path / "data") == before


async def test_an_app_that_is_not_there_is_not_there_for_any_operation(rest: Rest, house: House) -> None:
    premises = await furnished(house, house.app_id, house.key, "ann")
    for operation in OPERATIONS:
        if "{appId}" in operation.path:
            path = premises.path(operation, appId="0" * 24)
            refused = await rest(operation.method, path, key=house.account)
            assert (refused.status, refused.code, refused.title) == (404, "app_not_found", "App not found")


async def test_a_path_that_is_none(rest: Rest, house: House) -> None:
    for path in ("/v2", "/v2/", "/v2/nonsense", "/v2/apps/", "/v2/apps//users", f"/v2/apps/{house.app_id}/"):
        refused = await rest("GET", path)
        assert (refused.status, refused.code, refused.title) == (404, "not_found", "Resource not found")


async def test_a_method_that_is_none(rest: Rest, house: House) -> None:
    for method in ("PUT", "OPTIONS", "TRACE"):
        refused = await rest(method, "")
        assert (refused.status, refused.code) == (405, "method_not_allowed")
    answer = await house.http.request("PUT", f"{house.url}/v2/apps/{house.app_id}")
    assert answer.headers["Allow"] == "DELETE, GET, PATCH"


@pytest.mark.parametrize("scheme", ["basic", "BASIC", "Basic "])
async def test_the_scheme_is_case_insensitive(rest: Rest, house: House, scheme: str) -> None:
    header = basic(*house.key).replace("Basic", scheme)
    assert (await rest("GET", "", headers={"Authorization": header})).status == 200
