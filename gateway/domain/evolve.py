"""How the state follows from what happened. Rows are written from what this yields; the tests read them back."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from msgspec import structs

from gateway.domain import events as ev
from gateway.domain import limits, naming
from gateway.domain.commands import Ref
from gateway.domain.content import AnyAction, ReplyAction, actions_of
from gateway.domain.house import House
from gateway.domain.message import Message, placeholder
from gateway.domain.model import Kind, Participant, Person, Room, User
from gateway.domain.scrub import scrubbed_person
from gateway.domain.union import united

E = TypeVar("E", bound=ev.Event)


def evolve(house: House, event: ev.Event) -> None:
    """Take one event into the house. An event without state to change is known here too, and does nothing."""
    _EVOLVERS[type(event)](house, event)


def room_after(room: Room, event: ev.ConversationEvent) -> Room:
    """The room once `event` has happened in it."""
    participants = room.participants
    if isinstance(event, ev.Joined):
        participants = event.participants
    elif isinstance(event, ev.Left):
        participants = tuple(_heir(event, it) for it in participants if it.user_id != event.user.id)
    elif isinstance(event, ev.MessagePosted) and event.message.author.user_id:
        author_id = event.message.author.user_id
        participants = _marked(participants, author_id, event.conversation.posted, event.message.received)
    elif isinstance(event, ev.ReachedUser):
        mark = event.participant
        participants = tuple(
            structs.replace(it, delivered=mark.delivered) if it.user_id == mark.user_id else it for it in participants
        )
    elif isinstance(event, ev.HasRead) and event.participant:
        mark = event.participant
        participants = _marked(participants, mark.user_id, mark.read, mark.last_read)
    return Room(event.conversation, participants)


def _heir(event: ev.Left, seat: Participant) -> Participant:
    return event.heir if event.heir and event.heir.user_id == seat.user_id else seat


def _marked(
    participants: tuple[Participant, ...], user_id: str, read: int, last_read: int | None
) -> tuple[Participant, ...]:
    return tuple(
        [structs.replace(it, read=read, last_read=last_read) if it.user_id == user_id else it for it in participants]
    )


def _in_room(house: House, event: ev.ConversationEvent) -> None:
    room = house.rooms[event.conversation.id]
    if room is not None:
        house.rooms[event.conversation.id] = room_after(room, event)


def _created(house: House, event: ev.ConversationCreated) -> None:
    house.rooms[event.conversation.id] = Room(event.conversation, event.participants)
    for participant in event.participants:
        _in_conversations(house, participant.user_id, event, +1)


def _removed(house: House, event: ev.ConversationRemoved) -> None:
    room = house.rooms[event.conversation.id]
    house.rooms[event.conversation.id] = None
    for participant in room.participants if room else ():
        _in_conversations(house, participant.user_id, event, -1)


def _joined(house: House, event: ev.Joined) -> None:
    _in_room(house, event)
    _in_conversations(house, event.user.id, event, +1)


def _left(house: House, event: ev.Left) -> None:
    _in_room(house, event)
    _in_conversations(house, event.user.id, event, -1)


def _in_conversations(house: House, user_id: str, event: ev.ConversationEvent, step: int) -> None:
    """Keep the user's own count of conversations, which they are, and which is their default."""
    conversation = event.conversation
    others = tuple(it for it in house.rooms_of.get(user_id, ()) if it != conversation.id)
    house.rooms_of[user_id] = (*others, conversation.id) if step > 0 else others
    person = house.people.get(user_id)
    if person is None:
        return
    user = structs.replace(person.user, conversations=person.user.conversations + step)
    if conversation.is_default and conversation.type is Kind.PERSONAL:
        user = structs.replace(user, default_conversation_id=conversation.id if step > 0 else None)
    house.people[user_id] = structs.replace(person, user=user)


def _posted(house: House, event: ev.MessagePosted) -> None:
    _in_room(house, event)
    here, message = event.conversation.id, event.message
    _shelve(house, here, message)
    if message.quoted is not None:
        _shelve(house, here, structs.replace(message.quoted, quoted_by=message.id))
    if here in house.newest:
        house.newest[here] = (*house.newest[here], message)[-limits.MESSAGE_HISTORY :]
    for action in _buttons(message):
        house.actions[here, action.id or ""] = action
        if isinstance(action, ReplyAction):
            house.replies[here, action.payload] = (*house.replies.get((here, action.payload), ()), action)


def _message_deleted(house: House, event: ev.MessageDeleted) -> None:
    _in_room(house, event)
    here = event.conversation.id
    before = house.messages[here, event.message_id]
    emptied = placeholder(before)
    _shelve(house, here, emptied)
    answer = house.messages.get((here, before.quoted_by or ""))
    if answer is not None and answer.quoted is not None:
        _shelve(house, here, structs.replace(answer, quoted=emptied))
    for action in _buttons(before):
        house.actions.pop((here, action.id or ""), None)
        if isinstance(action, ReplyAction):
            known = house.replies.get((here, action.payload), ())
            house.replies[here, action.payload] = tuple(it for it in known if it.id != action.id)


def _shelve(house: House, here: str, message: Message) -> None:
    house.messages[here, message.id] = message
    if here in house.newest:
        house.newest[here] = tuple(message if it.id == message.id else it for it in house.newest[here])
    if message.client_message_id is not None and message.author.user_id:
        house.sent[here, message.author.user_id, message.client_message_id] = message


def _buttons(message: Message) -> Iterator[AnyAction]:
    return actions_of(message.content) if message.content is not None else iter(())


def _cleared(house: House, event: ev.MessagesCleared) -> None:
    _in_room(house, event)
    here = event.conversation.id
    house.messages = {key: message for key, message in house.messages.items() if key[0] != here}
    house.actions = {key: action for key, action in house.actions.items() if key[0] != here}
    house.replies = {key: action for key, action in house.replies.items() if key[0] != here}
    house.sent = {key: message for key, message in house.sent.items() if key[0] != here}
    if here in house.newest:
        house.newest[here] = ()


def _in_control(house: House, event: ev.Pressed | ev.ControlEvent) -> None:
    """It has no place in the history, but who is in control may have changed with it."""
    room = house.rooms[event.conversation.id]
    if room is not None and event.conversation is not room.conversation:
        house.rooms[event.conversation.id] = Room(event.conversation, room.participants)


def _user(house: House, event: ev.PersonEvent) -> None:
    person = house.people.get(event.user.id) or Person(user=event.user)
    house.people[event.user.id] = structs.replace(person, user=event.user)
    _called(house, event.user)


def _called(house: House, user: User) -> None:
    for name in _names(user):
        if name.value == user.id:
            house.named[name] = user.id
        elif name.by == "external" or not house.people.get(name.value):  # an id is taken before an external id
            house.named[name] = _meant(house, user, name)


def _forgotten(house: House, event: ev.UserForgotten) -> None:
    house.people[event.user.id] = scrubbed_person(house.guest(event.user.id))


def _user_removed(house: House, event: ev.UserRemoved) -> None:
    _gone(house, event.user)


def _gone(house: House, user: User) -> None:
    house.people[user.id] = None
    for name in _names(user):
        if house.named.get(name) == user.id:
            house.named[name] = None


def _merged(house: House, event: ev.UserMerged) -> None:
    """The discarded one left their groups before; with two default conversations, theirs ends here."""
    house.people[event.user.id] = united(event, house.guest(event.user.id), house.guest(event.discarded.id))
    _gone(house, event.discarded)
    _called(house, event.user)
    house.rooms_of.pop(event.discarded.id, None)
    if event.union is not None:
        house.rooms[event.union.surviving.id] = Room(event.union.surviving, (event.union.seat,))
        house.rooms[event.union.discarded.id] = None


def _meant(house: House, user: User, name: Ref) -> str | None:
    """Who is meant by a name now that this user has it."""
    if name.brand is not None or user.brand_id is None:
        return user.id
    people = (it.user for it in house.people.values() if it)
    return naming.meant((it for it in people if it.app_id == user.app_id and it.external_id == name.value), None)


def _names(user: User) -> list[Ref]:
    names = [Ref(user.app_id, user.id, "id"), Ref(user.app_id, user.id)]
    if user.external_id is not None:
        brands = (user.brand_id or "", None)
        names += [Ref(user.app_id, user.external_id, by, it) for it in brands for by in ("external", "either")]
    return names


def _client(house: House, event: ev.ClientAdded) -> None:
    person = house.guest(event.user.id)
    if event.client.link is None:
        house.people[event.user.id] = structs.replace(person, client=event.client)
    else:
        house.people[event.user.id] = structs.replace(person, links=(*person.links, event.client))


def _client_removed(house: House, event: ev.ClientRemoved) -> None:
    person = house.guest(event.user.id)
    links = tuple(it for it in person.links if it.id != event.client.id)
    house.people[event.user.id] = structs.replace(person, links=links)


def _device(house: House, event: ev.DeviceSeen) -> None:
    person = house.guest(event.user.id)
    others = (it for it in person.devices if it.id not in (event.device.id, event.gone))
    house.people[event.user.id] = structs.replace(person, devices=(*others, event.device))


def _office(house: House, event: ev.OfficeEvent) -> None:
    house.offices[event.app_id] = event.office


def _app_removed(house: House, event: ev.AppRemoved) -> None:
    """Everybody and everything of the app goes with it."""
    house.offices[event.app_id] = None
    for room_id, room in house.rooms.items():
        if room and room.conversation.app_id == event.app_id:
            house.rooms[room_id] = None
    for user_id, person in house.people.items():
        if person and person.user.app_id == event.app_id:
            house.people[user_id] = None


def _account(house: House, event: ev.AccountKeyCreated) -> None:
    house.account = event.account


def _service_account(house: House, event: ev.ServiceAccountChanged) -> None:
    house.service_accounts[event.service_account.id] = event.service_account


def _service_account_removed(house: House, event: ev.ServiceAccountRemoved) -> None:
    house.service_accounts[event.service_account.id] = None


def _attachment(house: House, event: ev.AttachmentKept) -> None:
    house.attachments[event.attachment.id] = event.attachment


def _attachment_removed(house: House, event: ev.AttachmentRemoved) -> None:
    house.attachments.pop(event.attachment.id, None)


def _nothing(house: House, event: ev.Event) -> None:
    """Told, not kept."""


_EVOLVERS: dict[type[ev.Event], Callable[[House, Any], None]] = {
    ev.ConversationCreated: _created,
    ev.ConversationUpdated: _in_room,
    ev.ConversationRemoved: _removed,
    ev.Joined: _joined,
    ev.Left: _left,
    ev.MessagePosted: _posted,
    ev.MessageDeleted: _message_deleted,
    ev.MessagesCleared: _cleared,
    ev.HasRead: _in_room,
    ev.ReachedChannel: _nothing,
    ev.ReachedUser: _in_room,
    ev.NotDelivered: _nothing,
    ev.Typing: _nothing,
    ev.Pressed: _in_control,
    ev.ControlPassed: _in_control,
    ev.ControlOffered: _in_control,
    ev.ControlAccepted: _in_control,
    ev.ControlReleased: _in_control,
    ev.PassFailed: _nothing,
    ev.OfferFailed: _nothing,
    ev.AcceptFailed: _nothing,
    ev.UserCreated: _user,
    ev.UserUpdated: _user,
    ev.SessionsChanged: _user,
    ev.UserForgotten: _forgotten,
    ev.UserMerged: _merged,
    ev.UserRemoved: _user_removed,
    ev.ClientAdded: _client,
    ev.ClientRemoved: _client_removed,
    ev.DeviceSeen: _device,
    ev.OfficeChanged: _office,
    ev.KeyRevoked: _office,
    ev.IntegrationRemoved: _office,
    ev.AppRemoved: _app_removed,
    ev.AccountKeyCreated: _account,
    ev.AttachmentKept: _attachment,
    ev.AttachmentRemoved: _attachment_removed,
    ev.PartnerCreated: _nothing,
    ev.ServiceAccountChanged: _service_account,
    ev.ServiceAccountRemoved: _service_account_removed,
}
