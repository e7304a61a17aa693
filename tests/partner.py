"""A partner's own web page: where app owners come back to."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web


@asynccontextmanager
async def served(back: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    """The address of a page that answers as `back` does."""
    app = web.Application()
    app.router.add_get("/back", back)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/back"
    finally:
        await runner.cleanup()
