"""The generator processes, and the lines to them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from typing import Final, TypeVar

from clients.loadtest.plan import Plan
from clients.loadtest.worker import work

LEAVING_S: Final = 5.0
Part = TypeVar("Part")


@contextmanager
def crew(plans: Sequence[Plan]) -> Iterator[list[Connection]]:
    """Starts a process for every plan; none is left when the block ends."""
    with ExitStack() as stack:
        yield [stack.enter_context(member(work, plan)) for plan in plans]


@contextmanager
def member(play: Callable[[Part, Connection], None], part: Part) -> Iterator[Connection]:
    """Starts one process that plays its part; it is gone when the block ends."""
    context = multiprocessing.get_context("spawn")
    line, far_end = context.Pipe()
    process = context.Process(target=play, args=(part, far_end), daemon=True)
    process.start()
    far_end.close()
    try:
        yield line
        process.join(LEAVING_S)
    finally:
        process.kill()
        process.join()
        line.close()
