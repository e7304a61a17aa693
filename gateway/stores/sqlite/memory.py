"""What the process remembers of what it wrote and read, so that it need not be read again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import is_
from typing import Final, NamedTuple

from gateway.domain import events as ev
from gateway.domain.content import File, Image, Location, Text
from gateway.domain.house import House, Shelf
from gateway.domain.message import Message
from gateway.domain.model import Office, Person, Room, User
from gateway.domain.recent import Recent
from gateway.domain.views import Overview

MADE: Final = 5_000  # overviews that are kept as they were made
SMALL = (File, Location)  # as texts and images without buttons are
FORGETTING = (ev.UserForgotten, ev.UserRemoved, ev.UserMerged, ev.AppRemoved)


class Watch:
    """What changed while somebody read: that may have been read as it was before."""

    def __init__(self) -> None:
        self._changed: set[str] = set()
        self._everything = False

    def note(self, *ids: str) -> None:
        self._changed.update(ids)

    def note_everything(self) -> None:
        self._everything = True

    def still(self, id_: str) -> bool:
        """Whether what was read of this user or conversation is how it is."""
        return not self._everything and id_ not in self._changed


class Made(NamedTuple):
    """An overview, and the people it shows."""

    overview: Overview
    people: Sequence[Person | None]

    def shows(self, room: Room, newest: Message | None, people: Sequence[Person | None]) -> bool:
        """Whether it is an overview of these very values."""
        own = (self.overview.room, self.overview.last_message, *self.people)
        return len(own) == len(people) + 2 and all(map(is_, own, (room, newest, *people)))


class Memory:
    """What was read or written last. True while this process is the only one that changes users and conversations.

    `places` are the conversations a user sits in: all of them, and perhaps some they left. `newest` is the newest
    message of a conversation, where it is small; None where it has none. `made` are overviews as they were made.
    """

    def __init__(self, offices: int = 1_000, rooms: int = 20_000, people: int = 50_000) -> None:
        self.offices: Recent[str, Office] = Recent(offices)
        self.rooms: Recent[str, Room] = Recent(rooms)
        self.people: Recent[str, Person] = Recent(people)
        self.named: Recent[tuple[str, str, str], str] = Recent(people)  # app, external id, brand
        self.places: Recent[str, tuple[str, ...]] = Recent(people)
        self.newest: Recent[str, Message | None] = Recent(rooms)
        self.made: Recent[str, Made] = Recent(MADE)
        self._watches: list[Watch] = []

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """For a reader beside the writer: it may remember what it read, as far as nobody changed that meanwhile."""
        watch = Watch()
        self._watches.append(watch)
        try:
            yield watch
        finally:
            self._watches.remove(watch)

    def keep(self, house: House, events: Sequence[ev.Event]) -> None:
        """Take over what a committed group left behind, and made happen."""
        for shelf, kept in ((house.offices, self.offices), (house.rooms, self.rooms)):
            _keep(shelf, kept)
        for user_id, before, now in house.people.changes():
            self._unname(now or before)
            if now is not None:
                self.add_person(now)
            else:
                self.people.pop(user_id, None)
        gone = {app_id for app_id, _, office in house.offices.changes() if office is None}
        if gone:
            self._forget(gone)
        for event in events:
            self._heard(event)
        for room_id, last, room in house.rooms.changes():
            if room is None:
                self._closed(room_id, last)
        if self._watches:
            self._tell_watches(house)

    def doubt(self, house: House) -> None:
        """Read again what a group was to change: whether it did is not known."""
        for app_id, _, _ in house.offices.changes():
            self.offices.pop(app_id, None)
        for room_id, _, _ in house.rooms.changes():
            self.rooms.pop(room_id, None)
        for user_id, before, now in house.people.changes():
            self.people.pop(user_id, None)
            self._unname(now or before)
        self._doubt_what_is_shown()

    def _heard(self, event: ev.Event) -> None:
        match event:
            case ev.MessagePosted():
                self.say(event.conversation.id, event.message)
            case ev.MessageDeleted() | ev.MessagesCleared():
                self.newest.pop(event.conversation.id, None)
            case ev.ConversationCreated():
                self.newest[event.conversation.id] = None
                for seat in event.participants:
                    self._sits(seat.user_id, event.conversation.id)
            case ev.Joined():
                self._sits(event.user.id, event.conversation.id)
            case ev.Left():
                self._left(event.user.id, event.conversation.id)
            case ev.UserCreated():
                self.places[event.user.id] = ()
            case _ if isinstance(event, FORGETTING):
                self._doubt_what_is_shown()

    def say(self, room_id: str, message: Message | None) -> None:
        """The newest message is remembered where it is small: there are many conversations."""
        if message is None or _is_small(message):
            self.newest[room_id] = message
        else:
            self.newest.pop(room_id, None)

    def _sits(self, user_id: str, room_id: str) -> None:
        known = self.places.get(user_id)
        if known is not None:
            self.places[user_id] = (*known, room_id)

    def _left(self, user_id: str, room_id: str) -> None:
        known = self.places.get(user_id)
        if known is not None:
            self.places[user_id] = tuple(it for it in known if it != room_id)

    def _closed(self, room_id: str, last: Room | None) -> None:
        """A conversation is no more, and nobody sits there."""
        self.newest.pop(room_id, None)
        self.made.pop(room_id, None)
        for seat in last.participants if last else ():
            self._left(seat.user_id, room_id)

    def _doubt_what_is_shown(self) -> None:
        """Whatever was said may be different now."""
        self.places.clear()
        self.newest.clear()
        for watch in self._watches:
            watch.note_everything()

    def _tell_watches(self, house: House) -> None:
        for watch in self._watches:
            watch.note(*(key for key, _, _ in house.rooms.changes()), *(key for key, _, _ in house.people.changes()))

    def _forget(self, apps: set[str]) -> None:
        """Everybody and everything of apps that are no more."""
        for room in [it for it in self.rooms.values() if it.conversation.app_id in apps]:
            del self.rooms[room.conversation.id]
            self.made.pop(room.conversation.id, None)
        for person in [it for it in self.people.values() if it.user.app_id in apps]:
            del self.people[person.user.id]
        for name in [it for it in self.named if it[0] in apps]:
            del self.named[name]

    def _unname(self, person: Person | None) -> None:
        if person and person.user.external_id is not None:
            self.named.pop(_name(person.user, person.user.external_id), None)

    def add_person(self, person: Person) -> None:
        self.people[person.user.id] = person
        if person.user.external_id is not None:
            self.named[_name(person.user, person.user.external_id)] = person.user.id


def _is_small(message: Message) -> bool:
    if message.quoted is not None:
        return False
    content = message.content
    return not content.actions if isinstance(content, Text | Image) else content is None or isinstance(content, SMALL)


def _name(user: User, external_id: str) -> tuple[str, str, str]:
    return user.app_id, external_id, user.brand_id or ""


def _keep(shelf: Shelf[Office] | Shelf[Room], kept: Recent[str, Office] | Recent[str, Room]) -> None:
    for key, _, now in shelf.changes():
        if now is None:
            kept.pop(key, None)
        else:
            kept[key] = now  # type: ignore[assignment]
