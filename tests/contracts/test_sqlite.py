"""What is SQLite's own: migrations, durability, named queries, and that none of them reads a whole table."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import gateway.stores.sqlite
from gateway.domain import commands as cmd
from gateway.domain.commands import Needs, Ref
from gateway.domain.content import Text
from gateway.domain.views import Page
from gateway.ports import Attempt, Settled
from gateway.stores.queries import migrations
from gateway.stores.sqlite import SqliteStore, open_store
from gateway.stores.sqlite.connection import HERE, QUERIES, Connection, _scrubbed
from tests.contracts.clerk import Clerk, decided, opened
from tests.domain.town import HandWound

SCRIPTS = migrations(HERE / "migrations")
TABLES = (
    *("messages", "events", "actions", "seats", "stays", "rooms"),
    *("people", "identities", "formers", "outbox", "offices", "integrations"),
)

# An index that holds nothing but what is wanted, all of it.
WHOLE_INDEX = {
    "offices_with_retention": "SCAN offices USING INDEX offices_with_retention",
    "scrub_outbox": "SCAN outbox USING INDEX outbox_strays",
    "behind": "SCAN outbox USING COVERING INDEX outbox_waiting",
    "attachments_gone": "SCAN attachments USING INDEX attachments_gone",
}

# Steps that read what the query itself made or was given.
OWN = re.compile(
    r"SCAN (CONSTANT ROW|block|ended|looked|oldest|search|target|told|sqlite_sequence|together|\(subquery-\d+\))"
)

FULL_DISK = """
CREATE TRIGGER full_disk BEFORE INSERT ON people WHEN new.external_id = 'bob'
BEGIN SELECT RAISE(ROLLBACK, 'disk is full'); END
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def store(file: Path) -> AsyncIterator[SqliteStore]:
    store = await open_store(file, "epoch")
    yield store
    await store.close()


@pytest.fixture(scope="module")
def tables() -> Iterator[sqlite3.Connection]:
    """An empty database with all migrations."""
    with closing(sqlite3.connect(":memory:")) as db:
        for _, script in SCRIPTS:
            db.executescript(script)
        db.create_function("scrubbed", 3, _scrubbed)
        yield db


def plan(db: sqlite3.Connection, name: str) -> list[str]:
    """The steps by which a named query is answered."""
    sql = QUERIES[name]
    numbered = [int(it) for it in re.findall(r"\?(\d+)", sql)]
    values = ["[]"] * (max(numbered) if numbered else sql.count("?"))
    return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_reads_no_whole_table(tables: sqlite3.Connection, name: str) -> None:
    steps = [it for it in plan(tables, name) if it.startswith("SCAN") and "VIRTUAL TABLE" not in it]
    scans = [it for it in steps if not OWN.fullmatch(it)]
    assert scans == [it for it in [WHOLE_INDEX.get(name)] if it]


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_builds_nothing_to_look_things_up_in(tables: sqlite3.Connection, name: str) -> None:
    """An automatic index, or a view made by reading everything, is a whole table read by another name."""
    assert not [step for step in plan(tables, name) if "AUTOMATIC" in step or "MATERIALIZE" in step]


@pytest.mark.parametrize("name", ["backlog", "behind"])
def test_what_waits_is_counted_without_a_look_at_it(tables: sqlite3.Connection, name: str) -> None:
    """Of a million waiting events the index is 60 MB, and the table with their bodies a gigabyte."""
    read = [it for it in plan(tables, name) if " outbox " in it]
    assert [it.split("outbox ")[1].split(" (")[0] for it in read] == [
        "USING COVERING INDEX outbox_waiting",
        "USING INTEGER PRIMARY KEY",
    ]


def test_a_full_scan_would_be_noticed(tables: sqlite3.Connection) -> None:
    steps = [row[3] for row in tables.execute("EXPLAIN QUERY PLAN SELECT * FROM messages WHERE body = 'x'")]
    assert steps == ["SCAN messages"]


def test_every_query_has_a_sentence_and_a_caller() -> None:
    sources = [it.read_text() for it in Path(gateway.stores.sqlite.__file__).parent.glob("*.py")]
    named = {name for text in sources for name in re.findall(r'"([a-z_]+)"', text)}
    assert set(QUERIES) <= named
    assert len(QUERIES) == len(re.findall(r"^-- \w+: ", (HERE / "queries.sql").read_text(), re.MULTILINE))


def test_migrations_are_numbered_in_order() -> None:
    numbers = [number for number, _ in SCRIPTS]
    assert numbers[0] == 1
    assert numbers == sorted(set(numbers))


async def test_migrations_are_applied_once(file: Path) -> None:
    for _ in range(3):
        store = await open_store(file, "epoch")
        await store.close()
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCRIPTS[-1][0],)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_tables_whose_rows_are_numbered_keep_their_rows_indexes_and_triggers() -> None:
    """As of 0010, which makes them anew."""
    tables = ("messages", "rooms", "people")
    kept: dict[str, list[tuple[Any, ...]]] = {
        "messages": [("room", seq, f"id{seq}", "ann", None if seq == 2 else f"own{seq}", "{}") for seq in (1, 2, 3)],
        "rooms": [("other", "app", 5, "{}"), ("room", "app", 7, "{}")],
        "people": [("ann", "app", "Ann", "", "{}"), ("bob", "app", None, "brand", "{}")],
    }
    columns = "name, type, tbl_name"
    made = f"SELECT {columns} FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY name"
    with closing(sqlite3.connect(":memory:")) as db:
        for _, script in SCRIPTS[:9]:
            db.executescript(script)
        before = db.execute(made).fetchall()
        named = {"people": " (id, app_id, external_id, brand_id, body)"}
        for table, rows in kept.items():
            places = ", ".join("?" * len(rows[0]))
            db.executemany(f"INSERT INTO {table}{named.get(table, '')} VALUES ({places})", rows)
        db.executescript(SCRIPTS[9][1])
        assert db.execute(made).fetchall() == before
        assert {it: db.execute(f"SELECT * FROM {it} ORDER BY 1, 2").fetchall() for it in tables} == kept
        assert all(db.execute(f"SELECT max(rowid) FROM {it}").fetchone() == (len(kept[it]),) for it in tables)
        with pytest.raises(sqlite3.IntegrityError):
            db.execute("INSERT INTO messages VALUES ('room', 4, 'id4', 'ann', 'own1', '{}')")


async def test_a_migration_that_fails_leaves_nothing(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE rooms (id TEXT)")
    with pytest.raises(sqlite3.Error, match="already exists"):
        await open_store(file, "epoch")
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (0,)
        assert db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("rooms",)]


async def test_a_session_of_before_is_one_of_several(file: Path) -> None:
    """Bodies of users that were written when each had one session at most."""
    with closing(sqlite3.connect(file)) as db:
        for number, script in SCRIPTS[:5]:
            db.executescript(f"{script}\nPRAGMA user_version = {number};")
        for who, kept in (("ann", "'hash'"), ("bob", "NULL")):
            user = f"json_object('id', '{who}', 'app_id', 'app', 'session_hash', {kept})"
            db.execute(f"INSERT INTO people (id, app_id, body) VALUES ('{who}', 'app', json_object('user', {user}))")
        db.commit()
    store = await open_store(file, "epoch")
    refs = {who: Ref("app", who, "id") for who in ("ann", "bob")}
    house = await store.peek(Needs(people=tuple(refs.values())))
    await store.close()
    assert {who: house.person(ref).user.session_hashes for who, ref in refs.items()} == {"ann": ("hash",), "bob": ()}


async def test_what_was_due_before_still_is(file: Path) -> None:
    """And what was given up before anything else was kept is a failed event."""
    with closing(sqlite3.connect(file)) as db:
        for number, script in SCRIPTS[:7]:
            db.executescript(f"{script}\nPRAGMA user_version = {number};")
        db.execute("INSERT INTO rooms (id, app_id, active_at, body) VALUES ('room', 'app', 0, '{}')")
        for lane, failed_at in (("room", None), ("room", 9_000), ("gone", None)):
            event = f'{{"happened":"key:revoke","id":"{lane}-{failed_at}"}}'
            row = ("hook", lane, failed_at, event)
            db.execute("INSERT INTO outbox (webhook_id, lane, failed_at, body) VALUES (?, ?, ?, ?)", row)
        db.commit()
    store = await open_store(file, "epoch")
    assert [it.name for it in await store.lanes("hook", "", 10)] == ["gone", "room"]
    await store.close()
    with closing(sqlite3.connect(file)) as db:
        rows = db.execute("SELECT event_id, failed, ended_at, stray FROM outbox ORDER BY id").fetchall()
    assert rows == [("room-None", 0, None, 0), ("room-9000", 1, 9_000, 0), ("gone-None", 0, None, 1)]


async def test_what_is_committed_is_on_disk(store: SqliteStore, file: Path) -> None:
    """`synchronous = FULL`, written ahead."""
    connection = store._writer
    for pragma, value in (("synchronous", 2), ("journal_mode", "wal"), ("busy_timeout", 5_000)):
        ((found,),) = await connection._raw.execute_fetchall(f"PRAGMA {pragma}")
        assert (pragma, found) == (pragma, value)


async def test_nothing_is_left_of_what_came_and_went_in_one_group(store: SqliteStore, file: Path) -> None:
    clerk = await opened(store, HandWound())
    orders, (web,) = clerk.orders, await clerk.do(clerk.orders.integration())
    await clerk.user("ann")
    ann, words = orders.speaker("ann"), (Text(text="hello"),)
    opens = orders.personal("ann", opened_by=ann, integration_id=web.id, messages=words)
    await clerk.do(opens, orders.forgets("ann"))
    await clerk.do(orders.user("bob"), orders.group("bob"), cmd.DeleteApp(app_id=clerk.app_id))
    with closing(sqlite3.connect(file)) as db:
        left = {it: db.execute(f"SELECT count(*) FROM {it}").fetchone()[0] for it in TABLES}
    assert left == dict.fromkeys(TABLES, 0)


async def test_a_merge_leaves_nothing_behind(store: SqliteStore, file: Path) -> None:
    """Neither of the way that messages took, nor of what happened under numbers that are no more."""
    clerk = await opened(store, HandWound())
    ann, bob = await clerk.user("ann"), await clerk.user("bob")
    rooms = [it.conversation.id for it in await clerk.do(clerk.orders.personal("ann"), clerk.orders.personal("bob"))]
    for room in rooms:
        await clerk.says(room, "hello")
        await clerk.do(clerk.orders.reads(room))
    await clerk.do(clerk.orders.merges("ann", "bob"))
    with closing(sqlite3.connect(file)) as db:
        for table in ("moved", "events"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        assert db.execute("SELECT * FROM stays").fetchall() == [(ann, rooms[0])]
        assert db.execute("SELECT * FROM formers").fetchall() == [(ann, bob)]
    await clerk.do(clerk.orders.forgets("ann"))
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT * FROM formers").fetchall() == []


async def test_a_failure_that_ends_the_transaction_by_itself_leaves_nothing(store: SqliteStore, file: Path) -> None:
    """A full disk may do so: what was to come after it must not be written on its own."""
    clerk = await opened(store, HandWound())
    room = await clerk.group("ann")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute(FULL_DISK)
    with pytest.raises(sqlite3.Error, match="disk is full"):
        await clerk.do(clerk.orders.user("bob"), clerk.orders.says(room))
    assert await store.messages(room, Page(size=1)) == ([], False)
    assert await clerk.says(room, "the store goes on")


class Told:
    """A webhook that was told of a message, which is still to be written down while a group is open."""

    def __init__(self, store: SqliteStore, clerk: Clerk, hook: str, room: str) -> None:
        self.store = store
        self.clerk = clerk
        self.hook = hook
        self.room = room

    async def waiting(self) -> list[int]:
        return [it.id for it in await self.store.waiting(self.hook, (self.room,), 10)]

    async def settles_while(self, *commands: cmd.Command[Any]) -> None:
        """With what the endpoint answered; meanwhile the commands are done in one group."""
        settled = Settled(ids=tuple(await self.waiting()), delivered_at=1)
        attempt = Attempt(webhook_id=self.hook, at=1, took_ms=1, events=(), status=200, said="Thanks, Ann")
        async with self.store.group() as group:
            settling = asyncio.ensure_future(self.store.settle([settled], [attempt]))
            await asyncio.sleep(0)
            try:
                house = await group.hold([it.needs() for it in commands])
                _, events = decided(house, commands, self.clerk.clock)
                await group.append(house, events, ())
            except BaseException:
                settling.cancel()
                raise
        await settling


@pytest.fixture
async def told(store: SqliteStore) -> Told:
    clerk = await opened(store, HandWound())
    (integration,) = await clerk.do(clerk.orders.custom("conversation:message"))
    room = await clerk.group("ann")
    await clerk.says(room, "one", "two")
    return Told(store, clerk, integration.webhooks[0].id, room)


async def test_what_became_of_calls_shares_the_commit_of_a_group(told: Told) -> None:
    commits: list[str] = []
    await told.store._writer._raw.set_trace_callback(lambda it: commits.append(it) if it == "COMMIT" else None)
    await told.settles_while(told.clerk.orders.user("bob"))
    await told.store._writer._raw.set_trace_callback(None)  # type: ignore[arg-type]
    assert len(commits) == 1
    assert await told.waiting() == []
    assert await told.clerk.person("bob")


async def test_what_became_of_calls_is_written_though_the_group_fails(told: Told, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute(FULL_DISK)
    with pytest.raises(sqlite3.Error, match="disk is full"):
        await told.settles_while(told.clerk.orders.user("bob"))
    while await told.waiting():  # noqa: ASYNC110 - nobody says so
        await asyncio.sleep(0)
    assert await told.clerk.person("bob") is None


async def test_what_was_answered_is_forgotten_by_the_group_that_takes_it_along(told: Told, file: Path) -> None:
    await told.settles_while(told.clerk.orders.forgets("ann"))
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT answered FROM attempts").fetchall() == [("",)]


async def _cancelled_at(store: SqliteStore, step: str, work: Coroutine[Any, Any, Any]) -> None:
    """Begin the work, and cancel it while the statement that begins so is being run."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()

    def watch(statement: str) -> None:
        if statement.startswith(step):
            loop.call_soon_threadsafe(task.cancel)

    await store._writer._raw.set_trace_callback(watch)
    await asyncio.wait((task,))
    await store._writer._raw.set_trace_callback(None)  # type: ignore[arg-type]
    assert task.cancelled()


@pytest.mark.parametrize("step", ["BEGIN", "INSERT INTO people", "INSERT INTO messages", "COMMIT"])
async def test_whoever_is_cancelled_leaves_what_was_begun_to_be_done(store: SqliteStore, file: Path, step: str) -> None:
    """And what the store remembers is what is on disk."""
    clerk = await opened(store, HandWound())
    room = await clerk.group("ann")
    await _cancelled_at(store, step, clerk.do(clerk.orders.user("bob"), clerk.orders.says(room, "one")))
    second = await open_store(file, "epoch")
    try:
        other = Clerk(second, clerk.app_id, clerk.clock)
        assert await other.person("bob")
        assert len((await second.messages(room, Page(size=10)))[0]) == 1
        assert await clerk.room(room) == await other.room(room)
        assert await clerk.person("bob") == await other.person("bob")
        assert len(await clerk.says(room, "two")) == 1
    finally:
        await second.close()


@pytest.mark.parametrize("step", ["BEGIN", "COMMIT"])
async def test_whoever_no_longer_asks_whether_it_is_ready_does_no_harm(store: SqliteStore, step: str) -> None:
    clerk = await opened(store, HandWound())
    await _cancelled_at(store, step, store.ready())
    assert await clerk.user("ann")
    assert await store.ready()


async def test_readers_cannot_write(store: SqliteStore, file: Path) -> None:
    reader = await Connection.open(file, reader=True)
    try:
        with pytest.raises(sqlite3.Error, match="readonly"):
            await reader.run("DELETE FROM rooms")
    finally:
        await reader.close()


async def test_a_store_that_cannot_write_says_so(store: SqliteStore, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        await store._writer.run("PRAGMA busy_timeout = 0")
        other.execute("BEGIN IMMEDIATE")
        assert not await store.ready()
        other.execute("ROLLBACK")
    assert await store.ready()


async def test_what_waits_again_is_not_purged_with_what_was_found_before(store: SqliteStore, file: Path) -> None:
    """What is kept no longer is looked up before it is its turn to write."""
    clerk = await opened(store, HandWound())
    hook = (await clerk.do(clerk.orders.custom("conversation:message")))[0].webhooks[0].id
    room = await clerk.group("ann")
    await clerk.says(room, "one", "two")
    told = [it.id for it in await store.waiting(hook, (room,), 10)]
    await store.settle([Settled(ids=tuple(told), delivered_at=1)])
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        async with store._writing:
            purging = asyncio.ensure_future(store.purge(2, 2, 10))
            while not store._writing._waiters:  # noqa: ASYNC110 - nobody says so
                await asyncio.sleep(0)
            other.execute("UPDATE outbox SET ended_at = NULL WHERE id = ?", (told[0],))
        await purging
    assert [it.id for it in await store.waiting(hook, (room,), 10)] == told[:1]
    assert await store.purge(1 << 40, 1 << 40, 10) == 0
