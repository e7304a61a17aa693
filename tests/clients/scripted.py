"""A gateway that says what a test tells it to: for what the real one does only when something goes wrong."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Self

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from clients.python import Backoff, Device, Event, Heard
from clients.python.events import Inbox

Json = dict[str, Any]

AT_ONCE = Backoff(base_s=0.0)
ROOM = "6b0147441318ea989c2acfc5"


class Call:
    """One connection, from the gateway's end."""

    def __init__(self, socket: ServerConnection, hello: Json) -> None:
        self.hello = hello
        self._socket = socket

    @classmethod
    async def answered(cls, socket: ServerConnection) -> Self:
        return cls(socket, json.loads(await socket.recv()))

    async def say(self, frame: Json) -> None:
        await self._socket.send(json.dumps(frame))

    async def welcome(self, seq: int = 0, epoch: str = "first", **facts: Any) -> Self:
        """Welcomes the device to one room, which stands at `seq`."""
        listed = [{"conversation": {"id": ROOM}, "participants": [], "seq": seq}]
        said = {"epoch": epoch, "user": {"id": "ann"}, "device": {}, "conversations": listed, "recovered": {}}
        await self.say({"type": "welcome", "id": self.hello["id"], **said, **facts})
        return self

    async def hear(self) -> Json:
        """The next command."""
        command: Json = json.loads(await self._socket.recv())
        return command

    async def ok(self, command: Json, **result: Any) -> None:
        await self.say({"type": "ok", "id": command["id"], "result": result})

    async def refuse(self, command: Json, status: int, code: str) -> None:
        error = {"status": status, "code": code, "title": "No"}
        await self.say({"type": "error", "id": command["id"], "error": error})

    async def tell(self, *seqs: int) -> None:
        """Tells these events of the room."""
        for seq in seqs:
            await self.say(event(seq))

    async def goodbye(self, code: int, after_s: float = 0.0) -> None:
        await self.say({"type": "goodbye", "code": code, "reason": "for a test", "afterSeconds": after_s})
        await self._socket.close(code)

    async def break_off(self) -> None:
        """Ends the connection without a word."""
        self._socket.transport.abort()


class Gateway:
    """Where devices call. A call goes to whoever waits for the next one."""

    def __init__(self) -> None:
        self.port = 0
        self._calls: asyncio.Queue[Call] = asyncio.Queue()

    async def pick_up(self, socket: ServerConnection) -> None:
        try:
            await self._calls.put(await Call.answered(socket))
            await socket.wait_closed()
        except ConnectionClosed:
            return

    async def call(self) -> Call:
        """The next connection that has said hello."""
        async with asyncio.timeout(10):
            return await self._calls.get()

    def device(self, **facts: Any) -> Device:
        return Device(f"http://127.0.0.1:{self.port}", "web", **{"backoff": AT_ONCE, **facts})

    @asynccontextmanager
    async def online(self, seq: int = 0, **facts: Any) -> AsyncIterator[tuple[Device, Call]]:
        """A device that has been welcomed, and the call it is on."""
        async with AsyncExitStack() as stack:
            entering = stack.enter_async_context(self.device(**facts))
            yield await asyncio.gather(entering, self._welcomed(seq))

    async def _welcomed(self, seq: int) -> Call:
        return await (await self.call()).welcome(seq)


@asynccontextmanager
async def scripted() -> AsyncIterator[Gateway]:
    gateway = Gateway()
    async with serve(gateway.pick_up, "127.0.0.1", 0, close_timeout=1) as server:
        gateway.port = next(iter(server.sockets)).getsockname()[1]
        yield gateway


def event(seq: int | None, room: str | None = ROOM, kind: str = "conversation:message", **payload: Any) -> Json:
    """An event frame."""
    told = {"id": f"event-{seq}", "createdAt": "2026-01-01T00:00:00.000Z", "type": kind, "payload": payload}
    return {"type": "event", "conversationId": room, "seq": seq, "event": told}


async def next_of(inbox: Inbox, count: int) -> list[Heard]:
    """The next so many that the device tells."""
    async with asyncio.timeout(10):
        return [await anext(inbox) for _ in range(count)]


def seqs(heard: Iterable[Heard]) -> list[int]:
    """The places in the order of those that have one."""
    return [it.seq for it in heard if isinstance(it, Event) and it.seq is not None]
