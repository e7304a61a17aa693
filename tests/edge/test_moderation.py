"""Moderation over REST: exact statuses, bodies and refusals."""

from typing import Any

import pytest

from gateway.flow.provision import Credentials
from tests.edge.conftest import Rest
from tests.house_under_test import House

TARGET = "https://example.com/judge"
ASKED = {"target": TARGET, "unanswered": "refuse", "timeoutMs": 1_500}


async def test_moderation_from_birth_to_death(rest: Rest) -> None:
    for method in ("GET", "DELETE"):
        none = await rest(method, "/moderation")
        assert (none.status, none.code, none.title) == (404, "not_found", "The app has no moderation")
    made = await rest("PUT", "/moderation", ASKED)
    moderation = made.body["moderation"]
    given = {name: moderation[name] for name in ("id", "secret", "signingSecrets")}
    assert made == (200, {"moderation": {**ASKED, **given}})
    assert len(moderation["secret"]) == 86
    assert [it["secret"][:6] for it in moderation["signingSecrets"]] == ["whsec_"]
    assert await rest("GET", "/moderation") == made
    assert await rest("PUT", "/moderation", ASKED) == made
    changed = await rest("PUT", "/moderation", {"target": f"{TARGET}/2", "unanswered": "accept"})
    other = {**moderation, "target": f"{TARGET}/2", "unanswered": "accept", "timeoutMs": 2_000}
    assert changed == (200, {"moderation": other})
    assert await rest("DELETE", "/moderation") == (200, {})
    assert (await rest("GET", "/moderation")).status == 404


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"target": None}, "target"),
        ({"target": ""}, "target"),
        ({"target": "example.com"}, "target should be an http or https URL"),
        ({"target": "ftp://example.com"}, "target should be an http or https URL"),
        ({"target": "https://ann:secret@example.com"}, "target should hold no user name or password"),
        ({"target": "https://x.y/" + "x" * 2_048}, "target"),
        ({"unanswered": "maybe"}, "unanswered"),
        ({"unanswered": None}, "unanswered"),
        ({"timeoutMs": 99}, "timeoutMs"),
        ({"timeoutMs": 10_001}, "timeoutMs"),
        ({"timeoutMs": "1500"}, "timeoutMs"),
        ({"timeoutMs": 1.5}, "timeoutMs"),
        ({"timeoutMs": None}, "timeoutMs"),
    ],
)
async def test_what_is_wrong_is_named_and_changes_nothing(rest: Rest, changes: dict[str, Any], word: str) -> None:
    made = await rest("PUT", "/moderation", ASKED)
    refused = await rest("PUT", "/moderation", {**ASKED, **changes})
    assert (refused.status, refused.code) == (400, "bad_request")
    assert word in refused.title
    assert await rest("GET", "/moderation") == made


@pytest.mark.parametrize("field", ["target", "unanswered"])
async def test_what_has_to_be_said(rest: Rest, field: str) -> None:
    refused = await rest("PUT", "/moderation", {name: it for name, it in ASKED.items() if name != field})
    assert (refused.status, refused.title) == (400, f"should have required property '{field}'")
    assert (await rest("GET", "/moderation")).status == 404


async def test_the_signing_secret_is_rotated(rest: Rest) -> None:
    none = await rest("POST", "/moderation/signingSecret/rotate")
    assert (none.status, none.title) == (404, "The app has no moderation")
    before = (await rest("PUT", "/moderation", ASKED)).body["moderation"]
    after = (await rest("POST", "/moderation/signingSecret/rotate", {"graceSeconds": 60})).body["moderation"]
    new, former = after["signingSecrets"]
    assert {**after, "signingSecrets": before["signingSecrets"]} == before
    assert former == {**before["signingSecrets"][0], "until": former["until"]}
    assert new.keys() == {"secret"}
    assert (await rest("PUT", "/moderation", ASKED)).body["moderation"] == after
    alone = await rest("POST", "/moderation/signingSecret/rotate", {"graceSeconds": 0})
    assert len(alone.body["moderation"]["signingSecrets"]) == 1
    for seconds in (-1, 2_592_001, "60", 1.5, None):
        refused = await rest("POST", "/moderation/signingSecret/rotate", {"graceSeconds": seconds})
        assert (refused.status, "graceSeconds" in refused.title) == (400, True)
    assert await rest("GET", "/moderation") == alone


@pytest.mark.parametrize("timeout_ms", [100, 10_000])
async def test_the_bounds_of_a_deadline(rest: Rest, timeout_ms: int) -> None:
    made = await rest("PUT", "/moderation", {**ASKED, "timeoutMs": timeout_ms})
    assert made.body["moderation"]["timeoutMs"] == timeout_ms


async def test_it_is_the_apps_own(rest: Rest, house: House, other: Credentials) -> None:
    await rest("PUT", "/moderation", ASKED)
    theirs = f"/v2/apps/{other.app_id}/moderation"
    assert (await rest("GET", theirs)).status == 404
    assert (await rest("GET", theirs, key=house.account)).code == "not_found"
    assert (await rest("PUT", theirs, ASKED)).code == "app_not_found"


async def test_it_goes_by_put_alone(rest: Rest) -> None:
    for method in ("POST", "PATCH"):
        assert (await rest(method, "/moderation", ASKED)).code == "method_not_allowed"
