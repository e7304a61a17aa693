"""A business's endpoint that judges messages over real HTTP, in whatever way a test chooses."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.house_under_test import House, Json

ACCEPT: Json = {"action": "accept"}


def rewrite(**content: Any) -> Json:
    return {"action": "rewrite", "message": {"content": content}}


def refuse(reason: str | None = None) -> Json:
    return {"action": "refuse", **({} if reason is None else {"reason": reason})}


class Judge:
    """`asked` are the questions as they came, `shown` their headers. `answer` is what it says to a question: JSON,
    bytes, or a whole response. While `gate` is not set, the questions that are `held` hang, by default all, after what
    it `begins` to say.
    """

    def __init__(self) -> None:
        self.url = ""
        self.answer: Callable[[Json], Any] = lambda _: ACCEPT
        self.held: Callable[[Json], bool] = lambda _: True
        self.begins = b""
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked: list[Json] = []
        self.bodies: list[bytes] = []
        self.shown: list[dict[str, str]] = []
        self.inside = 0
        self.most_inside = 0
        self._news = asyncio.Condition()

    @property
    def texts(self) -> list[str]:
        """What it was asked about, of texts."""
        return [it["message"]["content"]["text"] for it in self.asked]

    async def take(self, request: web.Request) -> web.StreamResponse:
        question = await request.json()
        async with self._news:
            self.asked.append(question)
            self.bodies.append(await request.read())
            self.shown.append(dict(request.headers))
            self._news.notify_all()
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            if self.begins:
                return await self._begin(request)
            if self.held(question):
                await self.gate.wait()
        finally:
            self.inside -= 1
        said = self.answer(question)
        if isinstance(said, web.StreamResponse):
            return said
        return web.Response(body=said if isinstance(said, bytes) else json.dumps(said).encode())

    async def _begin(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(self.begins)
        await self.gate.wait()
        return response

    async def until(self, count: int) -> list[Json]:
        """Wait until so many questions have come."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: len(self.asked) >= count)
        return self.asked

    def shut(self, held: Callable[[Json], bool] = lambda _: True) -> None:
        """Questions hang from here on."""
        self.gate.clear()
        self.held = held


@asynccontextmanager
async def judging(host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Judge]:
    judge = Judge()
    app = web.Application(client_max_size=1 << 24)
    app.router.add_post("/judge", judge.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    judge.url = f"http://{host}:{runner.addresses[0][1]}/judge"
    try:
        yield judge
    finally:
        judge.gate.set()
        await runner.cleanup()


async def moderated(house: House, target: str, unanswered: str = "refuse", timeout_ms: int = 5_000) -> Json:
    """From here on users' messages are judged there; gives the moderation."""
    body = {"target": target, "unanswered": unanswered, "timeoutMs": timeout_ms}
    answer = await house.rest("PUT", "/moderation", body)
    assert answer.status == 200, answer
    return dict(answer.body["moderation"])
