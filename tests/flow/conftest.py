"""A building for a test, and the loop's clock wound by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.flow.building import Building, running
from tests.flow.mail import Mail, new_hook


@pytest.fixture
async def building(tmp_path: Path) -> AsyncIterator[Building]:
    async with running(tmp_path / "gateway.db") as building:
        yield building


@pytest.fixture
async def mail(building: Building) -> AsyncIterator[Mail]:
    mail = Mail(building, await new_hook(building), await building.group("ann"))
    with capture_logs():
        yield mail


class LoopClock:
    """The running loop's own clock, which can be wound forward: timers that are due then fire at once."""

    def __init__(self, real: Callable[[], float]) -> None:
        self._real = real
        self._ahead = 0.0

    def __call__(self) -> float:
        return self._real() + self._ahead

    async def wind(self, seconds: float) -> None:
        """Let so much time pass, and what is due by then begin."""
        self._ahead += seconds
        for _ in range(2):
            await asyncio.sleep(0)


@pytest.fixture
async def loop_clock(monkeypatch: pytest.MonkeyPatch) -> LoopClock:
    loop = asyncio.get_running_loop()
    clock = LoopClock(loop.time)
    monkeypatch.setattr(loop, "time", clock)
    return clock
