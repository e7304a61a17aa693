"""SQLite's log: it moves into the file beside the writer, stays short, and is emptied when somebody is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.stores.sqlite import SqliteStore, log, open_store
from tests.contracts.clerk import Clerk, opened
from tests.domain.town import HandWound

WORDS = "something that only Ann has said"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def store(file: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqliteStore]:
    monkeypatch.setattr(log, "MUCH", 50)
    store = await open_store(file, "epoch")
    yield store
    await store.close()


def length(file: Path) -> int:
    return Path(f"{file}-wal").stat().st_size


def written(file: Path) -> int:
    """When the file itself was written to last: a commit alone does not."""
    return file.stat().st_mtime_ns


def bytes_of(file: Path) -> bytes:
    """The file's and its log's."""
    return file.read_bytes() + Path(f"{file}-wal").read_bytes()


async def said(clerk: Clerk, room: str, times: int) -> None:
    for _ in range(times):
        await clerk.says(room, *["a" * 1_000] * 10)


async def test_a_log_that_is_moved_begins_anew(store: SqliteStore, file: Path) -> None:
    clerk = await opened(store, HandWound())
    room = await clerk.group("ann")
    lengths = []
    for _ in range(10):
        await said(clerk, room, 10)
        await store.log.step()
        lengths.append(length(file))
    assert lengths[-1] <= 2 * lengths[0]


async def test_a_short_log_stays_where_it_is(store: SqliteStore, file: Path) -> None:
    clerk = await opened(store, HandWound())
    before = written(file)
    await said(clerk, await clerk.group("ann"), 1)
    await store.log.step()
    assert written(file) == before
    await said(clerk, await clerk.group("bob"), 5)
    await store.log.step()
    moved = written(file)
    assert moved > before
    await said(clerk, await clerk.group("cat"), 1)
    await store.log.step()
    assert written(file) == moved


async def test_commits_go_on_while_it_moves(store: SqliteStore, file: Path) -> None:
    clerk = await opened(store, HandWound())
    room = await clerk.group("ann")

    async def move() -> None:
        while True:
            await store.log.step()
            await asyncio.sleep(0)

    moving = asyncio.ensure_future(move())
    await said(clerk, room, 50)
    moving.cancel()
    await asyncio.wait((moving,))
    found, _ = await store.messages_by_seq(room, before=None, after=None, limit=1_000)
    assert [it.seq for it in found] == list(range(2, 502))
    assert length(file) < 500 * 1_000 * 4


async def test_whoever_reads_meanwhile_puts_it_off(store: SqliteStore, file: Path) -> None:
    clerk = await opened(store, HandWound())
    room = await clerk.group("ann")
    await said(clerk, room, 10)
    reader = store._readers[0]
    await reader.run("BEGIN")
    await reader.row("epoch")
    for _ in range(3):
        await said(clerk, room, 10)
        await store.log.step()
    grown = length(file)
    await reader.run("COMMIT")
    for _ in range(10):
        await said(clerk, room, 10)
        await store.log.step()
    assert length(file) <= 2 * grown


async def test_who_is_forgotten_waits_until_it_has_moved(store: SqliteStore, file: Path) -> None:
    """SQLite empties no log that is just being moved."""
    clerk = await opened(store, HandWound())
    await clerk.do(clerk.orders.user("ann", metadata={"words": WORDS}))
    assert WORDS.encode() in bytes_of(file)
    async with store.log._moving:
        forgetting = asyncio.ensure_future(clerk.do(clerk.orders.forgets("ann")))
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(forgetting), 0.1)
    await forgetting
    assert WORDS.encode() not in bytes_of(file)
