"""How webhooks are called, and what they were told, as their backends ask for it over REST."""

import asyncio
from collections.abc import Callable

import pytest

from gateway.domain.retry import SCHEDULES
from tests.edge.conftest import Rest
from tests.edge.premises import HOOK, NOBODY
from tests.house_under_test import House, Json
from tests.receiver import Receiver

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
    return path_of(made.body["integration"])


def path_of(integration: Json) -> str:
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


async def first_until(rest: Rest, path: str, noun: str, true: Callable[[Json], bool]) -> list[Json]:
    """What is listed there, as soon as that is true of the first."""
    async with asyncio.timeout(30):
        while True:
            found: list[Json] = (await rest("GET", path)).body[noun]
            if found and true(found[0]):
                return found


async def test_what_waits_says_when_it_is_tried_again(rest: Rest, house: House, receiver: Receiver) -> None:
    receiver.answer = 503
    hook = path_of(await house.webhook(receiver.url, "conversation:message"))
    room = await house.group()
    ids = [(await house.says(room, text)).body["messages"][0]["id"] for text in ("one", "two")]
    waiting = f"{hook}/events?filter[status]=waiting"
    events = await first_until(rest, waiting, "events", lambda it: it["attempts"] > 0)
    assert [it["id"] for it in events] == ids
    first, second = events
    assert first["dueAt"] > first["createdAt"]
    assert "endedAt" not in first
    assert second == {**second, "attempts": 0, "status": "waiting", "conversation": {"id": room}}
    found = (await rest("GET", f"{hook}/events/{ids[1]}")).body["event"]
    assert found == {**second, "call": found["call"]}
    assert [it["id"] for it in found["call"]["events"]] == ids[1:]


async def test_an_endpoint_that_nobody_reaches_is_called_again_at_a_time_that_is_shown(
    rest: Rest, house: House
) -> None:
    """Its calls are shown, and are no attempts of the event that it was not told of."""
    hook = path_of(await house.webhook(NOBODY, "conversation:message"))
    said = (await house.says(await house.group(), "one")).body["messages"][0]["id"]
    (call,) = await first_until(rest, f"{hook}/attempts", "attempts", bool)
    assert (call["events"], call["outcome"], "status" in call) == ([said], "failed", False)
    assert call["answer"].startswith("cannot connect to 127.0.0.1:9 [")
    delivery = (await rest("GET", f"{hook}/delivery")).body["delivery"]
    assert (delivery["circuit"], delivery["waiting"]["events"]) == ("open", 1)
    assert call["createdAt"] < delivery["calledAgainAt"]
    (event,) = (await rest("GET", f"{hook}/events?filter[status]=waiting")).body["events"]
    assert (event["id"], event["attempts"], event["dueAt"]) == (said, 0, delivery["calledAgainAt"])
    one = (await rest("GET", f"{hook}/events/{said}")).body["event"]
    assert one["dueAt"] == event["dueAt"]


@pytest.mark.parametrize("query", ["filter[status]=lost", "filter[status]=", "filter=5"])
async def test_a_filter_that_is_none(rest: Rest, hook: str, query: str) -> None:
    for name in ("events", "attempts"):
        refused = await rest("GET", f"{hook}/{name}?{query}")
        assert (refused.status, refused.code) == (400, "bad_request")
