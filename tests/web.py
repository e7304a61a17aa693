"""Other people's web servers: files as they are, and whatever else a server may do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.files import HTML, JPEG, PDF, PNG, SVG

FILES = {
    "cat.png": (PNG, "image/png"),
    "cat.jpg": (JPEG, "image/png"),  # its server is wrong
    "bill.pdf": (PDF, "application/pdf"),
    "bill": (PDF, "application/octet-stream"),
    "cat.svg": (SVG, "image/svg+xml"),
    "page.html": (HTML, "image/png"),
    "notes": (b"hello", "text/x-notes"),
    "empty": (b"", "image/png"),
    "large.png": (PNG + bytes(1 << 20), "image/png"),
}


class Elsewhere:
    """A server of files. `asked` are the paths that were asked for; what is in `/slow` is never answered."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.ranges: list[str | None] = []
        self.answered = 0
        self.gate = asyncio.Event()

    async def file(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.ranges.append(request.headers.get("Range"))
        content, kind = FILES[request.match_info["name"]]
        part = request.http_range
        status = 206 if part.start is not None and content and request.path.startswith("/parts/") else 200
        headers = {"Content-Type": kind}
        if status == 206:
            headers["Content-Range"] = f"bytes 0-{min(part.stop, len(content)) - 1}/{len(content)}"
            content = content[: part.stop]
        return web.Response(status=status, body=content, headers=headers)

    async def status(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=int(request.match_info["status"]), body=PNG, content_type="image/png")

    async def moved(self, request: web.Request) -> web.StreamResponse:
        """`/moved/3/cat.png` moves three times."""
        self.asked.append(request.path)
        left = int(request.match_info["times"])
        where = f"/moved/{left - 1}/cat.png" if left > 1 else "/files/cat.png"
        return web.Response(status=302, headers={"Location": where})

    async def to(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": request.query["url"]})

    async def slow(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        await self.gate.wait()
        return web.Response(body=PNG, content_type="image/png")


@asynccontextmanager
async def elsewhere(host: str = "127.0.0.1") -> AsyncIterator[Elsewhere]:
    it = Elsewhere()
    app = web.Application()
    app.add_routes(
        [
            web.get("/files/{name}", it.file),
            web.get("/parts/{name}", it.file),
            web.get("/status/{status}", it.status),
            web.get("/moved/{times}/cat.png", it.moved),
            web.get("/to", it.to),
            web.get("/slow/cat.png", it.slow),
        ]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, 0).start()
    it.url = f"http://{host}:{runner.addresses[0][1]}"
    try:
        yield it
    finally:
        it.gate.set()
        await runner.cleanup()
