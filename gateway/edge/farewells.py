"""Sending many away: a batch at a time, and each to come back at another time."""

import asyncio
from collections.abc import Callable, Sequence
from math import ceil
from typing import Final, Protocol

from gateway.domain import goodbyes
from gateway.domain.goodbyes import Goodbye

BATCH: Final = 100  # devices told in one go, at least
REST_S: Final = 0.05  # until the next batch; meanwhile they hang up, and others are heard


class Guest(Protocol):
    def dismiss(self, goodbye: Goodbye) -> None: ...


class Farewells:
    """Knows how many are sent away together; `dice` gives a number from 0 up to 1."""

    def __init__(self, dice: Callable[[], float]) -> None:
        self._dice = dice
        self._since = 0.0
        self._said = 0
        self._crowd = 0
        self._done_at = 0.0

    def away_s(self, goodbye: Goodbye) -> float:
        """When one more may come back: spread by how many were sent away within this second, or are to be."""
        now = asyncio.get_running_loop().time()
        if now - self._since >= 1:
            self._since, self._said = now, 0
        self._said += 1
        low, high = goodbyes.away_s(goodbye, max(self._said, self._crowd))
        return max(self._done_at - now, 0.0) + low + (high - low) * self._dice()

    async def tell(self, guests: Sequence[Guest], goodbye: Goodbye, within_s: float) -> None:
        """Say it to all of them within that time; nobody is asked back before the last is to be told."""
        size = max(BATCH, ceil(len(guests) * REST_S / within_s)) if within_s else max(len(guests), 1)
        batches = [guests[start : start + size] for start in range(0, len(guests), size)]
        self._crowd = len(guests)
        self._done_at = asyncio.get_running_loop().time() + REST_S * (len(batches) - 1)
        for number, batch in enumerate(batches):
            if number:
                await asyncio.sleep(REST_S)
            for guest in batch:
                guest.dismiss(goodbye)
