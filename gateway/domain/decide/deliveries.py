"""Decisions about what becomes of a message after it was said: over which channel it goes, and who has received it.

The gateway has no line to channels outside. Whatever would go over one is told as a failure, and never left in silence.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import structs

from gateway.domain import audience, errors
from gateway.domain import commands as cmd
from gateway.domain import events as ev
from gateway.domain.commands import Destination
from gateway.domain.decide.decision import Decision
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import SDK, Client, Device, Kind, Office, Person, Room
from gateway.domain.value import Stamp

NO_CONNECTOR: Final = "no_connector"
ANYWHERE: Final = Destination()


def check_destination(house: House, room: Room, command: cmd.Post) -> None:
    """Raises `Refused` for a destination that the message cannot have, naming its field."""
    destination = command.destination
    if destination is None:
        return
    if command.author.user is not None or room.conversation.type is not Kind.PERSONAL:
        raise Refused(errors.DESTINATION_MISPLACED)
    if destination.silent:
        return
    office = house.office(command.app_id)
    if destination.integration_id is not None and office.integration(destination.integration_id) is None:
        raise Refused(errors.bad_request("destination.integrationId should name an integration of the app"))
    people = [house.guest(it.user_id) for it in room.participants]
    if not any(_devices(it, office, destination) or _links(it, room, destination) for it in people):
        field = "integrationType" if destination.integration_id is None else "integrationId"
        raise Refused(errors.bad_request(f"destination.{field}: the user has no such client in the conversation"))


def with_deliveries(
    house: House, room: Room, said: Sequence[ev.MessagePosted], stamp: Stamp, destination: Destination = ANYWHERE
) -> tuple[ev.Event, ...]:
    """The messages, each followed by what is known at once of its way; no more than webhooks want to know.

    A silent message is pushed to nobody: it has its place, and devices find it there.
    """
    if destination.silent:
        return tuple(structs.replace(it, audience=()) for it in said)
    office = house.office(room.conversation.app_id)
    if not audience.wants_deliveries(office):
        return tuple(said)
    return tuple(it for posted in said for it in _followed(house, office, room, posted, destination, stamp))


def _followed(
    house: House, office: Office, room: Room, posted: ev.MessagePosted, destination: Destination, stamp: Stamp
) -> Iterator[ev.Event]:
    yield structs.replace(posted, receipts=audience.wants(office, ev.ReachedUser))
    for seat in room.participants:
        person = house.people.get(seat.user_id)
        if person is None or seat.user_id == posted.message.author.user_id:
            continue
        for link in _links(person, room, destination):
            yield _failed(person, posted, link, stamp)
        address = _address(person, office, destination)
        if address is not None:
            yield ev.ReachedChannel(**_delivery(person, posted, stamp), destination=address)


def _address(person: Person, office: Office, destination: Destination) -> ev.Address | None:
    """Where the SDK's client is: on the device seen last, of those that the message is for."""
    if person.client is None:
        return None
    devices = _devices(person, office, destination)
    if devices:
        newest = max(devices, key=lambda it: it.last_seen)
        return ev.Address(_platform(newest.integration_id, office), newest.integration_id)
    return ev.Address(SDK) if destination in (ANYWHERE, Destination(integration_type=SDK)) else None


def _platform(integration_id: str, office: Office) -> str:
    integration = office.integration(integration_id)
    return integration.type if integration else SDK


def _devices(person: Person, office: Office, destination: Destination) -> Sequence[Device]:
    """The devices that a message with this destination is for, of integrations that are there."""
    there = [it for it in person.devices if office.integration(it.integration_id)]
    if destination.integration_id is not None:
        return [it for it in there if it.integration_id == destination.integration_id]
    if destination.integration_type in (None, SDK):
        return there
    return [it for it in there if _platform(it.integration_id, office) == destination.integration_type]


def _links(person: Person, room: Room, destination: Destination) -> Sequence[Client]:
    """The channels that a message with this destination would go over."""
    attached = [it for it in person.links if it.attached_to(room.conversation.id)]
    if destination.integration_id is not None:
        return [it for it in attached if it.integration_id == destination.integration_id]
    return [it for it in attached if destination.integration_type in (None, it.type)]


def _failed(person: Person, posted: ev.MessagePosted, link: Client, stamp: Stamp) -> ev.NotDelivered:
    why = ev.Failure(
        NO_CONNECTOR, f"No connector serves the channel {link.type} here; the message was not sent over it"
    )
    return ev.NotDelivered(
        **_delivery(person, posted, stamp), destination=ev.Address(link.type, link.integration_id), error=why
    )


def _delivery(person: Person, posted: ev.MessagePosted, stamp: Stamp) -> dict[str, Any]:
    return {
        "id": stamp.new_id(),
        "at": posted.at,
        "app_id": posted.app_id,
        "conversation": posted.conversation,
        "user": person.user,
        "message_id": posted.message.id,
    }


def receive(house: House, command: cmd.Receive, stamp: Stamp) -> Decision:
    """A device has proven what it received; told once per message and user, whichever device was first."""
    room = house.room(command.app_id, command.conversation_id)
    office = house.office(command.app_id)
    person = house.person(command.user)
    seat = room.seat(person.user.id)
    if seat is None or not audience.wants(office, ev.ReachedUser):
        return Decision()
    address = ev.Address(_platform(command.integration_id, office), command.integration_id)
    events: list[ev.Event] = []
    for seq, message_id in sorted(command.received):
        if seq > seat.delivered:
            seat = structs.replace(seat, delivered=seq)
            events.append(
                ev.ReachedUser(
                    id=stamp.new_id(),
                    at=stamp.at,
                    app_id=command.app_id,
                    conversation=room.conversation,
                    user=person.user,
                    message_id=message_id,
                    destination=address,
                    participant=seat,
                )
            )
    return Decision(tuple(events))
