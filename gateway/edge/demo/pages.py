"""The demo's addresses. Only for this machine: the scene holds people's tokens."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from aiohttp import web

import gateway
from gateway.edge.demo import business
from gateway.edge.demo.scene import Person
from gateway.edge.demo.stage import Stage
from gateway.wire.json import encode, read

Door = Callable[[web.Request], Awaitable[web.StreamResponse]]

HOUSE: Final = Path(gateway.__file__).resolve().parent.parent
PAGE: Final = HOUSE / "demo_web"
SDK: Final = HOUSE / "clients" / "web"

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
TYPES: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
POLICY: Final = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def mount(app: web.Application, stage: Stage) -> None:
    """Add the routes; call before `app` starts."""
    doors = _Doors(stage)
    routes: list[tuple[str, str, Door]] = [
        ("GET", "/demo", doors.front),
        ("GET", "/demo/scene.json", doors.scene),
        ("POST", "/demo/webhook", doors.webhook),
        ("POST", "/demo/webhook/mood", doors.mood),
        ("GET", "/demo/webhook-calls", doors.calls),
        ("GET", "/demo/client/{name:.+}", doors.sdk),
        ("GET", "/demo/{name:.*}", doors.page),
    ]
    for method, path, door in routes:
        app.router.add_route(method, path, _local(door))
    app.on_response_prepare.append(_dress)
    app.on_shutdown.append(doors.close)
    app.cleanup_ctx.append(doors.business)


async def _dress(request: web.Request, response: web.StreamResponse) -> None:
    if request.path.startswith("/demo"):
        response.headers.update(HEADERS)


def _local(door: Door) -> Door:
    """Refuse other names for this machine: a foreign page could have made one up to read the tokens."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if request.url.host not in LOOPBACK:
            raise web.HTTPForbidden(text="The demo is for this machine alone.")
        return await door(request)

    return guarded


class _Doors:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def front(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"{request.path}/")

    async def page(self, request: web.Request) -> web.StreamResponse:
        return _file(PAGE, request.match_info["name"] or "index.html")

    async def sdk(self, request: web.Request) -> web.StreamResponse:
        return _file(SDK, request.match_info["name"])

    async def scene(self, _: web.Request) -> web.StreamResponse:
        scene = await self._stage.scene()
        return web.json_response(
            {
                "integrationId": scene.web_integration_id,
                "people": [_shown(person) for person in scene.people],
                "conversations": scene.conversations,
            }
        )

    async def webhook(self, request: web.Request) -> web.StreamResponse:
        scene = await self._stage.scene()
        key = request.headers.get("X-API-Key", "")
        if not hmac.compare_digest(key.encode(), scene.webhook_secret.encode()):
            raise web.HTTPUnauthorized
        body = await request.content.read()  # a call may be larger than what the API takes in
        return web.Response(status=self._stage.receive(read(body, dict)))

    async def mood(self, request: web.Request) -> web.StreamResponse:
        """`{"down": true}`; the content type keeps other sites' forms out."""
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        self._stage.down = (await request.json())["down"] is True
        return web.json_response({"down": self._stage.down})

    async def calls(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the last calls, then each as it comes."""
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        with self._stage.watch() as calls, suppress(ConnectionResetError):
            while (call := await calls.get()) is not None:
                await stream.write(b"data: " + encode(call) + b"\n\n")
        return stream

    async def close(self, _: web.Application) -> None:
        self._stage.close()

    async def business(self, _: web.Application) -> AsyncIterator[None]:
        shop = asyncio.get_running_loop().create_task(business.tend(self._stage))
        yield
        shop.cancel()
        with suppress(asyncio.CancelledError):
            await shop


def _shown(person: Person) -> dict[str, str]:
    return {
        "externalId": person.external_id,
        "userId": person.user_id,
        "displayName": person.display_name,
        "jwt": person.jwt,
    }


def _file(folder: Path, name: str) -> web.FileResponse:
    """A file of the folder, of a kind that the page needs; raises 404 for anything else."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or path.suffix not in TYPES or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Content-Type": TYPES[path.suffix]})
