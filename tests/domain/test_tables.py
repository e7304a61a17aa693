"""The closed sets of the house: what can be asked, what can happen, and that every table knows all of it."""

from typing import get_args

import pytest

from gateway.domain import errors, goodbyes, triggers
from gateway.domain import events as ev
from gateway.domain.commands import Command
from gateway.domain.content import Content
from gateway.domain.decide import DECIDERS
from gateway.domain.decide.integrations import SECRETS
from gateway.domain.events import Event
from gateway.domain.evolve import _EVOLVERS as EVOLVERS
from gateway.domain.goodbyes import Goodbye
from gateway.domain.house import House
from gateway.domain.value import Value
from tests.domain.story import everything
from tests.domain.town import concrete

COMMANDS = concrete(Command)
EVENTS = concrete(Event)


def tags(kinds: set[type[Value]]) -> list[str]:
    return [str(it.__struct_config__.tag) for it in kinds]


def test_every_command_has_a_decider() -> None:
    assert set(DECIDERS) == COMMANDS
    assert len(COMMANDS) > 20


def test_every_event_has_an_evolver() -> None:
    assert set(EVOLVERS) == EVENTS
    assert len(EVENTS) > 15


def test_whatever_is_stored_can_be_read_again() -> None:
    """The union that the store reads by names every kind of event, each under a tag of its own."""
    assert set(get_args(ev.AnyEvent)) == EVENTS
    assert len(set(tags(EVENTS))) == len(EVENTS)


def test_what_happens_in_a_room_is_a_room_event() -> None:
    assert set(get_args(ev.RoomEvent)) == concrete(ev.ConversationEvent)


def test_every_content_has_a_tag_of_its_own() -> None:
    kinds = set(get_args(Content))
    assert len(set(tags(kinds))) == len(kinds) == 9


def test_every_event_happens_in_the_life_of_a_town() -> None:
    assert {type(it) for it in everything()} == EVENTS


def test_a_whole_life_can_be_followed_from_its_events_alone() -> None:
    """Evolving is total: no event meets a house in which it cannot happen."""
    house = House()
    for event in everything():
        EVOLVERS[type(event)](house, event)
    assert not any(house.offices.values())
    assert not any(house.rooms.values())
    assert not any(house.people.values())


def test_every_trigger_is_one_a_webhook_may_name() -> None:
    named = list(triggers.TRIGGERS.values())
    assert len(set(named)) == len(named)
    assert set(named) < triggers.KNOWN_TRIGGERS
    assert len(triggers.KNOWN_TRIGGERS) == 26
    assert set(triggers.TRIGGERS) < EVENTS


def test_every_trigger_of_v1_is_one_its_webhooks_may_name() -> None:
    named = [it for names in triggers.V1_TRIGGERS.values() for it in names]
    assert len(set(named)) == len(named)
    assert set(named) < triggers.KNOWN_V1_TRIGGERS
    assert len(triggers.KNOWN_V1_TRIGGERS) == 21
    assert set(triggers.V1_TRIGGERS) < EVENTS
    assert set(triggers.IN_V2) < triggers.KNOWN_V1_TRIGGERS
    assert set(triggers.IN_V2.values()) < triggers.KNOWN_TRIGGERS
    assert {it.split(":")[0] for it in triggers.KNOWN_V1_TRIGGERS - set(triggers.IN_V2)} == {"notification", "payment"}


def test_a_webhook_of_every_version_has_a_secret() -> None:
    assert set(SECRETS) == set(triggers.KNOWN)


def test_the_same_commands_make_the_same_life() -> None:
    """Deciding has no clock and no dice but those of the stamp."""
    assert everything.__wrapped__() == everything()


def test_ids_of_a_life_are_all_different() -> None:
    """A message's own id is its event's id too; every other id is used once."""
    ids = [it.id for it in everything()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("goodbye", goodbyes.TABLE, ids=lambda it: str(it.code))
def test_the_range_of_a_code_says_whether_to_come_back(goodbye: Goodbye) -> None:
    ranged = 4000 <= goodbye.code < 4500
    assert goodbye.come_back is (ranged and goodbye is not goodbyes.REPLACED)
    assert goodbye.come_back or goodbye.away_s == (0.0, 0.0)
    assert 0 <= goodbye.away_s[0] <= goodbye.away_s[1]


def test_every_goodbye_stands_in_the_table_once() -> None:
    named = [value for value in vars(goodbyes).values() if isinstance(value, Goodbye)]
    assert sorted(it.code for it in named) == sorted(it.code for it in goodbyes.TABLE)
    assert len({it.code for it in goodbyes.TABLE}) == len({it.reason for it in goodbyes.TABLE}) == len(named)


def test_only_the_code_of_a_replaced_device_is_an_exception() -> None:
    assert goodbyes.REPLACED.code == 4009
    assert [it.code for it in goodbyes.TABLE if 4000 <= it.code < 4500 and not it.come_back] == [4009]


def test_rows_of_refusals_are_values() -> None:
    assert errors.bad_request("a") == errors.bad_request("a")
    assert hash(errors.LOCKED) == hash(errors.Problem(423, "locked", errors.LOCKED.title))
