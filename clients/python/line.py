"""A connection that comes back by itself, and what is asked over it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Protocol

from clients.python.backoff import Backoff
from clients.python.connection import Connection, TurnedAway
from clients.python.errors import Closed, Disconnected, Ended, Refused
from clients.python.goodbyes import INVALID_AUTH, LOGGED_OUT, LOST, Goodbye
from clients.python.wire import Json


class Listener(Protocol):
    """Who holds the line: says hello, and is told what comes."""

    def hello(self) -> Json:
        """The fields of the next hello."""

    async def renew(self) -> bool:
        """The credentials were refused; whether there are fresh ones to try."""

    def welcomed(self, welcome: Json) -> None:
        """A connection stands. Its events follow."""

    def heard(self, frame: Json) -> None:
        """An event frame came."""

    def ended(self, why: Exception) -> None:
        """Nothing will come any more."""


class Line:
    """Stays connected for as long as `run` runs and no goodbye is final."""

    def __init__(self, address: str, listener: Listener, backoff: Backoff) -> None:
        self._address = address
        self._listener = listener
        self._backoff = backoff
        self._connection: Connection | None = None
        self._ending: Exception | None = None
        self._settled = asyncio.Event()  # connected, or ended
        self._hurry = asyncio.Event()
        self._failures = 0
        self._renewed = False

    @property
    def connected(self) -> bool:
        """Whether a welcomed connection stands now."""
        return self._connection is not None

    async def run(self) -> None:
        """Connects, listens and comes back, until a final goodbye, a refused hello, or cancellation."""
        try:
            while (goodbye := await self._stay()).come_back or await self._has_renewed(goodbye):
                await self._pause(self._backoff.delay_s(self._failures, goodbye.after_s))
            self._end(Closed(goodbye.reason) if goodbye.code == LOGGED_OUT else Ended(goodbye))
        except Refused as refusal:
            self._end(refusal)
        finally:
            self._end(Closed("the device is closed"))

    async def online(self) -> Connection:
        """The connection, as soon as one stands. Raises why there will be none."""
        while self._connection is None:
            if self._ending is not None:
                raise self._ending
            await self._settled.wait()
        return self._connection

    async def ask(self, kind: str, fields: Json) -> Json:
        """The answer to a command that may be repeated: sent again over new connections until it comes."""
        while True:
            with suppress(Disconnected):
                return await self.ask_once(kind, fields)

    async def ask_once(self, kind: str, fields: Json) -> Json:
        """The answer to a command that may not. Raises `Disconnected` when it was lost on the way."""
        return await (await self.online()).ask(kind, fields)

    def reconnect(self) -> None:
        """Cuts the connection, if there is one, and makes the next without waiting."""
        self._hurry.set()
        if self._connection is not None:
            self._connection.drop()
            self._part(self._connection)

    async def _stay(self) -> Goodbye:
        """One connection, from hello to goodbye."""
        self._failures += 1
        try:
            connection = await Connection.open(self._address, self._listener.hello())
        except Disconnected as failed:
            return Goodbye.of_close(LOST, str(failed))
        except TurnedAway as turned:
            return turned.goodbye
        self._failures = 0
        self._renewed = False
        try:
            return await self._listen(connection)
        finally:
            await connection.close()

    async def _listen(self, connection: Connection) -> Goodbye:
        self._listener.welcomed(connection.welcome)
        self._connection = connection
        self._settled.set()
        try:
            return await connection.listen(self._listener.heard)
        finally:
            self._part(connection)

    def _part(self, connection: Connection) -> None:
        self._connection = None
        self._settled.clear()
        connection.abandon()

    async def _has_renewed(self, goodbye: Goodbye) -> bool:
        """Fresh credentials are worth one try; refused again, they are not fresh."""
        if goodbye.code != INVALID_AUTH or self._renewed:
            return False
        self._renewed = True
        return await self._listener.renew()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        self._hurry.clear()

    def _end(self, why: Exception) -> None:
        if self._ending is None:
            self._ending = why
            self._settled.set()
            self._listener.ended(why)
