"""A conversation that lasts for a few minutes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic_ns
from typing import Final

from clients.loadtest.room import Room
from clients.loadtest.stage import Stage
from clients.loadtest.visitor import Visitor

POLL_S: Final = 0.02


class Party:
    """`visitors` are all who were invited; in the `room` are those who have not left."""

    def __init__(self, stage: Stage, room_id: str, visitors: Sequence[Visitor]) -> None:
        self.visitors = visitors
        self.room = Room(room_id, list(visitors))
        self._stage = stage
        self._here = list(visitors)

    async def talk(self) -> None:
        """Everybody types, speaks and reads, until all have heard all."""
        await self._bring_in()
        for visitor in self._here:
            visitor.asks("typing:start")
            visitor.say(monotonic_ns())
            visitor.asks("conversation:read")
        await self._quiet()

    async def blink(self, number: int) -> None:
        """One loses the connection, misses what another says, and comes back for it."""
        speaker, lost = (self._here[(number + step) % len(self._here)] for step in (1, 0))
        await lost.cut()
        if speaker is not lost:
            speaker.say(monotonic_ns())
            await self._until(lambda: not speaker.unanswered)
        began_ns = monotonic_ns()
        await self._bring_in()
        await self._quiet()
        self._stage.tally.to_caught_up.record((monotonic_ns() - began_ns) // 1000)

    def say_goodbye(self) -> Visitor:
        """The last one is about to leave: whatever is to be heard was heard."""
        leaver = self._here.pop()
        Room(self.room.id, [leaver], self.room.final_seq).judge(self._stage.tally)
        self.room.guests.remove(leaver)
        return leaver

    async def end(self) -> None:
        """All is judged, and all go."""
        self.room.judge(self._stage.tally)
        for visitor in self._here:
            await visitor.cut()

    async def _bring_in(self) -> None:
        """Whoever is not there, for whatever reason."""
        for visitor in self._here:
            if not visitor.online:
                await self._stage.bring_online(visitor)

    async def _quiet(self) -> None:
        await self._until(lambda: self.room.is_quiet)

    async def _until(self, true: Callable[[], bool]) -> None:
        """But not for ever."""
        until_s = asyncio.get_running_loop().time() + self._stage.plan.options.drain_seconds
        while not true() and asyncio.get_running_loop().time() < until_s:  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)
