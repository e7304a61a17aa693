"""A second account of a house, kept from what was told alone and in the simplest way."""

from collections.abc import Sequence

from gateway.domain import events as ev


class Account:
    """One conversation: all that was told of it, its messages that are not cleared by seq, and how far each has read.

    `start` is the seq after which it is told again since its messages were numbered anew.
    """

    def __init__(self) -> None:
        self.told: list[ev.ConversationEvent] = []
        self.lines: list[int] = []
        self.read: dict[str, int] = {}
        self.left: dict[str, int] = {}  # marks of those who left, by their seats
        self.start = 0
        self.open = True

    def unread(self, user_id: str) -> int:
        """Messages after the mark: whoever posts has read up to there."""
        return sum(it > self.read[user_id] for it in self.lines)

    def enter(self, event: ev.ConversationEvent) -> None:
        self.told.append(event)
        match event:
            case ev.ConversationCreated():
                self.read = {it.user_id: 0 for it in event.participants}
            case ev.Joined():
                self._joined(event)
            case ev.Left():
                self._left(event)
            case ev.MessagePosted():
                author = event.message.author.user_id
                self.lines.append(event.seq)
                if author is not None:
                    self.read[author] = event.seq
            case ev.HasRead() if event.user is not None:
                self.read[event.user.id] = event.seq
            case ev.MessagesCleared():
                self.lines = []
            case ev.ConversationRemoved():
                self.open = False

    def _joined(self, event: ev.Joined) -> None:
        """A seat that is known goes over with its mark."""
        if event.conversation.type == "personal":
            (mark,) = self.read.values()
            self.read = {event.user.id: mark}
        else:
            self.read[event.user.id] = self.left.pop(event.participant.id, event.seq)

    def _left(self, event: ev.Left) -> None:
        mark = self.read.pop(event.user.id)
        self.left[event.participant.id] = mark
        if event.heir is not None:
            self.read[event.heir.user_id] = max(mark, self.read[event.heir.user_id])

    def unite(self, other: "Account", numbered_from: int) -> None:
        """The messages of both, numbered anew; as many of the last are unread as were before."""
        ((user_id, _),), ((other_id, _),) = self.read.items(), other.read.items()
        unread = self.unread(user_id) + other.unread(other_id)
        self.start = numbered_from + len(self.lines) + len(other.lines)
        self.lines = list(range(numbered_from + 1, self.start + 1))
        self.read = {user_id: self.start - unread}
        self.told = []


class Ledger:
    def __init__(self) -> None:
        self.rooms: dict[str, Account] = {}

    def enter(self, events: Sequence[ev.Event]) -> None:
        """Everything that was told, in the order it was told."""
        for event in events:
            if isinstance(event, ev.ConversationEvent) and event.seq:
                self.rooms.setdefault(event.conversation.id, Account()).enter(event)
            elif isinstance(event, ev.UserMerged) and event.union is not None:
                self._unite(event.union)

    def _unite(self, union: ev.Union) -> None:
        own, other = self.rooms[union.surviving.id], self.rooms[union.discarded.id]
        if union.numbered_from is not None:
            own.unite(other, union.numbered_from)
        other.open = False
