"""Decisions about conversations and who sits in them."""

from collections.abc import Sequence

from msgspec import UNSET, structs

from gateway.domain import audience, errors, limits
from gateway.domain import commands as cmd
from gateway.domain import events as ev
from gateway.domain.commands import Seat
from gateway.domain.content import Content
from gateway.domain.decide.clients import unlinked, with_client
from gateway.domain.decide.decision import Decision, happening, next_step
from gateway.domain.decide.messages import posted
from gateway.domain.decide.speakers import seat
from gateway.domain.errors import Refused
from gateway.domain.evolve import room_after
from gateway.domain.house import House
from gateway.domain.model import API, Conversation, Kind, Office, Participant, Person, Room
from gateway.domain.routing import routed
from gateway.domain.value import Stamp


def create(house: House, command: cmd.CreateConversation, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    guests = [house.person(ref) for ref in command.participants]
    _check_guests(command.type, guests)
    for guest in guests:
        check_room_for_more(office, guest)
    _check_opener(office, command, guests)

    linked = _subscribed(house, command, stamp)
    created = opened(office, command, [_linked(it, linked) for it in guests], stamp)
    events: list[ev.Event] = [created]
    room = Room(created.conversation, created.participants)
    for content in command.messages:
        for said in posted(house, room, _first_words(command, room, content), guests[0], stamp):
            room = room_after(room, said)
            events.append(said)
    return Decision((*events, *linked), room)


def _subscribed(house: House, command: cmd.CreateConversation, stamp: Stamp) -> tuple[ev.ClientAdded, ...]:
    people = {person.user.id: person for person in map(house.person, command.subscribers)}
    return tuple(it for person in people.values() for it in with_client(person, command.source, stamp))


def _linked(person: Person, linked: Sequence[ev.ClientAdded]) -> Person:
    """The person as they will be."""
    own = [it.client for it in linked if it.user.id == person.user.id]
    return structs.replace(person, client=own[0]) if own else person


def opened(
    office: Office, command: cmd.CreateConversation, guests: Sequence[Person], stamp: Stamp
) -> ev.ConversationCreated:
    """What opens a conversation for its guests, whom nothing keeps from it."""
    is_default = command.type is Kind.PERSONAL and guests[0].user.default_conversation_id is None
    conversation = Conversation(
        id=stamp.new_id(),
        app_id=command.app_id,
        type=command.type,
        created_at=stamp.at,
        last_updated_at=stamp.at,
        is_default=is_default,
        display_name=command.display_name,
        description=command.description,
        icon_url=command.icon_url,
        metadata=command.metadata or None,
        seq=1,
        clock=stamp.at,
        origin=command.source.integration_id,
    )
    conversation = structs.replace(routed(office, conversation), unshown=False)
    participants = tuple(Participant(id=stamp.new_id(), user_id=guest.user.id) for guest in guests)
    return ev.ConversationCreated(
        id=stamp.new_id(),
        at=stamp.at,
        app_id=command.app_id,
        audience=audience.everyone(Room(conversation, participants)),
        conversation=conversation,
        seq=1,
        participants=participants,
        users=tuple(guest.user for guest in guests),
        reason=command.reason,
        source=command.source,
        associations=tuple(it for guest in guests for it in guest.associations(conversation.id)),
    )


def _first_words(command: cmd.CreateConversation, room: Room, content: Content) -> cmd.Post:
    speaker = command.opened_by or cmd.Speaker()
    return cmd.Post(
        app_id=command.app_id,
        conversation_id=room.conversation.id,
        author=speaker,
        content=content,
        judged=command.judged,
        source=command.source,
    )


def _check_guests(kind: Kind, guests: Sequence[Person]) -> None:
    if kind is Kind.PERSONAL and len(guests) != 1:
        raise Refused(errors.ONE_PARTICIPANT)
    if len(guests) > limits.PARTICIPANTS:
        raise Refused(errors.TOO_MANY_PARTICIPANTS)
    if len({guest.user.id for guest in guests}) < len(guests):
        raise Refused(errors.NAMED_TWICE)


def check_room_for_more(office: Office, guest: Person) -> None:
    """Raises `Refused` for one who may be in one conversation only."""
    if guest.user.conversations and not office.app.settings.multi_convo_enabled:
        raise Refused(errors.MULTI_CONVO_OFF)


def _check_opener(office: Office, command: cmd.CreateConversation, guests: Sequence[Person]) -> None:
    """A device may open its user's first conversation; further ones only where its integration says so."""
    if command.opened_by is None or not guests[0].user.conversations:
        return
    integration = office.integration(command.integration_id or "")
    if integration is None or not integration.fields.get("canUserCreateMoreConversations"):
        raise Refused(errors.CREATION_NOT_ALLOWED)


def update(house: House, command: cmd.UpdateConversation, stamp: Stamp) -> Decision:
    room = house.room(command.app_id, command.conversation_id)
    if command.by is not None and room.seat(command.by) is None:
        raise Refused(errors.CONVERSATION_NOT_FOUND)
    named = {name: getattr(command, name) for name in ("display_name", "description", "icon_url", "metadata")}
    changes = {name: value for name, value in named.items() if value is not UNSET}
    if all(getattr(room.conversation, name) == value for name, value in changes.items()):
        return Decision((), room.conversation)
    after = next_step(room.conversation, stamp, **changes)
    event = happening(ev.ConversationUpdated, room, after, stamp)
    return Decision((event,), after)


def delete(house: House, command: cmd.DeleteConversation, stamp: Stamp) -> Decision:
    room = house.room(command.app_id, command.conversation_id)
    if room.conversation.is_default:
        raise Refused(errors.default_stays(command.conversation_id))
    unlinking = (
        it for seat in room.participants for it in unlinked(house.guest(seat.user_id), room.conversation, stamp)
    )
    return Decision((removed(room, stamp), *unlinking))


def removed(room: Room, stamp: Stamp) -> ev.ConversationRemoved:
    after = next_step(room.conversation, stamp)
    return happening(ev.ConversationRemoved, room, after, stamp)


def join(house: House, command: cmd.Join, stamp: Stamp) -> Decision:
    """A user who sits there already is answered with their seat."""
    room = house.room(command.app_id, command.conversation_id)
    person = house.person(command.user)
    if room.conversation.type is not Kind.GROUP:
        raise Refused(errors.NOT_A_GROUP)
    already = room.seat(person.user.id)
    if already is not None:
        return Decision((), Seat(room, already, person))
    if len(room.participants) >= limits.PARTICIPANTS:
        raise Refused(errors.TOO_MANY_PARTICIPANTS)
    check_room_for_more(house.office(command.app_id), person)

    linked = with_client(person, API, stamp) if command.subscribe else ()
    person = _linked(person, linked)
    participant = Participant(id=stamp.new_id(), user_id=person.user.id, read=room.conversation.posted)
    joined = seated(house, room, person, participant, stamp)
    return Decision((joined, *linked), Seat(room_after(room, joined), joined.participant, person))


def seated(house: House, room: Room, person: Person, participant: Participant, stamp: Stamp) -> ev.Joined:
    """The person takes a seat after those who sit in the room."""
    after = next_step(room.conversation, stamp)
    everyone = (*room.participants, participant)
    people = (*(house.guest(it.user_id) for it in room.participants), person)
    return happening(
        ev.Joined,
        Room(after, everyone),
        after,
        stamp,
        participant=participant,
        user=person.user,
        participants=everyone,
        users=tuple(it.user for it in people),
        associations=tuple(association for it in people for association in it.associations(after.id)),
    )


def leave(house: House, command: cmd.Leave, stamp: Stamp) -> Decision:
    room = house.room(command.app_id, command.conversation_id)
    person = _leaver(house, room, command)
    if room.seat(person.user.id) is None:
        raise Refused(errors.NOT_A_MEMBER)
    if room.conversation.type is not Kind.GROUP:
        raise Refused(errors.PERSONAL_STAYS)
    return Decision((left(room, person, stamp),))


def left(room: Room, person: Person, stamp: Stamp) -> ev.Left:
    after = next_step(room.conversation, stamp)
    return happening(
        ev.Left,
        room,
        after,
        stamp,
        participant=seat(room, person, API),
        user=person.user,
    )


def _leaver(house: House, room: Room, command: cmd.Leave) -> Person:
    if command.user is not None:
        return house.person(command.user)
    for participant in room.participants:
        if participant.id == command.participant_id:
            return house.guest(participant.user_id)
    raise Refused(errors.NOT_A_MEMBER)
