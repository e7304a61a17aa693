"""The API's own description, as JSON and as a page to read and try it. Neither needs anything from elsewhere."""

import hashlib
from typing import Final

from aiohttp import web

import gateway
from gateway.edge.http import OPERATIONS
from gateway.wire.json import encode
from gateway.wire.openapi import document

JSON: Final = "application/json"


class Leaf:
    """Bytes that do not change while the gateway runs; whoever has them already is told so."""

    def __init__(self, body: bytes, content_type: str, **headers: str) -> None:
        self._body = body
        self._type = content_type
        self._headers = {
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }

    async def serve(self, request: web.Request) -> web.Response:
        tags = [it.value for it in request.if_none_match or ()]
        if "*" in tags or self._headers["ETag"].strip('"') in tags:
            return web.Response(status=304, headers=self._headers)
        return web.Response(body=self._body, content_type=self._type, charset="utf-8", headers=self._headers)


def routes(prefix: str) -> list[web.RouteDef]:
    described = encode(document(OPERATIONS, gateway.__version__, prefix or "/"))
    return [web.get(f"{prefix}/openapi.json", Leaf(described, JSON).serve)]
