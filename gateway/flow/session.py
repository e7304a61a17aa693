"""One device's conversation with the gateway, from hello to goodbye. Touches no socket: it is given one."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final, Protocol

import structlog

from gateway.domain import errors, goodbyes
from gateway.domain.commands import Command, Connect, DeviceDraft, Ref, Speaker, UpdateDevice
from gateway.domain.errors import Refused
from gateway.domain.goodbyes import Goodbye
from gateway.domain.model import SDK_TYPES, Person, Source
from gateway.flow import device_commands
from gateway.flow.catchup import catch_up
from gateway.flow.floor import Flow
from gateway.flow.identity import Proof
from gateway.wire import frames, socket, tokens, v2
from gateway.wire.frames import AnyFrame, Hello
from gateway.wire.socket import FrameId
from gateway.wire.v2 import Json

BACKLOG: Final = 1_000  # frames of one device that may wait for their turn
FAR_TOO_MANY: Final = 4  # times the commands per second, and the device is sent away

log = structlog.get_logger(__name__)


class Socket(Protocol):
    """Where a session writes. Nothing here waits."""

    def write(self, frame: bytes) -> None: ...
    def close(self, goodbye: Goodbye) -> None: ...


class Session:
    """A `hub.Listener`. Commands take effect in the order sent: what is only a command for the corridor lines up
    there at once; anything else is waited for, and what comes after it waits too.
    """

    def __init__(self, flow: Flow, socket: Socket, integration_id: str) -> None:
        self._flow = flow
        self._socket = socket
        self.origin: str | None = None
        self.integration_id = integration_id
        self.app_id = ""
        self.user_id = ""
        self.key_id: str | None = None
        self.guid = ""
        self.speaker = Speaker()
        self.source = Source(type="web")
        self.background = False
        self._session_hash: str | None = None
        self._greeted = False
        self._over = False
        self._busy = False
        self._backlog: deque[AnyFrame] = deque()
        self._lined_up = 0
        self._quiet: asyncio.Future[None] | None = None
        self._held: list[tuple[bytes, str | None, int]] | None = None
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
        """Goodbye was said: nothing more is taken or written."""
        self._over = True

    def closed(self) -> None:
        """The socket is gone, whoever closed it."""
        self._over = True
        self._backlog.clear()
        if self._expiry is not None:
            self._expiry.cancel()
        if self.user_id:
            self._flow.hub.leave(self)
            if not self._flow.hub.of(self.user_id):
                self._flow.typists.gone(self.user_id)

    def _afford(self) -> bool:
        """Count a frame against the device's commands per second; a hello is not counted."""
        if not self._greeted:
            return True
        second = self._flow.now() // 1000
        if second != self._second:
            self._second, self._spent = second, 0
        self._spent += 1
        if self._spent > FAR_TOO_MANY * self._flow.commands_per_second or len(self._backlog) > BACKLOG:
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
        if self._spent > self._flow.commands_per_second:
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
            self._submit(frame.id, command, render)
            return
        self._busy = True
        self._flow.tasks.spawn(self._take(frame))

    async def _take(self, frame: AnyFrame) -> None:
        try:
            if self._lined_up:
                self._quiet = asyncio.get_running_loop().create_future()
                await self._quiet
            await self._answer(frame)
        finally:
            self._busy = False
            while self._backlog and not self._busy:
                self._start(self._backlog.popleft())

    async def _answer(self, frame: AnyFrame) -> None:
        try:
            result = await self._result(frame)
        except Refused as refused:
            self._error(frame.id, refused)
        except Exception:
            log.exception("device command failed", command=type(frame).__name__)
            self._error(frame.id, Refused(errors.INTERNAL))
        else:
            if result is not None:
                self._write(socket.ok(frame.id, result))

    async def _result(self, frame: AnyFrame) -> Json | None:
        match frame:
            case Hello():
                await self._hello(frame)
                return None
            case frames.Login():
                return await self._login(frame)
            case frames.Logout():
                await self._logout(frame)
                return None
            case _:
                return await device_commands.look(self, self._flow, frame)

    def _submit(self, frame_id: FrameId, command: Command[Any], render: Callable[[Any], Json]) -> None:
        self._lined_up += 1
        self._flow.corridor.submit(command, partial(self._answered, frame_id, render))

    def _answered(self, frame_id: FrameId, render: Callable[[Any], Json], result: Any) -> None:
        self._lined_up -= 1
        if isinstance(result, Refused):
            self._error(frame_id, result)
        else:
            self._write(socket.ok(frame_id, render(result)))
        if not self._lined_up and self._quiet is not None:
            self._quiet.set_result(None)
            self._quiet = None

    def _error(self, frame_id: FrameId, refused: Refused) -> None:
        self._write(socket.error(frame_id, refused.problem))

    def _write(self, frame: bytes) -> None:
        if not self._over:
            self._socket.write(frame)

    # What the hub gives

    def hear(self, frame: bytes, conversation_id: str | None, seq: int) -> None:
        if self._held is not None:
            self._held.append((frame, conversation_id, seq))
        else:
            self._socket.write(frame)

    def dismiss(self, goodbye: Goodbye) -> None:
        if not self._over:
            self._over = True
            self._socket.close(goodbye)

    # Hello, login, logout

    async def _hello(self, hello: Hello) -> None:
        try:
            await self._greet(hello)
        except Refused as refused:
            code = refused.problem
            self.dismiss(goodbyes.UNKNOWN_INTEGRATION if code.status == 404 else goodbyes.INVALID_AUTH)

    async def _greet(self, hello: Hello) -> None:
        office, integration = await self._flow.registry.integration(self.integration_id)
        if integration.type not in SDK_TYPES:
            raise Refused(errors.INTEGRATION_NOT_FOUND)
        allowed = integration.fields.get("originWhitelist")
        if allowed and self.origin is not None and self.origin not in allowed:
            self.dismiss(goodbyes.FOREIGN_ORIGIN)
            return
        self.app_id = office.app.id
        auth = hello.auth or frames.Auth()
        proof = await self._flow.identity.user(self.app_id, auth.jwt) if auth.jwt is not None else None
        token = self._flow.new_secret() if proof is None and auth.user_id is None else None
        command = Connect(
            app_id=self.app_id,
            device=_draft(hello, integration.type, self.integration_id),
            external_id=proof.external_id if proof else None,
            user_id=auth.user_id,
            session_hash=tokens.digest(auth.session_token) if auth.session_token is not None else None,
            new_session_hash=tokens.digest(token) if token else None,
        )
        person = await self._flow.corridor.execute(command)
        self._become(person, hello.device.guid, proof)
        await self._welcome(hello, person, token)

    def _become(self, person: Person, guid: str, proof: Proof | None) -> None:
        """Be this person's device from here on; an older socket of the same device is replaced."""
        if self._over:
            return
        if self.user_id:
            self._flow.hub.leave(self)
        self.user_id, self.guid = person.user.id, guid
        self._session_hash = person.user.session_hash
        self.speaker = Speaker(user=Ref(self.app_id, self.user_id, "id"))
        device = person.device(guid)
        self.source = Source(
            type=device.platform if device else "web",
            integration_id=self.integration_id,
            client=person.client,
            device=device,
        )
        for listener in self._flow.hub.of(self.user_id):
            if isinstance(listener, Session) and listener.guid == guid:
                listener.dismiss(goodbyes.REPLACED)
        self._flow.hub.join(self)
        self._expires(proof)

    def _expires(self, proof: Proof | None) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        self.key_id = proof.key_id if proof else None
        if proof is not None and proof.expires_at is not None:
            seconds = proof.expires_at - self._flow.now() / 1000
            self._expiry = asyncio.get_running_loop().call_later(seconds, self.dismiss, goodbyes.INVALID_AUTH)

    async def _welcome(self, hello: Hello, person: Person, token: str | None) -> None:
        """Live events wait until what was missed has been told, and none is told twice."""
        self._held = []
        try:
            positions = hello.positions or frames.Positions(epoch="", seq={})
            caught_up = await catch_up(self._flow.store, self.user_id, positions.epoch, positions.seq)
            device = person.device(self.guid)
            self._write(
                socket.welcome(
                    hello.id,
                    commands_per_second=self._flow.commands_per_second,
                    epoch=self._flow.store.epoch,
                    user=v2.user(person.user),
                    device=v2.device(device, person.client.id if person.client else None) if device else None,
                    sessionToken=token,
                    conversations=[socket.overview(it) for it in caught_up.overviews],
                    hasMoreConversations=caught_up.more,
                    recovered=caught_up.recovered,
                )
            )
            for event in caught_up.missed:
                said = socket.say(event)
                if said is not None:
                    self._write(said.to(self.user_id))
            self._release(caught_up.told)
        finally:
            self._held = None

    def _release(self, told: dict[str, int]) -> None:
        for frame, conversation_id, seq in self._held or ():
            if not seq or conversation_id is None or seq > told.get(conversation_id, 0):
                self._write(frame)

    async def _login(self, frame: frames.Login) -> Json:
        proof = await self._flow.identity.user(self.app_id, frame.jwt)
        before, before_hash = self.user_id, self._session_hash
        device = self.source.device
        command = Connect(
            app_id=self.app_id,
            device=DeviceDraft(
                guid=self.guid,
                platform=self.source.type,
                integration_id=self.integration_id,
                app_version=device.app_version if device else None,
                info=device.info if device else {},
                push_token=device.push_token if device else None,
            ),
            external_id=proof.external_id,
            user_id=before if before_hash else None,
            session_hash=before_hash,
        )
        person = await self._flow.corridor.execute(command)
        if person.user.id != before:
            await self._let_go(before)
        self._become(person, self.guid, proof)
        return {"user": v2.user(person.user)}

    async def _logout(self, frame: frames.Logout) -> None:
        await self._let_go(self.user_id)
        self._write(socket.ok(frame.id, {}))
        self.dismiss(goodbyes.LOGGED_OUT)

    async def _let_go(self, user_id: str) -> None:
        """The device is that user's no longer: it gets no more push notifications."""
        ref = Ref(self.app_id, user_id, "id")
        with suppress(Refused):  # the user, or the device, is gone already
            await self._flow.corridor.execute(
                UpdateDevice(app_id=self.app_id, user=ref, guid=self.guid, status="inactive", push_token=None)
            )


def _draft(hello: Hello, platform: str, integration_id: str) -> DeviceDraft:
    said = hello.device
    return DeviceDraft(
        guid=said.guid,
        platform=said.platform or platform,
        integration_id=integration_id,
        app_version=said.app_version,
        info=said.info or {},
        push_token=said.push_notification_token,
    )
