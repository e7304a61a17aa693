"""How plain requests end when the gateway leaves: all that are in flight are answered, and connections end with it."""

import asyncio

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler


class Parting:
    """Counts what is in flight. aiohttp reads no body any more once it closes, so it is told to afterwards."""

    def __init__(self, app: web.Application) -> None:
        self._in_flight = 0
        self._leaving = False
        self._settled = asyncio.Event()
        app.middlewares.insert(0, self._counted)
        app.on_response_prepare.append(self._hang_up)

    async def settled(self) -> None:
        """Until everything is answered; from here on each answer is the last of its connection."""
        self._leaving = True
        while self._in_flight:
            self._settled.clear()
            await self._settled.wait()

    @web.middleware
    async def _counted(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self._in_flight += 1
        try:
            return await handler(request)
        finally:
            self._in_flight -= 1
            self._settled.set()

    async def _hang_up(self, _: web.Request, response: web.StreamResponse) -> None:
        if self._leaving:
            response.force_close()
            response.headers[hdrs.CONNECTION] = "close"  # when this is asked, it was written that it stays
