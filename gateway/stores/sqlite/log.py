"""The log that commits are written to: it moves into the file beside the writer, and begins anew."""

import asyncio
from typing import Final

from gateway.stores.sqlite.connection import Connection

TIDY_S: Final = 0.25
MUCH: Final = 4_000  # rows that changed; of 4 KiB pages there may be three times as many


class Log:
    """Left to the writer, a long log would be moved within a commit, and everybody would wait for that."""

    def __init__(self, mover: Connection, writer: Connection, writing: asyncio.Lock) -> None:
        self._mover = mover
        self._writer = writer
        self._writing = writing
        self._moving = asyncio.Lock()  # SQLite lets nobody else move or empty the log meanwhile, nor wait
        self._moved = 0

    async def step(self) -> None:
        """Move it, if it is long. Once all has moved, the next commit is written to its beginning.

        Most of it moves while the writer goes on, then most of what came meanwhile; the writer waits for the rest.
        """
        if self._writer.changes - self._moved < MUCH:
            return
        self._moved = self._writer.changes
        for _ in range(2):
            async with self._moving:
                await self._mover.move_log()
        async with self._writing:
            await self._writer.move_log()

    async def empty(self) -> None:
        """Move it, as far as nobody is reading it, and overwrite what it held; nobody writes meanwhile."""
        async with self._moving:
            await self._writer.empty_log()

    async def close(self) -> None:
        async with self._moving:
            await self._mover.close()
