"""Whoever asks while a read is under way is read with the next one, and nobody is left waiting."""

import asyncio
from collections.abc import Sequence

import pytest

from gateway.stores.sqlite.together import Together


class Desk:
    """Reads when it is let; `reads` are the questions of each read."""

    def __init__(self, most: int = 10) -> None:
        self.reads: list[Sequence[int]] = []
        self.open = asyncio.Event()
        self.failure: Exception | None = None
        self.together: Together[int, int] = Together(self._read, most)

    async def _read(self, questions: Sequence[int]) -> Sequence[int]:
        self.reads.append(questions)
        await self.open.wait()
        if self.failure is not None:
            raise self.failure
        return [-it for it in questions]

    async def ask(self, *questions: int) -> list[asyncio.Task[int]]:
        """Each in a task of its own; all have asked when it returns."""
        tasks = [asyncio.ensure_future(self.together.ask(it)) for it in questions]
        await asyncio.sleep(0)
        return tasks


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_those_who_wait_are_read_for_at_once(desk: Desk) -> None:
    asked = await desk.ask(1, 2, 3, 2)
    desk.open.set()
    assert await asyncio.gather(*asked) == [-1, -2, -3, -2]
    assert desk.reads in ([[1], [2, 3, 2]], [[1, 2, 3, 2]])


async def test_a_read_under_way_does_not_answer_who_came_later(desk: Desk) -> None:
    first = await desk.ask(1)
    later = await desk.ask(1)
    desk.open.set()
    await asyncio.gather(*first, *later)
    assert desk.reads == [[1], [1]]


async def test_no_read_is_for_too_many() -> None:
    desk = Desk(most=2)
    asked = await desk.ask(*range(7))
    desk.open.set()
    assert await asyncio.gather(*asked) == [-it for it in range(7)]
    assert max(map(len, desk.reads)) == 2


async def test_what_failed_failed_for_all_and_the_next_is_read(desk: Desk) -> None:
    first = await desk.ask(1)
    others = await desk.ask(2, 3)
    desk.failure = OSError("the disk is gone")
    desk.open.set()
    assert {type(it) for it in await asyncio.gather(*first, *others, return_exceptions=True)} == {OSError}
    desk.failure = None
    assert await desk.together.ask(4) == -4


async def test_whoever_goes_away_keeps_nobody_waiting(desk: Desk) -> None:
    (first,) = await desk.ask(1)
    second, third = await desk.ask(2, 3)
    first.cancel()
    await asyncio.wait([first])
    second.cancel()
    await asyncio.wait([second])
    desk.open.set()
    assert await third == -3
    assert first.cancelled()
    assert second.cancelled()
