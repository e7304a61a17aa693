"""Webhooks of v1.1, and the custom integrations that they are in v2."""

import re
from typing import Any

import pytest

from gateway.domain.limits import WEBHOOKS
from gateway.domain.triggers import KNOWN_TRIGGERS, KNOWN_V1_TRIGGERS
from tests.edge.v1.bodies import ODD, spoilt
from tests.house_under_test import Answer, House, Json
from tests.receiver import Receiver

TARGET = "https://example.org/hook"
NOT_FOUND = (404, "not_found", "Resource not found")


async def made(house: House, **facts: Any) -> Json:
    answer = await house.v1("POST", "/webhooks", {"target": TARGET, **facts})
    assert answer.status == 201, answer
    return dict(answer.body["webhook"])


@pytest.mark.parametrize("family", ["apps", "implied"])
async def test_a_webhook_from_birth_to_death(house: House, family: str) -> None:
    asked = {"target": TARGET, "triggers": ["message:appUser", "postback"], "includeClient": True}
    answer = await house.v1("POST", "/webhooks", asked, family=family)
    hook = answer.body["webhook"]
    said = {**asked, "_id": hook["_id"], "secret": hook["secret"], "version": "v1.1", "includeFullAppUser": False}
    assert answer == (201, {"webhook": said})
    assert re.fullmatch(r"[A-Za-z0-9_-]{24}", hook["secret"])
    one = f"/webhooks/{hook['_id']}"
    assert await house.v1("GET", "/webhooks", family=family) == (200, {"webhooks": [hook]})
    assert await house.v1("GET", one, family=family) == (200, {"webhook": hook})

    changes = {"target": "http://example.org/b", "triggers": ["typing:appUser"], "includeFullAppUser": True}
    changed = await house.v1("PUT", one, changes, family=family)
    assert changed == (200, {"webhook": {**hook, **changes}})
    assert await house.v1("PUT", one, None, family=family) == changed
    assert await house.v1("DELETE", one, family=family) == (200, {})
    assert await house.v1("GET", "/webhooks", family=family) == (200, {"webhooks": []})
    for method in ("GET", "PUT", "DELETE"):
        assert (await house.v1(method, one, family=family)).error == NOT_FOUND


async def test_it_is_called_in_the_words_of_v1_with_its_secret(house: House, receiver: Receiver) -> None:
    hook = await made(house, target=receiver.url)
    await house.v1("POST", "/appusers", {"userId": "ann"})
    said = await house.v1("POST", "/appusers/ann/messages", {"role": "appMaker", "type": "text", "text": "Hello"})
    await receiver.until(lambda: receiver.calls)
    (call,) = receiver.calls
    assert (call["trigger"], call["version"], receiver.keys) == ("message:appMaker", "v1.1", [hook["secret"]])
    assert [it["_id"] for it in call["messages"]] == [said.body["message"]["_id"]]


async def test_messages_are_told_where_nothing_else_is_asked(house: House) -> None:
    for body in ({}, {"triggers": None}):
        assert (await made(house, **body))["triggers"] == ["message:appUser", "message:appMaker"]


async def test_every_trigger_of_v1_may_be_asked_for(house: House) -> None:
    wanted = sorted(KNOWN_V1_TRIGGERS)
    assert (await made(house, triggers=wanted))["triggers"] == wanted


@pytest.mark.parametrize("trigger", [*sorted(KNOWN_TRIGGERS - KNOWN_V1_TRIGGERS), "*", "message", "MESSAGE:appuser"])
async def test_what_only_others_know_is_no_trigger(house: House, trigger: str) -> None:
    description = f"triggers should be known in v1.1; '{trigger}' is not"
    hook = await made(house)
    for method, path in (("POST", "/webhooks"), ("PUT", f"/webhooks/{hook['_id']}")):
        refused = await house.v1(method, path, {"target": TARGET, "triggers": ["postback", trigger]})
        assert refused.error == (400, "bad_request", description)
    assert (await house.v1("GET", "/webhooks")).body == {"webhooks": [hook]}


async def test_v2_shows_it_as_a_custom_integration_with_one_webhook(house: House) -> None:
    hook = await made(house, includeFullAppUser=True)
    shown = (await house.rest("GET", f"/integrations/{hook['_id']}")).body["integration"]
    (nested,) = shown["webhooks"]
    assert shown == {"id": hook["_id"], "type": "custom", "status": "active", "webhooks": [nested]}
    assert nested == {
        "id": nested["id"],
        "version": "v2",
        "target": TARGET,
        "triggers": ["conversation:message"],
        "secret": hook["secret"],
        "includeFullUser": True,
        "includeFullSource": False,
    }
    assert nested["id"] != hook["_id"]
    listed = await house.rest("GET", "/integrations?filter[types]=custom")
    assert listed.body["integrations"] == [shown]


async def test_v2_may_change_it_in_its_own_words(house: House) -> None:
    hook = await made(house)
    hooks = f"/integrations/{hook['_id']}/webhooks"
    (nested,) = (await house.rest("GET", hooks)).body["webhooks"]
    one = f"{hooks}/{nested['id']}"
    for trigger, version in (("conversation:join", "v1.1"), ("postback", "v2")):
        refused = await house.rest("PATCH", one, {"triggers": ["conversation:message", trigger]})
        assert (refused.status, refused.title) == (400, f"triggers should be known in {version}; '{trigger}' is not")
    named = ["conversation:postback", "conversation:message"]
    changed = await house.rest("PATCH", one, {"target": "https://example.org/b", "triggers": named})
    assert set(changed.body["webhook"]["triggers"]) == set(named)
    same = (await house.v1("GET", f"/webhooks/{hook['_id']}")).body["webhook"]
    said = ["message:appMaker", "message:appUser", "postback"]
    assert same == {**hook, "target": "https://example.org/b", "triggers": said}
    assert (await house.rest("DELETE", f"/integrations/{hook['_id']}")).status == 200
    assert (await house.v1("GET", "/webhooks")).body == {"webhooks": []}


async def test_webhooks_of_v2_are_none_here(house: House) -> None:
    bot = await house.webhook(TARGET)
    assert (await house.v1("GET", "/webhooks")).body == {"webhooks": []}
    for method in ("GET", "PUT", "DELETE"):
        assert (await house.v1(method, f"/webhooks/{bot['id']}")).error == NOT_FOUND
    refused = await house.rest(
        "POST", f"/integrations/{bot['id']}/webhooks", {"target": TARGET, "triggers": ["postback"]}
    )
    assert refused.title == "triggers should be known in v2; 'postback' is not"


async def test_both_kinds_count(house: House) -> None:
    for _ in range(WEBHOOKS - 1):
        await made(house)
    await house.webhook(TARGET)
    refused = await house.v1("POST", "/webhooks", {"target": TARGET})
    assert refused.error == (400, "bad_request", "At most 10 webhooks per app")


async def test_what_a_switchboard_needs_stays(house: House) -> None:
    hook = await made(house)
    board = (await house.rest("POST", "/switchboards")).body["switchboard"]["id"]
    places = f"/switchboards/{board}/switchboardIntegrations"
    place = await house.rest("POST", places, {"name": "bot", "integrationId": hook["_id"]})
    chosen = {"defaultSwitchboardIntegrationId": place.body["switchboardIntegration"]["id"]}
    await house.rest("PATCH", f"/switchboards/{board}", {"enabled": True, **chosen})
    refused: Answer = await house.v1("DELETE", f"/webhooks/{hook['_id']}")
    assert refused.error[:2] == (400, "bad_request")
    assert (await house.v1("GET", f"/webhooks/{hook['_id']}")).status == 200


@pytest.mark.parametrize(("change", "named"), ODD["webhook"], ids=str)
async def test_odd_webhooks_are_refused_by_name(house: House, change: Json, named: str) -> None:
    hook = await made(house)
    body = {"target": TARGET, **change}
    assert spoilt(await house.v1("POST", "/webhooks", body), named)
    assert spoilt(await house.v1("PUT", f"/webhooks/{hook['_id']}", body), named)
    assert (await house.v1("GET", "/webhooks")).body == {"webhooks": [hook]}
