"""Decisions about clients: the SDK's own, and those that link a user to another channel."""

from collections.abc import Iterator
from typing import Any, Final

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain import events as ev
from gateway.domain.decide.decision import Decision, befalling
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import API, PENDING, Client, Conversation, Kind, Link, Office, Person, Room, Source
from gateway.domain.value import Stamp

CANCELLED: Final = ev.Failure("link_cancelled", "The link was cancelled over the API")
NO_CONVERSATION: Final = ev.Failure("conversation_removed", "The conversation to link to was removed")


def with_client(person: Person, source: Source, stamp: Stamp, reason: str = "sdkLogin") -> tuple[ev.ClientAdded, ...]:
    """What makes the user's SDK client, where there is none yet."""
    if person.client is not None:
        return ()
    client = Client(id=stamp.new_id(), linked_at=stamp.at)
    return (befalling(ev.ClientAdded, person.user, stamp, client=client, reason=reason, source=source),)


def create(house: House, command: cmd.CreateClient, stamp: Stamp) -> Decision:
    """A link is asked for: the client is pending until its channel has found the user."""
    person = house.person(command.user)
    room = _target(house, command, person)
    event = asked(house.office(command.app_id), person, command.link, room.conversation, stamp)
    return Decision((event,), event.client)


def asked(office: Office, person: Person, link: Link, conversation: Conversation, stamp: Stamp) -> ev.ClientAdded:
    """A link to a conversation that the person may be linked in."""
    _check_integration(office, link)
    if len(person.links) >= limits.CLIENTS:
        raise Refused(errors.TOO_MANY_CLIENTS)
    client = _pending(link, stamp)
    return befalling(
        ev.ClientAdded,
        person.user,
        stamp,
        client=client,
        reason="channelLinking",
        source=API,
        conversation=conversation,
    )


def _target(house: House, command: cmd.CreateClient, person: Person) -> Room:
    """A group is for SDKs alone, and nobody is linked into what others say."""
    room = house.room(command.app_id, command.link.conversation_id)
    if room.conversation.type is not Kind.PERSONAL or room.seat(person.user.id) is None:
        raise Refused(errors.NO_LINKS_INTO_GROUPS)
    return room


def _check_integration(office: Office, link: Link) -> None:
    integration = office.integration(link.criteria.integration_id)
    if integration is None:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    if integration.type != _type(link):
        raise Refused(errors.bad_request("matchCriteria.integrationId should name an integration of the same type"))


def _type(link: Link) -> str:
    return str(link.criteria.__struct_config__.tag)


def _pending(link: Link, stamp: Stamp) -> Client:
    return Client(
        id=stamp.new_id(),
        type=_type(link),
        status=PENDING,
        integration_id=link.criteria.integration_id,
        external_id=link.criteria.external_id,
        link=link,
    )


def delete(house: House, command: cmd.DeleteClient, stamp: Stamp) -> Decision:
    person = house.person(command.user)
    if person.client is not None and person.client.id == command.client_id:
        raise Refused(errors.SDK_CLIENT_STAYS)
    for client in person.links:
        if client.id == command.client_id:
            return Decision((_removed(house, person, client, stamp),))
    raise Refused(errors.CLIENT_NOT_FOUND)


def _removed(house: House, person: Person, client: Client, stamp: Stamp) -> ev.ClientRemoved:
    room = house.rooms.get(client.link.conversation_id) if client.link else None
    if client.status == PENDING and room is not None:
        return _gone(person, client, stamp, reason="linkCancelled", conversation=room.conversation, error=CANCELLED)
    return _gone(person, client, stamp, reason="api")


def unlinked(person: Person, conversation: Conversation, stamp: Stamp) -> Iterator[ev.ClientRemoved]:
    """What becomes of the channels that were attached to a conversation which is removed."""
    for client in person.links:
        if client.attached_to(conversation.id):
            yield _gone(person, client, stamp, reason="linkFailed", conversation=conversation, error=NO_CONVERSATION)


def _gone(person: Person, client: Client, stamp: Stamp, **facts: Any) -> ev.ClientRemoved:
    return befalling(ev.ClientRemoved, person.user, stamp, client=client, source=API, **facts)
