"""Who hears an event: which users' devices, which webhooks, and which devices it sends away."""

from typing import Final

from gateway.domain import events as ev
from gateway.domain import goodbyes
from gateway.domain.goodbyes import Goodbye
from gateway.domain.model import Office, Room, Switchboard, Webhook
from gateway.domain.triggers import V1_TRIGGERS, WORDS, names_of
from gateway.domain.value import Value


def everyone(room: Room, *also: str) -> tuple[str, ...]:
    """The users in the room, and `also` who has just left it."""
    return (*[it.user_id for it in room.participants], *also)


def everyone_but(room: Room, user_id: str | None) -> tuple[str, ...]:
    """The other users in the room: nobody is told that they are typing themselves."""
    return tuple(it.user_id for it in room.participants if it.user_id != user_id)


def webhooks(office: Office, event: ev.Event) -> tuple[Webhook, ...]:
    """The webhooks that are due the event."""
    due = tuple(hook for hook in office.webhooks if WORDS[hook.version](event) in hook.triggers)
    board = office.switchboard
    if board is None or not board.enabled or not isinstance(event, ev.ConversationEvent):
        return due
    return tuple(hook for hook in due if _reaches(board, hook.integration_id, event))


def _reaches(board: Switchboard, integration_id: str, event: ev.ConversationEvent) -> bool:
    """Whether an event passes the switchboard to an integration. What sits nowhere in it is reached by everything."""
    places = [it for it in board.integrations if it.integration_id == integration_id]
    if not places or any(it.deliver_standby_events for it in places):
        return True
    active = event.conversation.active
    if active is not None and active.integration_id == integration_id:
        return True
    return isinstance(event, ev.ControlEvent) and integration_id in event.concerned


DELIVERIES: Final = names_of(ev.ReachedChannel, ev.ReachedUser, ev.NotDelivered)
RECIPIENTS: Final = DELIVERIES | {"message:appMaker"}


def wants(office: Office, kind: type[ev.Event]) -> bool:
    """Whether a webhook of the app names this kind of event."""
    return _named(office, names_of(kind))


def wants_deliveries(office: Office) -> bool:
    """Whether anybody asks what becomes of messages; else it is not looked into."""
    return _named(office, DELIVERIES)


def wants_recipients(office: Office) -> bool:
    """Whether it matters to whom the business speaks: of deliveries it does, and v1.1 says whose conversation it is."""
    return _named(office, RECIPIENTS)


def wants_buttons(office: Office) -> bool:
    """Whether somebody who is told of a pressed button is told of its message too, as v1.1 does."""
    return _named(office, frozenset(V1_TRIGGERS[ev.Pressed]))


def _named(office: Office, triggers: frozenset[str]) -> bool:
    for integration in office.integrations:
        for hook in integration.webhooks:
            if not triggers.isdisjoint(hook.triggers):
                return True
    return False


class Eviction(Value, kw_only=True):
    """Devices to send away; each name that is given must fit."""

    goodbye: Goodbye
    app_id: str
    user_id: str | None = None
    integration_id: str | None = None
    key_id: str | None = None


def goes_along(event: ev.UserMerged, *, by_session: bool) -> bool:
    """Whether a device of the discarded one goes on as the survivor's; the others are sent away.

    A session lets into an anonymous survivor alone, and a token into one who has the name it is for.
    """
    name = event.user.external_id
    return name is None if by_session else name == event.discarded.external_id


def evicted(event: ev.Event) -> Eviction | None:
    """Whom an event sends away, if anybody."""
    match event:
        case ev.UserRemoved():
            return Eviction(goodbye=goodbyes.REVOKED, app_id=event.app_id, user_id=event.user.id)
        case ev.KeyRevoked():
            return Eviction(goodbye=goodbyes.REVOKED, app_id=event.app_id, key_id=event.key_id)
        case ev.IntegrationRemoved():
            return Eviction(
                goodbye=goodbyes.UNKNOWN_INTEGRATION,
                app_id=event.app_id,
                integration_id=event.integration_id,
            )
        case ev.AppRemoved():
            return Eviction(goodbye=goodbyes.UNKNOWN_INTEGRATION, app_id=event.app_id)
        case _:
            return None
