"""What became of webhook calls, written down in groups."""

import asyncio

from gateway.flow.loops import Tasks
from gateway.ports import Settled, Store


class Settling:
    """Settlements that come while one is being written share the next write."""

    def __init__(self, store: Store, tasks: Tasks) -> None:
        self._store = store
        self._tasks = tasks
        self._waiting: list[Settled] = []
        self._writing: asyncio.Future[None] | None = None

    async def __call__(self, settled: Settled) -> None:
        """Durable when it returns."""
        self._waiting.append(settled)
        if self._writing is None:
            self._writing = self._tasks.spawn(self._write())
        await asyncio.shield(self._writing)

    async def _write(self) -> None:
        await asyncio.sleep(0)
        batch, self._waiting = self._waiting, []
        self._writing = None
        await self._store.settle(batch)
