"""A real HTTP receiver for webhook calls, whose answers a test chooses."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Json = dict[str, Any]


class Receiver:
    """Every call as it came. `answer` is the status it gives; a test may set it, or a function of the envelope.

    While `gate` is not set, the calls that are `held` hang, by default all; `arrived` counts them all, also those
    whose caller lost patience. With `redirect`, calls are answered 307 and that address. `says` is the answer's text;
    one who `echoes` says what headers the call had. `letters` are the headers and the body of each call.
    """

    def __init__(self) -> None:
        self.url = ""
        self.answer: int | Callable[[Json], int] = 200
        self.redirect: str | None = None
        self.says: str | None = None
        self.echoes = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.held: Callable[[Json], bool] = lambda _: True
        self.arrived = 0
        self.calls: list[Json] = []
        self.keys: list[str | None] = []
        self.statuses: list[int] = []
        self.letters: list[tuple[dict[str, str], bytes]] = []
        self._news = asyncio.Condition()

    async def take(self, request: web.Request) -> web.Response:
        envelope = await request.json()
        async with self._news:
            self.arrived += 1
            self._news.notify_all()
        if self.held(envelope):
            await self.gate.wait()
        if request.transport is None:
            return web.Response()
        answer = 307 if self.redirect else self.answer
        status = answer(envelope) if callable(answer) else answer
        headers = {"Location": self.redirect} if self.redirect else None
        async with self._news:
            self.calls.append(envelope)
            self.keys.append(request.headers.get("X-API-Key"))
            self.statuses.append(status)
            self.letters.append(({name.lower(): it for name, it in request.headers.items()}, await request.read()))
            self._news.notify_all()
        return web.Response(status=status, headers=headers, text=str(request.headers) if self.echoes else self.says)

    @property
    def events(self) -> list[Json]:
        """The events of all calls that were answered with 2xx, in the order they came."""
        accepted = zip(self.calls, self.statuses, strict=True)
        return [event for call, status in accepted if status // 100 == 2 for event in call["events"]]

    def heard(self, kind: str, **facts: Any) -> list[Json]:
        """Accepted events of a type; `user` narrows to payloads about that user id."""
        found = [event for event in self.events if event["type"] == kind]
        if "user" in facts:
            found = [it for it in found if it["payload"].get("user", {}).get("id") == facts["user"]]
        return found

    async def until(self, true: Callable[[], Any], timeout_s: float = 10) -> Any:
        """Wait until something is true of what was received; gives that."""
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(true)
        return true()


@asynccontextmanager
async def receiving(port: int = 0) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application(client_max_size=1 << 24)
    app.router.add_post("/webhook", receiver.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
