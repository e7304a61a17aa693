"""One device's conversation with the gateway, from hello to goodbye. Touches no socket: it is given one."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Protocol

import structlog
from msgspec import structs

from gateway.domain import errors, goodbyes
from gateway.domain.audience import goes_along
from gateway.domain.commands import Command, Receive, Ref, Speaker
from gateway.domain.errors import Refused
from gateway.domain.events import UserMerged
from gateway.domain.goodbyes import Goodbye
from gateway.domain.model import Person, Source
from gateway.flow import arrivals, device_commands
from gateway.flow.floor import Flow
from gateway.flow.identity import Proof
from gateway.flow.media import shows_files
from gateway.flow.receipts import Pushed, Receipts
from gateway.wire import frames, socket
from gateway.wire.frames import AnyFrame, Hello
from gateway.wire.socket import FrameId
from gateway.wire.v2 import Json

BACKLOG: Final = 1_000  # frames of one device that may wait for their turn
LONG_S: Final = 30 * 86_400  # a token that ends later than this outlives any socket
FAR_TOO_MANY: Final = 4  # times the commands per second, and the device is sent away

log = structlog.get_logger(__name__)


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


class Session:
    """A `hub.Listener`. Commands take effect in the order sent: what is only a command for the corridor lines up
    there at once; anything else is waited for, and what comes after it waits too.
    """

    def __init__(self, flow: Flow, socket: Socket, integration_id: str) -> None:
        self.flow = flow
        self._socket: Socket = socket
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
        self._greeted = False
        self._over = False
        self._busy = False
        self._backlog: list[AnyFrame] = []  # short, as a rule empty; an empty deque takes 600 bytes of every device
        self._lined_up = 0
        self._quiet: asyncio.Future[None] | None = None
        self._held: list[tuple[bytes, str | None, int]] | None = None
        self._held_back: list[Pushed] = []
        self._receipts = Receipts()
        self.receipts = False
        self._expiry: asyncio.TimerHandle | None = None
        self._second = 0
        self._spent = 0

    @property
    def greeted(self) -> bool:
        """Whether the device has said hello."""
        return self._greeted

    # What the socket gives

    def receive(self, text: bytes) -> None:
        """One text frame."""
        if self._over or not self._afford():
            return
        try:
            frame = frames.parse(text)
        except Refused as refused:
            self._refuse(text, refused)
            return
        if isinstance(frame, Hello) is self._greeted:
            self._misplaced(frame)
            return
        self._greeted = True
        self._line_up(frame)

    def over(self) -> None:
        """Goodbye was said: nothing more is taken or written, also of what was waiting for its turn."""
        self._over = True
        self._backlog.clear()

    def closed(self) -> None:
        """The socket is gone, whoever closed it."""
        self._socket = _NoSocket()
        self.over()
        if self._expiry is not None:
            self._expiry.cancel()
        if self.user_id:
            self.flow.hub.leave(self)
            if not self.flow.hub.of(self.user_id):
                self.flow.typists.gone(self.user_id)

    def _afford(self) -> bool:
        """Count a frame against the device's commands per second; a hello is not counted."""
        if not self._greeted:
            return True
        second = self.flow.now() // 1000
        if second != self._second:
            self._second, self._spent = second, 0
        self._spent += 1
        if self._spent > FAR_TOO_MANY * self.flow.commands_per_second or len(self._backlog) > BACKLOG:
            self.dismiss(goodbyes.TOO_MANY_COMMANDS)
            return False
        return True

    def _refuse(self, text: bytes, refused: Refused) -> None:
        if not frames.is_text(text):
            self.dismiss(goodbyes.PROTOCOL_VIOLATION)
        elif not self._greeted:
            self.dismiss(goodbyes.BAD_HELLO)
        else:
            self._error(frames.frame_id(text), refused)

    def _misplaced(self, frame: AnyFrame) -> None:
        if not self._greeted:
            self.dismiss(goodbyes.BAD_HELLO)
        else:
            self._error(frame.id, Refused(errors.bad_request("type: hello has been said")))

    def _line_up(self, frame: AnyFrame) -> None:
        if self._spent > self.flow.commands_per_second:
            self._error(frame.id, Refused(errors.TOO_MANY_COMMANDS))
        elif self._busy:
            self._backlog.append(frame)
        else:
            self._start(frame)

    def _start(self, frame: AnyFrame) -> None:
        """Begin one frame: at once into the corridor, or with everything behind it waiting."""
        lined_up = device_commands.command(self, frame)
        if lined_up is not None:
            command, render = lined_up
            if shows_files(command):
                self._busy = True
                self.flow.tasks.spawn(self._look(frame.id, command, render))
            else:
                self._submit(frame.id, command, render)
            return
        self._busy = True
        self.flow.tasks.spawn(self._take(frame))

    async def _take(self, frame: AnyFrame) -> None:
        try:
            if self._lined_up:
                self._quiet = asyncio.get_running_loop().create_future()
                await self._quiet
            await self._answer(frame)
        finally:
            self._go_on()

    def _go_on(self) -> None:
        self._busy = False
        while self._backlog and not self._busy:
            self._start(self._backlog.pop(0))

    async def _look(self, frame_id: FrameId, command: Command[Any], render: Callable[[Any], Json]) -> None:
        """Line up a command once its files were looked at; what comes after it waits, and so keeps its place."""
        try:
            seen = await self.flow.media.seen(command)
            if not self._over:
                self._submit(frame_id, seen, render)
        except Refused as refused:
            self._error(frame_id, refused)
        except Exception:
            log.exception("looking at a file failed", command=type(command).__name__)
            self._error(frame_id, Refused(errors.INTERNAL))
        finally:
            self._go_on()

    async def _answer(self, frame: AnyFrame) -> None:
        try:
            result = await self._result(frame)
        except Refused as refused:
            self._error(frame.id, refused)
        except Exception:
            log.exception("device command failed", command=type(frame).__name__)
            self._failed(frame)
        else:
            if result is not None:
                self.write(socket.ok(frame.id, result))

    def _failed(self, frame: AnyFrame) -> None:
        if isinstance(frame, Hello):
            self.dismiss(goodbyes.RESTARTING)
        else:
            self._error(frame.id, Refused(errors.INTERNAL))

    async def _result(self, frame: AnyFrame) -> Json | None:
        match frame:
            case Hello():
                await arrivals.hello(self, frame)
                return None
            case frames.Login():
                return await self._login(frame)
            case frames.Logout():
                await arrivals.logout(self, frame)
                return None
            case _:
                return await device_commands.look(self, self.flow, frame)

    async def _login(self, frame: frames.Login) -> Json:
        self._logging_in = True
        try:
            return await arrivals.login(self, frame)
        finally:
            self._logging_in = False

    def _submit(self, frame_id: FrameId, command: Command[Any], render: Callable[[Any], Json]) -> None:
        self._lined_up += 1
        self.flow.corridor.submit(command, partial(self._answered, frame_id, render))

    def _answered(self, frame_id: FrameId, render: Callable[[Any], Json], result: Any) -> None:
        self._lined_up -= 1
        if isinstance(result, Refused):
            self._error(frame_id, result)
        else:
            self.write(socket.ok(frame_id, render(result)))
        if not self._lined_up and self._quiet is not None:
            self._quiet.set_result(None)
            self._quiet = None

    def _error(self, frame_id: FrameId, refused: Refused) -> None:
        self.write(socket.error(frame_id, refused.problem))

    def write(self, frame: bytes) -> None:
        if not self._over:
            self._socket.write(frame)

    # What the hub gives

    def hear(self, frame: bytes, conversation_id: str | None, seq: int) -> None:
        if self._held is not None:
            self._held.append((frame, conversation_id, seq))
        elif not self._over:
            self._socket.write(frame)

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
            self.over()
            self._socket.close(goodbye)

    # What arriving makes of it

    def become(self, person: Person, guid: str, proof: Proof | None) -> None:
        """Be this person's device from here on; an older socket of the same device is replaced.

        What is heard from here on is held until `release`.
        """
        if self._over:
            return
        self.guid = guid
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
        for frame, conversation_id, seq in held:
            if not seq or conversation_id is None or seq > told.get(conversation_id, 0):
                said.append(frame)
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
