"""A corridor on a real file and a real bus, in the test's own loop, with a clock wound by hand."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from gateway.buses.local import LocalBus
from gateway.domain.commands import Command, CreateApp, Needs, Ref
from gateway.domain.errors import Problem, Refused
from gateway.domain.events import Event
from gateway.domain.model import AppSettings, Person, Room
from gateway.flow.annals import Annals
from gateway.flow.corridor import Corridor
from gateway.flow.loops import Tasks
from gateway.flow.meter import Meter
from gateway.ports import Mirrored
from gateway.stores.sqlite import SqliteStore, open_store
from tests.domain.town import MULTI, HandWound, Orders

TABLES: Final = (
    "offices",
    "keys",
    "integrations",
    "people",
    "rooms",
    "seats",
    "messages",
    "events",
    "actions",
    "outbox",
    "identities",
    "stays",
)


class Building:
    """`published` is what the bus carried, a list for each group; `due` what was handed to the deliverer."""

    def __init__(self, path: Path, store: SqliteStore) -> None:
        self.path = path
        self.store = store
        self.clock = HandWound()
        self.bus = LocalBus()
        self.tasks = Tasks()
        self.published: list[Sequence[Event]] = []
        self.due: list[Mirrored] = []
        self.corridor = Corridor(store, self.bus, lambda: self.clock, self.due.extend, Meter(perf_counter))
        self.orders = Orders("")
        self.annals = Annals(store)
        self.bus.subscribe(self.annals.hear, *self.annals.HEARS)
        self.bus.subscribe(self.published.append)

    def start(self) -> None:
        self.tasks.spawn(self.corridor.decide_and_commit())
        self.tasks.spawn(self.corridor.tell())

    async def app(self, settings: AppSettings = MULTI) -> None:
        """Make the app whose orders are given from here on."""
        self.orders = Orders((await self.one(CreateApp(display_name="app", settings=settings))).id)

    async def one(self, command: Command[Any]) -> Any:
        """A command on its own; raises `Refused`."""
        return await self.corridor.execute(command)

    async def at_once(self, *commands: Command[Any]) -> list[Any]:
        """All of them in line before the first is looked at. A refused one is answered with its `Problem`."""
        waiting = [self.corridor.execute(it) for it in commands]
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        return [it.problem if isinstance(it, Refused) else it for it in answers]

    async def one_by_one(self, *commands: Command[Any]) -> list[Any]:
        return [(await self.at_once(it))[0] for it in commands]

    async def group(self, *names: str) -> str:
        """A group of these users, who are made with it; gives its id."""
        *_, room = await self.at_once(*(self.orders.user(name) for name in names), self.orders.group(*names))
        return str(room.conversation.id)

    async def room(self, room: str) -> Room | None:
        return (await self.store.peek(Needs(room=room))).rooms[room]

    async def person(self, who: str) -> Person | None:
        ref = Ref(self.orders.app_id, who)
        return (await self.store.peek(Needs(people=(ref,)))).find(ref)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """What another connection finds in the file, now."""
        with closing(sqlite3.connect(self.path, isolation_level=None)) as db:
            return db.execute(sql, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Another connection's transaction."""
        with closing(sqlite3.connect(self.path)) as db, db:
            yield db

    def file(self) -> dict[str, list[Any]]:
        """All that is on disk."""
        return {table: self.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}

    def said(self) -> list[Event]:
        """All that was published, in order."""
        return [event for group in self.published for event in group]


@asynccontextmanager
async def standing(path: Path) -> AsyncIterator[Building]:
    """A building whose corridor is not walked yet."""
    store = await open_store(path, "epoch")
    building = Building(path, store)
    try:
        yield building
    finally:
        await building.tasks.close()
        await store.close()


@asynccontextmanager
async def running(path: Path, settings: AppSettings = MULTI) -> AsyncIterator[Building]:
    """A building with one app, its corridor at work."""
    async with standing(path) as building:
        building.start()
        await building.app(settings)
        yield building


def problem(answer: Any) -> Problem | None:
    """Why a command was refused; None where it was not."""
    return answer if isinstance(answer, Problem) else None
