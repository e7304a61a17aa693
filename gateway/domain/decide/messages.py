"""Decisions about messages, read marks, typing and postbacks."""

from msgspec import structs

from gateway.domain import audience, errors, limits, naming
from gateway.domain import commands as cmd
from gateway.domain import events as ev
from gateway.domain.commands import Mark, Posted
from gateway.domain.content import (
    USER_CONTENT,
    BuyAction,
    FormResponse,
    PostbackAction,
    Template,
    Text,
    actions_of,
    with_ids,
)
from gateway.domain.decide.decision import Decision, happening, next_step
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.message import Message
from gateway.domain.model import API, Author, Kind, Participant, Person, Room, Source
from gateway.domain.value import Stamp


def post(house: House, command: cmd.Post, stamp: Stamp) -> Decision:
    room = house.room(command.app_id, command.conversation_id)
    person = house.person(command.author.user) if command.author.user else None
    if command.client_message_id is not None and person:
        first = house.sent.get((command.conversation_id, person.user.id, command.client_message_id))
        if first is not None:
            return Decision((), Posted((first,), duplicate=True))
    if person:
        seat(room, person, command.source)
    event = posted(room, command, person, stamp)
    return Decision((event,), Posted((event.message,)))


def posted(room: Room, command: cmd.Post, person: Person | None, stamp: Stamp) -> ev.MessagePosted:
    """The message, as it happens in `room`; raises `Refused` for content that may not be said there."""
    before = room.conversation
    if before.posted - before.cleared >= limits.MESSAGES:
        raise Refused(errors.LOCKED)
    _check_content(room, command, person)
    received = max(stamp.at, before.clock + 1)
    changes = {"posted": before.posted + 1, "last_updated_at": received}
    if person is None:
        changes["business_last_read"] = received
    after = next_step(before, stamp, **changes)
    message = Message(
        id=stamp.new_id(),
        seq=after.seq,
        received=received,
        author=_author(command.author, person),
        content=with_ids(command.content, stamp),
        source=command.source.short,
        metadata=command.metadata or None,
        references=command.references,
        client_message_id=command.client_message_id,
        override=command.override,
        schema=command.schema,
    )
    return ev.MessagePosted(
        id=message.id,
        at=received,
        app_id=before.app_id,
        audience=audience.everyone(room),
        conversation=after,
        seq=after.seq,
        message=message,
        user=person.user if person else None,
        source=command.source,
    )


def delete(house: House, command: cmd.DeleteMessage, stamp: Stamp) -> Decision:
    room = house.room(command.app_id, command.conversation_id)
    message = house.messages.get((command.conversation_id, command.message_id))
    if message is None:
        raise Refused(errors.MESSAGE_NOT_FOUND)
    if message.deleted:
        return Decision()
    after = next_step(room.conversation, stamp)
    event = happening(ev.MessageDeleted, room, after, stamp, message_id=message.id)
    return Decision((event,))


def clear(house: House, command: cmd.ClearMessages, stamp: Stamp) -> Decision:
    room = house.room(command.app_id, command.conversation_id)
    after = next_step(room.conversation, stamp, cleared=room.conversation.posted)
    event = happening(ev.MessagesCleared, room, after, stamp)
    return Decision((event,))


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
    event = structs.replace(event, user=person.user, participant=mark)
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
    author = _author(command.typist, person)
    event = ev.Typing(
        id=stamp.new_id(),
        at=stamp.at,
        app_id=command.app_id,
        audience=audience.everyone_but(room, author.user_id),
        conversation=room.conversation,
        activity=command.activity,
        source=command.source,
        user=person.user if person else None,
        display_name=author.display_name,
        avatar_url=author.avatar_url,
    )
    return Decision((event,))


def press(house: House, command: cmd.Press, stamp: Stamp) -> Decision:
    room = house.room(command.app_id, command.conversation_id)
    person = house.person(command.user)
    seat(room, person, command.source)
    action = house.actions.get((command.conversation_id, command.action_id))
    if not isinstance(action, PostbackAction):
        raise Refused(errors.NO_SUCH_ACTION)
    event = ev.Pressed(
        id=stamp.new_id(),
        at=stamp.at,
        app_id=command.app_id,
        conversation=room.conversation,
        user=person.user,
        source=command.source,
        payload=action.payload,
        metadata=action.metadata,
    )
    return Decision((event,))


def seat(room: Room, person: Person, source: Source) -> Participant:
    """The person's seat. To a device, a conversation it has no seat in does not exist."""
    found = room.seat(person.user.id)
    if found is None:
        raise Refused(errors.AUTHOR_NOT_PARTICIPANT if source == API else errors.CONVERSATION_NOT_FOUND)
    return found


def _author(speaker: cmd.Speaker, person: Person | None) -> Author:
    if person is None:
        return Author(
            type="business",
            display_name=speaker.display_name,
            avatar_url=speaker.avatar_url,
            subtypes=speaker.subtypes,
        )
    return Author(
        type="user",
        user_id=person.user.id,
        display_name=speaker.display_name or naming.display_name(person.user),
        avatar_url=speaker.avatar_url or person.user.profile.avatar_url,
    )


def _check_content(room: Room, command: cmd.Post, person: Person | None) -> None:
    content = command.content
    if isinstance(content, Template) != (command.schema is not None):
        raise Refused(errors.SCHEMA_FOR_TEMPLATES)
    if isinstance(content, Text) and not content.actions:
        return
    if isinstance(content, FormResponse) and command.source == API:
        raise Refused(errors.NO_API_FORM_RESPONSE)
    if person and not isinstance(content, USER_CONTENT):
        raise Refused(
            errors.bad_request("content.type of a user should be text, image, file, location or formResponse")
        )
    actions = tuple(actions_of(content))
    if person and actions:
        raise Refused(errors.bad_request("content.actions are for the business"))
    if room.conversation.type is Kind.GROUP and any(isinstance(it, BuyAction) for it in actions):
        raise Refused(errors.NO_BUY_IN_GROUPS)
