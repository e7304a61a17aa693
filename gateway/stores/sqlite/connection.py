"""A connection to the database file, and the statements it knows by name."""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import aiosqlite

from gateway.domain.events import AnyEvent
from gateway.domain.message import Message
from gateway.domain.scrub import scrubbed
from gateway.stores.queries import Queries
from gateway.wire.json import load, store

HERE: Final = Path(__file__).parent
QUERIES: Final = Queries(HERE / "queries.sql")
BUSY_MS: Final = 5_000
ROWS: Final = 128  # of one statement, at most; powers of two below it keep the statements few
PLACEHOLDERS: Final = re.compile(r"(?<=VALUES )\(\?(?:, \?)*\)")
LOG_PAGES: Final = 64_000  # of 4 KiB; of a log that long the writer moves some with every commit

Row = Sequence[Any]
Error = sqlite3.Error


class Statement(NamedTuple):
    sql: str
    values: tuple[Any, ...]


def over(name: str, values: Sequence[Any]) -> list[Statement]:
    """A named statement over a list of values, as one JSON array. Nothing for no values."""
    return [Statement(QUERIES[name], (store(values),))] if values else []


def put(name: str, rows: Sequence[Row]) -> list[Statement]:
    """A named statement over many rows, as few statements of many rows each. Nothing for no rows."""
    done, found = 0, []
    while done < len(rows):
        size = min(1 << (len(rows) - done).bit_length() - 1, ROWS)
        values = tuple(chain.from_iterable(rows[done : done + size]))
        found.append(Statement(_rows_of(name, size), values))
        done += size
    return found


@lru_cache(maxsize=256)
def _rows_of(name: str, rows: int) -> str:
    """The statement with its row of placeholders repeated."""
    sql = QUERIES[name]
    (row,) = PLACEHOLDERS.findall(sql)
    return PLACEHOLDERS.sub(", ".join([row] * rows), sql)


class _Whole(aiosqlite.Connection):
    """Runs a whole transaction in one turn of its thread: each further turn would wait for the loop's."""

    async def transact(self, statements: Sequence[Statement]) -> list[list[Row]]:
        done: list[list[Row]] = await self._execute(self._all_or_none, statements)  # type: ignore[no-untyped-call]
        return done

    def _all_or_none(self, statements: Sequence[Statement]) -> list[list[Row]]:
        db = self._conn
        try:
            db.execute("BEGIN IMMEDIATE")
            rows = [db.execute(*it).fetchall() for it in statements]
            db.execute("COMMIT")
        except BaseException:
            with suppress(Error):  # some failures have rolled back already, others never began
                db.execute("ROLLBACK")
            raise
        return rows


class Connection:
    """One connection with its own thread."""

    def __init__(self, raw: _Whole) -> None:
        self._raw = raw

    @classmethod
    async def open(cls, path: Path, *, reader: bool = False) -> Self:
        connect = partial(sqlite3.connect, path, isolation_level=None, cached_statements=256)
        raw = _Whole(connect, iter_chunk_size=ROWS)
        connection = cls(raw)
        await raw
        try:
            await connection._prepare(reader=reader)
        except Error:
            await connection.close()
            raise
        return connection

    async def _prepare(self, *, reader: bool) -> None:
        await self.run(f"PRAGMA busy_timeout = {BUSY_MS}")
        if reader:
            await self.run("PRAGMA query_only = ON")
        else:
            await self.run("PRAGMA journal_mode = WAL")
            await self.run("PRAGMA synchronous = FULL")
            await self.run("PRAGMA temp_store = MEMORY")  # each statement of many rows keeps pages, in case it fails
            await self.run("PRAGMA secure_delete = ON")  # what is forgotten is overwritten, not merely let go
            await self._raw.create_function("scrubbed", 3, _scrubbed, deterministic=True)
            await self.run(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")

    @property
    def changes(self) -> int:
        """How many rows this connection has changed."""
        return self._raw.total_changes

    async def move_log(self) -> None:
        """Move the log into the file, as far as nobody reads or writes it meanwhile."""
        with suppress(Error):
            await self.run("PRAGMA wal_checkpoint(PASSIVE)")

    async def empty_log(self) -> None:
        """Move the log into the file, as far as nobody is reading it, and overwrite what the log held."""
        with suppress(Error):
            await self.run("PRAGMA wal_checkpoint(TRUNCATE)")

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

    async def transact(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """All of them or none, on disk when it returns. Gives the rows of each."""
        return await self._raw.transact(statements)

    async def close(self) -> None:
        await self._raw.close()


def _scrubbed(kind: str, body: str, ids: str) -> str:
    """In SQL: what is kept, without who the user with any of these ids is."""
    kept = load(body, Message if kind == "message" else AnyEvent)
    for user_id in load(ids, tuple[str, ...]):
        kept = scrubbed(kept, user_id)
    return store(kept)
