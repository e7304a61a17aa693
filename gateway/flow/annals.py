"""What was said lately, as devices are told it: read and framed once for all who come back for it."""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple
from weakref import WeakValueDictionary

from gateway.domain import events as ev
from gateway.domain import limits
from gateway.domain.events import ConversationEvent, Event, MessagePosted
from gateway.domain.model import Room
from gateway.domain.recent import Recent
from gateway.domain.views import Overview
from gateway.flow.receipts import Pushed
from gateway.ports import Store
from gateway.wire import json, socket
from gateway.wire.json import Written
from gateway.wire.socket import Said

KEPT_BYTES: Final = 32 << 20  # over all conversations
SHOWN: Final = 2_000  # overviews that are kept as they were written
SHOWN_BYTES: Final = 8_192  # of one that is kept
MOST_ENTRIES: Final = 2 * limits.REPLAYED_EVENTS  # of one conversation, until half of them go
ENTRY_BYTES: Final = 200  # of an entry, without its frames
OTHERWISE = (ev.MessageDeleted, ev.MessagesCleared, ev.ConversationRemoved)  # what was said before is told otherwise
FORGETTING = (ev.UserForgotten, ev.UserRemoved, ev.UserMerged, ev.AppRemoved)  # the same, in any conversation


class Entry(NamedTuple):
    """One event of a history; `said` is absent where devices are told nothing of it."""

    seq: int
    said: Said | None
    author_id: str | None
    pushed: Pushed | None

    @classmethod
    def of(cls, event: ConversationEvent, said: Said | None) -> "Entry":
        if not isinstance(event, MessagePosted):
            return cls(event.seq, said, None, None)
        pushed = Pushed(event.conversation.id, event.seq, event.message.id)
        return cls(event.seq, said, event.message.author.user_id, pushed)

    @property
    def size(self) -> int:
        said = self.said
        return ENTRY_BYTES + (len(said.to_all) + len(said.to_one or b"") if said else 0)


class Chapter:
    """Entries of one conversation, without a gap. What is just said is only put down: few come back for it."""

    __slots__ = ("_entries", "_fresh", "_last", "size")

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._fresh: list[tuple[bytes, int]] = []  # frames that all hear alike, with their seqs
        self._last = 0
        self.size = 0

    def go_on(self, frames: Sequence[tuple[bytes, int]], size: int) -> None:
        """What everybody was told next; `size` is that of the frames."""
        self._begin(frames[0][1])
        self._fresh += frames
        self._last = frames[-1][1]
        self.size += size + ENTRY_BYTES * len(frames)
        if len(self._fresh) > MOST_ENTRIES:
            self._entries, self._fresh = [], self._fresh[-limits.REPLAYED_EVENTS :]
            self.size = sum(ENTRY_BYTES + len(frame) for frame, _ in self._fresh)

    def add(self, entries: Sequence[Entry]) -> None:
        """The same, where some may be told otherwise than others."""
        self._begin(entries[0].seq)
        self._settle()
        self._entries += entries
        self._last = entries[-1].seq
        self.size += sum(it.size for it in entries)

    def since(self, position: int, seq: int) -> Sequence[Entry] | None:
        """What happened after a position, where all of it is here, up to `seq` at least."""
        self._settle()
        first = self._entries[0].seq
        if first > position + 1 or self._last < seq:
            return None
        return self._entries[position + 1 - first :]

    def _begin(self, seq: int) -> None:
        """After a gap it begins anew."""
        if seq != self._last + 1:
            self._entries, self._fresh, self.size = [], [], 0

    def _settle(self) -> None:
        """Bring in order what was put down, as far as one may come back for it."""
        fresh, self._fresh = self._fresh, []
        self._entries += [Entry(seq, Said(frame), None, None) for frame, seq in fresh]
        gone = self._entries[: -limits.REPLAYED_EVENTS]
        self.size -= sum(it.size for it in gone)
        del self._entries[: len(gone)]


class Annals:
    """Law 4: what it gives is complete. Who may be told is for others to say."""

    HEARS: Final = (*OTHERWISE, *FORGETTING)

    def __init__(self, store: Store, kept_bytes: int = KEPT_BYTES) -> None:
        self.store = store
        self._most = kept_bytes
        self.size = 0
        self._chapters: dict[str, Chapter] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._changes = 0
        self._shown: Recent[str, tuple[Overview, Written]] = Recent(SHOWN)

    def overview(self, it: Overview) -> Written:
        """An overview as a welcome shows it, written once as long as it is the same."""
        room_id = it.room.conversation.id
        known = self._shown.get(room_id)
        if known is not None and known[0] is it:
            return known[1]
        text = json.encode(socket.overview(it))
        written = Written(text)
        if len(text) <= SHOWN_BYTES:
            self._shown[room_id] = it, written
        return written

    def known(self, room: Room, position: int) -> Sequence[Entry] | None:
        """What happened in a conversation after a position, where that is in memory."""
        now = room.conversation
        if position == now.seq:
            return ()
        chapter = self._chapters.get(now.id)
        if chapter is None or not now.recoverable_from <= position < now.seq <= position + limits.REPLAYED_EVENTS:
            return None
        before = chapter.size
        found = chapter.since(position, now.seq)
        self.size += chapter.size - before
        return found

    async def since(self, user_id: str, room: Room, position: int) -> Sequence[Entry] | None:
        """The same of the user's own conversation, from wherever it is kept; None where it is not kept, or never was.

        Those who come back to one conversation at once wait for one read.
        """
        room_id = room.conversation.id
        turn = self._turns.get(room_id)
        if turn is None:
            turn = self._turns[room_id] = asyncio.Lock()
        async with turn:
            return self.known(room, position) or await self._read(user_id, room_id, position)

    async def _read(self, user_id: str, room_id: str, position: int) -> Sequence[Entry] | None:
        changes = self._changes
        replays = await self.store.replay(user_id, {room_id: position}, limits.REPLAYED_EVENTS)
        replay = replays.get(room_id)
        if replay is None or not replay.complete:
            return None
        entries = [Entry.of(it, socket.say(it)) for it in replay.events if isinstance(it, ConversationEvent)]
        if entries and changes == self._changes:  # else what was read may be told otherwise by now
            chapter = Chapter()
            chapter.add(entries)
            self._taken_out(room_id)
            self._keep(room_id, chapter)
        return entries

    def heard(self, room_id: str, frames: Sequence[tuple[bytes, int]], size: int) -> None:
        """Messages that were just framed for those who are there are kept for those who come back.

        Nobody wants to know when they arrive.
        """
        chapter = self._taken_out(room_id) or Chapter()
        chapter.go_on(frames, size)
        self._keep(room_id, chapter)

    def told(self, event: ConversationEvent, said: Said) -> None:
        """The same of any other event."""
        chapter = self._taken_out(event.conversation.id) or Chapter()
        chapter.add([Entry.of(event, said)])
        self._keep(event.conversation.id, chapter)

    def _keep(self, room_id: str, chapter: Chapter) -> None:
        """What was put down longest ago makes room."""
        self._chapters[room_id] = chapter
        self.size += chapter.size
        while self.size > self._most:
            self._taken_out(next(iter(self._chapters)))

    def _taken_out(self, room_id: str) -> Chapter | None:
        chapter = self._chapters.pop(room_id, None)
        if chapter is not None:
            self.size -= chapter.size
        return chapter

    def hear(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, OTHERWISE):
                self._changes += 1
                self._taken_out(event.conversation.id)
                if isinstance(event, ev.ConversationRemoved):
                    self._shown.pop(event.conversation.id, None)
            elif isinstance(event, FORGETTING):
                self._changes += 1
                self._chapters.clear()
                self._shown.clear()
                self.size = 0
