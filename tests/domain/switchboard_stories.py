"""Commands about the switchboard that are refused, each with what comes before it."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain import events as ev
from gateway.domain.commands import Command
from gateway.domain.errors import Problem
from tests.domain.exchange import Exchange
from tests.domain.town import NOBODY, Town

Story = Callable[[Town], Command[Any]]


def _told(story: Callable[[Exchange], Command[Any]], *seats: str) -> Story:
    """In the same town, with a switchboard."""
    return lambda town: story(Exchange(*seats, town=town))


def _full(it: Exchange) -> Command[Any]:
    bot = it.do(it.orders.custom("user:remove"))
    for number in range(limits.SWITCHBOARD_INTEGRATIONS):
        it.do(it.seats(f"seat{number}", integration_id=bot.id))
    return it.seats("late", integration_id=bot.id)


def _next(it: Exchange) -> Command[Any]:
    it.do(it.changes_place("bot", next_id=it.place("desk").id))
    return it.unseats("desk")


def _needed(it: Exchange, name: str) -> Command[Any]:
    it.do(it.changes_place("bot", next_id=it.place("desk").id))
    return cmd.DeleteIntegration(app_id=it.app_id, integration_id=it.place(name).integration_id)


def _of_a_type(it: Exchange) -> Command[Any]:
    return it.seats("another", integration_type="custom")


def _web(it: Exchange) -> Command[Any]:
    return it.seats("web", integration_id=it.do(it.orders.integration()).id)


def _another_board(it: Exchange) -> Command[Any]:
    return cmd.DeleteSwitchboard(app_id=it.app_id, switchboard_id=NOBODY)


def _without_any(town: Town) -> Command[Any]:
    return cmd.PassControl(app_id=town.app_id, conversation_id=town.group("ann"), target="next")


def _switched_off(it: Exchange, command: Command[Any]) -> Command[Any]:
    it.do(it.switched(enabled=False))
    return command


STORIES: Final[list[tuple[Problem, str, Story]]] = [
    (errors.ONE_SWITCHBOARD, "a second one", _told(lambda it: cmd.CreateSwitchboard(app_id=it.app_id))),
    (errors.TOO_MANY_SWITCHBOARD_INTEGRATIONS, "the eleventh", _told(_full)),
    (errors.SWITCHBOARD_NOT_FOUND, "another id", _told(_another_board)),
    (
        errors.SWITCHBOARD_NOT_FOUND,
        "there is none",
        lambda town: cmd.UpdateSwitchboard(app_id=town.app_id, switchboard_id=NOBODY, enabled=False),
    ),
    (
        errors.SWITCHBOARD_INTEGRATION_NOT_FOUND,
        "a next that is none",
        _told(lambda it: it.changes_place("bot", next_id=NOBODY), "bot"),
    ),
    (
        errors.SWITCHBOARD_INTEGRATION_NOT_FOUND,
        "a default that is none",
        _told(lambda it: it.switched(default_id=NOBODY), "bot"),
    ),
    (errors.ENABLED_WITHOUT_DEFAULT, "enabled at once", _told(lambda it: it.switched(enabled=True))),
    (errors.ENABLED_WITHOUT_DEFAULT, "its default is unset", _told(lambda it: it.switched(default_id=None), "bot")),
    (errors.DEFAULT_RESPONDER_STAYS, "the default is deleted", _told(lambda it: it.unseats("bot"), "bot")),
    (errors.DEFAULT_RESPONDER_STAYS, "and its integration", _told(lambda it: _needed(it, "bot"), "bot", "desk")),
    (errors.NEXT_STAYS, "somebody's next is deleted", _told(_next, "bot", "desk")),
    (errors.NEXT_STAYS, "and its integration", _told(lambda it: _needed(it, "desk"), "bot", "desk")),
    (
        errors.NEXT_IS_ANOTHER,
        "it is to come after itself",
        _told(lambda it: it.changes_place("bot", next_id=it.place("bot").id), "bot"),
    ),
    (errors.INTEGRATION_NOT_FOUND, "to link", _told(lambda it: it.seats("bot", integration_id=NOBODY))),
    (errors.INTEGRATION_NOT_FOUND, "to link by type", _told(lambda it: it.seats("bot", integration_type="zd:agent"))),
    (errors.AMBIGUOUS_INTEGRATION_TYPE, "one of two", _told(_of_a_type, "bot", "desk")),
    (errors.NOT_FOR_SWITCHBOARDS, "a channel", _told(_web)),
    (errors.SWITCHBOARD_NOT_FOUND, "to pass by", _without_any),
    (
        errors.SWITCHBOARD_DISABLED,
        "to release by",
        _told(lambda it: _switched_off(it, it.releases(it.group("ann"))), "bot"),
    ),
    (
        errors.FORBIDDEN,
        "it is released by another",
        _told(lambda it: it.releases(it.group("ann"), by="desk"), "bot", "desk"),
    ),
]


class Failing(NamedTuple):
    """An action that fails: what is told of it, and by whom it was asked."""

    kind: type[ev.ControlFailed]
    problem: Problem
    why: str
    story: Callable[[Exchange, str], Command[Any]]
    metadata: dict[str, Any] | None = None
    by_desk: bool = False


WHY: Final = {"why": "tired"}

FAILURES: Final = (
    Failing(ev.PassFailed, errors.INVALID_TARGET, "to nobody", lambda it, room: it.passes(room, "x", metadata=WHY)),
    Failing(ev.PassFailed, errors.NO_NEXT, "to no next", lambda it, room: it.passes(room, "next")),
    Failing(
        ev.PassFailed, errors.AMBIGUOUS_TARGET, "to one of two", lambda it, room: it.passes(room, "custom", by="bot")
    ),
    Failing(
        ev.PassFailed,
        errors.SWITCHBOARD_DISABLED,
        "when off",
        lambda it, room: _switched_off(it, it.passes(room, "desk")),
    ),
    Failing(
        ev.OfferFailed,
        errors.OFFER_TO_ACTIVE,
        "to the active one",
        lambda it, room: it.offers(room, "bot", by="desk", metadata=WHY),
        WHY,
        by_desk=True,
    ),
    Failing(ev.OfferFailed, errors.INVALID_TARGET, "to nobody", lambda it, room: it.offers(room, "nobody")),
    Failing(
        ev.OfferFailed,
        errors.SWITCHBOARD_DISABLED,
        "when off",
        lambda it, room: _switched_off(it, it.offers(room, "desk")),
    ),
    Failing(
        ev.AcceptFailed,
        errors.NO_PENDING,
        "when nobody was asked",
        lambda it, room: it.accepts(room, by="desk", metadata=WHY),
        WHY,
        by_desk=True,
    ),
    Failing(
        ev.AcceptFailed,
        errors.SWITCHBOARD_DISABLED,
        "when off",
        lambda it, room: _switched_off(it, it.accepts(room)),
    ),
)
