"""By what a user can be reached as things stand: what came through an integration that is gone is inactive."""

from collections.abc import Sequence

from msgspec import structs

from gateway.domain.model import Client, Device, Office, Person


def clients(person: Person, office: Office) -> Sequence[Client]:
    """All of a user's clients, in the order they were made."""
    return sorted((_standing(it, office) for it in person.clients), key=lambda it: it.id)


def _standing(client: Client, office: Office) -> Client:
    if client.integration_id is None or office.integration(client.integration_id) is not None:
        return client
    return structs.replace(client, status="inactive")


def devices(person: Person, office: Office) -> Sequence[Device]:
    """A user's devices, the one seen last first."""
    last_first = person.devices[::-1]  # as kept: in the order they were seen, also within one millisecond
    there = sorted(last_first, key=lambda it: it.last_seen, reverse=True)
    return [it if office.integration(it.integration_id) else structs.replace(it, status="inactive") for it in there]
