"""A second account of a house, kept from what was told alone and in the simplest way."""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.domain import events as ev


class Line(NamedTuple):
    """A message, as far as unread counts go."""

    seq: int
    author: str | None


class Account:
    """One conversation: all that was told of it, its messages that are not cleared, and how far each user has read."""

    def __init__(self) -> None:
        self.told: list[ev.ConversationEvent] = []
        self.lines: list[Line] = []
        self.read: dict[str, int] = {}
        self.open = True

    def unread(self, user_id: str) -> int:
        """Messages by others after the mark."""
        return sum(it.seq > self.read[user_id] and it.author != user_id for it in self.lines)

    def enter(self, event: ev.ConversationEvent) -> None:
        self.told.append(event)
        match event:
            case ev.ConversationCreated():
                self.read = {it.user_id: 0 for it in event.participants}
            case ev.Joined():
                self.read[event.user.id] = event.seq
            case ev.Left():
                del self.read[event.user.id]
            case ev.MessagePosted():
                author = event.message.author.user_id
                self.lines.append(Line(event.seq, author))
                if author is not None:
                    self.read[author] = event.seq
            case ev.HasRead() if event.user is not None:
                self.read[event.user.id] = event.seq
            case ev.MessagesCleared():
                self.lines = []
            case ev.ConversationRemoved():
                self.open = False


class Ledger:
    def __init__(self) -> None:
        self.rooms: dict[str, Account] = {}

    def enter(self, events: Sequence[ev.Event]) -> None:
        """Everything that was told, in the order it was told."""
        for event in events:
            if isinstance(event, ev.ConversationEvent) and event.seq:
                self.rooms.setdefault(event.conversation.id, Account()).enter(event)
