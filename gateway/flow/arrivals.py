"""How a device becomes somebody's: hello, login, and logout."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Protocol

from gateway.domain import audience, goodbyes
from gateway.domain.commands import Connect, DeviceDraft, Needs, OpenSession, Ref, UpdateDevice
from gateway.domain.errors import Refused
from gateway.domain.events import ReachedUser, UserMerged
from gateway.domain.goodbyes import Goodbye
from gateway.domain.model import Integration, Person, Source
from gateway.flow import visits
from gateway.flow.catchup import CatchUp, catch_up
from gateway.flow.floor import Flow
from gateway.flow.identity import Proof
from gateway.flow.receipts import Pushed
from gateway.wire import frames, socket, tokens, v2
from gateway.wire.frames import Hello
from gateway.wire.v2 import Json

NO_POSITIONS = frames.Positions(epoch="", seq={})


class Arriving(Protocol):
    """The session of the device."""

    flow: Flow
    origin: str | None
    address: str | None
    integration_id: str
    app_id: str
    user_id: str
    guid: str
    source: Source
    session_hash: str | None
    receipts: bool

    def write(self, frame: bytes) -> None: ...
    def dismiss(self, goodbye: Goodbye) -> None: ...
    def others(self, user_id: str, guid: str) -> int: ...
    def become(self, person: Person, guid: str, proof: Proof | None) -> None: ...
    def known_as(self, person: Person) -> None: ...
    def release(self, said: list[bytes], told: dict[str, int], pushed: list[Pushed]) -> None: ...


async def hello(device: Arriving, frame: Hello) -> None:
    """Welcome the device, or say why not: to a stranger every refusal is a goodbye."""
    try:
        await _greet(device, frame)
    except Refused as refused:
        device.dismiss(_goodbye(refused))


def _goodbye(refused: Refused) -> Goodbye:
    match refused.problem.status:
        case 401:
            return goodbyes.INVALID_AUTH
        case 403:
            return goodbyes.FOREIGN_ORIGIN
        case 404:
            return goodbyes.UNKNOWN_INTEGRATION
        case _:
            return goodbyes.RESTARTING


async def _greet(device: Arriving, frame: Hello) -> None:
    integration = await _integration(device)
    auth = frame.auth or frames.Auth()
    proof = await device.flow.identity.user(device.app_id, auth.jwt) if auth.jwt is not None else None
    admitted = (
        await device.flow.identity.admitted(device.app_id, auth.auth_code) if auth.auth_code is not None else None
    )
    token = device.flow.new_secret() if proof is None and auth.user_id is None else None
    if token is not None and admitted is None and device.flow.admission.stranger_wait_s(device.address):
        device.dismiss(goodbyes.TOO_MANY_STRANGERS)
        return
    command = Connect(
        app_id=device.app_id,
        device=_draft(frame, integration),
        external_id=proof.external_id if proof else None,
        email=proof.email if proof else None,
        name=proof.name if proof else None,
        user_id=admitted or auth.user_id,
        admitted=admitted is not None,
        session_hash=tokens.digest(auth.session_token) if auth.session_token is not None else None,
        new_session_hash=tokens.digest(token) if token else None,
    )
    known = device.flow.corridor.answer(command)  # who was here lately changes nothing
    person = known if known is not None else await device.flow.corridor.execute(command)
    if not _has_room(device, person, frame.device.guid):
        device.dismiss(goodbyes.TOO_MANY_SOCKETS)
        return
    device.become(person, frame.device.guid, proof)
    device.session_hash = None if proof else command.session_hash or command.new_session_hash
    gone = await _gone(device, proof, known)
    if gone is not None:
        device.dismiss(gone)
        return
    await _welcome(device, frame, person, token)


def _has_room(device: Arriving, person: Person, guid: str) -> bool:
    """Whether the user may have one more socket; that of the same device will make room."""
    admission = device.flow.admission
    if device.others(person.user.id, guid) < admission.allowance.sockets_per_user:
        return True
    admission.turn_away("sockets_of_user")
    return False


async def _integration(device: Arriving) -> Integration:
    """The integration the device came through, which names the app; raises `Refused`."""
    office, integration = await visits.integration(device.flow, device.integration_id, device.origin)
    device.app_id = office.app.id
    return integration


async def _gone(device: Arriving, proof: Proof | None, known: Person | None = None) -> Goodbye | None:
    """Why it may not stay after all: what was revoked before it was among the listeners did not find it there.

    Whoever was `known`, and has joined them since without waiting, is there still.
    """
    office = await device.flow.store.office(device.app_id)
    if office is None or office.integration(device.integration_id) is None:
        return goodbyes.UNKNOWN_INTEGRATION
    device.receipts = audience.wants(office, ReachedUser)
    if proof and all(key.id != proof.key_id for key in office.keys):
        return goodbyes.REVOKED
    if known is None:
        me = Ref(device.app_id, device.user_id, "id")
        if (await device.flow.store.peek(Needs(people=(me,)))).find(me) is None:
            return goodbyes.REVOKED
    return None


async def _welcome(device: Arriving, frame: Hello, person: Person, token: str | None) -> None:
    """Live events wait until what was missed has been told, and none is told twice."""
    said: list[bytes] = []
    told: dict[str, int] = {}
    pushed: list[Pushed] = []
    try:
        asked = frame.positions or NO_POSITIONS
        caught_up = await catch_up(device.flow.annals, device.user_id, asked.epoch, asked.seq)
        device.flow.meter.resumed(caught_up.recovered.values())
        device.flow.meter.welcomes += 1
        said.append(_written(device, frame, person, token, caught_up))
        said += (it.said.to(device.user_id) for it in caught_up.missed if it.said is not None)
        told = caught_up.told
        if device.receipts:
            pushed += _pushed(caught_up, device.user_id)
    finally:
        device.release(said, told, pushed)


def _pushed(caught_up: CatchUp, user_id: str) -> Iterator[Pushed]:
    """What others said meanwhile."""
    for it in caught_up.missed:
        if it.pushed is not None and it.author_id != user_id:
            yield it.pushed


def _written(device: Arriving, frame: Hello, person: Person, token: str | None, caught_up: CatchUp) -> bytes:
    known = person.device(device.guid)
    return socket.welcome(
        frame.id,
        commands_per_second=device.flow.commands_per_second,
        epoch=device.flow.store.epoch,
        user=v2.user(person.user),
        device=v2.device(known, person.client.id if person.client else None) if known else None,
        sessionToken=token,
        conversations=[device.flow.annals.overview(it) for it in caught_up.overviews],
        hasMoreConversations=caught_up.more,
        recovered=caught_up.recovered,
    )


async def login(device: Arriving, frame: frames.Login) -> Json:
    """Be the user of a JWT from here on; raises `Refused`."""
    proof = await device.flow.identity.user(device.app_id, frame.jwt)
    before = device.user_id
    command = Connect(
        app_id=device.app_id,
        device=_same(device),
        external_id=proof.external_id,
        email=proof.email,
        name=proof.name,
        user_id=before if device.session_hash else None,
        session_hash=device.session_hash,
    )
    try:
        person = await device.flow.corridor.execute(command)
    except Refused:
        await _check_still_there(device)
        raise
    device.become(person, device.guid, proof)
    device.session_hash = None
    gone = await _gone(device, proof)
    if gone is not None:
        device.dismiss(gone)
    device.release([], {}, [])
    if person.user.id != before:
        await _let_go(device, before)
    return {"user": v2.user(person.user)}


async def _check_still_there(device: Arriving) -> None:
    """Whoever was merged into somebody else while logging in was left alone, and may not stay."""
    gone = await _gone(device, None)
    if gone is not None:
        device.dismiss(gone)


async def go_on(device: Arriving, merged: UserMerged) -> None:
    """A device goes on as the survivor's, and is told so: with a session of its own where it came by one.

    Its user may be merged again meanwhile; then whoever brings it there gives the session.
    """
    token = device.flow.new_secret() if device.session_hash is not None else None
    try:
        person = await _survivor(device, merged.user.id, token)
    except Refused:
        person = None
    if device.user_id != merged.user.id:
        device.write(socket.merged(merged, None))
    elif person is None:
        device.dismiss(goodbyes.REVOKED)
    else:
        device.session_hash = tokens.digest(token) if token else None
        device.known_as(person)
        device.release([socket.merged(merged, token)], {}, [])


async def _survivor(device: Arriving, user_id: str, token: str | None) -> Person:
    """The survivor, to whom the device's new session belongs, durably."""
    me = Ref(device.app_id, user_id, "id")
    if token is None:
        return await device.flow.queries.person(me)
    opened = OpenSession(app_id=device.app_id, user=me, session_hash=tokens.digest(token))
    return await device.flow.corridor.execute(opened)


async def logout(device: Arriving, frame: frames.Logout) -> None:
    await _let_go(device, device.user_id)
    device.write(socket.ok(frame.id, {}))
    device.dismiss(goodbyes.LOGGED_OUT)


async def _let_go(device: Arriving, user_id: str) -> None:
    """The device is that user's no longer: it gets no more push notifications."""
    ref = Ref(device.app_id, user_id, "id")
    with suppress(Refused):  # the user, or the device, is gone already
        await device.flow.corridor.execute(
            UpdateDevice(app_id=device.app_id, user=ref, guid=device.guid, status="inactive", push_token=None)
        )


def _draft(frame: Hello, integration: Integration) -> DeviceDraft:
    said = frame.device
    return DeviceDraft(
        guid=said.guid,
        platform=said.platform or integration.type,
        integration_id=integration.id,
        app_version=said.app_version,
        info=said.info or {},
        push_token=said.push_notification_token,
    )


def _same(device: Arriving) -> DeviceDraft:
    """The device as it was introduced."""
    known = device.source.device
    return DeviceDraft(
        guid=device.guid,
        platform=device.source.type,
        integration_id=device.integration_id,
        app_version=known.app_version if known else None,
        info=known.info if known else {},
        push_token=known.push_token if known else None,
    )
