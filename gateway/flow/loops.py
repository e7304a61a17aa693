"""Tasks and their owner, and what is done again and again."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from gateway.ports import Unwritable

log = structlog.get_logger(__name__)


class Tasks:
    """Owns what runs beside the requests. A task that fails is logged; `close` ends those that still run."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task failed", task=task.get_name(), exc_info=error)

    async def close(self) -> None:
        while self._tasks:  # what is cancelled may begin something else on its way out
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)


async def every(seconds: float, step: Callable[[], Awaitable[None]]) -> None:
    """Step, wait, and step again. What fails is logged, and tried again with the next step."""
    while True:
        try:
            await step()
        except Unwritable:
            pass  # and the disk said so
        except Exception:
            log.exception("step failed", step=step.__qualname__)
        await asyncio.sleep(seconds)
