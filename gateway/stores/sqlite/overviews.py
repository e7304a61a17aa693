"""The conversations that users are welcomed with: as they are remembered, else read for all who wait at once."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from gateway.domain.message import Message
from gateway.domain.model import Person, Room
from gateway.domain.views import Guest, Overview
from gateway.stores.sqlite.hold import Ask, Reader
from gateway.stores.sqlite.memory import Made, Memory, Watch
from gateway.stores.sqlite.together import Together
from gateway.wire.json import load, store

USERS: Final = 64  # read for at a time
PLACES: Final = 50  # conversations of a user that are remembered; whoever sits in more is looked up


class Asked(NamedTuple):
    user_id: str
    limit: int


class Listed(NamedTuple):
    """The first of a user's conversations, and whether there are more."""

    overviews: Sequence[Overview]
    more: bool


class Overviews:
    """The same overview is the same object, as long as nothing in it has changed."""

    def __init__(self, ask: Ask, memory: Memory) -> None:
        self._ask = ask
        self._memory = memory
        self._together: Together[Asked, Listed] = Together(self._read, USERS)

    async def of(self, user_id: str, limit: int) -> Listed:
        """The conversations of a user that were active last."""
        return self._remembered(user_id, limit) or await self._together.ask(Asked(user_id, limit))

    # From memory

    def _remembered(self, user_id: str, limit: int) -> Listed | None:
        """None where anything of it would have to be read."""
        person = self._memory.people.get(user_id)
        if person is not None and not person.user.conversations:
            return Listed([], more=False)
        places = self._memory.places.get(user_id)
        if places is None:
            return None
        rooms = [room for place in places if (room := self._memory.rooms.get(place))]
        if len(rooms) < len(places):
            return None
        shown, more = _first(rooms, user_id, limit)
        overviews = [it for room in shown if (it := self._remembered_overview(room))]
        return Listed(overviews, more) if len(overviews) == len(shown) else None

    def _remembered_overview(self, room: Room) -> Overview | None:
        room_id, people = room.conversation.id, self._memory.people
        if room_id not in self._memory.newest:
            return None
        there = {seat.user_id: person for seat in room.participants if (person := people.get(seat.user_id))}
        if len(there) < len(room.participants):
            return None
        return self._overview(room, self._memory.newest[room_id], there)

    def _overview(self, room: Room, newest: Message | None, people: dict[str, Person]) -> Overview:
        made = self._memory.made.get(room.conversation.id)
        there = [people.get(seat.user_id) for seat in room.participants]
        if made is not None and made.shows(room, newest, there):
            return made.overview
        overview = Overview(room, guests_of(room, people), newest)
        self._memory.made[room.conversation.id] = Made(overview, there)
        return overview

    # From the disk

    async def _read(self, asked: Sequence[Asked]) -> Sequence[Listed]:
        """For several users: which conversations, then those that are not remembered, then who sits there."""
        most = max(PLACES, *(it.limit for it in asked))
        places: dict[str, list[str]] = {it.user_id: [] for it in asked}
        with self._memory.watching() as watch:
            for user_id, room_id in await self._ask("active_last", store(sorted(places)), most + 1):
                places[user_id].append(room_id)
            found = await self._found({room_id for ids in places.values() for room_id in ids}, watch)
            for user_id, ids in places.items():
                if watch.still(user_id) and len(ids) <= most:
                    self._memory.places[user_id] = tuple(ids)
        return [
            self._listed(it, [found[room_id] for room_id in places[it.user_id] if room_id in found]) for it in asked
        ]

    def _listed(self, asked: Asked, found: Sequence[Overview]) -> Listed:
        by_room = {it.room.conversation.id: it for it in found}
        shown, more = _first([it.room for it in found], asked.user_id, asked.limit)
        return Listed([by_room[room.conversation.id] for room in shown], more)

    async def _found(self, room_ids: set[str], watch: Watch) -> dict[str, Overview]:
        """Overviews of these rooms. A room and its newest message are of the same moment."""
        known = room_ids & self._memory.newest.keys() & self._memory.rooms.keys()
        rooms = {it: (self._memory.rooms[it], self._memory.newest[it]) for it in known}
        rooms |= await self._unknown(sorted(room_ids - known), watch)
        people = await self._people({seat.user_id for room, _ in rooms.values() for seat in room.participants}, watch)
        return {it: self._overview(room, newest, people) for it, (room, newest) in rooms.items()}

    async def _unknown(self, room_ids: Sequence[str], watch: Watch) -> dict[str, tuple[Room, Message | None]]:
        rooms: dict[str, tuple[Room, Message | None]] = {}
        for body, message in await self._ask("overviews_by_id", store(room_ids)) if room_ids else ():
            room: Room = load(body, Room)
            rooms[room.conversation.id] = room, load(message, Message) if message else None
        for room_id, (room, newest) in rooms.items():
            if watch.still(room_id):
                self._memory.rooms[room_id] = room
                self._memory.say(room_id, newest)
        return rooms

    async def _people(self, user_ids: set[str], watch: Watch) -> dict[str, Person]:
        reader = Reader(self._ask, self._memory)
        await reader.people(user_ids)
        people = {user_id: person for user_id, person in reader.house.people.items() if person}
        for user_id, person in people.items():
            if watch.still(user_id) and user_id not in self._memory.people:
                self._memory.add_person(person)
        return people


def _first(rooms: Iterable[Room], user_id: str, limit: int) -> tuple[Sequence[Room], bool]:
    """Those where the user sits that were active last, and whether there are more."""
    seated = sorted((it for it in rooms if it.seat(user_id)), key=_activity, reverse=True)
    return seated[:limit], len(seated) > limit


def _activity(room: Room) -> tuple[int, str]:
    return room.conversation.last_updated_at, room.conversation.id


def guests_of(room: Room, people: dict[str, Person]) -> tuple[Guest, ...]:
    """Who sits in a room, with what is shown of them."""
    seats = ((seat, people.get(seat.user_id)) for seat in room.participants)
    here = room.conversation.id
    return tuple(Guest(seat, person.user, person.associations(here)) for seat, person in seats if person)
