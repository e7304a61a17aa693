"""Integrations and their webhooks."""

from typing import Any

import pytest

from gateway.domain.limits import WEBHOOKS
from gateway.flow.provision import Credentials
from tests.edge.conftest import Rest
from tests.house_under_test import House

HOOK = {"target": "https://example.com/hook", "triggers": ["conversation:message"]}
SDK_FIELDS: dict[str, dict[str, Any]] = {
    "web": {
        "brandColor": "65758e",
        "fixedIntroPane": True,
        "conversationColor": "0099ff",
        "actionColor": "0099ff",
        "displayStyle": "tab",
        "buttonIconUrl": "https://example.com/button.png",
        "buttonWidth": "58",
        "buttonHeight": "58",
        "businessName": "Shop",
        "businessIconUrl": "https://example.com/icon.png",
        "backgroundImageUrl": "https://example.com/back.png",
        "originWhitelist": ["https://example.com"],
        "canUserSeeConversationList": True,
        "canUserCreateMoreConversations": True,
    },
    "ios": {"production": True, "autoUpdateBadge": False, "canUserSeeConversationList": True},
    "android": {"senderId": "12345", "canUserCreateMoreConversations": True},
}


@pytest.mark.parametrize("kind", SDK_FIELDS)
async def test_an_sdk_integration_from_birth_to_death(rest: Rest, kind: str) -> None:
    fields = SDK_FIELDS[kind]
    made = await rest("POST", "/integrations", {"type": kind, "displayName": "front", **fields})
    assert made.status == 201
    integration = made.body["integration"]
    facts = {"id": integration["id"], "type": kind, "status": "active", "displayName": "front"}
    shown = {**facts, **fields, "attachmentsEnabled": True, "showAIDisclaimer": True}
    assert integration == shown
    one = f"/integrations/{integration['id']}"
    assert await rest("GET", one) == (200, made.body)

    changed = await rest("PATCH", one, {"displayName": None, "canUserSeeConversationList": False})
    del shown["displayName"]
    assert changed == (200, {"integration": {**shown, "canUserSeeConversationList": False}})
    assert await rest("GET", one) == changed

    assert await rest("DELETE", one) == (200, {})
    for method in ("GET", "PATCH", "DELETE"):
        gone = await rest(method, one)
        assert (gone.status, gone.code, gone.title) == (404, "integration_not_found", "Integration not found")


async def test_a_custom_integration_is_made_with_its_webhook(rest: Rest) -> None:
    asked = {"type": "custom", "displayName": "bot", "webhooks": [{**HOOK, "includeFullUser": True}]}
    made = await rest("POST", "/integrations", asked)
    assert made.status == 201
    integration = made.body["integration"]
    (webhook,) = integration["webhooks"]
    assert webhook["id"] != integration["id"]
    assert (webhook["version"], webhook["target"], webhook["triggers"]) == ("v2", HOOK["target"], HOOK["triggers"])
    assert (webhook["includeFullUser"], webhook["includeFullSource"]) == (True, False)
    renamed = await rest("PATCH", f"/integrations/{integration['id']}", {"displayName": "robot"})
    assert renamed == (200, {"integration": {**integration, "displayName": "robot"}})


@pytest.mark.parametrize(
    "asked",
    [
        {"type": "custom"},
        {"type": "custom", "webhooks": []},
        {"type": "custom", "webhooks": [HOOK, HOOK]},
        {"type": "web", "webhooks": [HOOK]},
    ],
)
async def test_exactly_one_webhook_for_custom_and_none_for_others(rest: Rest, asked: dict[str, Any]) -> None:
    refused = await rest("POST", "/integrations", asked)
    assert (refused.status, refused.code) == (400, "bad_request")
    assert "webhooks" in refused.title


async def test_a_type_that_is_none_of_ours(rest: Rest) -> None:
    for kind in ("telepathy", "", "Web", "zd:agentWorkspace"):
        refused = await rest("POST", "/integrations", {"type": kind})
        assert (refused.status, refused.title) == (400, "Invalid integration type")


async def test_nulls_on_create_say_nothing(rest: Rest) -> None:
    """Generated clients send null for every nullable field that was not set."""
    nulls = dict.fromkeys(("displayName", "buttonIconUrl", "originWhitelist", "integrationOrder", "prechatCapture"))
    made = await rest("POST", "/integrations", {"type": "web", **nulls})
    assert made.status == 201
    assert not made.body["integration"].keys() & (nulls.keys() - {"displayName"})
    assert "displayName" not in made.body["integration"]


async def test_a_deleted_integration_sends_its_devices_away(rest: Rest, house: House) -> None:
    device = await house.device("ann")
    assert await rest("DELETE", f"/integrations/{house.integrations['web']}") == (200, {})
    _, code = await device.goodbye()
    assert code == 4503
    assert [it["type"] for it in (await rest("GET", "/integrations")).body["integrations"]] == ["ios", "android"]


# Webhooks


@pytest.fixture
async def hooks(rest: Rest) -> str:
    """The path of a custom integration's webhooks."""
    made = await rest("POST", "/integrations", {"type": "custom", "webhooks": [HOOK]})
    return f"/integrations/{made.body['integration']['id']}/webhooks"


async def test_a_webhook_from_birth_to_death(rest: Rest, hooks: str) -> None:
    (first,) = (await rest("GET", hooks)).body["webhooks"]
    made = await rest("POST", hooks, {"target": "http://example.com/2", "triggers": ["conversation:read"]})
    assert made.status == 201
    webhook = made.body["webhook"]
    one = f"{hooks}/{webhook['id']}"
    assert await rest("GET", one) == (200, made.body)
    assert (await rest("GET", hooks)).body == {"webhooks": [first, webhook]}
    shown = await rest("GET", hooks.removesuffix("/webhooks"))
    assert shown.body["integration"]["webhooks"] == [first]

    change = {"target": "http://example.com/3", "triggers": ["conversation:typing"], "includeFullSource": True}
    assert await rest("PATCH", one, change) == (200, {"webhook": {**webhook, **change}})
    assert await rest("PATCH", one, {}) == (200, {"webhook": {**webhook, **change}})

    assert await rest("DELETE", one) == (200, {})
    for method in ("GET", "PATCH", "DELETE"):
        gone = await rest(method, one)
        assert (gone.status, gone.code, gone.title) == (404, "not_found", "Resource not found")
    assert (await rest("GET", hooks)).body == {"webhooks": [first]}


async def test_the_last_webhook_stays(rest: Rest, hooks: str) -> None:
    (first,) = (await rest("GET", hooks)).body["webhooks"]
    refused = await rest("DELETE", f"{hooks}/{first['id']}")
    assert (refused.status, refused.title) == (400, "A custom integration keeps at least one webhook")
    assert (await rest("GET", hooks)).body == {"webhooks": [first]}


async def test_no_eleventh_webhook_in_an_app(rest: Rest, hooks: str) -> None:
    for _ in range(WEBHOOKS - 1):
        assert (await rest("POST", hooks, HOOK)).status == 201
    refused = await rest("POST", hooks, HOOK)
    assert (refused.status, refused.title) == (400, "At most 10 webhooks per app")
    refused = await rest("POST", "/integrations", {"type": "custom", "webhooks": [HOOK]})
    assert (refused.status, refused.title) == (400, "At most 10 webhooks per app")


async def test_webhooks_are_for_custom_integrations(rest: Rest, house: House) -> None:
    hooks = f"/integrations/{house.integrations['web']}/webhooks"
    for method, body in (("GET", None), ("POST", HOOK)):
        refused = await rest(method, hooks, body)
        assert (refused.status, refused.code) == (400, "bad_request")


@pytest.mark.parametrize(
    "target", ["ftp://example.com", "example.com", "//example.com", "javascript:alert(1)", "http://", "https:///x"]
)
async def test_a_target_that_nothing_can_be_posted_to(rest: Rest, hooks: str, target: str) -> None:
    refused = await rest("POST", hooks, {**HOOK, "target": target})
    assert (refused.status, refused.title) == (400, "target should be an http or https URL")


async def test_a_trigger_that_is_none(rest: Rest, hooks: str) -> None:
    refused = await rest("POST", hooks, {**HOOK, "triggers": ["conversation:message", "Conversation:Message"]})
    assert (refused.status, refused.title) == (400, "triggers should be known in v2; 'Conversation:Message' is not")


async def test_another_apps_integration_is_not_there(rest: Rest, other: Credentials) -> None:
    theirs = other.integrations["web"]
    for path in (f"/integrations/{theirs}", f"/integrations/{theirs}/webhooks"):
        refused = await rest("GET", path)
        assert (refused.status, refused.code) == (404, "integration_not_found")
