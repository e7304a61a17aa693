"""Decisions about users who turn out to be one person."""

from collections.abc import Iterator
from typing import Final

from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain import events as ev
from gateway.domain.decide.conversations import seated
from gateway.domain.decide.decision import Decision, befalling, happening, next_step
from gateway.domain.errors import Refused
from gateway.domain.evolve import room_after
from gateway.domain.house import House
from gateway.domain.model import Kind, Participant, Person, Room
from gateway.domain.union import inherited, unite, united, united_user
from gateway.domain.value import Stamp, Value

BY_API: Final = "api"
BY_LOGIN: Final = "sdkLogin"


class Pair(Value, kw_only=True):
    """Who survives, and who is discarded."""

    surviving: Person
    discarded: Person
    reason: str


def merge(house: House, command: cmd.MergeUsers, stamp: Stamp) -> Decision:
    pair = Pair(surviving=house.person(command.surviving), discarded=house.person(command.discarded), reason=BY_API)
    if pair.surviving.user.id == pair.discarded.user.id:
        raise Refused(errors.MERGED_WITH_ITSELF)
    person, events = merged(house, pair, stamp)
    return Decision(events, person.user, closes=True)


def merged(house: House, pair: Pair, stamp: Stamp) -> tuple[Person, tuple[ev.Event, ...]]:
    """Who is left, and what happens for it: in groups one seat goes over to them, or goes; then the merge itself."""
    gone = pair.discarded.user
    rooms = [house.room(gone.app_id, it) for it in sorted(house.rooms_of.get(gone.id, ())) if house.rooms.get(it)]
    event = _user_merged(house, pair, rooms, stamp)
    person = united(event, pair.surviving, pair.discarded)
    moved = (it for room in rooms for it in _moved(house, pair, room, person, stamp))
    return person, (*moved, event)


def _user_merged(house: House, pair: Pair, rooms: list[Room], stamp: Stamp) -> ev.UserMerged:
    own = pair.surviving.user
    user, left_over = united_user(own, pair.discarded.user)
    new = sum(room.seat(own.id) is None and not _is_second_default(pair, room) for room in rooms)
    return befalling(
        ev.UserMerged,
        structs.replace(user, conversations=own.conversations + new),
        stamp,
        audience=(own.id,),
        discarded=pair.discarded.user,
        reason=pair.reason,
        discarded_metadata=left_over,
        union=_union(house, pair),
    )


def _union(house: House, pair: Pair) -> ev.Union | None:
    """Where both have a default conversation, these become one."""
    own, other = pair.surviving.user, pair.discarded.user
    if own.default_conversation_id is None or other.default_conversation_id is None:
        return None
    return unite(
        house.room(own.app_id, own.default_conversation_id), house.room(own.app_id, other.default_conversation_id)
    )


def _is_second_default(pair: Pair, room: Room) -> bool:
    return pair.surviving.user.default_conversation_id is not None and room.conversation.is_default


def _moved(house: House, pair: Pair, room: Room, person: Person, stamp: Stamp) -> Iterator[ev.ConversationEvent]:
    """A room of the discarded one becomes the survivor's."""
    seat = room.seat(pair.discarded.user.id)
    if seat is None or _is_second_default(pair, room):
        return
    own = room.seat(person.user.id)
    if room.conversation.type is Kind.GROUP:
        left = _left(pair, room, seat, own, stamp)
        room = room_after(room, left)
        yield left
    if own is None:
        others = Room(room.conversation, tuple(it for it in room.participants if it.id != seat.id))
        yield seated(house, others, person, structs.replace(seat, user_id=person.user.id), stamp)


def _left(pair: Pair, room: Room, seat: Participant, own: Participant | None, stamp: Stamp) -> ev.Left:
    """The discarded one's devices do not hear it: those that stay, stay as the survivor's."""
    others = Room(room.conversation, tuple(it for it in room.participants if it is not seat))
    return happening(
        ev.Left,
        others,
        next_step(room.conversation, stamp),
        stamp,
        participant=seat,
        user=pair.discarded.user,
        heir=inherited(own, seat) if own else None,
    )
