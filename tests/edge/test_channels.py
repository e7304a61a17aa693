"""Integrations of every type: what they are made with, what is shown of them, and what can be changed."""

from typing import Any

import pytest

from gateway.domain.channels import CHANNELS as TABLE
from gateway.wire import requests
from tests.edge.conftest import Rest
from tests.edge.examples import CHANNELS, EMAIL_FIELD, Json
from tests.edge.premises import HOOK
from tests.house_under_test import House

WEB = {
    "brandColor": "65758e",
    "fixedIntroPane": False,
    "conversationColor": "0099ff",
    "actionColor": "0099ff",
    "displayStyle": "button",
    "buttonWidth": "58",
    "buttonHeight": "58",
    "attachmentsEnabled": True,
}
SDK = {"attachmentsEnabled": True}
STARS = "********"
# By type: what it cannot be made without, what cannot be seen again, what is shown masked, and what is shown anyway.
FACTS: dict[str, tuple[set[str], set[str], set[str], Json]] = {
    "web": (set(), set(), set(), WEB),
    "ios": (set(), {"certificate", "password"}, set(), SDK),
    "android": (set(), {"projectId", "clientEmail", "privateKey", "serverKey"}, set(), SDK),
    "unity": (set(), set(), set(), SDK),
    "apple": ({"businessId", "apiSecret", "mspId"}, {"authenticationMessageSecret"}, {"apiSecret"}, {}),
    "instagram": (
        {"pageAccessToken", "appId", "appSecret"},
        {"pageAccessToken", "appSecret"},
        set(),
        {"storyRepliesEnabled": True, "storyMentionsEnabled": True},
    ),
    "line": (set(), {"channelSecret", "channelAccessToken", "switcherSecret"}, set(), {}),
    "mailgun": ({"apiKey", "domain", "incomingAddress"}, {"apiKey", "signingKey"}, set(), {}),
    "messagebird": ({"accessKey", "signingKey", "originator"}, {"accessKey", "signingKey"}, set(), {}),
    "messenger": ({"pageAccessToken", "appId", "appSecret"}, {"pageAccessToken", "appSecret"}, set(), {}),
    "telegram": ({"token"}, {"token"}, set(), {}),
    "twilio": ({"accountSid", "authToken", "phoneNumberSid"}, {"authToken"}, set(), {}),
    "twitter": (
        {"tier", "consumerKey", "consumerSecret", "accessTokenKey", "accessTokenSecret"},
        {"consumerSecret", "accessTokenSecret"},
        {"consumerKey", "accessTokenKey"},
        {},
    ),
    "viber": ({"token"}, {"token"}, set(), {}),
    "whatsapp": (set(), {"accountManagementAccessToken"}, set(), {"hsmFallbackLanguage": "en_US"}),
}
# By type: a change of every field that can be changed.
CHANGES: dict[str, Json] = {
    **{kind: CHANNELS[kind] for kind in ("web", "ios", "android", "unity", "whatsapp")},
    "apple": {"authenticationMessageSecret": "y" * 88},
    "instagram": {"pageAccessToken": "new", "storyRepliesEnabled": False, "storyMentionsEnabled": True},
    "mailgun": {"hideUnsubscribeLink": False, "fromAddress": "x@y.z"},
    "messenger": {"pageAccessToken": "new"},
}
NAMES = {"displayName": "front", "showAIDisclaimer": False}
each_type = pytest.mark.parametrize("kind", FACTS)


def test_all_types_are_here() -> None:
    assert len(FACTS) == 15
    assert {*FACTS, "custom"} == set(TABLE) == set(requests.FIELDS)
    assert set(CHANNELS) == set(FACTS)
    for kind, shape in requests.FIELDS.items():
        if kind != "custom":
            assert set(shape.__struct_encode_fields__) == set(CHANNELS[kind])
    for kind, shape in requests.CHANGES.items():
        assert set(shape.__struct_encode_fields__) == set(CHANGES[kind])


def shown(kind: str, fields: Json) -> Json:
    """What is seen of an integration made with `fields`."""
    _, hidden, masked, filled = FACTS[kind]
    seen = {name: STARS if name in masked else value for name, value in fields.items() if name not in hidden}
    return {**filled, **seen}


async def made(rest: Rest, kind: str, **fields: Any) -> Json:
    answer = await rest("POST", "/integrations", {"type": kind, **fields})
    assert answer.status == 201, answer
    integration: Json = answer.body["integration"]
    if kind == "messagebird":
        assert len(integration.pop("webhookSecret")) == 86
    return integration


def status(kind: str) -> str:
    return "active" if kind in ("web", "ios", "android", "unity") else "inactive"


@each_type
async def test_it_is_made_with_everything(rest: Rest, kind: str) -> None:
    integration = await made(rest, kind, **CHANNELS[kind], **NAMES)
    facts = {"id": integration["id"], "type": kind, "status": status(kind), **NAMES}
    assert integration == {**facts, **shown(kind, CHANNELS[kind])}


@each_type
async def test_it_is_made_with_what_it_cannot_be_without(rest: Rest, kind: str) -> None:
    required = FACTS[kind][0]
    least = {name: CHANNELS[kind][name] for name in required}
    integration = await made(rest, kind, **least)
    facts = {"id": integration["id"], "type": kind, "status": status(kind), "showAIDisclaimer": True}
    assert integration == {**facts, **shown(kind, least)}
    for name in required:
        less = {key: value for key, value in least.items() if key != name}
        refused = await rest("POST", "/integrations", {"type": kind, **less})
        assert (refused.status, refused.code) == (400, "bad_request")
        assert name in refused.title


@each_type
async def test_nulls_are_taken_where_nothing_is_needed(rest: Rest, kind: str) -> None:
    """Generated clients send null for every nullable field that was not set."""
    required = FACTS[kind][0]
    least = {name: CHANNELS[kind].get(name) if name in required else None for name in CHANNELS[kind]}
    nulls = dict.fromkeys(("displayName", "defaultResponderId", "showAIDisclaimer"))
    integration = await made(rest, kind, **least, **nulls)
    assert integration == await made(rest, kind, **{name: least[name] for name in required}) | {"id": integration["id"]}


@each_type
async def test_what_can_be_changed(rest: Rest, kind: str) -> None:
    before = await made(rest, kind, **CHANNELS[kind])
    one = f"/integrations/{before['id']}"
    change = {**CHANGES.get(kind, {}), **NAMES}
    after = {**before, **shown(kind, change)}
    if kind == "messagebird":
        after = (await rest("GET", one)).body["integration"] | NAMES
    assert await rest("PATCH", one, change) == (200, {"integration": after})
    assert await rest("GET", one) == (200, {"integration": after})
    unset = await rest("PATCH", one, dict.fromkeys(change))
    hidden, filled = FACTS[kind][1], FACTS[kind][3]
    gone = {name: filled[name] for name in change if name in filled}
    kept = {name: value for name, value in after.items() if name not in change or name in hidden}
    assert unset == (200, {"integration": {**kept, **gone, "showAIDisclaimer": True}})


@each_type
async def test_what_cannot_be_changed_is_refused_by_name(rest: Rest, kind: str) -> None:
    before = await made(rest, kind, **CHANNELS[kind])
    one = f"/integrations/{before['id']}"
    seen = (await rest("GET", one)).body
    for name in {*CHANNELS[kind], "id", "type", "status", *requests.lasting(kind)} - {*CHANGES.get(kind, {})}:
        refused = await rest("PATCH", one, {name: "another", "displayName": "half done"})
        assert (refused.status, refused.code) == (400, "bad_request")
        assert refused.title == f"{name} cannot be changed: delete the integration and create it again"
    assert await rest("GET", one) == (200, seen)
    assert await rest("PATCH", one, {**seen["integration"], "new": "field"}) == (200, seen)


async def test_no_secret_is_ever_seen_again(rest: Rest) -> None:
    for kind, fields in CHANNELS.items():
        hidden, masked = FACTS[kind][1:3]
        secrets = {name: f"secret-{name}" * 10 for name in hidden | masked}
        integration = await made(rest, kind, **{**fields, **secrets})
        one = f"/integrations/{integration['id']}"
        changed = await rest(
            "PATCH", one, {name: f"secret-{name}" * 20 for name in secrets if name in CHANGES.get(kind, {})}
        )
        listed = await rest("GET", f"/integrations?filter[types]={kind}")
        for answer in (changed, await rest("GET", one), listed):
            assert answer.status == 200
            assert "secret-" not in str(answer.body)


@pytest.mark.parametrize(
    ("kind", "fields", "word"),
    [
        ("web", {"brandColor": "12345"}, "brandColor"),
        ("web", {"displayStyle": "window"}, "displayStyle"),
        ("web", {"originWhitelist": ["https://example.com/path"]}, "originWhitelist"),
        ("web", {"prechatCapture": {"fields": [{**EMAIL_FIELD, "label": ""}]}}, "prechatCapture"),
        ("ios", {"certificate": ""}, "certificate"),
        ("android", {"senderId": ""}, "senderId"),
        ("apple", {"authenticationMessageSecret": "x" * 87}, "authenticationMessageSecret"),
        ("mailgun", {"incomingAddress": "hi@other.example"}, "incomingAddress"),
        ("twilio", {"phoneNumberSid": None, "messagingServiceSid": None}, "phoneNumberSid"),
        ("twitter", {"tier": "premium"}, "tier"),
        ("line", {"switcherSecret": ""}, "switcherSecret"),
        ("telegram", {"token": ""}, "token"),
        ("messenger", {"pageId": "1"}, "pageId"),
        ("whatsapp", {"displayName": "x" * 101}, "displayName"),
        ("whatsapp", {"showAIDisclaimer": "yes"}, "showAIDisclaimer"),
        ("whatsapp", {"defaultResponderId": 5}, "defaultResponderId"),
    ],
)
async def test_what_does_not_fit_is_refused(rest: Rest, kind: str, fields: Json, word: str) -> None:
    refused = await rest("POST", "/integrations", {"type": kind, **CHANNELS[kind], **fields})
    assert (refused.status, refused.code) == (400, "bad_request")
    assert word in refused.title


async def test_a_responder_that_is_none(rest: Rest, house: House) -> None:
    for method, path, body in (
        ("POST", "/integrations", {"type": "ios"}),
        ("PATCH", f"/integrations/{house.integrations['ios']}", {}),
    ):
        refused = await rest(method, path, {**body, "defaultResponderId": "0" * 24})
        assert (refused.status, refused.code) == (404, "switchboard_integration_not_found")


async def test_who_responds_by_default(rest: Rest, house: House) -> None:
    """The switchboard's own default, unless the integration has one of its own that is still there."""
    board = f"/switchboards/{(await rest('POST', '/switchboards')).body['switchboard']['id']}"
    one = f"/integrations/{house.integrations['ios']}"
    assert "defaultResponder" not in (await rest("GET", one)).body["integration"]
    seats = []
    for name, facts in (("bot", {"messageHistoryCount": 3}), ("agents", {"deliverStandbyEvents": False})):
        custom = await made(rest, "custom", webhooks=[HOOK])
        seat = {"name": name, "integrationId": custom["id"], **facts}
        seats.append((await rest("POST", f"{board}/switchboardIntegrations", seat)).body["switchboardIntegration"])
    bot, agents = seats
    await rest("PATCH", board, {"enabled": True, "defaultSwitchboardIntegrationId": bot["id"]})
    inherited = {**bot, "inherited": True}
    own = {**agents, "inherited": False}
    del inherited["id"], own["id"]
    plain = await rest("GET", one)
    assert plain.body["integration"]["defaultResponder"] == inherited
    for chosen, expected in ((agents["id"], own), (None, inherited), (agents["id"], own)):
        changed = await rest("PATCH", one, {"defaultResponderId": chosen})
        assert changed.body["integration"]["defaultResponder"] == expected
        assert await rest("GET", one) == changed
    listed = (await rest("GET", "/integrations?filter[types]=ios")).body["integrations"]
    assert [it["defaultResponder"] for it in listed] == [own]
    integration = await made(rest, "line", defaultResponderId=agents["id"])
    assert integration["defaultResponder"] == own
    refused = await rest("PATCH", one, {"defaultResponder": inherited})
    assert (refused.status, refused.title.split()[0]) == (400, "defaultResponder")
    assert (await rest("DELETE", f"{board}/switchboardIntegrations/{agents['id']}")).status == 200
    assert (await rest("GET", one)).body == plain.body


async def test_custom_has_neither_responder_nor_disclaimer(rest: Rest) -> None:
    more = {"defaultResponderId": "0" * 24, "showAIDisclaimer": False}
    integration = await made(rest, "custom", webhooks=[HOOK], **more)
    changed = await rest("PATCH", f"/integrations/{integration['id']}", {**more, "displayName": "bot"})
    assert changed == (200, {"integration": {**integration, "displayName": "bot"}})
    assert integration.keys() == {"id", "type", "status", "webhooks"}
    refused = await rest("PATCH", f"/integrations/{integration['id']}", {"webhooks": [HOOK]})
    assert (refused.status, refused.title.split()[0]) == (400, "webhooks")


async def test_a_list_of_some_types(rest: Rest, house: House) -> None:
    for kind in ("telegram", "line", "viber"):
        await made(rest, kind, **CHANNELS[kind])
    one = await rest("GET", "/integrations?filter[types]=telegram,viber&page[size]=1")
    assert [it["type"] for it in one.body["integrations"]] == ["telegram"]
    assert one.body["meta"]["hasMore"] is True
    assert "types%5D=telegram,viber" in one.body["links"]["next"]
    after = one.body["meta"]["afterCursor"]
    two = await rest("GET", f"/integrations?filter[types]=telegram,viber&page[size]=1&page[after]={after}")
    assert [it["type"] for it in two.body["integrations"]] == ["viber"]
    assert two.body["meta"]["hasMore"] is False
    spaced = await rest("GET", "/integrations?filter[types]=viber,%20line")
    assert [it["type"] for it in spaced.body["integrations"]] == ["line", "viber"]
    assert (await rest("GET", "/integrations?filter[types]=nonsense")).body["integrations"] == []


async def test_a_unity_device_talks(rest: Rest, house: House) -> None:
    """Its messages come from unity; the device itself is shown as a kind that official clients know."""
    integration = await made(rest, "unity")
    device = await house.device("ann", integration=integration["id"])
    assert device.welcome["device"]["type"] == "android"
    room = await house.personal("ann")
    said = await device.sends(room, "hi")
    assert said["message"]["source"] == {"type": "unity", "integrationId": integration["id"]}


@pytest.mark.parametrize("kind", ["telegram", "custom"])
async def test_no_device_comes_through_another_channel(rest: Rest, house: House, kind: str) -> None:
    fields = CHANNELS.get(kind, {"webhooks": [HOOK]})
    integration = await made(rest, kind, **fields)
    device = await house.plug(integration["id"])
    await device.say("hello", device={"guid": "g"}, auth={"jwt": house.token("ann")})
    assert (await device.goodbye())[1] == 4503
