"""Decisions about read marks and typing."""

from msgspec import structs

from gateway.domain import audience
from gateway.domain import commands as cmd
from gateway.domain import events as ev
from gateway.domain.commands import Mark
from gateway.domain.decide.decision import Decision, happening, next_step
from gateway.domain.decide.speakers import author, seat
from gateway.domain.house import House
from gateway.domain.model import Room
from gateway.domain.value import Stamp


def read(house: House, command: cmd.Read, stamp: Stamp) -> Decision:
    room = house.room(command.app_id, command.conversation_id)
    if command.reader.user is None:
        return _business_read(room, command, stamp)
    person = house.person(command.reader.user)
    before = seat(room, person, command.source)
    conversation = room.conversation
    if before.read == conversation.posted:
        return Decision((), Mark(before.last_read, 0))
    mark = structs.replace(before, read=conversation.posted, last_read=conversation.last_updated_at)
    event = _has_read(room, command, stamp, conversation.last_updated_at)
    name = author(house, command.reader, person, command.source).display_name
    event = structs.replace(event, user=person.user, participant=mark, display_name=name)
    return Decision((event,), Mark(mark.last_read, 0))


def _business_read(room: Room, command: cmd.Read, stamp: Stamp) -> Decision:
    conversation = room.conversation
    newest = conversation.last_updated_at
    if not conversation.posted or conversation.business_last_read == newest:
        return Decision((), Mark(conversation.business_last_read, 0))
    return Decision((_has_read(room, command, stamp, newest),), Mark(newest, 0))


def _has_read(room: Room, command: cmd.Read, stamp: Stamp, last_read: int) -> ev.HasRead:
    changes = {} if command.reader.user else {"business_last_read": last_read}
    after = next_step(room.conversation, stamp, **changes)
    return happening(ev.HasRead, room, after, stamp, source=command.source, last_read=last_read)


def type_(house: House, command: cmd.Type, stamp: Stamp) -> Decision:
    room = house.room(command.app_id, command.conversation_id)
    person = house.person(command.typist.user) if command.typist.user else None
    if person:
        seat(room, person, command.source)
    typist = author(house, command.typist, person, command.source)
    event = ev.Typing(
        id=stamp.new_id(),
        at=stamp.at,
        app_id=command.app_id,
        audience=audience.everyone_but(room, typist.user_id),
        conversation=room.conversation,
        activity=command.activity,
        source=command.source,
        user=person.user if person else None,
        display_name=typist.display_name,
        avatar_url=typist.avatar_url,
    )
    return Decision((event,))
