"""A device of the gateway's own, over which it says something to itself and hears it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.protocol import State

from gateway.domain.commands import PrepareProbe
from gateway.domain.errors import Refused
from gateway.domain.model import OWN
from gateway.flow.floor import Flow
from gateway.wire import json, tokens
from gateway.wire.v2 import Json

FRESH_S: Final = 1.0  # for so long an answer is as good as a new one
SAID: Final = 500  # messages of one conversation; then it goes, and another opens
TEXT: Final = "Can you hear me?"


class Finding(NamedTuple):
    """How long each step took, in milliseconds; at the last of them it `failed`, if it did, and `why`."""

    took_ms: dict[str, float]
    failed: str | None = None
    why: str | None = None


class Walk:
    """The steps of one attempt: `prepare`, `connect` and `hello` where there is no socket yet, `commit`, `push`."""

    def __init__(self, flow: Flow) -> None:
        self._clock = flow.meter.clock
        self.took_ms: dict[str, float] = {}
        self.step = ""

    @contextmanager
    def through(self, step: str) -> Iterator[None]:
        self.step, start = step, self._clock()
        try:
            yield
        finally:
            self.took_ms[step] = round((self._clock() - start) * 1000, 3)


class Silent(Exception):
    """Something was refused, or the device was sent away, in these words."""


class Line:
    """An open socket of the device, and where it talks."""

    def __init__(self, socket: ClientConnection, conversation_id: str) -> None:
        self._socket = socket
        self._conversation_id = conversation_id
        self._said = 0
        self._heard: set[str] = set()

    @property
    def is_worn(self) -> bool:
        return self._socket.state is not State.OPEN or self._said >= SAID

    async def hello(self, token: str) -> None:
        await self._say("hello", auth={"userId": OWN, "sessionToken": token}, device={"guid": OWN})
        await self._hear("welcome")

    async def say(self) -> None:
        """Returns once the message is on disk."""
        content = {"type": "text", "text": TEXT}
        await self._say("message:send", conversationId=self._conversation_id, content=content)
        await self._hear("ok")

    async def hear(self) -> None:
        """Returns once the message that was said last was pushed."""
        await self._hear("conversation:message")

    async def hang_up(self) -> None:
        with suppress(ConnectionClosed):
            await self._socket.close()

    async def _say(self, kind: str, **fields: Any) -> None:
        self._said += 1
        await self._socket.send(json.encode({"type": kind, "id": self._said, **fields}), text=True)

    async def _hear(self, kind: str) -> None:
        """Until there was such a frame: a message may be pushed before its command is answered."""
        while kind not in self._heard:
            self._heard.add(_kind(json.load(await self._socket.recv(), dict[str, Any])))
        self._heard.remove(kind)


def _kind(frame: Json) -> str:
    """What a frame says; raises `Silent` for an error or a goodbye."""
    match frame["type"]:
        case "event":
            return str(frame["event"]["type"])
        case "error":
            raise Silent(f"{frame['error']['code']}: {frame['error']['title']}")
        case "goodbye":
            raise Silent(frame["reason"])
        case kind:
            return str(kind)


class OwnDevice:
    """Whoever asks gets what was found within the last second, else waits for what is found next: one look at a time.

    The socket stays open between two looks, like that of any device; `url` is where the gateway listens.
    """

    def __init__(self, flow: Flow, url: str, deadline_s: float) -> None:
        self._flow = flow
        self._url = f"ws{url.removeprefix('http')}/sdk/v2/integrations"
        self._deadline_s = deadline_s
        self.integration_id = ""  # that it comes through; nobody else knows it
        self._line: Line | None = None
        self._looking = asyncio.Lock()
        self._found: Finding | None = None
        self._found_at = 0.0

    async def look(self) -> Finding:
        clock = self._flow.meter.clock
        async with self._looking:
            if self._found is None or clock() - self._found_at >= FRESH_S:
                self._found = await self._try()
                self._found_at = clock()
            return self._found

    async def _try(self) -> Finding:
        walk = Walk(self._flow)
        try:
            async with asyncio.timeout(self._deadline_s):
                await self._go(walk)
        except TimeoutError:
            why = f"nothing within {self._deadline_s:g} s"
        except Refused as refused:
            why = f"{refused.problem.code}: {refused.problem.title}"
        except (Silent, ConnectionClosed, InvalidHandshake, OSError) as error:
            why = str(error)
        else:
            return Finding(walk.took_ms)
        await self._let_go()
        return Finding(walk.took_ms, walk.step, why)

    async def _go(self, walk: Walk) -> None:
        line = self._line
        if line is None or line.is_worn:
            line = self._line = await self._connected(walk)
        with walk.through("commit"):
            await line.say()
        with walk.through("push"):
            await line.hear()

    async def _connected(self, walk: Walk) -> Line:
        await self._let_go()
        integration_id, token = self._flow.new_secret()[:40], self._flow.new_secret()
        self.integration_id = integration_id
        with walk.through("prepare"):
            prepared = PrepareProbe(integration_id=integration_id, session_hash=tokens.digest(token))
            room = await self._flow.corridor.execute(prepared)
        with walk.through("connect"):
            address = f"{self._url}/{integration_id}/socket"
            options: dict[str, Any] = {"compression": None, "proxy": None, "ping_interval": None, "open_timeout": None}
            self._line = Line(await connect(address, close_timeout=1, **options), room.conversation.id)
        with walk.through("hello"):
            await self._line.hello(token)
        return self._line

    async def _let_go(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await line.hang_up()
