"""Calls webhooks, and only where they may be."""

from collections.abc import Sequence

import aiohttp

from gateway.edge.guard import Network, guarded


class HttpPoster:
    """`ports.Poster` over one aiohttp session."""

    def __init__(self, allowed: Sequence[Network], timeout_s: float) -> None:
        self._session = guarded(allowed, timeout_s, {"Content-Type": "application/json"})

    async def __call__(self, target: str, secret: str, body: bytes) -> int | None:
        try:
            async with self._session.post(
                target, data=body, headers={"X-API-Key": secret}, allow_redirects=False
            ) as response:
                return response.status
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return None

    async def close(self) -> None:
        await self._session.close()
