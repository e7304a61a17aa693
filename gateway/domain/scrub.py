"""What is left of a user whose personal information is removed: the history, without who they were.

Gone are names, e-mail addresses, pictures, metadata, identities and what devices and channels told of them; ids stay.
"""

from typing import Any, TypeVar

from msgspec import structs

from gateway.domain.events import Event
from gateway.domain.message import Message
from gateway.domain.model import Author, Client, Device, Person, Profile, User
from gateway.domain.naming import nameless
from gateway.domain.value import Shape, Value

Kept = TypeVar("Kept", Event, Message)


def scrubbed_person(person: Person) -> Person:
    """The person with nothing personal."""
    return structs.replace(
        person,
        user=scrubbed_user(person.user),
        client=_client(person.client) if person.client else None,
        links=tuple(map(_client, person.links)),
        devices=tuple(map(_device, person.devices)),
    )


def scrubbed_user(user: User) -> User:
    return structs.replace(user, profile=Profile(locale=user.profile.locale), metadata={}, identities=())


def _client(client: Client) -> Client:
    return structs.replace(client, display_name=None, avatar_url=None, info=None, raw=None)


def _device(device: Device) -> Device:
    return structs.replace(device, info={})


def scrubbed(kept: Kept, user_id: str) -> Kept:
    """An event or a message as it is kept once a user is to be forgotten; itself where it says nothing of them."""
    left: Kept = _without(kept, user_id, own=_is_of(kept, user_id))
    return left


def _is_of(kept: Event | Message, user_id: str) -> bool:
    """Whether it is the user's doing, and so comes from their client and device."""
    doer = getattr(kept, "user", None)
    among = [it.id for it in getattr(kept, "users", ())]
    return doer.id == user_id if isinstance(doer, User) else user_id in among


def _without(value: Any, user_id: str, *, own: bool) -> Any:
    match value:
        case User() if value.id == user_id:
            return scrubbed_user(value)
        case Author() if value.user_id == user_id:
            return structs.replace(value, display_name=nameless(user_id), avatar_url=None)
        case Client() | Device() if own:
            return _client(value) if isinstance(value, Client) else _device(value)
        case tuple():
            return tuple(_without(it, user_id, own=own) for it in value)
        case Value() if not isinstance(value, Shape):
            return _within(value, user_id, own=value.user.id == user_id if isinstance(value, Person) else own)
    return value


def _within(value: Value, user_id: str, *, own: bool) -> Value:
    """The value with every part of it scrubbed."""
    changed: dict[str, Any] = {}
    for name in value.__struct_fields__:
        before = getattr(value, name)
        after = _without(before, user_id, own=own)
        if after is not before and after != before:
            changed[name] = after
        elif own and name in _SAID_OF_THE_DOER:
            changed[name] = None
    return structs.replace(value, **changed) if changed else value


_SAID_OF_THE_DOER = ("display_name", "avatar_url", "discarded_metadata")  # of typing, and of a merge
