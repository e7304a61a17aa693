"""Decisions about messages."""

from msgspec import structs

from gateway.domain import audience, errors, limits
from gateway.domain import commands as cmd
from gateway.domain import events as ev
from gateway.domain.commands import Posted
from gateway.domain.content import (
    USER_CONTENT,
    BuyAction,
    Content,
    File,
    FormResponse,
    Image,
    Template,
    Text,
    actions_of,
    metadata_bytes,
)
from gateway.domain.decide.decision import Decision, happening, next_step
from gateway.domain.decide.deliveries import ANYWHERE, check_destination, with_deliveries
from gateway.domain.decide.forms import answered
from gateway.domain.decide.speakers import author, seat
from gateway.domain.decide.wording import worded
from gateway.domain.errors import Refused
from gateway.domain.evolve import room_after
from gateway.domain.house import House
from gateway.domain.message import Message
from gateway.domain.model import API, Author, Kind, Metadata, Person, Room
from gateway.domain.value import Stamp, Value


def post(house: House, command: cmd.Post, stamp: Stamp) -> Decision:
    room = house.room(command.app_id, command.conversation_id)
    person = house.person(command.author.user) if command.author.user else None
    if command.client_message_id is not None and person:
        first = house.sent.get((command.conversation_id, person.user.id, command.client_message_id))
        if first is not None:
            return Decision((), Posted((first,), duplicate=True))
    if person:
        seat(room, person, command.source)
    check_destination(house, room, command)
    events = posted(house, room, command, person, stamp)
    told = with_deliveries(house, room, events, stamp, command.destination or ANYWHERE)
    return Decision(told, Posted(tuple(it.message for it in events)))


def posted(house: House, room: Room, command: cmd.Post, person: Person | None, stamp: Stamp) -> list[ev.MessagePosted]:
    """The messages of a post, in the order they happen in `room`; raises `Refused` for what may not be said there."""
    _check_content(command, person)
    return said(house, room, _answering(house, command, person), stamp)


class Saying(Value):
    """A post by the one who makes it; `quoted` is what it answers."""

    command: cmd.Post
    person: Person | None = None
    quoted: Message | None = None


def said(house: House, room: Room, saying: Saying, stamp: Stamp) -> list[ev.MessagePosted]:
    """The messages of what may be said: one, or several where shorthand makes more of one. All of them fit, or none."""
    command, office = saying.command, house.office(saying.command.app_id)
    if saying.person and office.moderation and not command.judged:
        raise Refused(errors.NOT_JUDGED)
    speaker = author(house, command.author, saying.person, command.source)
    first, *more = worded(command, office, stamp)
    events = [_message_posted(room, saying, speaker, first, stamp)]
    for part in more:
        room = room_after(room, events[-1])
        events.append(_message_posted(room, saying, speaker, part, stamp))
    return events


def _answering(house: House, command: cmd.Post, person: Person | None) -> Saying:
    """The post as it answers a form, which it then quotes, or the button whose payload it has."""
    content = command.content
    if isinstance(content, FormResponse):
        form, fitting = answered(house, command, content)
        return Saying(structs.replace(command, content=fitting), person, form)
    if person and isinstance(content, Text) and content.payload is not None:
        buttons = house.replies.get((command.conversation_id, content.payload))
        if buttons and buttons[-1].metadata:
            metadata = _together(command.metadata, buttons[-1].metadata)
            return Saying(structs.replace(command, metadata=metadata), person)
    return Saying(command, person)


def _together(own: Metadata | None, further: Metadata | None) -> Metadata:
    """A message's own metadata with that of the button it answers, or a template's with that of its post."""
    both = {**(own or {}), **(further or {})}
    if metadata_bytes(both) > limits.METADATA_BYTES:
        raise Refused(errors.TOO_MUCH_METADATA)
    return both


def _message_posted(room: Room, saying: Saying, speaker: Author, part: cmd.Part, stamp: Stamp) -> ev.MessagePosted:
    _check_offers(room, part.content)
    before, command, person = room.conversation, saying.command, saying.person
    if before.posted - before.cleared >= limits.MESSAGES:
        raise Refused(errors.LOCKED)
    received = max(stamp.at, before.clock + 1)
    changes = {"posted": before.posted + 1, "last_updated_at": received}
    if person is None:
        changes["business_last_read"] = received
    after = next_step(before, stamp, **changes)
    message = Message(
        id=stamp.new_id(),
        seq=after.seq,
        received=received,
        author=speaker,
        content=part.content,
        source=command.source.short,
        metadata=_together(part.metadata, command.metadata) if part.metadata else command.metadata or None,
        references=command.references,
        client_message_id=command.client_message_id,
        quoted=saying.quoted,
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
    return Decision((_cleared(room, stamp),))


def expire(house: House, command: cmd.ExpireMessages, stamp: Stamp) -> Decision:
    """The app's conversations that were last active before it asked for this are left alone until they are again."""
    room = house.room(command.app_id, command.conversation_id)
    app, conversation = house.office(command.app_id).app, room.conversation
    kept_s = app.settings.conversation_retention_seconds
    quiet = app.retention_since <= conversation.last_updated_at <= stamp.at - kept_s * 1000
    if not (kept_s and quiet and conversation.posted > conversation.cleared):
        return Decision()
    return Decision((_cleared(room, stamp),))


def _cleared(room: Room, stamp: Stamp) -> ev.MessagesCleared:
    after = next_step(room.conversation, stamp, cleared=room.conversation.posted)
    return happening(ev.MessagesCleared, room, after, stamp)


def _check_content(command: cmd.Post, person: Person | None) -> None:
    content = command.content
    if isinstance(content, Template) != (command.schema is not None):
        raise Refused(errors.SCHEMA_FOR_TEMPLATES)
    if command.source != API and isinstance(content, Text | Image | File) and content.markdown_text is not None:
        raise Refused(errors.MARKDOWN_OF_DEVICES)  # 4,096 characters of it can take 40 ms to read
    if isinstance(content, Text) and not content.actions:
        return
    if isinstance(content, FormResponse) and (command.source == API or person is None):
        raise Refused(errors.NO_API_FORM_RESPONSE)
    if person and not isinstance(content, USER_CONTENT):
        raise Refused(
            errors.bad_request("content.type of a user should be text, image, file, location or formResponse")
        )
    if person and any(actions_of(content)):
        raise Refused(errors.bad_request("content.actions are for the business"))


def _check_offers(room: Room, content: Content) -> None:
    if isinstance(content, Text) and not content.actions:  # most messages
        return
    if room.conversation.type is Kind.GROUP and any(isinstance(it, BuyAction) for it in actions_of(content)):
        raise Refused(errors.NO_BUY_IN_GROUPS)
