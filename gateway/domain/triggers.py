"""What events are called, by those who are told of them: in the words of v2, and in those of v1.1."""

from collections.abc import Callable, Iterable
from typing import Final

from gateway.domain import events as ev
from gateway.domain.message import Message
from gateway.domain.model import Author, Conversation, Kind

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

# What is said when a webhook is tried; it is nothing that could be named.
TRIAL: Final = "webhook:test"

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


def _is_private(event: ev.Event) -> bool:
    """What concerns a user's own devices alone: a new name, or whose a personal conversation is after a merge."""
    match event:
        case ev.UserUpdated():
            return event.reason is None
        case ev.Joined():
            return event.conversation.type is Kind.PERSONAL
        case _:
            return False


# What an event is called in the words of each version.
WORDS: Final[dict[str, Callable[[ev.Event], str | None]]] = {"v2": v2_trigger, "v1.1": v1_trigger}


def names_of(*kinds: type[ev.Event]) -> frozenset[str]:
    """All that these kinds of events are called."""
    return frozenset(it for kind in kinds for it in (TRIGGERS[kind], *V1_TRIGGERS.get(kind, ())))


# What v2 calls the same; of payments and notifications it has no word.
IN_V2: Final = {
    "appUser:delete": "user:remove",
    "client:add": "client:add",
    "client:remove": "client:remove",
    "conversation:read": "conversation:read",
    "conversation:referral": "conversation:referral",
    "conversation:start": "conversation:create",
    "link:failure": "client:remove",
    "link:match": "client:add",
    "link:success": "client:update",
    "merge:appUser": "user:merge",
    "message:appMaker": "conversation:message",
    "message:appUser": "conversation:message",
    "message:delivery:channel": "conversation:message:delivery:channel",
    "message:delivery:failure": "conversation:message:delivery:failure",
    "message:delivery:user": "conversation:message:delivery:user",
    "postback": "conversation:postback",
    "typing:appUser": "conversation:typing",
}


def in_v2(triggers: Iterable[str]) -> tuple[str, ...]:
    """The words of v2 for those of v1.1, as far as it has any."""
    return tuple(dict.fromkeys(IN_V2[it] for it in triggers if it in IN_V2))


def in_v1(triggers: Iterable[str]) -> tuple[str, ...]:
    """All words of v1.1 for those of v2."""
    wanted = frozenset(triggers)
    return tuple(old for old, new in IN_V2.items() if new in wanted)
