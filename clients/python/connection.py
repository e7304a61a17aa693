"""One socket, from hello to goodbye."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import Final, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from clients.python.errors import Disconnected, Refused
from clients.python.goodbyes import LOST, Goodbye
from clients.python.pace import Pace
from clients.python.wire import Json, decode, encode

MAX_FRAME_BYTES: Final = 16 * 1024 * 1024  # a page of history is far larger than a command may be
OPENING_S: Final = 10.0
CLOSING_S: Final = 2.0
UNSAID_COMMANDS_PER_SECOND: Final = 50
TRY_AGAIN: Final = frozenset({408, 425, 429})  # of the 4xx; every 5xx too


class TurnedAway(Exception):
    """A goodbye came in the place of a welcome."""

    def __init__(self, goodbye: Goodbye) -> None:
        super().__init__(f"{goodbye.code} {goodbye.reason}")
        self.goodbye = goodbye


class Connection:
    """A socket that has been welcomed. It is heard by whoever awaits `listen`, and by nobody before."""

    def __init__(self, socket: ClientConnection, welcome: Json) -> None:
        self.welcome = welcome
        self._socket = socket
        limits = welcome.get("limits", {})
        self._frame_bytes: float = limits.get("frameBytes", inf)
        self._pace = Pace(limits.get("commandsPerSecond", UNSAID_COMMANDS_PER_SECOND))
        self._ids = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Json | None]] = {}
        self._goodbye: Goodbye | None = None

    @classmethod
    async def open(cls, address: str, hello: Json) -> Self:
        """Connects and says hello.

        Raises `Disconnected` when it is worth trying again, `Refused` when the gateway answers with
        an error, and `TurnedAway` when it says goodbye.
        """
        socket = await _dial(address)
        try:
            async with asyncio.timeout(OPENING_S):
                await socket.send(encode({"type": "hello", "id": 0, **hello}), text=True)
                return cls(socket, _welcome(decode(await socket.recv(decode=False))))
        except ConnectionClosed as closed:
            raise TurnedAway(_last_word(closed)) from closed
        except TimeoutError as late:
            await socket.close()
            raise Disconnected("no welcome in time") from late
        except BaseException:
            await socket.close()
            raise

    async def ask(self, kind: str, fields: Json) -> Json:
        """Sends a command and waits for its answer; `listen` must be running.

        Raises `Refused`, and `Disconnected` when no answer can come any more.
        """
        number = next(self._ids)
        frame = encode({"type": kind, "id": number, **fields})
        if len(frame) > self._frame_bytes:
            title = f"A command is at most {self._frame_bytes} bytes; this one is {len(frame)}"
            raise Refused(413, "frame_too_large", title)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            await self._pace.turn()
            if not answer.done():
                with suppress(ConnectionClosed):  # then `listen` ends too, and `abandon` answers
                    await self._socket.send(frame, text=True)
            return _result(await answer)
        finally:
            del self._asked[number]

    async def listen(self, on_event: Callable[[Json], None]) -> Goodbye:
        """Hands on the event frames as they come and answers those who asked, until the connection ends."""
        try:
            while True:
                self._hear(decode(await self._socket.recv(decode=False)), on_event)
        except ConnectionClosed as closed:
            return self._goodbye or _last_word(closed)

    def abandon(self) -> None:
        """Tells those who still wait for an answer that it will not come."""
        for answer in self._asked.values():
            if not answer.done():
                answer.set_result(None)

    async def close(self) -> None:
        """Closes the socket; waits two seconds at most for the gateway to agree."""
        await self._socket.close()

    def drop(self) -> None:
        """Cuts the connection without a word, as a lost network would."""
        self._socket.transport.abort()

    def _hear(self, frame: Json, on_event: Callable[[Json], None]) -> None:
        match frame.get("type"):
            case "event":
                on_event(frame)
            case "ok" | "error":
                self._answer(frame)
            case "goodbye":
                self._goodbye = Goodbye.of_frame(frame)

    def _answer(self, frame: Json) -> None:
        answer = self._asked.get(frame["id"])
        if answer is not None and not answer.done():  # else whoever asked has given up waiting
            answer.set_result(frame)


async def _dial(address: str) -> ClientConnection:
    try:
        return await connect(
            address,
            compression=None,
            max_size=MAX_FRAME_BYTES,
            open_timeout=OPENING_S,
            close_timeout=CLOSING_S,
        )
    except InvalidStatus as answered:
        status = answered.response.status_code
        if 400 <= status < 500 and status not in TRY_AGAIN:
            raise Refused(status, "no_socket", f"the gateway has no socket at {address}") from answered
        raise Disconnected(str(answered)) from answered
    except (OSError, InvalidHandshake) as failed:
        raise Disconnected(str(failed)) from failed


def _welcome(frame: Json) -> Json:
    match frame.get("type"):
        case "welcome":
            return frame
        case "goodbye":
            raise TurnedAway(Goodbye.of_frame(frame))
        case "error":
            raise _refusal(frame)
        case other:
            raise Disconnected(f"{other!r} came in the place of a welcome")


def _result(answer: Json | None) -> Json:
    if answer is None:
        raise Disconnected("the connection was lost before the answer came")
    if answer["type"] == "error":
        raise _refusal(answer)
    return answer.get("result") or {}


def _refusal(frame: Json) -> Refused:
    error = frame["error"]
    return Refused(error["status"], error["code"], error["title"])


def _last_word(closed: ConnectionClosed) -> Goodbye:
    return Goodbye.of_close(closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else Goodbye.of_close(LOST)
