"""Asks an app's endpoint to judge a message, and only where it may be."""

import asyncio
from collections.abc import Mapping, Sequence

import aiohttp

from gateway.domain import limits
from gateway.domain.judging import Reply
from gateway.edge.guard import Network, guarded


class HttpModerator:
    """`ports.Moderator` over one aiohttp session."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        longest_s = limits.MODERATION_MS_MOST / 1000
        self._session = guarded(allowed, longest_s, {"Content-Type": "application/json"})

    async def __call__(self, target: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> Reply:
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._session.post(target, data=body, headers=headers, allow_redirects=False) as response,
            ):
                return Reply(response.status, await _read(response))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return Reply()

    async def close(self) -> None:
        await self._session.close()


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    """The body; None where it is too large, the rest of which nobody waits for."""
    read = bytearray()
    async for chunk in response.content.iter_any():
        read += chunk
        if len(read) > limits.VERDICT_BYTES:
            response.close()
            return None
    return bytes(read)
