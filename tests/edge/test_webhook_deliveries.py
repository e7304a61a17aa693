"""How webhooks are called, and what they were told, as their backends ask for it over REST."""

from typing import Any

import pytest

from gateway.domain.retry import SCHEDULES
from tests.edge.conftest import Rest
from tests.edge.premises import HOOK, NOBODY
from tests.house_under_test import House, Json

NEW: Json = {
    "status": "active",
    "onePerCall": False,
    "standardWebhooks": False,
    "schedule": None,
    "waiting": {"events": 0},
    "circuit": "closed",
}


@pytest.fixture
async def hook(rest: Rest) -> str:
    """The path of a webhook."""
    made = await rest("POST", "/integrations", {"type": "custom", "webhooks": [HOOK]})
    integration = made.body["integration"]
    return f"/integrations/{integration['id']}/webhooks/{integration['webhooks'][0]['id']}"


async def test_a_new_webhook_is_called_as_documented(rest: Rest, hook: str) -> None:
    (status, body) = await rest("GET", f"{hook}/delivery")
    (secret,) = body["delivery"].pop("signingSecrets")
    assert (status, body) == (200, {"delivery": NEW})
    assert secret.keys() == {"secret"}
    assert secret["secret"].startswith("whsec_")
    webhook = (await rest("GET", hook)).body["webhook"]
    assert secret["secret"] not in str(webhook)


@pytest.mark.parametrize(
    "change",
    [
        {"onePerCall": True},
        {"standardWebhooks": True},
        *({"schedule": name} for name in SCHEDULES),
        {"schedule": None},
        {"onePerCall": True, "standardWebhooks": True, "schedule": "long"},
        {},
    ],
)
async def test_only_what_is_named_changes(rest: Rest, hook: str, change: Json) -> None:
    before = (await rest("GET", f"{hook}/delivery")).body["delivery"]
    changed = await rest("PATCH", f"{hook}/delivery", change)
    assert changed == (200, {"delivery": {**before, **change}})
    assert await rest("GET", f"{hook}/delivery") == changed
    assert await rest("PATCH", f"{hook}/delivery", {}) == changed


@pytest.mark.parametrize(
    ("change", "word"),
    [({"schedule": "hourly"}, "schedule"), ({"onePerCall": None}, "onePerCall"), ({"standardWebhooks": 1}, "standard")],
)
async def test_what_cannot_be_chosen_is_named(rest: Rest, hook: str, change: Json, word: str) -> None:
    before = await rest("GET", f"{hook}/delivery")
    refused = await rest("PATCH", f"{hook}/delivery", change)
    assert (refused.status, refused.code) == (400, "bad_request")
    assert word in refused.title
    assert await rest("GET", f"{hook}/delivery") == before


async def test_a_pause_that_is_repeated_began_with_the_first(rest: Rest, hook: str) -> None:
    first = await rest("POST", f"{hook}/pause")
    assert await rest("POST", f"{hook}/pause") == first
    assert await rest("GET", f"{hook}/delivery") == first
    resumed = await rest("POST", f"{hook}/resume")
    assert resumed.body["delivery"] == {**NEW, "signingSecrets": first.body["delivery"]["signingSecrets"]}
    assert await rest("POST", f"{hook}/resume") == resumed


async def test_a_changed_webhook_is_called_as_before(rest: Rest, hook: str) -> None:
    """What the API knows of it, and what it does not, change apart."""
    chosen = await rest("PATCH", f"{hook}/delivery", {"onePerCall": True})
    assert (await rest("PATCH", hook, {"target": "https://example.com/other"})).status == 200
    assert await rest("GET", f"{hook}/delivery") == chosen


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "delivery"),
        ("PATCH", "delivery"),
        ("POST", "pause"),
        ("POST", "signingSecret/rotate"),
        ("GET", "attempts"),
        ("GET", "events"),
        ("POST", "test"),
    ],
)
async def test_an_integration_repairs_its_own_webhooks(rest: Rest, house: House, method: str, path: str) -> None:
    keys: list[tuple[str, str]] = []
    hooks: list[Json] = []
    for _ in range(2):
        integration = await house.webhook(NOBODY, "conversation:message")
        key = (await rest("POST", f"/integrations/{integration['id']}/keys", {"displayName": "own"})).body["key"]
        keys.append((key["id"], key["secret"]))
        hooks.append(integration)
    own, other = (f"webhooks/{it['webhooks'][0]['id']}/{path}" for it in hooks)
    for named in ("me", hooks[0]["id"]):
        answer = await rest(method, f"/integrations/{named}/{own}", key=keys[0])
        assert answer.status == 200, answer
    foreign = await rest(method, f"/integrations/{hooks[1]['id']}/{other}", key=keys[0])
    assert (foreign.status, foreign.code) == (403, "forbidden")
    nowhere = await rest(method, f"/integrations/me/{other}", key=keys[0])
    assert (nowhere.status, nowhere.code) == (404, "not_found")
    nobody = await rest(method, f"/integrations/me/{own}")
    assert (nobody.status, nobody.code) == (404, "integration_not_found")
    web = await rest(method, f"/integrations/{house.integrations['web']}/{own}")
    assert (web.status, web.title) == (400, "Webhooks are available only for custom integrations")


async def test_what_waits_says_when_it_is_tried_again(rest: Rest, house: House) -> None:
    integration = await house.webhook(NOBODY, "conversation:message")
    hook = f"/integrations/{integration['id']}/webhooks/{integration['webhooks'][0]['id']}"
    room = await house.group()
    ids = [(await house.says(room, text)).body["messages"][0]["id"] for text in ("one", "two")]
    events: list[Any] = []
    while not (events and events[0]["attempts"]):
        events = (await rest("GET", f"{hook}/events?filter[status]=waiting")).body["events"]
    assert [it["id"] for it in events] == ids
    first, second = events
    assert first["dueAt"] > first["createdAt"]
    assert "endedAt" not in first
    assert second == {**second, "attempts": 0, "status": "waiting", "conversation": {"id": room}}
    found = (await rest("GET", f"{hook}/events/{ids[1]}")).body["event"]
    assert found == {**second, "call": found["call"]}
    assert [it["id"] for it in found["call"]["events"]] == ids[1:]


@pytest.mark.parametrize("query", ["filter[status]=lost", "filter[status]=", "filter=5"])
async def test_a_filter_that_is_none(rest: Rest, hook: str, query: str) -> None:
    for name in ("events", "attempts"):
        refused = await rest("GET", f"{hook}/{name}?{query}")
        assert (refused.status, refused.code) == (400, "bad_request")
