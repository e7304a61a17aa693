"""Who hears an event: which users' devices, which webhooks, and which devices it sends away."""

from collections.abc import Callable
from typing import Final

from gateway.domain import events as ev
from gateway.domain import goodbyes
from gateway.domain.goodbyes import Goodbye
from gateway.domain.message import Message
from gateway.domain.model import Author, Conversation, Kind, Office, Room, Switchboard, Webhook
from gateway.domain.value import Value

TRIGGERS: Final[dict[type[ev.Event], str]] = {
    ev.ConversationCreated: "conversation:create",
    ev.ConversationRemoved: "conversation:remove",
    ev.Joined: "conversation:join",
    ev.Left: "conversation:leave",
    ev.MessagePosted: "conversation:message",
    ev.ReachedChannel: "conversation:message:delivery:channel",
    ev.ReachedUser: "conversation:message:delivery:user",
    ev.NotDelivered: "conversation:message:delivery:failure",
    ev.HasRead: "conversation:read",
    ev.Typing: "conversation:typing",
    ev.Pressed: "conversation:postback",
    ev.ControlPassed: "switchboard:passControl",
    ev.ControlOffered: "switchboard:offerControl",
    ev.ControlAccepted: "switchboard:acceptControl",
    ev.ControlReleased: "switchboard:releaseControl",
    ev.PassFailed: "switchboard:passControl:failure",
    ev.OfferFailed: "switchboard:offerControl:failure",
    ev.AcceptFailed: "switchboard:acceptControl:failure",
    ev.ClientAdded: "client:add",
    ev.ClientRemoved: "client:remove",
    ev.UserUpdated: "user:update",
    ev.UserMerged: "user:merge",
    ev.UserRemoved: "user:remove",
}

# Every trigger a webhook may name; those not in TRIGGERS have no cause in this gateway yet.
KNOWN_TRIGGERS: Final = frozenset(TRIGGERS.values()) | {
    "conversation:referral",
    "client:update",
    "passthrough:messaging",
}

# The same in v1.1's words, all that a kind of event may be called: `v1_trigger` says which.
V1_TRIGGERS: Final[dict[type[ev.Event], tuple[str, ...]]] = {
    ev.ConversationCreated: ("conversation:start",),
    ev.MessagePosted: ("message:appUser", "message:appMaker"),
    ev.ReachedChannel: ("message:delivery:channel",),
    ev.ReachedUser: ("message:delivery:user",),
    ev.NotDelivered: ("message:delivery:failure",),
    ev.HasRead: ("conversation:read",),
    ev.Typing: ("typing:appUser",),
    ev.Pressed: ("postback",),
    ev.DeviceSeen: ("client:add",),
    ev.ClientRemoved: ("client:remove", "link:failure"),
    ev.UserMerged: ("merge:appUser",),
    ev.UserRemoved: ("appUser:delete",),
}

# Every trigger of v1.1; links are never matched while no connector serves a channel, nor is anything paid.
KNOWN_V1_TRIGGERS: Final = frozenset(it for names in V1_TRIGGERS.values() for it in names) | {
    "conversation:referral",
    "link:match",
    "link:success",
    "notification:delivery:channel",
    "notification:delivery:failure",
    "notification:delivery:user",
    "payment:success",
}

# What a webhook may name, by its version.
KNOWN: Final = {"v2": KNOWN_TRIGGERS, "v1.1": KNOWN_V1_TRIGGERS}


def v2_trigger(event: ev.Event) -> str | None:
    """What v2 calls an event, if it is told of it."""
    return None if _is_private(event) else TRIGGERS.get(type(event))


def v1_trigger(event: ev.Event) -> str | None:
    """What v1.1 calls an event, if it is told of it."""
    match event:
        case _ if _beyond_v1(event):
            return None
        case ev.MessagePosted(message=Message(author=Author(user_id=None))):
            return "message:appMaker"
        case ev.ClientRemoved(error=ev.Failure()):
            return "link:failure"
        case _:
            return next(iter(V1_TRIGGERS.get(type(event), ())), None)


def _beyond_v1(event: ev.Event) -> bool:
    """v1.1 knows users and what they do; of conversations it knows the default ones."""
    match event:
        case (
            ev.ConversationEvent(conversation=Conversation(is_default=False))
            | ev.ClientRemoved(conversation=Conversation(is_default=False))
            | ev.HasRead(user=None)
            | ev.Typing(user=None)
            | ev.DeviceSeen(added=False)
        ):
            return True
        case ev.ConversationCreated():
            return event.reason != "startConversation"
        case _:
            return False


# What an event is called in the words of each version.
WORDS: Final[dict[str, Callable[[ev.Event], str | None]]] = {"v2": v2_trigger, "v1.1": v1_trigger}


def everyone(room: Room, *also: str) -> tuple[str, ...]:
    """The users in the room, and `also` who has just left it."""
    return (*(it.user_id for it in room.participants), *also)


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


def _is_private(event: ev.Event) -> bool:
    """What concerns a user's own devices alone: a new name, or whose a personal conversation is after a merge."""
    match event:
        case ev.UserUpdated():
            return event.reason is None
        case ev.Joined():
            return event.conversation.type is Kind.PERSONAL
        case _:
            return False


def _reaches(board: Switchboard, integration_id: str, event: ev.ConversationEvent) -> bool:
    """Whether an event passes the switchboard to an integration. What sits nowhere in it is reached by everything."""
    places = [it for it in board.integrations if it.integration_id == integration_id]
    if not places or any(it.deliver_standby_events for it in places):
        return True
    active = event.conversation.active
    if active is not None and active.integration_id == integration_id:
        return True
    return isinstance(event, ev.ControlEvent) and integration_id in event.concerned


def _names(*kinds: type[ev.Event]) -> frozenset[str]:
    """All that these kinds of events are called."""
    return frozenset(it for kind in kinds for it in (TRIGGERS[kind], *V1_TRIGGERS.get(kind, ())))


DELIVERIES: Final = _names(ev.ReachedChannel, ev.ReachedUser, ev.NotDelivered)
RECIPIENTS: Final = DELIVERIES | {"message:appMaker"}


def wants(office: Office, kind: type[ev.Event]) -> bool:
    """Whether a webhook of the app names this kind of event."""
    return _named(office, _names(kind))


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
