"""The four control actions over REST: statuses, bodies, and who may."""

from typing import Any

import pytest

from tests.edge.conftest import Rest
from tests.house_under_test import House
from tests.receiver import Receiver
from tests.switchboard import Backend, Board

NOBODY = "0" * 24


@pytest.fixture
async def board(house: House) -> Board:
    return await Board(house).open()


@pytest.fixture
async def bot(board: Board, receiver: Receiver) -> Backend:
    """The default of the switchboard, which is on."""
    bot = await board.seat("bot", receiver)
    await board.on(bot)
    return bot


@pytest.fixture
async def desk(board: Board, receiver: Receiver, bot: Backend) -> Backend:
    """The bot's next."""
    desk = await board.seat("desk", receiver)
    await board.change(bot, nextSwitchboardIntegrationId=desk.place["id"])
    return desk


async def test_a_conversation_shows_who_is_in_control(
    rest: Rest, house: House, board: Board, bot: Backend, desk: Backend
) -> None:
    await house.user("ann")
    made = await rest("POST", "/conversations", {"type": "personal", "participants": [{"userExternalId": "ann"}]})
    conversation = made.body["conversation"]
    assert conversation["activeSwitchboardIntegration"] == bot.shown
    assert "pendingSwitchboardIntegration" not in conversation
    room = conversation["id"]
    assert await board.act(room, "offer", "next") == (200, {})
    shown = (await rest("GET", f"/conversations/{room}")).body["conversation"]
    assert shown["pendingSwitchboardIntegration"] == desk.shown
    listed = (await rest("GET", "/conversations?filter[userExternalId]=ann")).body["conversations"]
    assert listed == [shown]
    changed = await rest("PATCH", f"/conversations/{room}", {"displayName": "Trip"})
    assert changed.body["conversation"] == {**shown, "displayName": "Trip"}


async def test_control_goes_round(house: House, board: Board, bot: Backend, desk: Backend) -> None:
    room = await house.group("ann")
    assert await board.act(room, "pass", desk.place["id"]) == (200, {})
    assert await board.control(room) == (desk.shown, None)
    assert await board.act(room, "offer", "bot", metadata={"a": 1}) == (200, {})
    assert await board.control(room) == (desk.shown, bot.shown)
    assert await board.act(room, "accept") == (200, {})
    assert await board.control(room) == (bot.shown, None)
    assert await board.act(room, "release") == (200, {})
    assert await board.control(room) == (None, None)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("body", [b"", b"{}", b'{"metadata": null, "reason": null}'])
@pytest.mark.parametrize("action", ["accept", "release"])
async def test_a_body_may_say_nothing(rest: Rest, house: House, board: Board, action: str, body: bytes) -> None:
    room = await house.group("ann")
    await board.act(room, "offer", "desk")
    path = f"/conversations/{room}/{action}Control"
    assert await rest("POST", path, data=body, headers={"Content-Type": "application/json"}) == (200, {})


async def test_a_release_without_anything(rest: Rest, house: House, bot: Backend) -> None:
    assert await rest("POST", f"/conversations/{await house.group('ann')}/releaseControl") == (200, {})


INVALID = (400, "switchboard_invalid_target")


FAILING: list[tuple[str, str | None, tuple[int, str], str]] = [
    ("pass", NOBODY, INVALID, "Switchboard invalid target"),
    ("pass", "custom", INVALID, "Several switchboard integrations"),
    ("offer", "nobody", INVALID, "Switchboard invalid target"),
    ("offer", "bot", INVALID, "Cannot offer control to the active switchboard integration."),
    ("accept", None, (400, "switchboard_invalid_action"), "There is no pendingSwitchboardIntegration"),
]


@pytest.mark.usefixtures("desk")
async def test_what_fails(house: House, board: Board, bot: Backend) -> None:
    room = await house.group("ann")
    for action, target, expected, title in FAILING:
        refused = await board.act(room, action, target)
        assert (refused.status, refused.code) == expected
        assert refused.title.startswith(title)
    assert await board.control(room) == (bot.shown, None)


async def test_there_is_no_next_after_the_last(house: House, board: Board, bot: Backend, desk: Backend) -> None:
    room = await house.group("ann")
    await board.act(room, "pass", "next")
    refused = await board.act(room, "pass", "next")
    assert (refused.status, refused.code) == INVALID


async def test_an_integration_takes_and_leaves_only_its_own(
    house: House, board: Board, bot: Backend, desk: Backend
) -> None:
    room = await house.group("ann")
    await board.act(room, "offer", "desk", by=bot)
    for action, by in (("accept", bot), ("release", desk)):
        refused = await board.act(room, action, by=by)
        assert (refused.status, refused.code, refused.title) == (403, "forbidden", "Forbidden")
    assert await board.control(room) == (bot.shown, desk.shown)
    assert await board.act(room, "accept", by=desk) == (200, {})
    assert await board.act(room, "release", by=desk) == (200, {})


async def test_next_is_taken_once_from_one_who_is_known(
    house: House, board: Board, bot: Backend, desk: Backend, receiver: Receiver
) -> None:
    third = await board.seat("third", receiver)
    await board.change(desk, nextSwitchboardIntegrationId=third.place["id"])
    room = await house.group("ann")
    for _ in range(2):
        assert await board.act(room, "pass", "next", by=bot) == (200, {})
        assert await board.control(room) == (desk.shown, None)


@pytest.mark.parametrize("action", ["pass", "offer", "accept", "release"])
async def test_without_a_switchboard_that_is_on(
    rest: Rest, house: House, board: Board, receiver: Receiver, action: str
) -> None:
    await board.seat("bot", receiver)
    room = await house.group("ann")
    refused = await board.act(room, action, "bot")
    assert (refused.status, refused.code) == (400, "switchboard_invalid_action")
    await rest("DELETE", board.path)
    refused = await board.act(room, action, "bot")
    assert (refused.status, refused.code) == (404, "switchboard_not_found")


@pytest.mark.parametrize("action", ["pass", "offer", "accept", "release"])
async def test_in_no_conversation(board: Board, bot: Backend, action: str) -> None:
    refused = await board.act(NOBODY, action, "bot")
    assert (refused.status, refused.code, refused.title) == (404, "conversation_not_found", "Conversation not found")


@pytest.mark.parametrize(
    ("action", "body", "word"),
    [
        ("pass", {}, "switchboardIntegration"),
        ("offer", {}, "switchboardIntegration"),
        ("pass", {"switchboardIntegration": "bot", "reason": "tired"}, "reason"),
        ("accept", {"metadata": {"a": {}}}, "metadata"),
        ("release", {"metadata": {"a": "x" * 4096}}, "4096"),
    ],
)
async def test_what_is_not_said_right(
    house: House, board: Board, bot: Backend, action: str, body: dict[str, Any], word: str
) -> None:
    refused = await house.rest("POST", f"/conversations/{await house.group('ann')}/{action}Control", body)
    assert (refused.status, refused.code) == (400, "bad_request")
    assert word in refused.title


async def test_a_default_responder_takes_what_comes_through_its_integration(
    rest: Rest, house: House, board: Board, bot: Backend, desk: Backend
) -> None:
    web = house.integrations["web"]
    named = await rest("PATCH", f"/integrations/{web}", {"defaultResponderId": desk.place["id"]})
    responder = {name: desk.place[name] for name in desk.place if name != "id"}
    assert named.body["integration"]["defaultResponder"] == {**responder, "inherited": False}
    ios = (await rest("GET", f"/integrations/{house.integrations['ios']}")).body["integration"]
    assert (ios["defaultResponder"]["name"], ios["defaultResponder"]["inherited"]) == ("bot", True)
    ann = await house.device("ann")
    opened = await ann.ask("conversation:create")
    room = opened["result"]["conversation"]["id"]
    assert await board.control(room) == (desk.shown, None)
    assert await board.control(await house.personal("bob")) == (bot.shown, None)
