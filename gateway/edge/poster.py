"""Calls webhooks, and only where they may be."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp
from aiohttp import hdrs

from gateway.domain.retry import Answered
from gateway.edge.guard import Network, guarded

BEGINNING: Final = 1_000  # bytes of an answer that are read
SOON_S: Final = 1.0


class HttpPoster:
    """`ports.Poster` over one aiohttp session."""

    def __init__(self, allowed: Sequence[Network], timeout_s: float) -> None:
        self._session = guarded(allowed, timeout_s, {"Content-Type": "application/json"})

    async def __call__(self, target: str, headers: Mapping[str, str], body: bytes) -> Answered:
        try:
            async with self._session.post(target, data=body, headers=headers, allow_redirects=False) as response:
                return Answered(response.status, after_s(response), await _beginning(response))
        except TimeoutError:
            return Answered(said="no answer in time")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Answered(said=str(error) or type(error).__name__)

    async def close(self) -> None:
        await self._session.close()


async def _beginning(response: aiohttp.ClientResponse) -> str:
    """The first bytes of the answer, as far as they come soon: its status is what counts."""
    read = b""
    with suppress(aiohttp.ClientError, OSError, TimeoutError, ValueError):
        async with asyncio.timeout(SOON_S):
            while len(read) < BEGINNING and (more := await response.content.read(BEGINNING - len(read))):
                read += more
    return read.decode("utf-8", "replace")


def after_s(response: aiohttp.ClientResponse) -> float | None:
    """What `Retry-After` says: seconds, or a time by the endpoint's own clock, which its `Date` tells."""
    said = response.headers.get(hdrs.RETRY_AFTER, "")
    if said.isascii() and said.isdecimal():
        return float(said[:9])
    try:
        wait = parsedate_to_datetime(said) - parsedate_to_datetime(response.headers[hdrs.DATE])
    except (KeyError, TypeError, ValueError):
        return None
    return max(wait.total_seconds(), 0.0)
