"""What became of webhook calls, written down in groups."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from gateway.flow.loops import Tasks
from gateway.ports import Attempt, Settled, Store


class Outcome(NamedTuple):
    """What became of the events of a call, and who waits until that is durable."""

    settled: Sequence[Settled]
    attempt: Attempt | None
    written: asyncio.Future[None]


class Settling:
    """One write at a time: what comes meanwhile shares the next one."""

    def __init__(self, store: Store, tasks: Tasks) -> None:
        self._store = store
        self._tasks = tasks
        self._waiting: list[Outcome] = []
        self._writing = False

    async def __call__(self, *settled: Settled, attempt: Attempt | None = None) -> None:
        """Durable when it returns."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(Outcome(settled, attempt, written))
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
            await self._store.settle(
                [it for outcome in batch for it in outcome.settled], [it.attempt for it in batch if it.attempt]
            )
        except Exception as error:  # noqa: BLE001 - whatever it was, each of them is told
            for outcome in batch:
                if not outcome.written.done():
                    outcome.written.set_exception(error)
        else:
            for outcome in batch:
                if not outcome.written.done():
                    outcome.written.set_result(None)
