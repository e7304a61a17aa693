"""No faster than the gateway allows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Final

MARGIN: Final = 0.9  # of the allowance, because a network squeezes together what was sent apart


class Pace:
    """Gives turns, in the order they are asked for: at most so many in any second."""

    def __init__(self, per_second: float, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._taken: deque[float] = deque(maxlen=max(int(per_second * MARGIN), 1))
        self._order = asyncio.Lock()

    async def turn(self) -> None:
        """Waits until one more would not be too many."""
        async with self._order:
            await asyncio.sleep(self.wait_s())
            self._taken.append(self._clock())

    def wait_s(self) -> float:
        """How long until the next turn, in seconds."""
        if len(self._taken) < (self._taken.maxlen or 1):
            return 0.0
        return max(self._taken[0] + 1.0 - self._clock(), 0.0)
