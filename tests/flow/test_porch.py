"""Devices are welcomed first come, first served, so many at a time, and nobody waits behind one who has left."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from gateway.domain import goodbyes, limits
from gateway.domain.goodbyes import Goodbye
from gateway.flow.loops import Tasks
from gateway.flow.porch import Porch


class Comer:
    over = False
    told: Goodbye | None = None

    def dismiss(self, goodbye: Goodbye) -> None:
        self.told = goodbye


class House:
    """Welcomes whoever comes when it is told to; `begun` are those inside and those who were."""

    def __init__(self, porch: Porch) -> None:
        self.porch = porch
        self.begun: list[int] = []
        self.comers: list[Comer] = []
        self._doors: list[asyncio.Event] = []

    def comes(self, number: int) -> Comer:
        self.comers.append(Comer())
        self._doors.append(asyncio.Event())
        self.porch.arrive(self.comers[number], partial(self._welcome, number))
        return self.comers[number]

    async def _welcome(self, number: int) -> None:
        self.begun.append(number)
        await self._doors[number].wait()
        if number == 3:
            raise ValueError(number)

    async def is_done_with(self, *numbers: int) -> list[int]:
        """Who has begun once all who may have."""
        for number in numbers:
            self._doors[number].set()
        for _ in range(5):
            await asyncio.sleep(0)
        return self.begun


@pytest.fixture
async def house() -> AsyncIterator[House]:
    tasks = Tasks()
    yield House(Porch(tasks.spawn, at_once=2))
    await tasks.close()


async def test_first_come_first_served(house: House) -> None:
    for number in range(5):
        house.comes(number)
    assert await house.is_done_with() == [0, 1]
    assert len(house.porch) == 3
    assert await house.is_done_with(1) == [0, 1, 2]
    assert await house.is_done_with(0, 2) == [0, 1, 2, 3, 4]
    assert len(house.porch) == 0


async def test_who_has_hung_up_is_passed_over(house: House) -> None:
    for number in range(5):
        house.comes(number).over = number in (2, 3)
    assert await house.is_done_with(0) == [0, 1, 4]


async def test_a_welcome_that_fails_makes_room_as_well(house: House) -> None:
    for number in range(6):
        house.comes(number)
    assert await house.is_done_with(0, 1) == [0, 1, 2, 3]
    assert await house.is_done_with(3) == [0, 1, 2, 3, 4]
    assert await house.is_done_with(4) == [0, 1, 2, 3, 4, 5]


async def test_who_finds_too_many_waiting_is_asked_to_come_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAITING", 3)
    for number in range(7):
        house.comes(number)
    assert [it.told for it in house.comers] == [None] * 5 + [goodbyes.BUSY] * 2
    assert await house.is_done_with(0, 1, 2, 3) == [0, 1, 2, 3, 4]
    assert house.comes(7).told is None
