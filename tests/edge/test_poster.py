"""What an endpoint answers, as it is read: over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pytest
from aiohttp import web

from gateway.edge.poster import HttpPoster

NOW = "Sat, 21 Nov 2026 12:00:00 GMT"


@asynccontextmanager
async def answering(status: int, headers: dict[str, str]) -> AsyncIterator[str]:
    """An endpoint that always answers so; gives its address."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers)

    app = web.Application()
    app.router.add_post("/", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("said", "after_s"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Sat, 21 Nov 2026 12:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("99999999999999999999", 999_999_999.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
    ],
)
async def test_how_long_an_endpoint_asks_to_be_left_alone(said: str, after_s: float | None) -> None:
    poster = HttpPoster([ip_network("127.0.0.0/8")], 5)
    try:
        async with answering(503, {"Retry-After": said, "Date": NOW}) as url:
            answered = await poster(url, {}, b"{}")
            assert (answered.status, answered.after_s) == (503, after_s)
    finally:
        await poster.close()
