"""One read for all who wait."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Together(Generic[Question, Answer]):
    """Whoever asks while a read is under way is read with the next one; `read` answers in the order of the questions.

    A read sees everything that was committed before any of its askers came.
    """

    def __init__(self, read: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]], most: int) -> None:
        self._read = read
        self._most = most
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._turn = asyncio.Lock()

    async def ask(self, question: Question) -> Answer:
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answered))
        async with self._turn:
            if not answered.done():
                await self._read_on()
        return answered.result()

    async def _read_on(self) -> None:
        """Read for those who wait longest: for the one whose turn it is, and whoever came after."""
        taken, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            answers = await self._read([question for question, _ in taken])
        except BaseException as error:
            self._fail(taken, error)
            raise
        for (_, answered), answer in zip(taken, answers, strict=True):
            answered.set_result(answer)

    def _fail(self, taken: list[tuple[Question, asyncio.Future[Answer]]], error: BaseException) -> None:
        """What failed, failed for all; when only the one who read went away, the others are read for by the next."""
        (_, own), *others = taken
        own.cancel()
        if isinstance(error, Exception):
            for _, answered in others:
                answered.set_exception(error)
        else:
            self._waiting[:0] = others
