"""Where devices that have said hello wait to be welcomed: first come, first served, and so many at a time."""

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from gateway.domain import goodbyes, limits
from gateway.domain.goodbyes import Goodbye

Welcome = Callable[[], Coroutine[Any, Any, None]]


class Comer(Protocol):
    """Who waits; one that is `over` has gone meanwhile."""

    @property
    def over(self) -> bool: ...

    def dismiss(self, goodbye: Goodbye) -> None: ...


class Porch:
    """A herd that comes back at once takes its turns beside those who talk, and does not take theirs.

    `spawn` runs a welcome to its end. What fails in it is no affair of those who wait.
    """

    def __init__(self, spawn: Callable[[Coroutine[Any, Any, None]], object], at_once: int = limits.WELCOMES) -> None:
        self._spawn = spawn
        self._at_once = at_once
        self._inside = 0
        self._waiting: deque[tuple[Comer, Welcome]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def arrive(self, comer: Comer, welcome: Welcome) -> None:
        """Be welcomed in turn; where too many wait already, be told to come back."""
        if self._inside < self._at_once:
            self._let_in(welcome)
        elif len(self._waiting) < limits.WAITING:
            self._waiting.append((comer, welcome))
        else:
            comer.dismiss(goodbyes.BUSY)

    def _let_in(self, welcome: Welcome) -> None:
        self._inside += 1
        self._spawn(self._welcomed(welcome))

    async def _welcomed(self, welcome: Welcome) -> None:
        try:
            await welcome()
        finally:
            self._inside -= 1
            self._next()

    def _next(self) -> None:
        """Whoever has hung up meanwhile is passed over."""
        while self._waiting and self._inside < self._at_once:
            comer, welcome = self._waiting.popleft()
            if not comer.over:
                self._let_in(welcome)
