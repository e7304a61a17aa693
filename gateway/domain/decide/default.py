"""Decisions about a user's default conversation, the only one that older clients know."""

from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import events as ev
from gateway.domain.commands import Posted
from gateway.domain.decide import clients
from gateway.domain.decide.conversations import check_room_for_more, opened
from gateway.domain.decide.decision import Decision
from gateway.domain.decide.deliveries import ANYWHERE, check_destination, with_deliveries
from gateway.domain.decide.messages import post, posted
from gateway.domain.house import House
from gateway.domain.model import API, Kind, Person, Room, Source
from gateway.domain.value import Stamp


def say(house: House, command: cmd.Say, stamp: Stamp) -> Decision:
    """A message in it; the first one opens it."""
    person = house.person(command.user)
    here = person.user.default_conversation_id
    if here is not None:
        return post(house, structs.replace(command.post, conversation_id=here), stamp)
    return _first_words(house, command, person, stamp)


def _first_words(house: House, command: cmd.Say, person: Person, stamp: Stamp) -> Decision:
    created = _opened(house, person, "message", command.post.source, stamp)
    room = Room(created.conversation, created.participants)
    first = structs.replace(command.post, conversation_id=room.conversation.id)
    check_destination(house, room, first)
    said = posted(house, room, first, person if command.post.author.user else None, stamp)
    told = with_deliveries(house, room, said, stamp, first.destination or ANYWHERE)
    return Decision((created, *told), Posted(tuple(it.message for it in said)))


def link(house: House, command: cmd.LinkChannel, stamp: Stamp) -> Decision:
    """A channel serves a conversation, and so opens it where there is none yet."""
    person = house.person(command.user)
    here = person.user.default_conversation_id
    if here is not None:
        there = structs.replace(command.link, conversation_id=here)
        return clients.create(house, cmd.CreateClient(app_id=command.app_id, user=command.user, link=there), stamp)
    created = _opened(house, person, "none", API, stamp)
    there = structs.replace(command.link, conversation_id=created.conversation.id)
    asked = clients.asked(house.office(command.app_id), person, there, created.conversation, stamp)
    return Decision((created, asked), asked.client)


def _opened(house: House, person: Person, reason: str, source: Source, stamp: Stamp) -> ev.ConversationCreated:
    office = house.office(person.user.app_id)
    check_room_for_more(office, person)
    opening = cmd.CreateConversation(app_id=office.app.id, type=Kind.PERSONAL, reason=reason, source=source)
    return opened(office, opening, (person,), stamp)
