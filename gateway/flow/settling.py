"""What became of webhook calls, written down in groups."""

import asyncio

from gateway.flow.loops import Tasks
from gateway.ports import Settled, Store


class Settling:
    """One write at a time: what comes meanwhile shares the next one."""

    def __init__(self, store: Store, tasks: Tasks) -> None:
        self._store = store
        self._tasks = tasks
        self._waiting: list[tuple[Settled, asyncio.Future[None]]] = []
        self._writing = False

    async def __call__(self, settled: Settled) -> None:
        """Durable when it returns."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((settled, written))
        if not self._writing:
            self._writing = True
            self._tasks.spawn(self._write())
        await written

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self.step()
        finally:
            self._writing = False

    async def step(self) -> None:
        """Write down all that waits, and say so to those who wait for it."""
        batch, self._waiting = self._waiting, []
        try:
            await self._store.settle([settled for settled, _ in batch])
        except Exception as error:  # noqa: BLE001 - whatever it was, each of them is told
            for _, written in batch:
                if not written.done():
                    written.set_exception(error)
        else:
            for _, written in batch:
                if not written.done():
                    written.set_result(None)
