"""Who is in control of a conversation, and who is sent what of it."""

from typing import Any

import pytest

from gateway.domain import audience, errors
from gateway.domain import commands as cmd
from gateway.domain import events as ev
from gateway.domain.content import PostbackAction, Text
from gateway.domain.decide.history import UNCHANGING
from gateway.domain.errors import Problem
from gateway.domain.evolve import _EVOLVERS as EVOLVERS
from gateway.domain.model import Source
from gateway.domain.triggers import TRIGGERS
from tests.domain.exchange import Exchange
from tests.domain.switchboard_stories import FAILURES, Failing
from tests.domain.town import Town


@pytest.fixture
def town() -> Exchange:
    """A bot, which is the default, and a desk, both deaf while others are in control; an auditor hears everything."""
    town = Exchange("bot", "desk", deliver_standby_events=False)
    town.do(town.changes_place("bot", next_id=town.place("desk").id))
    town.do(town.orders.custom(*TRIGGERS.values()))
    return town


def say(town: Exchange, room: str, text: str = "hi") -> None:
    town.do(town.orders.says(room, text))


# --- by default -------------------------------------------------------------------------------------------------------


def test_a_conversation_begins_with_the_default(town: Exchange) -> None:
    room = town.group("ann")
    assert town.control(room) == ("bot", None)
    assert town.sent() == {"bot", "else"}
    created = town.last(ev.ConversationCreated)
    assert created.conversation.active == town.place("bot").responder


def test_one_from_before_is_taken_up_at_its_next_event() -> None:
    before = Town()
    room = before.group("ann")
    town = Exchange("bot", town=before)
    assert town.control(room) == (None, None)
    say(town, room)
    assert town.control(room) == ("bot", None)


def test_typing_takes_up_nothing_but_is_sent_to_the_default(town: Exchange) -> None:
    room = town.group("ann")
    town.do(town.releases(room))
    town.do(town.orders.types(room, "ann"))
    assert town.sent() == {"bot", "else"}
    assert town.control(room) == (None, None)


def test_a_pressed_button_takes_a_conversation_up(town: Exchange) -> None:
    web = town.device("ann")
    room = town.group("ann")
    button = town.do(town.orders.posts(room, asking()))
    town.do(town.releases(room))
    content: Any = button.message.content
    town.do(town.orders.presses(room, "ann", content.actions[0].id, web))
    assert town.control(room) == ("bot", None)
    assert town.sent() == {"bot", "else"}


def asking() -> Any:
    return Text(text="Tea?", actions=(PostbackAction(text="Yes", payload="YES"),))


def test_the_integration_it_came_through_may_name_another_default(town: Exchange) -> None:
    web = town.do(town.orders.integration(default_responder_id=town.place("desk").id))
    town.user("ann")
    source = Source(type="web", integration_id=web.id)
    room = town.do(town.orders.group("ann", source=source)).conversation.id
    assert town.control(room) == ("desk", None)
    town.do(town.passes(room, "bot"))
    town.do(town.releases(room))
    say(town, room)
    assert town.control(room) == ("desk", None)
    town.do(town.changes_place("bot", next_id=None))
    town.do(town.unseats("desk"))
    say(town, room)
    assert town.control(room) == ("bot", None)


def test_whoever_leaves_the_switchboard_gives_way_to_the_default(town: Exchange) -> None:
    room = town.group("ann")
    third = town.seat("third")
    town.do(town.passes(room, "third"))
    town.do(town.offers(room, "desk"))
    town.do(cmd.DeleteIntegration(app_id=town.app_id, integration_id=third.integration_id))
    say(town, room)
    assert town.control(room) == ("bot", "desk")


def test_an_offer_to_whoever_leaves_is_none(town: Exchange) -> None:
    room = town.group("ann")
    town.seat("third")
    town.do(town.offers(room, "third"))
    town.do(town.unseats("third"))
    say(town, room)
    assert town.control(room) == ("bot", None)


def test_an_offer_to_the_default_ends_where_the_default_steps_in(town: Exchange) -> None:
    room = town.group("ann")
    town.seat("third")
    town.do(town.passes(room, "third"))
    town.do(town.offers(room, "bot"))
    town.do(town.unseats("third"))
    say(town, room)
    assert town.control(room) == ("bot", None)


def test_a_new_name_shows_with_the_next_event(town: Exchange) -> None:
    room = town.group("ann")
    town.do(town.changes_place("bot", name="robot"))
    say(town, room)
    assert town.control(room) == ("robot", None)


def test_a_disabled_switchboard_keeps_who_is_in_control(town: Exchange) -> None:
    room = town.group("ann")
    town.do(town.passes(room, "desk"))
    town.do(town.switched(enabled=False))
    say(town, room)
    assert town.control(room) == ("desk", None)
    assert town.sent() == {"bot", "desk", "else"}
    other = town.group("ann")
    assert town.control(other) == (None, None)
    town.do(town.switched(enabled=True))
    say(town, room)
    assert town.control(room) == ("desk", None)
    assert town.sent() == {"desk", "else"}


def test_a_deleted_switchboard_is_forgotten(town: Exchange) -> None:
    room = town.group("ann")
    town.do(town.drops())
    say(town, room)
    assert town.control(room) == (None, None)
    office = town.house.office(town.app_id)
    assert len(audience.webhooks(office, town.happened[-1])) == len(office.webhooks) == 3


# --- from hand to hand ------------------------------------------------------------------------------------------------


def test_a_whole_life(town: Exchange) -> None:
    room = town.group("ann")
    town.do(town.passes(room, "next", by="bot", metadata={"mood": 1}, reason="ticketClosed"))
    passed = town.last(ev.ControlPassed)
    assert (passed.metadata, passed.reason, passed.seq) == ({"mood": 1}, "ticketClosed", 0)
    assert town.control(room) == ("desk", None)
    assert town.sent() == {"bot", "desk", "else"}
    say(town, room)
    assert town.sent() == {"desk", "else"}

    town.do(town.offers(room, "bot", by="desk"))
    assert town.control(room) == ("desk", "bot")
    assert town.sent() == {"bot", "desk", "else"}
    say(town, room)
    assert town.sent() == {"desk", "else"}

    town.do(town.accepts(room, by="bot"))
    assert town.control(room) == ("bot", None)
    assert town.sent() == {"bot", "desk", "else"}
    say(town, room)
    assert town.sent() == {"bot", "else"}

    town.do(town.releases(room, by="bot", reason="transferToEmail"))
    assert town.last(ev.ControlReleased).conversation.active is None
    assert town.control(room) == (None, None)
    assert town.sent() == {"bot", "else"}
    say(town, room)
    assert town.control(room) == ("bot", None)


def test_control_takes_no_place_in_the_history(town: Exchange) -> None:
    room = town.group("ann")
    say(town, room)
    before = town.house.room(town.app_id, room).conversation
    for action in (town.passes(room, "desk"), town.offers(room, "bot"), town.accepts(room), town.releases(room)):
        town.do(action)
    after = town.house.room(town.app_id, room).conversation
    assert (after.seq, after.clock, after.last_updated_at) == (before.seq, before.clock, before.last_updated_at)


def test_standby_events_are_for_those_who_want_them(town: Exchange) -> None:
    town.do(town.changes_place("desk", deliver_standby_events=True))
    room = town.group("ann")
    say(town, room)
    assert town.sent() == {"bot", "desk", "else"}


def test_a_user_alone_is_for_everybody(town: Exchange) -> None:
    town.user("ann")
    town.do(town.orders.forgets("ann"))
    assert town.sent() == {"bot", "desk", "else"}


@pytest.mark.parametrize("name", ["id", "name"])
def test_passing_again_is_no_news(town: Exchange, name: str) -> None:
    room = town.group("ann")
    target = getattr(town.place("desk"), name)
    town.do(town.passes(room, target))
    before = len(town.happened)
    town.do(town.passes(room, target, metadata={"again": True}))
    assert len(town.happened) == before


def test_passing_to_the_default_counts_where_nobody_is_in_control(town: Exchange) -> None:
    room = town.group("ann")
    town.do(town.releases(room))
    town.do(town.passes(room, "bot"))
    assert isinstance(town.happened[-1], ev.ControlPassed)
    assert town.control(room) == ("bot", None)


def test_passing_ends_an_offer_and_tells_who_was_asked(town: Exchange) -> None:
    room = town.group("ann")
    town.seat("third", deliver_standby_events=False)
    town.do(town.offers(room, "third"))
    town.do(town.passes(room, "desk"))
    assert town.control(room) == ("desk", None)
    assert town.sent() == {"bot", "desk", "third", "else"}
    town.do(town.offers(room, "third"))
    town.do(town.passes(room, "desk"))
    assert town.control(room) == ("desk", None)


def test_an_offer_ends_the_one_before(town: Exchange) -> None:
    room = town.group("ann")
    town.seat("third", deliver_standby_events=False)
    town.do(town.offers(room, "desk"))
    town.do(town.offers(room, "third"))
    assert town.control(room) == ("bot", "third")
    assert town.sent() == {"bot", "desk", "third", "else"}
    assert town.refusal(town.accepts(room, by="desk")) == errors.FORBIDDEN


def test_next_is_whoever_comes_after_the_active_one(town: Exchange) -> None:
    third = town.seat("third")
    town.do(town.changes_place("desk", next_id=third.id))
    room = town.group("ann")
    for expected in ("desk", "third"):
        town.do(town.passes(room, "next"))
        assert town.control(room) == (expected, None)
    assert town.refusal(town.passes(room, "next")) == errors.NO_NEXT


def test_next_said_again_by_one_who_is_known_is_disregarded(town: Exchange) -> None:
    third = town.seat("third")
    town.do(town.changes_place("desk", next_id=third.id))
    room = town.group("ann")
    for _ in range(2):
        town.do(town.passes(room, "next", by="bot"))
        assert town.control(room) == ("desk", None)


def test_next_by_an_integration_that_sits_nowhere_counts(town: Exchange) -> None:
    room = town.group("ann")
    outside = town.do(town.orders.custom("user:remove"))
    command = cmd.PassControl(app_id=town.app_id, conversation_id=room, target="next", by=outside.id)
    town.do(command)
    assert town.control(room) == ("desk", None)


def test_an_id_is_taken_before_a_name_and_a_name_before_a_type(town: Exchange) -> None:
    room = town.group("ann")
    town.seat(town.place("desk").id)
    town.do(town.passes(room, town.place("desk").id))
    assert town.control(room) == ("desk", None)
    town.seat("custom")
    town.do(town.passes(room, "custom"))
    assert town.control(room) == ("custom", None)


def test_a_type_of_one_is_enough() -> None:
    town = Exchange("bot")
    room = town.group("ann")
    town.do(town.releases(room))
    town.do(town.passes(room, "custom"))
    assert town.control(room) == ("bot", None)


def test_releasing_what_nobody_controls_is_no_news(town: Exchange) -> None:
    room = town.group("ann")
    town.do(town.releases(room))
    before = len(town.happened)
    town.do(town.releases(room))
    assert len(town.happened) == before


@pytest.mark.parametrize("action", ["accepts", "releases"])
def test_an_integration_takes_and_leaves_what_is_its_own(town: Exchange, action: str) -> None:
    room = town.group("ann")
    town.do(town.offers(room, "desk"))
    before = len(town.happened)
    other = "bot" if action == "accepts" else "desk"
    assert town.refusal(getattr(town, action)(room, by=other)) == errors.FORBIDDEN
    assert len(town.happened) == before
    town.do(getattr(town, action)(room, by="desk" if action == "accepts" else "bot"))


def test_nobody_releases_what_the_default_would_get(town: Exchange) -> None:
    room = town.group("ann")
    town.do(town.releases(room))
    assert town.refusal(town.releases(room, by="bot")) == errors.FORBIDDEN


# --- what fails -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failing", "problem"), [pytest.param(it, it.problem, id=f"{it.kind.__name__} {it.why}") for it in FAILURES]
)
def test_what_fails_is_refused_and_told(failing: Failing, problem: Problem) -> None:
    town = Exchange("bot", "desk", deliver_standby_events=False)
    room = town.group("ann")
    command = failing.story(town, room)
    control = town.control(room)
    assert town.refusal(command) == problem
    event = town.last(failing.kind)
    assert event is town.happened[-1]
    assert (event.problem, event.metadata) == (problem, failing.metadata)
    assert town.control(room) == control
    told = {"bot", "desk"} if not town.board.enabled or failing.by_desk else {"bot"}
    assert town.sent() == told


# --- what was said ----------------------------------------------------------------------------------------------------


def shown(town: Exchange) -> dict[str, list[str]]:
    """What the newest event shows to whom."""
    event = town.happened[-1]
    assert isinstance(event, ev.ConversationEvent)
    if event.shown is None:
        return {}
    (name,) = {it.name for it in town.board.integrations if it.integration_id == event.shown.integration_id}
    return {name: [getattr(it.content, "text", "-") for it in event.shown.messages]}


def remembering(town: Exchange, room: str) -> None:
    """As the store does it, for a room whose newest messages may be wanted."""
    said = [message for (here, _), message in town.house.messages.items() if here == room]
    town.house.newest[room] = tuple(sorted(said, key=lambda it: it.seq)[-10:])


def test_newcomers_are_shown_what_was_said() -> None:
    town = Exchange("bot", "desk")
    town.do(town.changes_place("desk", message_history_count=2))
    room = town.group("ann")
    for number in range(4):
        say(town, room, str(number))
    remembering(town, room)
    town.do(town.offers(room, "desk"))
    assert shown(town) == {"desk": ["2", "3"]}
    say(town, room, "4")
    assert shown(town) == {}
    town.do(town.accepts(room))
    assert shown(town) == {"desk": ["3", "4"]}
    town.do(town.passes(room, "bot"))
    assert shown(town) == {}
    town.do(town.passes(room, "desk"))
    assert shown(town) == {"desk": ["3", "4"]}
    say(town, room, "5")
    assert shown(town) == {}


def test_the_default_is_shown_what_was_said_with_the_first_event_it_is_sent() -> None:
    town = Exchange("bot", message_history_count=10)
    room = town.group("ann")
    first = town.do(town.orders.says(room, "first")).message
    assert shown(town) == {}
    say(town, room, "second")
    remembering(town, room)
    town.do(town.releases(room))
    town.do(town.orders.types(room, "ann"))
    assert shown(town) == {}
    town.do(town.orders.deletes(room, first.id))  # which no webhook is told of
    assert (shown(town), town.control(room)) == ({}, ("bot", None))
    say(town, room, "third")
    assert shown(town) == {"bot": ["-", "second"]}
    say(town, room, "fourth")
    assert shown(town) == {}
    town.do(town.releases(room))
    town.do(town.orders.clears(room))
    say(town, room, "fifth")
    assert shown(town) == {}


def test_one_who_listens_to_messages_alone_is_shown_it_with_the_next_message() -> None:
    town = Exchange("bot")
    quiet = town.do(town.orders.custom("conversation:message"))
    town.do(town.seats("quiet", integration_id=quiet.id, message_history_count=1, deliver_standby_events=False))
    room = town.group("ann")
    say(town, room, "one")
    remembering(town, room)
    town.do(town.passes(room, "quiet"))
    town.do(town.orders.reads(room, "ann"))
    assert shown(town) == {}
    say(town, room, "two")
    assert shown(town) == {"quiet": ["one"]}
    say(town, room, "three")
    assert shown(town) == {}


def test_what_leaves_nothing_behind_shows_nothing() -> None:
    """Else it would be shown again: whether it was is part of what is kept."""
    forgotten = {kind for kind, evolver in EVOLVERS.items() if evolver.__name__ == "_nothing"}
    assert all(issubclass(it, UNCHANGING) for it in forgotten if issubclass(it, ev.ConversationEvent))


def test_of_several_events_at_once_the_first_shows_it() -> None:
    town = Exchange("bot", message_history_count=1)
    web = town.device("ann")
    town.do(cmd.UpdateApp(app_id=town.app_id, settings={"echo_postback": True}))
    room = town.group("ann")
    content: Any = town.do(town.orders.posts(room, asking())).message.content
    remembering(town, room)
    town.do(town.releases(room))
    before = len(town.happened)
    town.do(town.orders.presses(room, "ann", content.actions[0].id, web))
    happened = [it for it in town.happened[before:] if isinstance(it, ev.ConversationEvent)]
    assert len(happened) == 2
    assert [it.shown is not None for it in happened] == [True, False]
    say(town, room)
    assert shown(town) == {}
