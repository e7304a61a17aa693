"""Reads the beginning of files on the web, and only where that is allowed."""

import asyncio
import re
from collections.abc import Sequence
from typing import Final

import aiohttp
from aiohttp import hdrs
from yarl import URL

from gateway.domain import limits
from gateway.domain.media import Fetched
from gateway.edge.guard import Network, guarded

MOVED: Final = (301, 302, 303, 307, 308)
TOTAL: Final = re.compile(r"bytes \d+-\d+/(\d{1,15})")


class HttpFetcher:
    """`ports.Fetcher` over one aiohttp session. Every redirect is a call of its own, held to the same rules."""

    def __init__(self, allowed: Sequence[Network], timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._session = guarded(
            allowed,
            timeout_s,
            {hdrs.RANGE: f"bytes=0-{limits.SNIFFED_BYTES - 1}", hdrs.ACCEPT_ENCODING: "identity"},
        )

    async def __call__(self, url: str) -> Fetched | None:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._follow(URL(url))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return None

    async def _follow(self, url: URL) -> Fetched | None:
        for _ in range(limits.REDIRECTS + 1):
            if url.scheme not in ("http", "https") or url.user or url.password:
                return None
            async with self._session.get(url, allow_redirects=False) as response:
                where = response.headers.get(hdrs.LOCATION)
                if response.status not in MOVED or where is None:
                    return await _read(response)
                url = url.join(URL(where))
        return None

    async def close(self) -> None:
        await self._session.close()


async def _read(response: aiohttp.ClientResponse) -> Fetched | None:
    if response.status not in (200, 206):
        return None
    head = bytearray()
    async for chunk in response.content.iter_any():
        head += chunk
        if len(head) >= limits.SNIFFED_BYTES:
            break
    said = response.content_type if hdrs.CONTENT_TYPE in response.headers else None
    return Fetched(head=bytes(head[: limits.SNIFFED_BYTES]), media_type=said, size=_size(response))


def _size(response: aiohttp.ClientResponse) -> int | None:
    if response.status == 200:
        return response.content_length
    total = TOTAL.fullmatch(response.headers.get(hdrs.CONTENT_RANGE, ""))
    return int(total[1]) if total else None
