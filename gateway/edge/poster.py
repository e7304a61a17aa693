"""Calls webhooks, and only where they may be."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from gateway.domain.retry import Answered
from gateway.edge.endpoint import Endpoint, Origin, Unreached, endpoint, reach
from gateway.edge.guard import Guard, Network
from gateway.edge.line import Line, Unanswered

RESTS_S: Final = 15.0  # a connection that is kept for the next call


class HttpPoster:
    """`ports.Poster`. It follows no redirect, keeps no cookie and asks no proxy."""

    def __init__(self, allowed: Sequence[Network], timeout_s: float) -> None:
        self._guard = Guard(allowed)
        self._timeout_s = timeout_s
        self._tls = ssl.create_default_context()
        self._resting: defaultdict[Origin, list[Line]] = defaultdict(list)
        self._sweeps: asyncio.TimerHandle | None = None

    async def __call__(self, target: str, headers: Mapping[str, str], body: bytes) -> Answered:
        until = asyncio.get_running_loop().time() + self._timeout_s
        try:
            where = endpoint(target)
            return await self._post(where, written(where, headers, body), until)
        except TimeoutError:
            return Answered(said="no answer in time")
        except Unreached as error:
            return Answered(said=str(error), unreached=True)
        except (OSError, ValueError) as error:
            return Answered(said=str(error) or type(error).__name__)

    async def close(self) -> None:
        if self._sweeps is not None:
            self._sweeps.cancel()
        for line in (it for lines in self._resting.values() for it in lines):
            line.close()
        self._resting.clear()

    async def _post(self, where: Endpoint, request: bytes, until: float) -> Answered:
        line = self._rested(where.origin)
        if line is not None:
            try:
                return await self._ask(where.origin, line, request, until)
            except Unanswered:  # it was closed while it rested
                pass
        try:
            async with asyncio.timeout_at(until):
                line = await reach(where.origin, self._guard, self._tls, Line)
        except TimeoutError:
            raise Unreached("no connection in time") from None
        return await self._ask(where.origin, line, request, until)

    async def _ask(self, origin: Origin, line: Line, request: bytes, until: float) -> Answered:
        answered = await line.ask(request, until)
        if line.fit:
            self._rest(origin, line)
        else:
            line.close()
        return answered

    def _rested(self, origin: Origin) -> Line | None:
        """The connection that was used last, if it stands."""
        lines = self._resting.get(origin)
        while lines:
            line = lines.pop()
            if line.fit:
                return line
        return None

    def _rest(self, origin: Origin, line: Line) -> None:
        loop = asyncio.get_running_loop()
        line.rested_at = loop.time()
        self._resting[origin].append(line)
        if self._sweeps is None:
            self._sweeps = loop.call_later(RESTS_S, self._sweep)

    def _sweep(self) -> None:
        """Close what has rested for long enough."""
        loop = asyncio.get_running_loop()
        since = loop.time() - RESTS_S
        for origin, lines in list(self._resting.items()):
            for line in lines:
                if line.rested_at <= since:
                    line.close()
            kept = [line for line in lines if line.rested_at > since and line.fit]
            if kept:
                self._resting[origin] = kept
            else:
                del self._resting[origin]
        self._sweeps = loop.call_later(RESTS_S, self._sweep) if self._resting else None


def written(where: Endpoint, headers: Mapping[str, str], body: bytes) -> bytes:
    """The call as it goes over the line."""
    own = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    return f"{where.head}{own}Content-Length: {len(body)}\r\n\r\n".encode() + body
