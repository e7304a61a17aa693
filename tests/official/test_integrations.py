"""Integrations of all types, their keys and webhooks, through the official client."""

from typing import Any

import pytest

from tests.edge.premises import HOOK
from tests.house_under_test import House, Json
from tests.official.client import Official, client

TYPES: dict[str, tuple[str, Json]] = {
    "android": ("Android", {"projectId": "p", "clientEmail": "a@b.example", "privateKey": "k"}),
    "apple": ("Apple", {"businessId": "b", "apiSecret": "s3cret", "mspId": "m"}),
    "custom": ("Custom", {"webhooks": [HOOK]}),
    "instagram": ("Instagram", {"pageAccessToken": "s3cret", "appId": "a", "appSecret": "s3cret"}),
    "ios": ("Ios", {"certificate": "s3cret", "password": "s3cret", "production": False}),
    "line": ("Line", {"channelId": "c", "channelSecret": "s3cret", "channelAccessToken": "s3cret"}),
    "mailgun": ("Mailgun", {"apiKey": "s3cret", "domain": "d.example", "incomingAddress": "in@d.example"}),
    "messagebird": ("Messagebird", {"accessKey": "s3cret", "signingKey": "s3cret", "originator": "o"}),
    "messenger": ("Messenger", {"pageAccessToken": "s3cret", "appId": "a", "appSecret": "s3cret"}),
    "telegram": ("Telegram", {"token": "s3cret"}),
    "twilio": ("Twilio", {"accountSid": "a", "authToken": "s3cret", "phoneNumberSid": "p"}),
    "twitter": (
        "Twitter",
        {
            "tier": "enterprise",
            "consumerKey": "s3cret",
            "consumerSecret": "s3cret",
            "accessTokenKey": "s3cret",
            "accessTokenSecret": "s3cret",
        },
    ),
    "unity": ("Unity", {"canUserCreateMoreConversations": True}),
    "viber": ("Viber", {"token": "s3cret"}),
    "web": ("Web", {"brandColor": "00ff00"}),
    "whatsapp": ("Whatsapp", {"accountId": "a"}),
}
SERVED = ("custom", "web", "ios", "android", "unity")
UPDATES = {"messagebird": "MessageBirdUpdate", "whatsapp": "WhatsAppUpdate"}


@pytest.mark.parametrize("kind", TYPES)
async def test_an_integration_of_every_type(official: Official, kind: str) -> None:
    name, fields = TYPES[kind]
    made = await official.ours("IntegrationsApi.create_integration", (name, {"type": kind, **fields}))
    it = made.integration.id
    shown = await official.ours("IntegrationsApi.get_integration", it)
    assert (shown.integration.type, shown.integration.status) == (kind, "active" if kind in SERVED else "inactive")
    assert "s3cret" not in repr(shown.to_dict())
    update = getattr(client, UPDATES.get(kind, f"{kind.capitalize()}Update"))(display_name="renamed")
    changed = await official.ours("IntegrationsApi.update_integration", it, client.IntegrationUpdate(update))
    assert changed.integration.display_name == "renamed"
    wanted = client.IntegrationListFilter(types=kind)
    listed = await official.ours("IntegrationsApi.list_integrations", filter=wanted)
    assert it in [found.id for found in listed.integrations]
    await official.ours("IntegrationsApi.delete_integration", it)
    with pytest.raises(client.exceptions.NotFoundException):
        await official.ours("IntegrationsApi.get_integration", it)


async def test_all_of_them_in_one_list_page_by_page(official: Official) -> None:
    made = {}
    for kind, (name, fields) in TYPES.items():
        it = await official.ours("IntegrationsApi.create_integration", (name, {"type": kind, **fields}))
        made[it.integration.id] = kind
    found: dict[str, str] = {}
    page = client.Page(size=7)
    while True:
        listed = await official.ours("IntegrationsApi.list_integrations", page=page)
        found |= {it.id: it.type for it in listed.integrations}
        if not listed.meta.has_more:
            break
        page = client.Page(size=7, after=listed.meta.after_cursor)
    assert made.items() <= found.items()


async def test_keys_of_a_custom_integration(house: House, official: Official) -> None:
    custom = ("Custom", {"type": "custom", "webhooks": [HOOK]})
    bot = (await official.ours("IntegrationsApi.create_integration", custom)).integration.id
    asked = ("IntegrationApiKey", {"displayName": "bot's"})
    key = (await official.ours("CustomIntegrationApiKeysApi.create_custom_integration_key", bot, asked)).key
    assert key.id.startswith("int_")
    shown = await official.ours("CustomIntegrationApiKeysApi.get_custom_integration_key", bot, key.id)
    assert shown.key.secret == key.secret
    listed = await official.ours("CustomIntegrationApiKeysApi.list_custom_integration_keys", bot)
    assert [it.id for it in listed.keys] == [key.id]

    itself = Official(house, (key.id, key.secret))
    await itself.ours("UsersApi.create_user", ("UserCreateBody", {"externalId": "by the bot"}))
    hooks = await itself.ours("WebhooksApi.list_webhooks", "me")
    assert [it.target for it in hooks.webhooks] == [HOOK["target"]]
    with pytest.raises(client.exceptions.ForbiddenException):
        await itself.ours("IntegrationsApi.list_integrations")

    await official.ours("CustomIntegrationApiKeysApi.delete_custom_integration_key", bot, key.id)
    with pytest.raises(client.exceptions.UnauthorizedException):
        await itself.ours("WebhooksApi.list_webhooks", "me")


async def test_keys_are_for_custom_integrations(house: House, official: Official) -> None:
    web: Any = house.integrations["web"]
    asked = ("IntegrationApiKey", {"displayName": "no"})
    with pytest.raises(client.exceptions.BadRequestException) as refused:
        await official.ours("CustomIntegrationApiKeysApi.create_custom_integration_key", web, asked)
    assert "API keys are available only for custom integrations" in refused.value.body


async def test_webhooks_of_v1_are_read_and_changed(house: House, official: Official) -> None:
    made = (await house.v1("POST", "/webhooks", {"target": HOOK["target"]})).body["webhook"]
    shown = (await official.ours("IntegrationsApi.get_integration", made["_id"])).integration
    (hook,) = shown.webhooks
    assert (shown.type, hook.version, hook.secret) == ("custom", "v2", made["secret"])
    hook.target = "https://example.com/moved"
    body = ("WebhookBody", {"target": hook.target, "triggers": hook.triggers})
    changed = await official.ours("WebhooksApi.update_webhook", made["_id"], hook.id, body)
    assert (changed.webhook.target, changed.webhook.triggers) == (hook.target, ["conversation:message"])
