"""A page far from the start of a list costs what the first one costs: SQLite's own steps are counted, not time."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from typing import Any

import pytest

from gateway.stores.queries import migrations
from gateway.stores.sqlite.connection import HERE, QUERIES

LENGTH = 5_000  # of every list
SIZE = 25
APP = "app"
USER = "user"
ROOM = "room"
OWNER = "owner"
TOLD = 1_000_000  # the place of the first event that ended

ROWS: dict[str, Callable[[str], tuple[Any, ...]]] = {
    'INSERT INTO offices (id, body) VALUES (?, \'{"app":{"service_account_id":"owner"}}\')': lambda id_: (id_,),
    "INSERT INTO service_accounts (id, body) VALUES (?, '{}')": lambda id_: (id_,),
    "INSERT INTO rooms (id, app_id, active_at, body) VALUES (?, 'app', 7, '{}')": lambda id_: (id_,),
    "INSERT INTO seats (user_id, conversation_id) VALUES ('user', ?)": lambda id_: (id_,),
    "INSERT INTO messages (conversation_id, seq, id, body) VALUES ('room', ?, ?, '{\"content\":{}}')": lambda id_: (
        int(id_),
        id_,
    ),
    "INSERT INTO outbox (webhook_id, lane, event_id, body) VALUES ('waiting', 'lane', ?, '{}')": lambda id_: (id_,),
    "INSERT INTO outbox (id, webhook_id, lane, event_id, ended_at, body) VALUES (?, 'ended', ?, ?, 7, '{\"at\":7}')": (
        lambda id_: (TOLD + int(id_), id_, id_)
    ),
    "INSERT INTO attempts (id, webhook_id, at, answered, body) VALUES (?, 'hook', 7, '', '{\"status\":200}')": (
        lambda id_: (int(id_) + 1,)
    ),
}


def name(number: int) -> str:
    return f"{number:024}"


NEAR, FAR = 2 * SIZE, LENGTH - 2 * SIZE
BOTH = (NEAR, FAR)

# Each query with a limit, near the start and far from it.
PAGES: dict[str, tuple[tuple[Any, ...], ...]] = {
    "offices_after": tuple((name(it), SIZE, 0) for it in BOTH),
    "offices_of_after": tuple((OWNER, name(it), SIZE, 0) for it in BOTH),
    "offices_of_before": tuple((OWNER, name(it), SIZE) for it in BOTH),
    "service_accounts_after": tuple((name(it), SIZE, 0) for it in BOTH),
    "offices_before": tuple((name(it), SIZE) for it in BOTH),
    "conversations_after": tuple((USER, name(it), SIZE, 0) for it in BOTH),
    "conversations_before": tuple((USER, name(it), SIZE) for it in BOTH),
    "messages_after": tuple((ROOM, it, SIZE) for it in BOTH),
    "messages_before": tuple((ROOM, it, SIZE, 0) for it in BOTH),
    "said_after": tuple((ROOM, it, SIZE) for it in BOTH),
    "said_before": tuple((ROOM, it, SIZE) for it in BOTH),
    "told_waiting_after": tuple(("waiting", "lane", it, SIZE, 0) for it in BOTH),
    "told_waiting_before": tuple(("waiting", "lane", it, SIZE, 0) for it in BOTH),
    "told_ended_after": tuple(("ended", 0, 7, TOLD + it, SIZE, 0) for it in BOTH),
    "told_ended_before": tuple(("ended", 0, 7, TOLD + it, SIZE, 0) for it in BOTH),
    "ended": tuple(("ended", 0, 1, 7, TOLD + it, 9, SIZE) for it in BOTH),
    "attempts_after": tuple(("hook", it, SIZE, 1, None, SIZE, 0) for it in BOTH),
    "attempts_before": tuple(("hook", it, SIZE, 1, None, SIZE, 0) for it in BOTH),
    "attempt_after": tuple(("hook", it, SIZE - 1) for it in BOTH),
    "attempt_before": tuple(("hook", it, SIZE - 1) for it in BOTH),
    "quiet_rooms": tuple((APP, name(it), 0, 9, SIZE) for it in BOTH),
}

# Not pages, or not of a list that grows without end.
OTHERS = {
    "active_last": "the same of several users",
    "overviews": "a user's own list in the order of activity, which is sorted for them",
    "overview": "the newest message of one conversation",
    "overviews_by_id": "the same of several conversations",
    "attempts_until": "found by halving: each step reads one call",
    "first_after": "found by halving: each step reads one message",
    "messages_newest": "the end of a conversation, found from its end",
    "replies_by_payload": "the newest of the buttons with one payload, found from their end",
    "waiting": "the oldest of a lane; what is delivered is deleted",
    "targets": "one step for each webhook with waiting events",
    "lanes": "one step for each lane of the page",
    "behind": "all that waits is counted, in its index alone",
    "stale_lanes": "one step for each lane of the page",
    "give_up_outbox": "the oldest of a lane; what is given up is passed over",
    "old_outbox": "one step for each webhook and for each event; what is taken is deleted",
    "old_attempts": "what is taken is deleted, so the start is all there is",
    "clear_outbox": "what is taken is deleted",
    "clear_attempts": "what is taken is deleted",
    "attachments_gone": "what is taken is deleted, so the start is all there is",
}


@pytest.fixture(scope="module")
def long() -> Iterator[sqlite3.Connection]:
    """Lists that are long."""
    with closing(sqlite3.connect(":memory:")) as db:
        for _, script in migrations(HERE / "migrations"):
            db.executescript(script)
        for statement, values in ROWS.items():
            db.executemany(statement, (values(name(it)) for it in range(LENGTH)))
        yield db


def steps(db: sqlite3.Connection, sql: str, values: tuple[Any, ...]) -> tuple[int, int]:
    """The rows that a query gives, and the instructions it takes."""
    ticks = count()
    db.set_progress_handler(lambda: next(ticks) < 0, 1)
    try:
        return len(db.execute(sql, values).fetchall()), next(ticks)
    finally:
        db.set_progress_handler(None, 0)


@pytest.mark.parametrize("query", PAGES)
def test_a_far_page_costs_what_a_near_one_does(long: sqlite3.Connection, query: str) -> None:
    near, far = (steps(long, QUERIES[query], values) for values in PAGES[query])
    assert near[0] == far[0] > 0
    assert far[1] <= near[1] * 1.1


def test_every_query_with_a_limit_is_looked_at() -> None:
    assert {query for query, sql in QUERIES.items() if re.search(r"\bLIMIT\b", sql)} == {*PAGES, *OTHERS}


def test_an_offset_would_be_noticed(long: sqlite3.Connection) -> None:
    sql = "SELECT body FROM messages WHERE conversation_id = ? ORDER BY seq LIMIT ? OFFSET ?"
    near, far = (steps(long, sql, (ROOM, SIZE, it)) for it in BOTH)
    assert near[0] == far[0] == SIZE
    assert far[1] > near[1] * 10


def test_a_backlog_is_not_read_at_the_start() -> None:
    """A process that starts asks which webhooks wait, and where their lanes stand: a step for each, however long."""
    with closing(sqlite3.connect(":memory:")) as db:
        for _, script in migrations(HERE / "migrations"):
            db.executescript(script)
        db.executemany("INSERT INTO outbox (webhook_id, lane, body) VALUES (?, 'a', '{}')", [("h1",), ("h2",)])
        asked = [(QUERIES["targets"], ()), (QUERIES["lanes"], ("h1", "", 10))]
        short = [steps(db, *it) for it in asked]
        db.executemany("INSERT INTO outbox (webhook_id, lane, body) VALUES ('h1', 'a', '{}')", [()] * LENGTH)
        assert [steps(db, *it) for it in asked] == short
        assert [found for found, _ in short] == [2, 1]
