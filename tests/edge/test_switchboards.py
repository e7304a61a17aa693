"""The switchboard over REST: exact statuses, bodies and refusals."""

from typing import Any

import pytest

from gateway.domain.limits import SWITCHBOARD_INTEGRATIONS
from tests.edge.conftest import Rest
from tests.edge.premises import HOOK
from tests.house_under_test import House

NOBODY = "0" * 24


async def custom(rest: Rest) -> str:
    """A custom integration; gives its id."""
    made = await rest("POST", "/integrations", {"type": "custom", "webhooks": [HOOK]})
    return str(made.body["integration"]["id"])


@pytest.fixture
async def board(rest: Rest) -> str:
    """The path of a new switchboard."""
    made = await rest("POST", "/switchboards")
    return f"/switchboards/{made.body['switchboard']['id']}"


async def seat(rest: Rest, board: str, name: str, **facts: Any) -> dict[str, Any]:
    """A switchboard integration, of a new custom integration unless one is named."""
    link = {} if "integrationType" in facts else {"integrationId": await custom(rest)}
    made = await rest("POST", f"{board}/switchboardIntegrations", {"name": name, **link, **facts})
    assert made.status == 201, made
    return dict(made.body["switchboardIntegration"])


async def test_a_switchboard_from_birth_to_death(rest: Rest) -> None:
    assert await rest("GET", "/switchboards") == (200, {"switchboards": []})
    made = await rest("POST", "/switchboards")
    board = made.body["switchboard"]
    assert made == (201, {"switchboard": {"id": board["id"], "enabled": False}})
    assert await rest("GET", "/switchboards") == (200, {"switchboards": [board]})
    twice = await rest("POST", "/switchboards")
    assert (twice.status, twice.code, twice.title) == (
        400,
        "bad_request",
        "Only one switchboard can be created per app",
    )
    one = f"/switchboards/{board['id']}"
    bot = await seat(rest, one, "bot")
    changed = await rest("PATCH", one, {"enabled": True, "defaultSwitchboardIntegrationId": bot["id"]})
    on = {"id": board["id"], "enabled": True, "defaultSwitchboardIntegrationId": bot["id"]}
    assert changed == (200, {"switchboard": on})
    assert await rest("GET", "/switchboards") == (200, {"switchboards": [on]})
    assert await rest("DELETE", one) == (200, {})
    assert await rest("GET", "/switchboards") == (200, {"switchboards": []})
    for method, path in (("PATCH", one), ("DELETE", one), ("GET", f"{one}/switchboardIntegrations")):
        gone = await rest(method, path)
        assert (gone.status, gone.code, gone.title) == (404, "switchboard_not_found", "Switchboard not found")


async def test_no_body_may_be_said_in_any_way(rest: Rest) -> None:
    made = await rest("POST", "/switchboards", data=b"", headers={"Content-Type": "text/plain"})
    assert made.status == 201


async def test_a_switchboard_integration_from_birth_to_death(rest: Rest, board: str) -> None:
    first = await seat(rest, board, "bot")
    assert set(first) == {"id", "name", "integrationId", "integrationType", "deliverStandbyEvents"}
    assert (first["name"], first["integrationType"], first["deliverStandbyEvents"]) == ("bot", "custom", True)
    facts = {
        "deliverStandbyEvents": False,
        "nextSwitchboardIntegrationId": first["id"],
        "messageHistoryCount": 10,
    }
    second = await seat(rest, board, "Agent_work-space", **facts)
    assert second == {**second, **facts}
    places = f"{board}/switchboardIntegrations"
    assert await rest("GET", places) == (200, {"switchboardIntegrations": [first, second]})

    one = f"{places}/{second['id']}"
    other = await custom(rest)
    asked = {"name": "desk", "integrationId": other, "deliverStandbyEvents": True}
    unset = {"nextSwitchboardIntegrationId": None, "messageHistoryCount": None}
    shown = {"id": second["id"], "integrationType": "custom", **asked}
    assert await rest("PATCH", one, {**asked, **unset}) == (200, {"switchboardIntegration": shown})
    assert await rest("PATCH", one, {}) == (200, {"switchboardIntegration": shown})
    assert await rest("DELETE", one) == (200, {})
    assert await rest("GET", places) == (200, {"switchboardIntegrations": [first]})
    for method in ("PATCH", "DELETE"):
        gone = await rest(method, one)
        assert (gone.status, gone.code) == (404, "switchboard_integration_not_found")
        assert gone.title == "SwitchboardIntegration not found"


async def test_ten_and_not_eleven(rest: Rest, board: str) -> None:
    bot = await custom(rest)
    places = f"{board}/switchboardIntegrations"
    for number in range(SWITCHBOARD_INTEGRATIONS):
        assert (await rest("POST", places, {"name": f"bot{number}", "integrationId": bot})).status == 201
    refused = await rest("POST", places, {"name": "late", "integrationId": bot})
    assert (refused.status, refused.code, refused.title) == (
        400,
        "too_many_switchboard_integrations",
        "Switchboard has reached the max number of switchboard integrations (10)",
    )


async def test_an_enabled_switchboard_has_a_default(rest: Rest, board: str) -> None:
    bot = await seat(rest, board, "bot")
    said = "Enabled switchboard must have an associated default switchboardIntegration"
    refused = await rest("PATCH", board, {"enabled": True})
    assert (refused.status, refused.code, refused.title) == (404, "switchboard_integration_not_found", said)
    on = {"enabled": True, "defaultSwitchboardIntegrationId": bot["id"]}
    assert (await rest("PATCH", board, on)).status == 200
    refused = await rest("PATCH", board, {"defaultSwitchboardIntegrationId": None})
    assert (refused.status, refused.title) == (404, said)
    refused = await rest("PATCH", board, {"defaultSwitchboardIntegrationId": NOBODY})
    assert (refused.status, refused.title) == (404, "SwitchboardIntegration not found")


async def test_the_default_and_the_next_stay(rest: Rest, board: str) -> None:
    desk = await seat(rest, board, "desk")
    bot = await seat(rest, board, "bot", nextSwitchboardIntegrationId=desk["id"])
    await rest("PATCH", board, {"defaultSwitchboardIntegrationId": bot["id"]})
    for place, word in ((bot, "default"), (desk, "next")):
        for path in (f"{board}/switchboardIntegrations/{place['id']}", f"/integrations/{place['integrationId']}"):
            refused = await rest("DELETE", path)
            assert (refused.status, refused.code) == (400, "bad_request")
            assert word in refused.title


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({"integrationId": NOBODY}, (404, "integration_not_found")),
        ({"integrationType": "zd:agentWorkspace"}, (404, "integration_not_found")),
        ({"integrationType": "custom"}, (400, "bad_request")),
        ({"integrationType": "ios"}, (400, "bad_request")),
    ],
)
async def test_what_cannot_be_linked(
    rest: Rest, house: House, board: str, link: dict[str, str], expected: tuple[int, str]
) -> None:
    bot = await seat(rest, board, "bot")
    await custom(rest)
    places = f"{board}/switchboardIntegrations"
    for answer in (
        await rest("POST", places, {"name": "x", **link}),
        await rest("PATCH", f"{places}/{bot['id']}", link),
    ):
        assert (answer.status, answer.code) == expected
    assert await rest("GET", places) == (200, {"switchboardIntegrations": [bot]})


async def test_the_only_integration_of_a_type_is_found_by_it(rest: Rest, board: str) -> None:
    bot = await custom(rest)
    assert (await seat(rest, board, "bot", integrationType="custom"))["integrationId"] == bot
