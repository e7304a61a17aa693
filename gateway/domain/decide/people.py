"""Decisions about users, their SDK client and their devices."""

from typing import Any

from msgspec import UNSET, structs

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain import events as ev
from gateway.domain.content import metadata_bytes
from gateway.domain.decide.clients import with_client
from gateway.domain.decide.decision import Decision, befalling, happening, next_step
from gateway.domain.decide.merges import BY_LOGIN, Pair, merged
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import Device, Identity, Kind, Metadata, Person, Profile, Room, Source, User
from gateway.domain.scrub import scrubbed_user
from gateway.domain.value import Stamp

SEEN_AGAIN_MS = 60_000  # a device seen twice within this time is written once


def create(house: House, command: cmd.CreateUser, stamp: Stamp) -> Decision:
    house.office(command.app_id)
    if command.name is not None and house.find(command.name):
        raise Refused(errors.USER_EXISTS)
    user = User(
        id=stamp.new_id(),
        app_id=command.app_id,
        external_id=command.external_id,
        brand_id=command.brand_id,
        signed_up_at=command.signed_up_at if command.signed_up_at is not None else stamp.at,
        to_be_retained=command.to_be_retained,
        profile=command.profile,
        metadata=command.metadata,
    )
    return Decision((_created(user, stamp),), user)


def _created(user: User, stamp: Stamp) -> ev.UserCreated:
    return befalling(ev.UserCreated, user, stamp)


def update(house: House, command: cmd.UpdateUser, stamp: Stamp) -> Decision:
    before = house.person(command.user).user
    changes: dict[str, Any] = {}
    if command.signed_up_at is not UNSET:
        changes["signed_up_at"] = command.signed_up_at
    if command.to_be_retained is not UNSET:
        changes["to_be_retained"] = command.to_be_retained
    if command.metadata is not UNSET:
        changes["metadata"] = command.metadata or {}
    if command.metadata_changes:
        changes["metadata"] = _changed(changes.get("metadata", before.metadata), command)
    if command.profile is not UNSET:
        changes["profile"] = structs.replace(before.profile, **command.profile)
    after = structs.replace(before, **changes)
    if after == before:
        return Decision((), before)
    return Decision((_updated(after, stamp),), after)


def _changed(before: Metadata, command: cmd.UpdateUser) -> Metadata:
    """Metadata with what is added, or unset by None; all of it has to fit."""
    both = {**before, **command.metadata_changes}
    after = {name: value for name, value in both.items() if value is not None}
    if metadata_bytes(after) > limits.METADATA_BYTES:
        raise Refused(errors.TOO_MANY_PROPERTIES)
    return after


def _updated(user: User, stamp: Stamp, reason: str | None = None, source: Source | None = None) -> ev.UserUpdated:
    return befalling(ev.UserUpdated, user, stamp, audience=(user.id,), reason=reason, source=source)


def forget(house: House, command: cmd.ForgetUser, stamp: Stamp) -> Decision:
    """Also where nothing is left to forget: what is kept of them may still say more."""
    after = scrubbed_user(house.person(command.user).user)
    event = ev.UserForgotten(id=stamp.new_id(), at=stamp.at, app_id=after.app_id, audience=(after.id,), user=after)
    return Decision((event,), after)


def delete(house: House, command: cmd.DeleteUser, stamp: Stamp) -> Decision:
    """The user goes, personal conversations with them; a group goes on without them."""
    person = house.person(command.user)
    theirs = sorted(house.rooms_of.get(person.user.id, ()))
    rooms = [house.room(command.app_id, it) for it in theirs if house.rooms.get(it)]
    events = [_emptied(room, person, stamp) for room in rooms if room.seat(person.user.id)]
    gone = ev.UserRemoved(
        id=stamp.new_id(), at=stamp.at, app_id=command.app_id, audience=(person.user.id,), user=person.user
    )
    return Decision((*events, gone))


def _emptied(room: Room, person: Person, stamp: Stamp) -> ev.ConversationEvent:
    after = next_step(room.conversation, stamp)
    seat = room.seat(person.user.id)
    if room.conversation.type is Kind.PERSONAL or seat is None:
        return happening(ev.ConversationRemoved, room, after, stamp)
    return happening(ev.Left, room, after, stamp, participant=seat, user=person.user)


def connect(house: House, command: cmd.Connect, stamp: Stamp) -> Decision:
    """A device's hello: who it is, and that it is there. Answers the `Person`."""
    integration = house.office(command.app_id).integration(command.device.integration_id)
    if integration is None:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    source = Source(type=command.device.platform, integration_id=integration.id)
    person, events = _who(house, command, source, stamp)
    linked = with_client(person, source, stamp, "authCode" if command.admitted else "sdkLogin")
    if linked:
        person = structs.replace(person, client=linked[0].client)
    seen = _seen(person, command.device, stamp)
    if seen:
        person = structs.replace(
            person, devices=(*(it for it in person.devices if it.id != seen.device.id), seen.device)
        )
    closes = any(isinstance(it, ev.UserMerged) for it in events)
    return Decision((*events, *linked, *((seen,) if seen else ())), person, closes=closes)


def _who(house: House, command: cmd.Connect, source: Source, stamp: Stamp) -> tuple[Person, tuple[ev.Event, ...]]:
    if command.admitted:
        return _admitted(house, command, stamp)
    session = _of_session(house, command)
    if command.external_id is None:
        if command.user_id is None:
            hashes = (command.new_session_hash,) if command.new_session_hash else ()
            return _newcomer(command, stamp, session_hashes=hashes)
        if session is None:
            raise Refused(errors.INVALID_AUTH)
        return session, ()
    anonymous = session if session and session.user.external_id is None else None
    named = house.find(cmd.Ref(command.app_id, command.external_id, "external"))
    person = named or anonymous
    if person is None:
        facts = _told(command, (), Profile())
        return _newcomer(command, stamp, external_id=command.external_id, authenticated=True, **facts)
    known, events = _identified(person, command, source, stamp)
    if named is None or anonymous is None:
        return known, events
    known, merging = merged(house, Pair(surviving=known, discarded=anonymous, reason=BY_LOGIN), stamp)
    return known, (*events, *merging)


def _admitted(house: House, command: cmd.Connect, stamp: Stamp) -> tuple[Person, tuple[ev.Event, ...]]:
    """A session of their own, also for a user who has a name."""
    person = house.find(cmd.Ref(command.app_id, command.user_id or "", "id"))
    if person is None or command.new_session_hash is None:
        raise Refused(errors.INVALID_AUTH)
    person, event = _with_session(person, command.new_session_hash, stamp)
    return person, (event,)


def _identified(
    person: Person, command: cmd.Connect, source: Source, stamp: Stamp
) -> tuple[Person, tuple[ev.Event, ...]]:
    """Whoever showed a token is who it says; what it says anew of somebody known is an update."""
    before = person.user
    proven = {"external_id": command.external_id, "authenticated": True, "session_hashes": _left_open(before, command)}
    known = structs.replace(before, **proven, **_told(command, before.identities, before.profile))
    if known == before:
        return person, ()
    if structs.replace(before, session_hashes=known.session_hashes) == known:
        return structs.replace(person, user=known), (befalling(ev.SessionsChanged, known, stamp),)
    renamed = structs.replace(before, profile=known.profile) == known
    update = _updated(known, stamp) if renamed else _updated(known, stamp, "authentication", source)
    return structs.replace(person, user=known), (update,)


def _left_open(user: User, command: cmd.Connect) -> tuple[str, ...]:
    """The sessions that a login does not end: none of an anonymous user; else all but that of the device itself."""
    if user.external_id is None:
        return ()
    return tuple(it for it in user.session_hashes if it != command.session_hash)


def _told(command: cmd.Connect, identities: tuple[Identity, ...], profile: Profile) -> dict[str, Any]:
    """What a token says besides who it is for. An e-mail takes the place of the one before; a name fills a gap."""
    told: dict[str, Any] = {}
    if command.email is not None:
        others = (it for it in identities if (it.type, it.verification) != ("email", "sso"))
        told["identities"] = (Identity(type="email", value=command.email, verification="sso"), *others)
    if command.name is not None and not profile.given_name and not profile.surname:
        told["profile"] = structs.replace(profile, given_name=command.name)
    return told


def _of_session(house: House, command: cmd.Connect) -> Person | None:
    """The user whose session token was shown; None where it does not fit."""
    if command.user_id is None or command.session_hash is None:
        return None
    person = house.find(cmd.Ref(command.app_id, command.user_id, "id"))
    if person is None or command.session_hash not in person.user.session_hashes:
        return None
    return person


def open_session(house: House, command: cmd.OpenSession, stamp: Stamp) -> Decision:
    person = house.person(command.user)
    if person.user.external_id is not None:
        raise Refused(errors.INVALID_AUTH)
    person, event = _with_session(person, command.session_hash, stamp)
    return Decision((event,), person)


def _with_session(person: Person, session_hash: str, stamp: Stamp) -> tuple[Person, ev.SessionsChanged]:
    hashes = (*person.user.session_hashes, session_hash)[-limits.SESSIONS :]
    user = structs.replace(person.user, session_hashes=hashes)
    return structs.replace(person, user=user), befalling(ev.SessionsChanged, user, stamp)


def _newcomer(command: cmd.Connect, stamp: Stamp, **facts: Any) -> tuple[Person, tuple[ev.Event, ...]]:
    user = User(id=stamp.new_id(), app_id=command.app_id, signed_up_at=stamp.at, **facts)
    return Person(user=user), (_created(user, stamp),)


def _seen(person: Person, draft: cmd.DeviceDraft, stamp: Stamp) -> ev.DeviceSeen | None:
    before = person.device(draft.guid)
    facts: dict[str, Any] = {
        "platform": draft.platform,
        "integration_id": draft.integration_id,
        "app_version": draft.app_version,
        "info": draft.info,
        "push_token": draft.push_token,
        "status": "active",
        "state": "foreground",
    }
    if before is None:
        device = Device(id=stamp.new_id(), guid=draft.guid, last_seen=stamp.at, **facts)
        return structs.replace(_device_seen(person, device, stamp), added=True)
    same = structs.replace(before, **facts) == before
    if same and stamp.at - before.last_seen < SEEN_AGAIN_MS:
        return None
    return _device_seen(person, structs.replace(before, **facts, last_seen=stamp.at), stamp)


def _device_seen(person: Person, device: Device, stamp: Stamp) -> ev.DeviceSeen:
    others = [it for it in person.devices if it.id != device.id]
    crowded = len(others) >= limits.DEVICES
    gone = min(others, key=lambda it: it.last_seen).id if crowded else None
    return befalling(ev.DeviceSeen, person.user, stamp, device=device, gone=gone)


def update_device(house: House, command: cmd.UpdateDevice, stamp: Stamp) -> Decision:
    person = house.person(command.user)
    before = person.device(command.guid)
    if before is None:
        raise Refused(errors.NOT_FOUND)
    named = {name: getattr(command, name) for name in ("push_token", "state", "status")}
    changes = {name: value for name, value in named.items() if value is not UNSET}
    after = structs.replace(before, **changes, last_seen=stamp.at)
    devices = tuple(after if it.id == after.id else it for it in person.devices)
    return Decision((_device_seen(person, after, stamp),), structs.replace(person, devices=devices))
