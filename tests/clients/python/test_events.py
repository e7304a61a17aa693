"""The inbox: what waits for a reader."""

import asyncio

import pytest

from clients.python import Closed, Ended, Event, Goodbye, Inbox, Lost
from tests.clients.scripted import event

REPLACED = Ended(Goodbye.of_close(4009))


def heard(seq: int, room: str | None = "a") -> Event:
    return Event.of_frame(event(seq, room))


async def test_the_oldest_comes_first() -> None:
    inbox = Inbox()
    inbox.put(heard(1))
    inbox.put(heard(2))
    assert [await anext(inbox), await anext(inbox)] == [heard(1), heard(2)]


async def test_a_reader_waits_for_the_next() -> None:
    inbox = Inbox()
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(anext(inbox))
        tasks.create_task(asyncio.to_thread(int)).add_done_callback(lambda _: inbox.put(heard(1)))
    assert reading.result() == heard(1)


async def test_a_closed_inbox_ends_after_what_waits() -> None:
    inbox = Inbox()
    inbox.put(heard(1))
    inbox.end(Closed("by the program"))
    assert [it async for it in inbox] == [heard(1)]


async def test_an_ended_one_raises_after_what_waits() -> None:
    inbox = Inbox()
    inbox.put(heard(1))
    inbox.end(REPLACED)
    assert await anext(inbox) == heard(1)
    with pytest.raises(Ended):
        await anext(inbox)


async def test_a_reader_too_far_behind_is_told_what_it_lost() -> None:
    inbox = Inbox(limit=3)
    for it in (heard(1, "a"), heard(1, "b"), heard(2, "a"), heard(3, "a")):
        inbox.put(it)
    inbox.end(Closed("by the program"))
    assert [it async for it in inbox] == [Lost("a"), Lost("b"), heard(3, "a")]


def test_an_event_may_be_of_no_conversation() -> None:
    frame = {"type": "event", "event": event(None)["event"]}
    assert Event.of_frame(frame).conversation_id is None
