"""Who hears what, and whom an event sends away."""

import pytest

from gateway.domain import audience, goodbyes, triggers
from gateway.domain import events as ev
from gateway.domain.audience import Eviction, evicted
from gateway.domain.model import Office
from tests.domain.story import everything, first
from tests.domain.town import Town

TO_NOBODY = (
    ev.Pressed,
    ev.ControlEvent,
    ev.UserCreated,
    ev.SessionsChanged,
    ev.ClientAdded,
    ev.DeviceSeen,
    ev.OfficeEvent,
    ev.AccountKeyCreated,
)


def office(*triggers: str) -> Office:
    town = Town()
    town.do(town.orders.custom(*triggers))
    return town.house.office(town.app_id)


def test_every_room_event_is_for_those_in_the_room() -> None:
    """Followed from the events alone: who was there before and is there after. Who is merged away is there no more."""
    merged = {it.discarded.id for it in everything() if isinstance(it, ev.UserMerged)}
    seated: dict[str, set[str]] = {}
    for event in everything():
        if not isinstance(event, ev.ConversationEvent) or not event.seq:
            continue
        here = seated.setdefault(event.conversation.id, set())
        if isinstance(event, ev.ConversationCreated):
            here |= {it.user_id for it in event.participants}
        if isinstance(event, ev.Joined):
            here.clear()
            here |= {it.user_id for it in event.participants}
        if isinstance(event, ev.Left):
            here -= merged & {event.user.id}
        assert set(event.audience) == here
        assert len(event.audience) == len(here)
        if isinstance(event, ev.Left):
            here.discard(event.user.id)


@pytest.mark.parametrize(
    "event", [it for it in everything() if isinstance(it, TO_NOBODY)], ids=lambda it: type(it).__name__
)
def test_what_is_for_no_device_has_no_audience(event: ev.Event) -> None:
    assert event.audience == ()


@pytest.mark.parametrize("kind", triggers.TRIGGERS, ids=lambda it: str(it.__name__))
def test_a_webhook_is_due_what_it_named_and_nothing_else(kind: type[ev.Event]) -> None:
    wanted = office(triggers.TRIGGERS[kind])
    due = {type(it) for it in everything() if audience.webhooks(wanted, it)}
    assert due <= {kind}
    if kind is not ev.UserUpdated:
        assert due == {kind}
        assert audience.webhooks(wanted, first(kind)) == wanted.webhooks


def test_webhooks_are_told_of_a_user_update_where_a_user_was_identified() -> None:
    town = Town()
    web = town.do(town.orders.integration())
    town.do(town.orders.custom("user:update"))
    town.user("ann")
    town.do(town.orders.changes("ann", profile={"surname": "Lee"}))
    renamed = town.last(ev.UserUpdated)
    town.do(town.orders.connects(web.id, external_id="ann"))
    identified = town.last(ev.UserUpdated)
    held = town.house.office(town.app_id)
    assert audience.webhooks(held, renamed) == ()
    assert len(audience.webhooks(held, identified)) == 1


@pytest.mark.parametrize("event", everything(), ids=lambda it: type(it).__name__)
def test_an_office_without_webhooks_is_due_nothing(event: ev.Event) -> None:
    assert audience.webhooks(Town().house.office("0" * 23 + "1"), event) == ()


def test_lanes_keep_the_order_of_a_conversation_or_a_user() -> None:
    for event in everything():
        match event:
            case ev.ConversationEvent():
                assert event.lane == event.conversation.id
            case ev.PersonEvent():
                assert event.lane == event.user.id
            case _:
                assert event.lane == event.app_id


def test_whom_an_event_sends_away() -> None:
    evictions = {type(it): evicted(it) for it in everything() if evicted(it)}
    app_id = first(ev.AppRemoved).app_id
    assert evictions == {
        ev.UserRemoved: Eviction(goodbye=goodbyes.REVOKED, app_id=app_id, user_id=first(ev.UserRemoved).user.id),
        ev.KeyRevoked: Eviction(goodbye=goodbyes.REVOKED, app_id=app_id, key_id=first(ev.KeyRevoked).key_id),
        ev.IntegrationRemoved: Eviction(
            goodbye=goodbyes.UNKNOWN_INTEGRATION,
            app_id=app_id,
            integration_id=first(ev.IntegrationRemoved).integration_id,
        ),
        ev.AppRemoved: Eviction(goodbye=goodbyes.UNKNOWN_INTEGRATION, app_id=app_id),
    }


def test_a_guest_of_nobodys_room_is_not_addressed() -> None:
    town = Town()
    room = town.group("ann")
    town.do(town.orders.leaves(room, "ann"))
    town.do(town.orders.says(room))
    assert town.last(ev.MessagePosted).audience == ()
