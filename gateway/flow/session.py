"""One device's conversation with the gateway, from hello to goodbye. Touches no socket: it is given one."""

import asyncio
from typing import Final, Protocol

from msgspec import structs

from gateway.domain import goodbyes
from gateway.domain.audience import goes_along
from gateway.domain.commands import Receive, Ref, Speaker
from gateway.domain.events import UserMerged
from gateway.domain.goodbyes import Goodbye
from gateway.domain.model import Person, Source
from gateway.flow import arrivals
from gateway.flow.floor import Flow
from gateway.flow.hub import Heard
from gateway.flow.identity import Proof
from gateway.flow.receipts import Pushed, Receipts
from gateway.flow.turns import Turns
from gateway.wire import frames
from gateway.wire.v2 import Json

LONG_S: Final = 30 * 86_400  # a token that ends later than this outlives any socket


class Socket(Protocol):
    """Where a session writes. Nothing here waits."""

    def write(self, frame: bytes) -> None: ...
    def close(self, goodbye: Goodbye) -> None: ...
    def probe(self) -> None:
        """Write a ping after what was written until now, and say so by `asked`; say `proven` when it is answered.

        One is under way at a time; while one is, this does nothing.
        """


class _NoSocket:
    """Where a session writes whose socket is gone; the socket is let go, for it holds the session."""

    def write(self, frame: bytes) -> None: ...
    def close(self, goodbye: Goodbye) -> None: ...
    def probe(self) -> None: ...


class _NoTurns:
    """What a session holds then in place of its turns, which hold the session; those that are under way end."""

    greeted = True

    def receive(self, text: bytes) -> None: ...
    def clear(self) -> None: ...


class Session:
    """A `hub.Listener`, and whose device it is. What the device says takes its `turns`."""

    def __init__(self, flow: Flow, socket: Socket, integration_id: str, address: str | None = None) -> None:
        self.flow = flow
        self._socket: Socket = socket
        self.address = address
        self.origin: str | None = None
        self.integration_id = integration_id
        self.app_id = ""
        self.user_id = ""
        self.key_id: str | None = None
        self.guid = ""
        self.speaker = Speaker()
        self.source = Source(type="web")
        self.background = False
        self.session_hash: str | None = None
        self._logging_in = False
        self._over = False
        self._turns: Turns | _NoTurns = Turns(self)
        self._held: list[Heard] | None = None
        self._held_back: list[Pushed] = []
        self._receipts = Receipts()
        self.receipts = False
        self._expiry: asyncio.TimerHandle | None = None

    @property
    def greeted(self) -> bool:
        """Whether the device has said hello."""
        return self._turns.greeted

    @property
    def over(self) -> bool:
        """Whether goodbye was said, or the socket is gone."""
        return self._over

    # What the socket gives

    def receive(self, text: bytes) -> None:
        """One text frame."""
        if not self._over:
            self._turns.receive(text)

    def end(self) -> None:
        """Goodbye was said: nothing more is taken or written, also of what was waiting for its turn."""
        self._over = True
        self._turns.clear()

    def closed(self) -> None:
        """The socket is gone, whoever closed it."""
        self._socket = _NoSocket()
        self.end()
        self._turns = _NoTurns()
        if self._expiry is not None:
            self._expiry.cancel()
        if self.user_id:
            self.flow.hub.leave(self)
            if not self.flow.hub.of(self.user_id):
                self.flow.typists.gone(self.user_id)

    async def login(self, frame: frames.Login) -> Json:
        """Be somebody else from here on; raises `Refused`."""
        self._logging_in = True
        try:
            return await arrivals.login(self, frame)
        finally:
            self._logging_in = False

    def write(self, frame: bytes) -> None:
        if not self._over:
            self._socket.write(frame)

    # What the hub gives

    def hear(self, heard: Heard) -> None:
        if self._held is not None:
            self._held.append(heard)
        elif not self._over:
            self._socket.write(heard.together)

    def expect(self, pushed: Pushed) -> None:
        """What was just heard is to be proven to arrive."""
        if self._held is not None:
            self._held_back.append(pushed)
        elif not self._over:
            self._await([pushed])

    def _await(self, pushed: list[Pushed]) -> None:
        self._receipts.written(pushed)
        self._socket.probe()

    def asked(self) -> None:
        self._receipts.asked()

    def proven(self) -> None:
        """All that was written before the last ping has arrived."""
        for conversation_id, received in self._receipts.proven().items():
            receive = Receive(
                app_id=self.app_id,
                conversation_id=conversation_id,
                user=Ref(self.app_id, self.user_id, "id"),
                integration_id=self.integration_id,
                received=received,
            )
            self.flow.corridor.submit(receive, _no_matter)
        if self._receipts:
            self._socket.probe()

    def forget(self) -> None:
        """Nothing personal that the device told is passed on any more."""
        device = self.source.device
        if device is not None:
            self.source = structs.replace(self.source, device=structs.replace(device, info={}))

    def merged(self, event: UserMerged) -> None:
        """Go on as the survivor's device, or go; one that is logging in will be answered whose it is.

        What the survivor is told is held until this device was told so itself.
        """
        if self._over or self._logging_in:
            return
        if goes_along(event, by_session=self.session_hash is not None):
            self._sit_with(event.user.id)
            self.flow.tasks.spawn(arrivals.go_on(self, event))
        else:
            self.dismiss(goodbyes.REVOKED)

    def dismiss(self, goodbye: Goodbye) -> None:
        if not self._over:
            self.end()
            self._socket.close(goodbye)

    # What arriving makes of it

    def others(self, user_id: str, guid: str) -> int:
        """How many other devices of this user are connected."""
        return sum(not isinstance(it, Session) or it.guid != guid for it in self.flow.hub.of(user_id))

    def become(self, person: Person, guid: str, proof: Proof | None) -> None:
        """Be this person's device from here on; an older socket of the same device is replaced.

        What is heard from here on is held until `release`.
        """
        if self._over:
            return
        self.guid = guid
        self.address = None  # it was let in
        self._sit_with(person.user.id)
        self.known_as(person)
        self._expires(proof)

    def _sit_with(self, user_id: str) -> None:
        if self.user_id:
            self.flow.hub.leave(self)
        if self.user_id != user_id:
            self._receipts.forget()
        self.user_id = user_id
        self.speaker = Speaker(user=Ref(self.app_id, user_id, "id"))
        for listener in self.flow.hub.of(user_id):
            if isinstance(listener, Session) and listener.guid == self.guid:
                listener.dismiss(goodbyes.REPLACED)
        self._held = []
        self.flow.hub.join(self)

    def known_as(self, person: Person) -> None:
        """What it says from here on comes from this person's client and device."""
        self.source = _source(person, self.guid, self.integration_id)

    def release(self, said: list[bytes], told: dict[str, int], pushed: list[Pushed]) -> None:
        """Say `said`, then what was held, but for what has been `told` up to a seq: all of it as one answer.

        `pushed` are the messages in `said` that are to be proven to arrive.
        """
        held, self._held = self._held or (), None
        for it in held:
            said += [frame for frame, seq in it.frames if not seq or seq > told.get(it.conversation_id or "", 0)]
        if said:
            self.write(b"".join(said))
        pushed += self._held_back
        self._held_back = []
        if pushed and not self._over:
            self._await(pushed)

    def _expires(self, proof: Proof | None) -> None:
        """Say goodbye when the token that let it in ends."""
        if self._expiry is not None:
            self._expiry.cancel()
        self.key_id = proof.key_id if proof else None
        if proof is None or proof.expires_at is None:
            return
        seconds = proof.expires_at - self.flow.now() / 1000
        if seconds < LONG_S:
            self._expiry = asyncio.get_running_loop().call_later(seconds, self.dismiss, goodbyes.INVALID_AUTH)

    def clock_was_set(self, by_ms: int) -> None:
        """The token ends when the clock says so, whatever was left of it before."""
        if self._expiry is not None and not self._over:
            self._expiry.cancel()
            ends = self._expiry.when() - by_ms / 1000
            self._expiry = asyncio.get_running_loop().call_at(ends, self.dismiss, goodbyes.INVALID_AUTH)


def _no_matter(_: object) -> None:
    """Nobody waits for the answer: a room or a user that is gone meanwhile needs no receipt."""


def _source(person: Person, guid: str, integration_id: str) -> Source:
    device = person.device(guid)
    return Source(
        type=device.platform if device else "web",
        integration_id=integration_id,
        client=person.client,
        device=device,
    )
