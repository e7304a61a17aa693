"""A gateway's data with any number of messages in it, made by copying what one conversation wrote."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from gateway.bootstrap import DATABASE
from gateway.flow.provision import Credentials
from tests.domain.town import Orders
from tests.house_under_test import House, opened

START_MS = 1_600_000_000_000
PER_PAIR = 2  # people of a conversation
TEXT = "x" * 200  # as the load generator's
FIRST = 2  # seq of a message: the first is of the conversation itself
NUMBER = re.compile(r'"(%\(\w+\)d)"')
FILLED = ("messages", "rooms", "people", "seats", "stays", "events")
Row = tuple[Any, ...]


class Plan(NamedTuple):
    """Pairs of people, each with a conversation of so many messages. All conversations went on at the same time.

    Of `rooms` that there might be one of `every` so many is there.
    """

    rooms: int
    messages_each: int
    every: int = 1

    @property
    def there(self) -> range:
        return range(0, self.rooms, self.every)

    @property
    def messages(self) -> int:
        return len(self.there) * self.messages_each

    def at(self, room: int, number: int) -> int:
        """When a message of a conversation was said."""
        return START_MS + number * self.rooms + room

    def message_id(self, room: int, number: int) -> str:
        """As the gateway makes them: later ones sort after earlier ones."""
        order = number * self.rooms + room
        return f"{START_MS + order:011x}abcdef{order & 0xFFFFFFF:07x}"


class Pair(NamedTuple):
    """A conversation and the external ids of those who are in it."""

    room_id: str
    names: tuple[str, ...]


def room_id(room: int) -> str:
    return f"{START_MS - 9:011x}aaaaaa{room:07x}"


def user_id(room: int, place: int) -> str:
    return f"{START_MS - 9:011x}bbbbb{place}{room:07x}"


def name(room: int, place: int) -> str:
    return f"user-{room}-{place}"


def pair(room: int) -> Pair:
    return Pair(room_id(room), tuple(name(room, place) for place in range(PER_PAIR)))


async def filed(data: Path, plan: Plan) -> Credentials:
    """Make the data; gives what opens its app."""
    async with opened(data) as house:
        sample = await _sample(house, data / DATABASE)
        key_id, secret = house.key
        opens = Credentials(app_id=house.app_id, key_id=key_id, secret=secret, integrations=house.integrations)
    with closing(sqlite3.connect(data / DATABASE, isolation_level=None)) as db:
        for pragma in ("journal_mode = DELETE", "journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("BEGIN")
        indexes = _without_indexes(db, "messages")
        for table, rows in sample.tables(plan).items():
            db.execute(f"DELETE FROM {table}")
            columns = ", ".join("?" * len(sample.rows[table]))
            db.executemany(f"INSERT INTO {table} VALUES ({columns})", rows)
        for sql in indexes:
            db.execute(sql)
        db.execute("COMMIT")
    return opens


def _without_indexes(db: sqlite3.Connection, table: str) -> list[str]:
    """Drop those that have a name, which are too large to grow at any place; gives how they are made again."""
    made = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
    found = db.execute(made, (table,)).fetchall()
    for index, _ in found:
        db.execute(f"DROP INDEX {index}")
    return [sql for _, sql in found]


class Sample(NamedTuple):
    """The rows of one conversation in which one message was said, by table, and what has to differ in copies."""

    rows: dict[str, Row]
    room_id: str
    user_ids: tuple[str, ...]
    names: tuple[str, ...]

    def tables(self, plan: Plan) -> dict[str, Iterator[Row]]:
        """All rows of all tables."""
        return {
            "messages": self._messages(plan),
            "rooms": (self._room(plan, room) for room in plan.there),
            "people": (self._person(room, place) for place in range(PER_PAIR) for room in plan.there),
            "seats": ((user_id(room, at), room_id(room)) for at in range(PER_PAIR) for room in plan.there),
            "stays": ((user_id(room, at), room_id(room)) for at in range(PER_PAIR) for room in plan.there),
            "events": ((room_id(room), 1, self._about(room, self.rows["events"][2])) for room in plan.there),
        }

    def _messages(self, plan: Plan) -> Iterator[Row]:
        """In the order in which they were said, so that the pages of its key are as full as they become."""
        template = self._template()
        for number, room in product(range(plan.messages_each), plan.there):
            place, seq = number % PER_PAIR, number + FIRST
            said = {
                "id": plan.message_id(room, number),
                "seq": seq,
                "at": plan.at(room, number),
                "author": user_id(room, place),
                "sent": f"{name(room, place)}-archived-{number}",
            }
            yield room_id(room), seq, said["id"], said["author"], said["sent"], template % said

    def _template(self) -> str:
        """A message as it is kept, with the places of what differs."""
        said = orjson.loads(self.rows["messages"][-1])
        said |= {"id": "%(id)s", "seq": "%(seq)d", "received": "%(at)d", "client_message_id": "%(sent)s"}
        said["author"]["user_id"] = "%(author)s"
        return NUMBER.sub(r"\1", orjson.dumps(said).decode())

    def _room(self, plan: Plan, room: int) -> Row:
        """All was read."""
        *_, body = self.rows["rooms"]
        kept, last = orjson.loads(self._about(room, body)), plan.at(room, plan.messages_each)
        here, posted = kept["conversation"], plan.messages_each
        here |= {"last_updated_at": last, "clock": last, "seq": posted + FIRST - 1, "posted": posted}
        for seat in kept["participants"]:
            seat |= {"read": posted}
        return room_id(room), here["app_id"], last, orjson.dumps(kept).decode()

    def _person(self, room: int, place: int) -> Row:
        _, app_id, _, brand, body = self.rows["people"]
        kept = body.replace(self.user_ids[0], user_id(room, place)).replace(self.names[0], name(room, place))
        return user_id(room, place), app_id, name(room, place), brand, kept

    def _about(self, room: int, body: str) -> str:
        """What is kept of the sample, of that conversation instead."""
        body = body.replace(self.room_id, room_id(room))
        for place in range(PER_PAIR):
            body = body.replace(self.user_ids[place], user_id(room, place))
            body = body.replace(self.names[place], name(room, place))
        return body


async def _sample(house: House, database: Path) -> Sample:
    """What is written for a conversation and the first message of it."""
    do, orders = house.flow.corridor.execute, Orders(house.app_id)
    names = tuple(f"sample-{place}-of-{PER_PAIR}" for place in range(PER_PAIR))
    people = [await do(orders.user(it)) for it in names]
    made = await do(orders.group(*names))
    await do(orders.says(made.conversation.id, TEXT, by=names[0], client_message_id="sample"))
    with closing(sqlite3.connect(database)) as db:
        rows = {table: db.execute(f"SELECT * FROM {table}").fetchone() for table in FILLED}
    return Sample(rows, made.conversation.id, tuple(it.id for it in people), names)
