"""A connection to the database file, and the statements it knows by name."""

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import aiosqlite

from gateway.stores.queries import Queries
from gateway.wire.json import store

HERE: Final = Path(__file__).parent
QUERIES: Final = Queries(HERE / "queries.sql")
BUSY_MS: Final = 5_000
CHECKPOINT_PAGES: Final = 4_000  # of 4 KiB; a longer log makes rarer, larger pauses

Row = Sequence[Any]
Error = sqlite3.Error


class Statement(NamedTuple):
    """A named statement and its values."""

    name: str
    values: tuple[Any, ...]


def over(name: str, rows: Sequence[Any]) -> Statement | None:
    """A named statement over all rows at once, as one JSON array; None for no rows."""
    return Statement(name, (store(rows),)) if rows else None


class Connection:
    """One connection with its own thread."""

    def __init__(self, raw: aiosqlite.Connection) -> None:
        self._raw = raw

    @classmethod
    async def open(cls, path: Path, *, reader: bool = False) -> "Connection":
        raw = await aiosqlite.connect(path, isolation_level=None, cached_statements=256)
        connection = cls(raw)
        await connection.run(f"PRAGMA busy_timeout = {BUSY_MS}")
        if reader:
            await connection.run("PRAGMA query_only = ON")
        else:
            await connection.run("PRAGMA journal_mode = WAL")
            await connection.run("PRAGMA synchronous = FULL")
            await connection.run(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        return connection

    async def run(self, sql: str) -> None:
        """A statement that is not one of the named ones."""
        await self._raw.execute_fetchall(sql)

    async def version(self) -> int:
        """The number of the last migration."""
        ((number,),) = await self._raw.execute_fetchall("PRAGMA user_version")
        return int(number)

    async def script(self, sql: str) -> None:
        await self._raw.executescript(sql)

    async def rows(self, name: str, *values: Any) -> Iterable[Row]:
        """What a named query gives."""
        return await self._raw.execute_fetchall(QUERIES[name], values)

    async def row(self, name: str, *values: Any) -> Row | None:
        return next(iter(await self.rows(name, *values)), None)

    async def run_with(self, name: str, *values: Any) -> None:
        await self._raw.execute_fetchall(QUERIES[name], values)

    async def transact(self, statements: Sequence[Statement]) -> None:
        """All of them or none, on disk when it returns. They line up for the connection's thread at once."""
        await self.run("BEGIN IMMEDIATE")
        try:
            done = await asyncio.gather(
                *(self.run_with(it.name, *it.values) for it in statements), return_exceptions=True
            )
            for outcome in done:
                if outcome is not None:
                    raise outcome
            await self.run("COMMIT")
        except BaseException:
            with suppress(Error):  # some failures have rolled back already
                await self.run("ROLLBACK")
            raise

    async def close(self) -> None:
        await self._raw.close()
