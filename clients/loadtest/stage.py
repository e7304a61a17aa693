"""Where a scenario plays: in one process, with a line to the conductor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from time import monotonic_ns, process_time
from typing import Final

from clients.loadtest.cues import Go, Progress, Reached
from clients.loadtest.guest import NEVER, SECOND_NS, Guest, Scene
from clients.loadtest.plan import Plan
from clients.loadtest.tally import Tally

PROGRESS_S: Final = 1.0


@dataclass(slots=True)
class Stage:
    """One process's part of a run."""

    plan: Plan
    scene: Scene
    line: Connection
    guests: list[Guest] = field(default_factory=list)
    cpu_s: float = 0.0
    minutes: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @property
    def tally(self) -> Tally:
        """What is counted."""
        return self.scene.tally

    async def reach(self, mark: str) -> int:
        """Waits until every process is here; the time it went on at, the same for all, in nanoseconds."""
        at_ns = await self._called_on(mark)
        await until(at_ns)
        return at_ns

    async def _called_on(self, mark: str) -> int:
        """When to go on, a little before that time."""
        self.line.send(Reached(mark))
        cue: Go = await asyncio.to_thread(self.line.recv)
        return cue.at_ns

    async def bring_online(self, guest: Guest) -> bool:
        """Connects a guest; whether that worked. If not it is counted as an error."""
        try:
            await guest.connect()
        except (OSError, TimeoutError) as failed:
            self.tally.errors[f"connecting: {failed}"] += 1
            return False
        return True

    @asynccontextmanager
    async def measured(self, seconds: float) -> AsyncIterator[None]:
        """Opens the measured time; leaving the block waits for its end."""
        began_ns = await self._called_on("measuring")
        self.scene.from_ns = began_ns
        self.scene.until_ns = began_ns + int(seconds * SECOND_NS) if seconds else NEVER
        await until(began_ns)
        began_cpu_s = process_time()
        yield
        await until(self.scene.until_ns if seconds else 0)
        self.scene.until_ns = monotonic_ns()
        self.cpu_s = process_time() - began_cpu_s
        self.tally.measured_s = (self.scene.until_ns - began_ns) / SECOND_NS
        await self.reach("measured")

    async def report(self) -> None:
        """Tells the conductor every second how it goes."""
        while True:
            await asyncio.sleep(PROGRESS_S)
            tally = self.tally
            online = sum(guest.online for guest in self.guests)
            self.line.send(Progress(tally.accepted, tally.deliveries, tally.welcomes, online))


async def until(at_ns: int) -> None:
    """Waits for a time of the machine's monotonic clock."""
    await asyncio.sleep(max(at_ns - monotonic_ns(), 0) / SECOND_NS)
