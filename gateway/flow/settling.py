"""What became of webhook calls, written down in groups."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from msgspec import structs

from gateway.flow.loops import Tasks
from gateway.ports import Attempt, Settled, Store, Unwritable

GATHER_S: Final = 0.02  # what nobody waits for shares a write with what comes in this time
DISK_BACK_S: Final = 1.0  # between tries to write while the disk cannot be written

Written = asyncio.Future[Exception | None]


class Batch:
    """What is written in one go. `written` has the error, if it could not be."""

    def __init__(self) -> None:
        self.settled: list[Settled] = []
        self.attempts: list[Attempt] = []
        self.written: Written = asyncio.get_running_loop().create_future()


class Settling:
    """One write at a time: what comes meanwhile shares the next one."""

    def __init__(self, store: Store, tasks: Tasks) -> None:
        self._store = store
        self._tasks = tasks
        self._next: Batch | None = None
        self._under_way: Batch | None = None
        self._hurry = asyncio.Event()

    async def __call__(self, *settled: Settled, attempt: Attempt | None = None) -> None:
        """Durable when it returns."""
        written = self.behind(settled, attempt)
        self._hurry.set()
        if error := await asyncio.shield(written):
            raise error

    def behind(self, settled: Sequence[Settled], attempt: Attempt | None) -> Written:
        """Durable soon, and nobody waits for it."""
        if self._next is None:
            self._next = Batch()
            if self._under_way is None:
                self._under_way = self._next
                self._tasks.spawn(self._write())
        self._next.settled += settled
        if attempt is not None:
            self._next.attempts.append(attempt)
        return self._next.written

    def forget(self) -> None:
        """What endpoints answered may speak of somebody who is forgotten by now."""
        for batch in (self._under_way, self._next):
            if batch is not None:
                batch.attempts[:] = [structs.replace(it, said="") for it in batch.attempts]

    async def done(self) -> None:
        """Until all that has lined up is written: only then does the disk know what waits."""
        batch = self._next or self._under_way
        if batch is not None:
            self._hurry.set()
            await asyncio.shield(batch.written)

    async def _write(self) -> None:
        try:
            while self._next is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(GATHER_S):
                        await self._hurry.wait()
                await self.step()
        finally:
            self._under_way = None

    async def step(self) -> None:
        """Write down all that waits, and say so to those who wait for it."""
        if self._next is None:
            return
        self._under_way, self._next = self._next, None
        self._hurry.clear()
        self._under_way.written.set_result(await self._written(self._under_way))

    async def _written(self, batch: Batch) -> Exception | None:
        """Keep at it while the disk cannot be written: what was delivered would be told again, and again."""
        while True:
            try:
                await self._store.settle(batch.settled, batch.attempts)
            except Unwritable:
                await asyncio.sleep(DISK_BACK_S)
            except Exception as failed:  # noqa: BLE001 - whatever it was, all of them are told
                return failed
            else:
                return None
