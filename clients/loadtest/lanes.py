"""Many small jobs, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


async def each(items: Iterable[T], lanes: int, do: Callable[[T], Awaitable[object]]) -> None:
    """Does it to every item, `lanes` at a time; the first failure ends them all."""
    waiting = iter(items)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(lanes):
            tasks.create_task(_lane(waiting, do))


async def _lane(waiting: Iterator[T], do: Callable[[T], Awaitable[object]]) -> None:
    for item in waiting:
        await do(item)
