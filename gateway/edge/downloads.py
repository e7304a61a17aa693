"""Attachments as anybody reads them who has their address."""

import re
from typing import Final
from urllib.parse import quote

from aiohttp import hdrs, web

from gateway.domain import errors, limits, media
from gateway.domain.errors import Refused
from gateway.domain.model import Attachment
from gateway.flow.floor import Flow

RANGE: Final = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")
PATH: Final = "/attachments/v2/{attachmentId}/{fileName:[^/]+}"
SAFE: Final = {
    hdrs.ACCEPT_RANGES: "bytes",
    hdrs.CACHE_CONTROL: f"public, max-age=31536000, s-maxage={limits.SHARED_CACHE_S}, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*",
    "X-Content-Type-Options": "nosniff",
}


class Unsatisfiable(Exception):
    """None of the bytes asked for are there."""


def routes(flow: Flow, prefix: str) -> list[web.RouteDef]:
    async def download(request: web.Request) -> web.StreamResponse:
        name = request.match_info["fileName"]
        return await _answer(flow, request, await flow.attachments.find(request.match_info["attachmentId"], name))

    return [web.get(prefix + PATH, download, allow_head=True)]


async def _answer(flow: Flow, request: web.Request, it: Attachment) -> web.StreamResponse:
    tag = f'"{it.id}"'
    headers = {**SAFE, hdrs.ETAG: tag}
    if tag in request.headers.get(hdrs.IF_NONE_MATCH, "") or request.headers.get(hdrs.IF_NONE_MATCH) == "*":
        return web.Response(status=304, headers=headers)
    try:
        part = _part(request, it, tag)
    except Unsatisfiable:
        return web.Response(status=416, headers={**headers, hdrs.CONTENT_RANGE: f"bytes */{it.size}"})
    start, end = part or (0, it.size)
    headers[hdrs.CONTENT_TYPE] = _written(it.media_type)
    headers[hdrs.CONTENT_DISPOSITION] = _disposition(it)
    if part is not None:
        headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{end - 1}/{it.size}"
    response = web.StreamResponse(status=200 if part is None else 206, headers=headers)
    response.content_length = end - start
    return await _sent(flow, request, response, it, (start, end))


async def _sent(
    flow: Flow, request: web.Request, response: web.StreamResponse, it: Attachment, part: tuple[int, int]
) -> web.StreamResponse:
    """Headers go out with the first bytes: where these are gone, that can still be said."""
    chunks = flow.attachments.read(it, *part)
    try:
        first = b"" if request.method == hdrs.METH_HEAD else await anext(chunks, b"")
    except FileNotFoundError:
        raise Refused(errors.ATTACHMENT_NOT_FOUND) from None
    await response.prepare(request)
    if first:
        await response.write(first)
        async for chunk in chunks:
            await response.write(chunk)
    await response.write_eof()
    return response


def _part(request: web.Request, it: Attachment, tag: str) -> tuple[int, int] | None:
    """The bytes asked for, from and up to before; None for all of them. A list of ranges is answered with all."""
    asked = RANGE.fullmatch(request.headers.get(hdrs.RANGE, "").strip())
    if asked is None or request.headers.get(hdrs.IF_RANGE, tag) != tag:
        return None
    first, last, newest = asked.groups()
    if newest is not None:
        start, end = max(it.size - int(newest), 0), it.size
    else:
        start, end = int(first), min(int(last) + 1 if last else it.size, it.size)
        if last and int(last) < start:
            return None
    if start >= end:
        raise Unsatisfiable
    return start, end


def _written(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _disposition(it: Attachment) -> str:
    """Shown in place only where that can do no harm; the name in ASCII, and as it is."""
    kind = "inline" if media.is_harmless(it.media_type) else "attachment"
    plain = re.sub(r"[^\w.\- ]", "_", it.name, flags=re.ASCII)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(it.name, safe='')}"
