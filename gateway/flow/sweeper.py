"""Files that nobody needs any more are swept up."""

from typing import Final

from gateway.domain import limits
from gateway.ports import Blobs, Now, Store

EVERY_S: Final = 30.0
SWEPT: Final = 100  # files in one go
DAY_MS: Final = 86_400_000


class Sweeper:
    """Deletes the bytes of files that have gone. What it did not come to before a stop it does after the next start."""

    def __init__(self, store: Store, blobs: Blobs, now: Now) -> None:
        self._store = store
        self._blobs = blobs
        self._now = now
        self._strays_at = 0

    async def step(self) -> None:
        """Everything that is due."""
        await self._store.abandon_attachments(self._now() - limits.UNUSED_S * 1000)
        await self._gone()
        if self._now() >= self._strays_at:
            await self._strays()
            self._strays_at = self._now() + DAY_MS

    async def _gone(self) -> None:
        while ids := await self._store.gone_attachments(SWEPT):
            await self._blobs.drop(ids)
            await self._store.forget_attachments(ids)

    async def _strays(self) -> None:
        """Bytes that no file has: the gateway ended between their last one and the commit."""
        async for keys in self._blobs.keys(self._now() - limits.UNUSED_S * 1000):
            await self._blobs.drop(await self._store.strays(keys))
