"""A decision: what happens, and what the caller is answered."""

from typing import Any

from msgspec import structs

from gateway.domain.events import Event
from gateway.domain.model import Conversation
from gateway.domain.value import Stamp, Value


class Decision(Value):
    events: tuple[Event, ...] = ()
    answer: Any = None


def next_step(conversation: Conversation, stamp: Stamp, **changes: Any) -> Conversation:
    """The conversation one event later: the next `seq`, and a time after all before it."""
    clock = max(stamp.at, conversation.clock + 1)
    return structs.replace(conversation, seq=conversation.seq + 1, clock=clock, **changes)
