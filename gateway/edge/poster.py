"""Calls webhooks, and only where they may be."""

from collections.abc import Sequence
from email.utils import parsedate_to_datetime

import aiohttp
from aiohttp import hdrs

from gateway.domain.retry import Answered
from gateway.edge.guard import Network, guarded


class HttpPoster:
    """`ports.Poster` over one aiohttp session."""

    def __init__(self, allowed: Sequence[Network], timeout_s: float) -> None:
        self._session = guarded(allowed, timeout_s, {"Content-Type": "application/json"})

    async def __call__(self, target: str, secret: str, body: bytes) -> Answered:
        try:
            async with self._session.post(
                target, data=body, headers={"X-API-Key": secret}, allow_redirects=False
            ) as response:
                return Answered(response.status, after_s(response))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return Answered()

    async def close(self) -> None:
        await self._session.close()


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
