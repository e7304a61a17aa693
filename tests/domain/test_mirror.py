"""What each webhook is due, in the words of its version, and all that it needs to tell it."""

from typing import get_args

import pytest
from msgspec import structs

from gateway.domain import audience, triggers
from gateway.domain import events as ev
from gateway.domain.content import PostbackAction, Text
from gateway.domain.model import Office
from gateway.domain.triggers import v1_trigger
from gateway.wire.json import store
from tests.domain import default_life
from tests.domain.default_life import started
from tests.domain.town import Town

NEVER_TOLD_IN_V1 = {
    ev.ConversationUpdated,
    ev.ConversationRemoved,
    ev.Joined,
    ev.Left,
    ev.MessageDeleted,
    ev.MessagesCleared,
    ev.ControlPassed,
    ev.ControlOffered,
    ev.ControlAccepted,
    ev.ControlReleased,
    ev.PassFailed,
    ev.OfferFailed,
    ev.AcceptFailed,
    ev.UserCreated,
    ev.UserUpdated,
    ev.SessionsChanged,
    ev.UserForgotten,
    ev.ClientAdded,  # the SDK's client is no client of v1.1, and one that is asked for is none yet
    ev.OfficeChanged,
    ev.KeyRevoked,
    ev.IntegrationRemoved,
    ev.AppRemoved,
    ev.AccountKeyCreated,
    ev.AttachmentKept,
    ev.AttachmentRemoved,
    ev.PartnerCreated,
    ev.ServiceAccountChanged,
    ev.ServiceAccountRemoved,
}


def office(*triggers: str, version: str) -> Office:
    town = Town()
    town.do(town.orders.custom(*triggers, version=version))
    return town.house.office(town.app_id)


def test_every_kind_of_event_has_words_in_v1_or_is_known_to_have_none() -> None:
    kinds = set(get_args(ev.AnyEvent))
    assert set(triggers.V1_TRIGGERS) | NEVER_TOLD_IN_V1 == kinds
    assert not set(triggers.V1_TRIGGERS) & NEVER_TOLD_IN_V1


def test_a_life_in_the_words_of_v1() -> None:
    assert tuple(v1_trigger(it) for it in default_life.events()) == default_life.TOLD


def test_whatever_v1_may_be_told_is_told_in_that_life() -> None:
    """A channel's client is never removed as such, since none is ever linked."""
    words = {it for names in triggers.V1_TRIGGERS.values() for it in names}
    assert words - set(default_life.TOLD) == {"client:remove"}


@pytest.mark.parametrize("trigger", sorted(set(default_life.TOLD)))
def test_a_webhook_of_v1_is_due_what_it_named_and_nothing_else(trigger: str) -> None:
    wanted = office(trigger, version="v1.1")
    due = {v1_trigger(it) for it in default_life.events() if audience.webhooks(wanted, it)}
    assert due == {trigger}


@pytest.mark.parametrize("event", default_life.events(), ids=v1_trigger)
def test_an_event_comes_with_its_user(event: ev.Event) -> None:
    assert isinstance(event, ev.ConversationEvent | ev.PersonEvent)
    if isinstance(event, ev.UserRemoved):
        assert (event.owner, event.user.external_id) == (None, "ann")
        return
    assert event.owner is not None
    assert event.owner.user.external_id == "ann"
    assert [it.guid for it in event.owner.devices] == ["guid"]


def test_a_pressed_button_comes_with_its_message() -> None:
    (pressed,) = (it for it in default_life.events() if isinstance(it, ev.Pressed))
    assert pressed.action is not None
    assert pressed.message is not None
    assert isinstance(pressed.message.content, Text)
    assert pressed.message.content.actions == (pressed.action,)


def test_nothing_of_it_is_said_but_to_webhooks_of_v1() -> None:
    town = default_life.lived()
    assert not any(getattr(it, "owner", None) for it in town.happened)
    assert not any(isinstance(it, ev.Pressed) and it.message for it in town.happened)


def test_each_version_is_told_the_same_event_in_its_own_way() -> None:
    town = Town()
    one = town.do(town.orders.custom("message:appMaker", version="v1.1")).webhooks[0]
    two = town.do(town.orders.custom("conversation:message")).webhooks[0]
    town.user("ann")
    said = town.do(town.orders.says(started(town, "ann"))).message
    told = {hook.id: event for hook, event in town.due}
    assert set(told) == {one.id, two.id}
    assert {it.id for it in told.values()} == {said.id}
    assert told[two.id] is town.happened[-1]
    assert told[one.id] == structs.replace(town.last(ev.MessagePosted), owner=town.house.guest(town.user("ann")))
    assert "owner" not in store(told[two.id])


def test_a_webhook_is_told_only_of_whom_is_held() -> None:
    """It was made in the very group of a message whose user nobody needed: it comes after it."""
    town = Town()
    town.user("ann")
    room = started(town, "ann")
    town.do(town.orders.custom("message:appMaker", version="v1.1"))
    ann = town.house.people.pop(town.user("ann"))
    town.do(town.orders.says(room))
    assert town.due == []
    assert ann is not None
    town.house.people[ann.user.id] = ann
    town.do(town.orders.says(room))
    assert len(town.due) == 1


@pytest.mark.parametrize(
    ("triggers", "version", "recipients", "buttons", "receipts"),
    [
        (("conversation:message",), "v2", False, False, False),
        (("conversation:message", "conversation:postback"), "v2", False, False, False),
        (("conversation:message:delivery:user",), "v2", True, False, True),
        (("message:appUser", "typing:appUser"), "v1.1", False, False, False),
        (("message:appMaker",), "v1.1", True, False, False),
        (("postback",), "v1.1", False, True, False),
        (("message:delivery:user",), "v1.1", True, False, True),
        (("message:delivery:failure",), "v1.1", True, False, False),
    ],
)
def test_what_must_be_known_for_it(
    triggers: tuple[str, ...], version: str, recipients: bool, buttons: bool, receipts: bool
) -> None:
    """Whoever has no such webhook pays nothing for it."""
    wanted = office(*triggers, version=version)
    assert audience.wants_recipients(wanted) is recipients
    assert audience.wants_buttons(wanted) is buttons
    assert audience.wants(wanted, ev.ReachedUser) is receipts


def test_a_button_of_another_message_is_not_taken_for_it() -> None:
    town = Town()
    town.do(town.orders.custom("postback", version="v1.1"))
    town.user("ann")
    room = started(town, "ann")
    button = PostbackAction(text="Yes", payload="YES")
    first, second = (town.do(town.orders.posts(room, Text(text=it, actions=(button,)))).message for it in "ab")
    for message in (second, first):
        assert isinstance(message.content, Text)
        assert message.content.actions
        town.do(town.orders.presses(room, "ann", message.content.actions[0].id or ""))
    shown = [event.message.id for _, event in town.due if isinstance(event, ev.Pressed) and event.message]
    assert shown == [second.id, first.id]
