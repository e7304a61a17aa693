"""A decision: what happens, and what the caller is answered."""

from typing import Any, TypeVar

from msgspec import structs

from gateway.domain import audience
from gateway.domain.errors import Problem
from gateway.domain.events import ConversationEvent, Event, PersonEvent
from gateway.domain.model import Conversation, Room, User
from gateway.domain.value import Stamp, Value


class Decision(Value):
    """With `refused` the caller is told that, and others are told of the attempt.

    One that `closes` leaves behind what cannot be decided on: whatever comes after it is held anew.
    """

    events: tuple[Event, ...] = ()
    answer: Any = None
    refused: Problem | None = None
    closes: bool = False


def next_step(conversation: Conversation, stamp: Stamp, **changes: Any) -> Conversation:
    """The conversation one event later: the next `seq`, and a time after all before it."""
    clock = max(stamp.at, conversation.clock + 1)
    return structs.replace(conversation, seq=conversation.seq + 1, clock=clock, **changes)


E = TypeVar("E", bound=ConversationEvent)


def happening(kind: type[E], room: Room, after: Conversation, stamp: Stamp, **facts: Any) -> E:
    """An event that everybody in `room` hears and that leaves the conversation as `after`."""
    return kind(
        id=stamp.new_id(),
        at=after.clock,
        app_id=after.app_id,
        audience=audience.everyone(room),
        conversation=after,
        seq=after.seq,
        **facts,
    )


P = TypeVar("P", bound=PersonEvent)


def befalling(kind: type[P], user: User, stamp: Stamp, **facts: Any) -> P:
    """An event of a user, which no device hears unless `audience` says so."""
    return kind(id=stamp.new_id(), at=stamp.at, app_id=user.app_id, user=user, **facts)
