"""The frames of one device, each in its turn and each answered once."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Protocol

import structlog

from gateway.domain import errors, goodbyes, limits
from gateway.domain.commands import Command
from gateway.domain.errors import Problem, Refused
from gateway.flow import arrivals, device_commands
from gateway.flow.meter import SOCKET
from gateway.wire import frames, socket
from gateway.wire.frames import AnyFrame, Hello
from gateway.wire.socket import FrameId
from gateway.wire.v2 import Json

BACKLOG: Final = 1_000  # frames of one device that may wait for their turn

log = structlog.get_logger(__name__)


class Turning(arrivals.Arriving, device_commands.Asker, Protocol):
    """The session whose frames they are."""

    @property
    def over(self) -> bool: ...

    async def login(self, frame: frames.Login) -> Json: ...


class Turns:
    """Commands take effect in the order sent: what is only a command for the corridor lines up there at once; anything
    else is waited for, and what comes after it waits too.
    """

    __slots__ = ("_backlog", "_busy", "_device", "_excess", "_lined_up", "_quiet", "_second", "_spent", "greeted")

    def __init__(self, device: Turning) -> None:
        self._device = device
        self.greeted = False  # whether the device has said hello
        self._busy = False
        self._backlog: list[AnyFrame] = []  # short, as a rule empty; an empty deque takes 600 bytes of every device
        self._lined_up = 0
        self._quiet: asyncio.Future[None] | None = None
        self._second = 0
        self._spent = 0
        self._excess: Problem | None = None  # why what came last is too much

    def receive(self, text: bytes) -> None:
        """One text frame."""
        if not self._afford():
            return
        try:
            frame = frames.parse(text)
        except Refused as refused:
            self._refuse(text, refused)
            return
        if isinstance(frame, Hello) is self.greeted:
            self._misplaced(frame)
            return
        self.greeted = True
        self._line_up(frame)

    def clear(self) -> None:
        """What waits for its turn will not have one."""
        self._backlog.clear()

    def _afford(self) -> bool:
        """Count a frame against the commands per second of the device and of its user; a hello is not counted."""
        if not self.greeted:
            return True
        flow = self._device.flow
        second = flow.now() // 1000
        if second != self._second:
            self._second, self._spent = second, 0
        self._spent += 1
        user_id = self._device.user_id
        of_user = flow.admission.commands_of(user_id, second) if user_id else 0
        device_may, user_may = flow.commands_per_second, flow.admission.allowance.user_commands_per_second
        if (
            self._spent > limits.FAR_TOO_MANY * device_may
            or of_user > limits.FAR_TOO_MANY * user_may
            or len(self._backlog) > BACKLOG
        ):
            self._device.dismiss(goodbyes.TOO_MANY_COMMANDS)
            return False
        if self._spent > device_may:
            self._excess = errors.TOO_MANY_COMMANDS
        else:
            self._excess = errors.TOO_MANY_OF_USER if of_user > user_may else None
        return True

    def _refuse(self, text: bytes, refused: Refused) -> None:
        if not frames.is_text(text):
            self._device.dismiss(goodbyes.PROTOCOL_VIOLATION)
        elif not self.greeted:
            self._device.dismiss(goodbyes.BAD_HELLO)
        else:
            self._error(frames.frame_id(text), refused)

    def _misplaced(self, frame: AnyFrame) -> None:
        if not self.greeted:
            self._device.dismiss(goodbyes.BAD_HELLO)
        else:
            self._error(frame.id, Refused(errors.bad_request("type: hello has been said")))

    def _line_up(self, frame: AnyFrame) -> None:
        if self._excess is not None:
            self._error(frame.id, Refused(self._excess))
        elif self._busy:
            self._backlog.append(frame)
        else:
            self._start(frame)

    def _start(self, frame: AnyFrame) -> None:
        """Begin one frame: at once into the corridor, or with everything behind it waiting."""
        lined_up = device_commands.command(self._device, frame)
        if lined_up is not None:
            command, render = lined_up
            if self._device.flow.lobby.keeps(command):
                self._busy = True
                self._device.flow.tasks.spawn(self._wait(frame.id, command, render))
            else:
                self._submit(frame.id, command, render)
            return
        self._busy = True
        if isinstance(frame, Hello):
            self._device.flow.porch.arrive(self._device, partial(self._take, frame))
        else:
            self._device.flow.tasks.spawn(self._take(frame))

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

    async def _wait(self, frame_id: FrameId, command: Command[Any], render: Callable[[Any], Json]) -> None:
        """Line up a command once it has passed the lobby; what comes after it waits, and so keeps its place.

        It is decided also if the device has gone meanwhile, as any other that is under way.
        """
        try:
            self._submit(frame_id, await self._device.flow.lobby.passed(command), render)
        except Refused as refused:
            self._error(frame_id, refused)
        except Exception:
            log.exception("waiting to line up failed", command=type(command).__name__)
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
                self._device.write(socket.ok(frame.id, result))

    def _failed(self, frame: AnyFrame) -> None:
        if isinstance(frame, Hello):
            self._device.dismiss(goodbyes.RESTARTING)
        else:
            self._error(frame.id, Refused(errors.INTERNAL))

    async def _result(self, frame: AnyFrame) -> Json | None:
        match frame:
            case Hello():
                await arrivals.hello(self._device, frame)
                return None
            case frames.Login():
                return await self._device.login(frame)
            case frames.Logout():
                await arrivals.logout(self._device, frame)
                return None
            case _:
                return await device_commands.look(self._device, self._device.flow, frame)

    def _submit(self, frame_id: FrameId, command: Command[Any], render: Callable[[Any], Json]) -> None:
        self._lined_up += 1
        self._device.flow.corridor.submit(command, partial(self._answered, frame_id, render))

    def _answered(self, frame_id: FrameId, render: Callable[[Any], Json], result: Any) -> None:
        self._lined_up -= 1
        if isinstance(result, Refused):
            self._error(frame_id, result)
        else:
            self._device.write(socket.ok(frame_id, render(result)))
        if not self._lined_up and self._quiet is not None:
            self._quiet.set_result(None)
            self._quiet = None

    def _error(self, frame_id: FrameId, refused: Refused) -> None:
        self._device.flow.meter.refusals[SOCKET, refused.problem.code] += 1
        self._device.write(socket.error(frame_id, refused.problem))
