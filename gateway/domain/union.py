"""What becomes of two users, and of two conversations, that are made one. The surviving one's own values win."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec import structs

from gateway.domain import limits
from gateway.domain.content import metadata_bytes
from gateway.domain.events import Union, UserMerged
from gateway.domain.model import (
    Client,
    Conversation,
    Device,
    Identity,
    Metadata,
    Participant,
    Person,
    Profile,
    Room,
    User,
)

T = TypeVar("T", int, str)


def united(event: UserMerged, surviving: Person, discarded: Person) -> Person:
    """The person that is left; `event` says who they are."""
    return Person(
        user=event.user,
        client=surviving.client or discarded.client,
        links=(*surviving.links, *(_attached(it, event.union) for it in discarded.links)),
        devices=_devices((*discarded.devices, *surviving.devices)),
    )


def _attached(link: Client, union: Union | None) -> Client:
    """A link to a conversation that is discarded goes to the surviving one."""
    if union is None or link.link is None or link.link.conversation_id != union.discarded.id:
        return link
    return structs.replace(link, link=structs.replace(link.link, conversation_id=union.surviving.id))


def _devices(devices: Sequence[Device]) -> tuple[Device, ...]:
    """Each installation once, as it was seen last; of too many, those seen last."""
    seen = {it.guid: it for it in sorted(devices, key=lambda it: it.last_seen)}
    return tuple(sorted(seen.values(), key=lambda it: it.last_seen)[-limits.DEVICES :])


def united_user(surviving: User, discarded: User) -> tuple[User, Metadata | None]:
    """The user that is left, and the metadata that they have no room for."""
    named = surviving if surviving.external_id is not None else discarded
    metadata, left_over = _together(surviving.metadata, discarded.metadata)
    user = structs.replace(
        surviving,
        external_id=named.external_id,
        brand_id=named.brand_id,
        authenticated=surviving.authenticated or named.authenticated,
        signed_up_at=_first(surviving.signed_up_at, discarded.signed_up_at),
        to_be_retained=surviving.to_be_retained or discarded.to_be_retained,
        profile=_filled(surviving.profile, discarded.profile),
        metadata=metadata,
        identities=_identities(surviving.identities, discarded.identities),
        session_hashes=surviving.session_hashes if named.external_id is None else (),
        default_conversation_id=surviving.default_conversation_id or discarded.default_conversation_id,
    )
    return user, left_over


def _filled(own: Profile, other: Profile) -> Profile:
    missing = {name: value for name, value in structs.asdict(other).items() if getattr(own, name) is None}
    return structs.replace(own, **missing)


def _identities(own: tuple[Identity, ...], others: tuple[Identity, ...]) -> tuple[Identity, ...]:
    known = {(it.type, it.verification) for it in own}
    return (*own, *(it for it in others if (it.type, it.verification) not in known))


def _together(own: Metadata, other: Metadata) -> tuple[Metadata, Metadata | None]:
    """One's own metadata with as much of the other's as there is room for, and the rest."""
    both = {**other, **own}
    if metadata_bytes(both) <= limits.METADATA_BYTES:
        return both, None
    kept, left_over = dict(own), dict[str, str | int | float | bool]()
    for name, value in other.items():
        if name in own:
            continue
        fits = metadata_bytes({**kept, name: value}) <= limits.METADATA_BYTES
        (kept if fits else left_over)[name] = value
    return kept, left_over or None


def unite(own: Room, other: Room) -> Union:
    """One conversation of the messages of both, where each has one participant."""
    (mine,), (theirs,) = own.participants, other.participants
    surviving, numbered_from = _conversation(own.conversation, other.conversation)
    seat = structs.replace(
        mine,
        read=surviving.posted - own.unread(mine) - other.unread(theirs),
        last_read=_last(mine.last_read, theirs.last_read),
    )
    return Union(surviving=surviving, discarded=other.conversation, seat=seat, numbered_from=numbered_from)


def _conversation(own: Conversation, other: Conversation) -> tuple[Conversation, int | None]:
    """The surviving conversation; where the other has messages, all get numbers after the survivor's last."""
    after = structs.replace(
        own,
        posted=own.posted + other.posted,
        cleared=own.cleared + other.cleared,
        clock=max(own.clock, other.clock),
        last_updated_at=max(own.last_updated_at, other.last_updated_at),
        business_last_read=_last(own.business_last_read, other.business_last_read),
        display_name=own.display_name or other.display_name,
        description=own.description or other.description,
        icon_url=own.icon_url or other.icon_url,
        metadata=_together(own.metadata or {}, other.metadata or {})[0] or None,
    )
    if other.posted == other.cleared:
        return after, None
    seq = own.seq + after.posted - after.cleared
    return structs.replace(after, seq=seq, recoverable_from=seq), own.seq


def inherited(own: Participant, other: Participant) -> Participant:
    """The seat of whoever sat in one conversation twice: with the furthest marks."""
    return structs.replace(
        own,
        read=max(own.read, other.read),
        last_read=_last(own.last_read, other.last_read),
        delivered=max(own.delivered, other.delivered),
    )


def _first(one: T | None, other: T | None) -> T | None:
    return min((it for it in (one, other) if it is not None), default=None)


def _last(one: T | None, other: T | None) -> T | None:
    return max((it for it in (one, other) if it is not None), default=None)
