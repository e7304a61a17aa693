"""The store itself: it opens the file, brings it up to date, and gives out transactions and readers."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path

from msgspec import structs

from gateway.domain.commands import Needs
from gateway.domain.events import Event
from gateway.domain.house import House
from gateway.ports import Attempt, Mirrored, Settled, Unwritable
from gateway.stores.queries import migrations
from gateway.stores.sqlite import outbox
from gateway.stores.sqlite.append import forgets, statements
from gateway.stores.sqlite.connection import HERE, QUERIES, Connection, Statement, over
from gateway.stores.sqlite.hold import Holder
from gateway.stores.sqlite.log import Log
from gateway.stores.sqlite.memory import Memory
from gateway.stores.sqlite.reads import Reads
from gateway.stores.sqlite.writer import Tell, Writer
from gateway.wire.json import store as encoded

READERS = 2


class SqliteStore(Reads):
    """`ports.Store` on one SQLite file."""

    def __init__(
        self, writer: Writer, mover: Connection, readers: Sequence[Connection], epoch: str, last_outbox: int
    ) -> None:
        super().__init__(readers, Memory())
        self.epoch = epoch
        self._writer = writer
        self._writing = asyncio.Lock()
        self.log = Log(mover, writer, self._writing)
        self._outbox_ids = count(last_outbox + 1)
        self._riding: list[Settlement] = []

    @asynccontextmanager
    async def group(self) -> AsyncIterator["SqliteGroup"]:
        async with self._writing:
            group = SqliteGroup(self._writer, self.log, self._memory, self._outbox_ids, self._riding)
            yield group
            await group.commit()

    async def settle(self, settled: Sequence[Settled], attempts: Sequence[Attempt] = ()) -> None:
        """With the transaction of the group that commits meanwhile, if there is one: it costs none of its own."""
        own = Settlement(settled, attempts)
        self._riding.append(own)
        try:
            async with self._writing:
                if not own.written:
                    await self._writer.transact(outbox.settled(settled, attempts))
        finally:
            if own in self._riding:
                self._riding.remove(own)

    async def keep(self, attempt: Attempt) -> Attempt:
        async with self._writing:
            (((row_id,),),) = await self._writer.transact((outbox.attempt(attempt),))
        return structs.replace(attempt, id=row_id)

    async def revive(self, webhook_id: str, ids: Sequence[int], until: int, *, failed: bool) -> int:
        async with self._writing:
            (revived,) = await self._writer.transact((outbox.revived(webhook_id, ids, until, failed=failed),))
        return len(revived)

    async def purge(self, delivered_before: int, failed_before: int, limit: int) -> int:
        events = [row for (row,) in await self._rows("old_outbox", delivered_before, failed_before, limit)]
        attempts = [row for row, is_old in await self._rows("old_attempts", delivered_before, limit) if is_old]
        if events or attempts:
            async with self._writing:
                await self._writer.transact(outbox.purged(events, attempts, delivered_before, failed_before))
        return len(events) + len(attempts)

    async def give_up(self, webhook_id: str, lanes: Sequence[str], limit: int, before: int, now: int) -> int:
        values = (webhook_id, encoded(list(lanes)), limit, before, now)
        async with self._writing:
            (given_up,) = await self._writer.transact((Statement(QUERIES["give_up_outbox"], values),))
        return len(given_up)

    async def clear(self, webhook_id: str, limit: int) -> int:
        async with self._writing:
            return sum(map(len, await self._writer.transact(outbox.cleared(webhook_id, limit))))

    async def forget_webhook(self, webhook_id: str) -> None:
        async with self._writing:
            await self._writer.transact((Statement(QUERIES["forget_webhook"], (webhook_id,)),))
            await self.log.empty()

    async def abandon_attachments(self, before: int) -> None:
        async with self._writing:
            await self._writer.transact((Statement(QUERIES["abandon_attachments"], (before,)),))

    async def forget_attachments(self, ids: Sequence[str]) -> None:
        async with self._writing:
            await self._writer.transact(over("forget_attachments", list(ids)))

    async def ready(self) -> bool:
        try:
            async with self._writing:
                await self._writer.transact(())
        except Unwritable:
            return False
        return True

    async def close(self) -> None:
        async with self._writing:
            await self.close_readers()
            await self.log.close()
            await self._writer.close()


class Settlement:
    """What became of calls. A group that takes it along takes it off the list: should that fail, it goes alone."""

    __slots__ = ("attempts", "settled", "written")

    def __init__(self, settled: Sequence[Settled], attempts: Sequence[Attempt]) -> None:
        self.settled = settled
        self.attempts = attempts
        self.written = False


class SqliteGroup:
    """`ports.Group`: reads go to the writer's own connection, the transaction opens with the first write."""

    def __init__(
        self, writer: Writer, log: Log, memory: Memory, outbox_ids: Iterator[int], riding: list[Settlement]
    ) -> None:
        self._db = writer
        self._log = log
        self._riding = riding
        self._memory = memory
        self._outbox_ids = outbox_ids
        self._work: tuple[House, Sequence[Event], Sequence[Mirrored]] | None = None

    async def hold(self, needs: Sequence[Needs]) -> House:
        return await Holder(self._db.rows, self._memory).hold(needs)

    async def append(self, house: House, events: Sequence[Event], mirrored: Sequence[Mirrored]) -> Sequence[Mirrored]:
        named = [structs.replace(it, id=next(self._outbox_ids)) for it in mirrored]
        self._work = (house, events, named)
        return named

    async def commit(self) -> None:
        if self._work is None:
            return
        house, events, mirrored = self._work
        if events or mirrored:
            riding, self._riding[:] = self._riding[:], []
            settled = [row for it in riding for row in it.settled]
            attempts = [row for it in riding for row in it.attempts]
            try:
                # What was answered comes first, so that whoever is forgotten is forgotten there, too.
                await self._db.transact([*outbox.settled(settled, attempts), *statements(house, events, mirrored)])
            except BaseException:  # cancelled at the commit, it may be on disk all the same
                self._memory.doubt(house)
                raise
            for it in riding:
                it.written = True
            self._memory.keep(house, events)
            if forgets(events):
                await self._log.empty()


async def open_store(path: Path, new_epoch: str, tell: Tell | None = None) -> SqliteStore:
    """Open or make the database file. `new_epoch` names its histories if they have no name yet.

    `tell` is told of each transaction why it could not be written, or None where it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as opened:  # a connection left open would keep the process from ending
        writer = await Writer.open(path)
        opened.push_async_callback(writer.close)
        await _migrate(writer)
        await Connection.transact(writer, (Statement(QUERIES["set_epoch"], (new_epoch,)),))  # who starts it is told why
        row = await writer.row("epoch")
        assert row is not None
        last = await writer.row("last_outbox")
        writer.tell = tell
        mover, *readers = [await Connection.open(path, reader=True) for _ in range(1 + READERS)]
        opened.pop_all()
    return SqliteStore(writer, mover, readers, row[0], last[0] if last else 0)


async def _migrate(db: Connection) -> None:
    version = await db.version()
    for number, script in migrations(HERE / "migrations"):
        if number > version:
            await db.script(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
