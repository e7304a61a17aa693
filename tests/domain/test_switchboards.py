"""The switchboard of an app and the integrations in it."""

from gateway.domain import commands as cmd
from gateway.domain import limits
from gateway.domain.model import Switchboard
from tests.domain.exchange import Exchange


def test_a_switchboard_begins_empty_and_switched_off() -> None:
    board = Exchange().board
    assert board == Switchboard(id=board.id, enabled=False, default_id=None, integrations=())


def test_another_can_be_made_once_the_first_is_gone() -> None:
    town = Exchange("bot")
    first = town.board
    town.do(town.drops())
    town.do(cmd.CreateSwitchboard(app_id=town.app_id))
    assert town.board.id != first.id
    assert town.board.integrations == ()


def test_the_last_free_place_is_taken() -> None:
    town = Exchange(*(f"seat{it}" for it in range(limits.SWITCHBOARD_INTEGRATIONS - 1)))
    town.seat("last")
    assert len(town.board.integrations) == limits.SWITCHBOARD_INTEGRATIONS


def test_a_place_knows_what_it_is_linked_to() -> None:
    town = Exchange()
    bot = town.do(town.orders.custom("user:remove"))
    by_type = town.do(town.seats("bot", integration_type="custom"))
    assert (by_type.integration_id, by_type.integration_type) == (bot.id, "custom")
    assert by_type.deliver_standby_events


def test_only_what_is_named_changes() -> None:
    town = Exchange("bot", "desk", message_history_count=3)
    before = town.place("bot")
    other = town.do(town.orders.custom("user:remove"))
    after = town.do(town.changes_place("bot", integration_id=other.id, next_id=town.place("desk").id))
    assert after.integration_id == other.id
    assert (after.id, after.name, after.message_history_count) == (before.id, "bot", 3)
    town.do(town.changes_place("bot", name="robot", next_id=None, message_history_count=None))
    robot = town.place("robot")
    assert (robot.next_id, robot.message_history_count, robot.integration_id) == (None, None, other.id)


def test_an_integration_takes_its_places_with_it() -> None:
    town = Exchange("bot", "desk")
    desk = town.place("desk").integration_id
    town.do(town.seats("phone", integration_id=desk))
    town.do(cmd.DeleteIntegration(app_id=town.app_id, integration_id=desk))
    assert [it.name for it in town.board.integrations] == ["bot"]


def test_an_integration_that_withdraws_is_not_kept() -> None:
    town = Exchange("bot", "desk")
    desk = town.place("desk")
    town.do(town.changes_place("bot", next_id=desk.id))
    town.do(cmd.DeleteIntegration(app_id=town.app_id, integration_id=desk.integration_id, withdrawn=True))
    assert (town.place("bot").next_id, town.board.enabled, len(town.board.integrations)) == (None, True, 1)
    bot = town.place("bot").integration_id
    town.do(cmd.DeleteIntegration(app_id=town.app_id, integration_id=bot, withdrawn=True))
    assert town.board == Switchboard(id=town.board.id)


def test_a_default_may_go_once_there_is_another() -> None:
    town = Exchange("bot", "desk")
    town.do(town.switched(default_id=town.place("desk").id))
    town.do(town.unseats("bot"))
    assert [it.name for it in town.board.integrations] == ["desk"]


def test_switching_off_needs_no_default() -> None:
    town = Exchange("bot")
    town.do(town.switched(enabled=False, default_id=None))
    assert (town.board.enabled, town.board.default_id) == (False, None)
