"""The corridor: what waits goes as one group, nobody is answered before the disk, and nobody sinks a neighbour."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.domain import errors
from gateway.domain.commands import Posted
from gateway.domain.errors import Refused
from gateway.domain.events import Event, MessagePosted, UserMerged
from gateway.domain.views import Page
from gateway.flow.corridor import GROUP
from tests.flow.building import Building, problem

POISON = """
CREATE TRIGGER poison BEFORE INSERT ON messages WHEN new.body LIKE '%poison%'
BEGIN SELECT RAISE(ABORT, 'poisoned'); END
"""


async def transactions(building: Building) -> list[str]:
    """From here on: each transaction that the store commits or takes back."""
    ended: list[str] = []

    def note(statement: str) -> None:
        if statement in ("COMMIT", "ROLLBACK"):
            ended.append(statement)

    await building.store._writer._raw.set_trace_callback(note)
    return ended


def texts(building: Building, room: str) -> list[str]:
    """What is on disk of a room, in order."""
    sql = "SELECT json_extract(body, '$.content.text') FROM messages WHERE conversation_id = ? ORDER BY seq"
    return [text for (text,) in building.rows(sql, room)]


async def test_what_waits_goes_in_one_transaction(building: Building) -> None:
    room = await building.group("ann")
    building.published.clear()
    ended = await transactions(building)
    answers = await building.at_once(*(building.orders.says(room, str(number)) for number in range(100)))
    assert ended == ["COMMIT"]
    assert [it.message.seq for it in answers] == list(range(2, 102))
    assert [len(it) for it in building.published] == [100]


async def test_more_than_a_group_holds_goes_in_several(building: Building) -> None:
    room = await building.group("ann")
    ended = await transactions(building)
    answers = await building.at_once(*(building.orders.says(room, str(number)) for number in range(2 * GROUP + 1)))
    assert ended == ["COMMIT"] * 3
    assert [it.message.seq for it in answers] == list(range(2, 2 * GROUP + 3))


async def test_nobody_is_answered_before_it_is_on_disk(building: Building) -> None:
    """At the moment of the answer, another connection to the file finds what was done."""
    room = await building.group("ann")
    found: list[bool] = []
    answered = asyncio.Event()

    def look(answer: Posted | Exception) -> None:
        assert isinstance(answer, Posted)
        found.append(building.rows("SELECT 1 FROM messages WHERE id = ?", answer.message.id) == [(1,)])
        if len(found) == 20:
            answered.set()

    for number in range(20):
        building.corridor.submit(building.orders.says(room, str(number)), look)
    assert texts(building, room) == []
    await answered.wait()
    assert found == [True] * 20


async def test_nothing_is_published_before_it_is_on_disk(building: Building) -> None:
    room = await building.group("ann")
    found: list[bool] = []

    def look(events: Sequence[Event]) -> None:
        ids = [it.id for it in events]
        found.extend(building.rows("SELECT 1 FROM messages WHERE id = ?", it) == [(1,)] for it in ids)

    building.bus.subscribe(look)
    await building.at_once(building.orders.says(room, "one"), building.orders.says(room, "two"))
    await building.corridor.drained()
    assert found == [True, True]


async def test_callers_are_answered_before_the_world_is_told(building: Building) -> None:
    room = await building.group("ann")
    told: list[str] = []
    building.bus.subscribe(lambda _: told.append("published"))
    for number in range(2):
        building.corridor.submit(building.orders.says(room, str(number)), lambda _: told.append("answered"))
    await building.corridor.drained()
    assert told == ["answered", "answered", "published"]


async def test_a_refusal_fails_alone(building: Building) -> None:
    room = await building.group("ann")
    ended = await transactions(building)
    answers = await building.at_once(
        building.orders.says(room, "one"), building.orders.says("f" * 24), building.orders.says(room, "two")
    )
    assert [problem(it) for it in answers] == [None, errors.CONVERSATION_NOT_FOUND, None]
    assert texts(building, room) == ["one", "two"]
    assert ended == ["COMMIT"]


async def test_a_group_of_refusals_writes_nothing(building: Building) -> None:
    ended = await transactions(building)
    building.published.clear()
    await building.at_once(building.orders.says("f" * 24), building.orders.forgets("nobody"))
    assert ended == []
    assert building.said() == []


async def test_a_poisoned_command_does_not_sink_its_neighbours(building: Building) -> None:
    room = await building.group("ann")
    building.rows(POISON)
    commands = [building.orders.says(room, text) for text in ("one", "poison", "two", "more poison", "three")]
    with capture_logs() as logged:
        answers = await building.at_once(*commands)
    assert [problem(it) for it in answers] == [None, errors.UNAVAILABLE, None, errors.UNAVAILABLE, None]
    assert texts(building, room) == ["one", "two", "three"]
    assert [(it["event"], it["command"]) for it in logged] == [("command failed", "Post")] * 2
    assert [it.message.seq for it in answers if isinstance(it, Posted)] == [2, 3, 4]
    held = await building.room(room)
    assert held is not None
    assert (held.conversation.seq, held.conversation.posted) == (4, 3)


async def test_what_failed_is_neither_published_nor_mirrored(building: Building) -> None:
    room = await building.group("ann")
    await building.one(building.orders.custom("conversation:message"))
    building.rows(POISON)
    building.published.clear()
    with capture_logs():
        await building.at_once(building.orders.says(room, "poison"), building.orders.says(room, "one"))
    await building.corridor.drained()
    (said,) = building.said()
    assert isinstance(said, MessagePosted)
    assert [it.event for it in building.due] == [said]
    assert len(building.rows("SELECT 1 FROM outbox")) == 1


async def test_while_the_store_cannot_write_everybody_is_told_so(building: Building) -> None:
    room = await building.group("ann")
    await building.store._writer.run("PRAGMA busy_timeout = 0")
    commands = [building.orders.says(room, str(number)) for number in range(3)]
    with closing(sqlite3.connect(building.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with capture_logs():
            assert await building.at_once(*commands) == [errors.UNAVAILABLE] * 3
        other.execute("ROLLBACK")
    answers = await building.at_once(*commands)
    assert [it.message.seq for it in answers] == [2, 3, 4]


async def test_what_nobody_waits_for_any_more_is_done_all_the_same(building: Building) -> None:
    room = await building.group("ann")
    waiting = asyncio.ensure_future(building.one(building.orders.says(room, "one")))
    await asyncio.sleep(0)
    waiting.cancel()
    await building.one(building.orders.says(room, "two"))
    assert texts(building, room) == ["one", "two"]


async def test_who_cannot_hear_an_answer_does_not_keep_it_from_the_others(building: Building) -> None:
    room = await building.group("ann")

    def deaf(_: Any) -> None:
        raise RuntimeError("too loud")

    with capture_logs() as logged:
        building.corridor.submit(building.orders.says(room, "one"), deaf)
        answer = await building.one(building.orders.says(room, "two"))
    assert answer.message.seq == 3
    assert [it["event"] for it in logged] == ["answering failed"]
    assert await building.one(building.orders.says(room, "three"))


async def test_events_leave_in_the_order_they_were_decided(building: Building) -> None:
    rooms = [await building.group("ann"), await building.group("bob")]
    building.published.clear()
    async with asyncio.TaskGroup() as tasks:
        for number in range(60):
            tasks.create_task(building.one(building.orders.says(rooms[number % 2], str(number))))
            if number % 7 == 0:
                await asyncio.sleep(0)
    await building.corridor.drained()
    for room in rooms:
        seqs = [it.seq for it in building.said() if isinstance(it, MessagePosted) and it.conversation.id == room]
        assert seqs == list(range(2, 32))


async def test_drained_waits_for_what_is_on_its_way(building: Building) -> None:
    room = await building.group("ann")
    answers: list[Any] = []
    for number in range(GROUP + 10):
        building.corridor.submit(building.orders.says(room, str(number)), answers.append)
    await asyncio.sleep(0)
    await building.corridor.drained()
    assert len(answers) == GROUP + 10


async def test_a_webhook_is_due_what_was_committed_with_its_event(building: Building) -> None:
    room = await building.group("ann")
    integration = await building.one(building.orders.custom("conversation:message"))
    await building.at_once(building.orders.says(room, "one"), building.orders.says(room, "two"))
    await building.corridor.drained()
    waiting = await building.store.waiting(integration.webhooks[0].id, (room,), 10)
    assert [it.event.id for it in waiting] == [it.event.id for it in building.due]
    assert len(waiting) == 2


async def test_a_refusal_is_raised_where_it_is_waited_for(building: Building) -> None:
    with pytest.raises(Refused) as refused:
        await building.one(building.orders.forgets("nobody"))
    assert refused.value.problem == errors.USER_NOT_FOUND


async def test_whoever_changes_nothing_need_not_line_up(building: Building) -> None:
    """A device that was here lately says hello again."""
    web = await building.one(building.orders.integration())
    hello = building.orders.connects(web.id, external_id="ann")
    assert building.corridor.answer(hello) is None
    first = await building.one(hello)
    assert building.corridor.answer(hello) == first
    assert building.corridor.answer(building.orders.connects(web.id, "another", external_id="ann")) is None


async def test_what_is_refused_without_lining_up_is_raised(building: Building) -> None:
    web = await building.one(building.orders.integration())
    ann = await building.one(building.orders.connects(web.id, external_id="ann"))
    with pytest.raises(Refused) as refused:
        building.corridor.answer(building.orders.connects(web.id, user_id=ann.user.id, session_hash="another"))
    assert refused.value.problem == errors.INVALID_AUTH


async def test_the_same_place_is_never_given_twice_under_load(building: Building) -> None:
    """Commands that come while a group is on its way to the disk."""
    room = await building.group("ann", "bob")
    users = [person.user.id for name in ("ann", "bob") if (person := await building.person(name))]

    async def talk(who: str) -> None:
        for number in range(15):
            await building.one(building.orders.says(room, str(number), by=who))

    async with asyncio.TaskGroup() as tasks:
        for who in users * 3:
            tasks.create_task(talk(who))
    messages, more = await building.store.messages(room, Page(size=100))
    assert [it.seq for it in messages] == list(range(2, 92))
    assert not more


async def test_what_comes_after_a_merge_is_decided_on_what_it_left(building: Building) -> None:
    """In the order it lined up, in a group of its own."""
    orders = building.orders
    await building.at_once(orders.user("ann"), orders.user("bob"))
    own, other = await building.at_once(orders.personal("ann"), orders.personal("bob"))
    ended = await transactions(building)
    here, gone = own.conversation.id, other.conversation.id
    answers = await building.at_once(
        orders.says(gone, "one", by="bob"),
        orders.says(here, "two"),
        orders.merges("ann", "bob"),
        orders.says(gone, "late"),
        orders.says(here, "late too", by="bob"),
        orders.user("bob"),
        orders.says(here, "three"),
        orders.says(here, "four", by="ann"),
    )
    assert [problem(it) for it in answers] == [
        *(None, None, None),
        errors.CONVERSATION_NOT_FOUND,
        errors.USER_NOT_FOUND,
        *(None, None, None),
    ]
    assert texts(building, here) == ["one", "two", "three", "four"]
    assert ended == ["COMMIT", "COMMIT"]
    assert [it.message.seq for it in answers[-2:]] == [5, 6]


async def test_several_merges_in_line_are_done_one_by_one(building: Building) -> None:
    orders, names = building.orders, ("ann", "bob", "cat", "dan")
    await building.at_once(*(orders.user(name) for name in names))
    rooms = [it.conversation.id for it in await building.at_once(*(orders.personal(name) for name in names))]
    for room, name in zip(rooms, names, strict=True):
        building.clock.wind(1)
        await building.one(orders.says(room, name))
    await building.at_once(orders.merges("bob", "cat"), orders.merges("dan", "bob"), orders.merges("ann", "dan"))
    assert texts(building, rooms[0]) == list(names)
    assert building.rows("SELECT count(*) FROM people") == [(1,)]
    await building.corridor.drained()
    assert len([it for it in building.said() if isinstance(it, UserMerged)]) == 3
