"""The API's own description, as JSON and as a page to read and try it. Neither needs anything from elsewhere."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aiohttp import web

import gateway
from gateway.edge.http import OPERATIONS
from gateway.wire.json import encode
from gateway.wire.openapi import document

JSON: Final = "application/json"
PAGE: Final = Path(__file__).parent / "docs"
TYPES: Final = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
NO_HEADERS: Final[Mapping[str, str]] = {}


class Leaf:
    """Bytes that do not change while the gateway runs; whoever has them already is told so."""

    def __init__(self, body: bytes, content_type: str, headers: Mapping[str, str] = NO_HEADERS) -> None:
        self._body = body
        self._type = content_type
        self._headers = {
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff",
            **headers,
        }

    async def serve(self, request: web.Request) -> web.Response:
        tags = [it.value for it in request.if_none_match or ()]
        if "*" in tags or self._headers["ETag"].strip('"') in tags:
            return web.Response(status=304, headers=self._headers)
        return web.Response(body=self._body, content_type=self._type, charset="utf-8", headers=self._headers)


def routes(prefix: str) -> list[web.RouteDef]:
    described = encode(document(OPERATIONS, gateway.__version__, prefix or "/"))
    addresses = {
        "/openapi.json": Leaf(described, JSON),
        "/docs": _page_part(PAGE / "index.html"),
        **{f"/docs/{path.name}": _page_part(path) for path in sorted(PAGE.iterdir()) if path.name != "index.html"},
    }
    leaves = (web.get(prefix + address, leaf.serve) for address, leaf in addresses.items())
    return [*leaves, web.get(f"{prefix}/docs/", _without_slash)]


async def _without_slash(_: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("../docs")


def _page_part(path: Path) -> Leaf:
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return Leaf(path.read_bytes(), TYPES[path.suffix], headers)
