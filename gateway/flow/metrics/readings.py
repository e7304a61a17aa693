"""Looks at everything when it is asked to."""

import asyncio

from gateway.flow.floor import Flow
from gateway.flow.metrics.mirror import SHOWN
from gateway.flow.metrics.row import Open, Reading
from gateway.ports import Behind


class Readings:
    """What waits is counted by one at a time, for all who had asked when that began."""

    def __init__(self, flow: Flow, sockets: Open) -> None:
        self._flow = flow
        self._open = sockets
        self._looking = asyncio.Lock()
        self._begun = 0
        self._done = 0
        self._last = Reading(flow, sockets, Behind(), 0)

    async def __call__(self) -> Reading:
        asked = self._begun
        async with self._looking:
            if self._done <= asked:
                self._begun += 1
                behind = await self._flow.store.behind(SHOWN)
                self._last = Reading(self._flow, self._open, behind, self._flow.now())
                self._done = self._begun
        return self._last
