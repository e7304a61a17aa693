"""When those who are sent away may come back: the more they are, the further apart."""

import asyncio

import pytest

from gateway.domain import goodbyes, limits
from gateway.domain.goodbyes import Goodbye
from gateway.edge import farewells
from gateway.edge.farewells import Farewells

AT_ONCE = Goodbye(4000, "come back at once, if you are told so alone")


class Guest:
    """Notes when it was told to go, on the loop's clock, and in how many seconds it may come back."""

    def __init__(self, away: Farewells) -> None:
        self._away = away
        self.told_at = 0.0
        self.back_at = 0.0

    def dismiss(self, goodbye: Goodbye) -> None:
        self.told_at = asyncio.get_running_loop().time()
        self.back_at = self.told_at + self._away.away_s(goodbye)


@pytest.mark.parametrize(
    ("crowd", "expected"), [(1, (0.2, 2.0)), (1_000, (0.2, 2.0)), (10_000, (0.2, 10.2)), (10**6, (0.2, 120.2))]
)
def test_a_crowd_is_spread_by_its_size(crowd: int, expected: tuple[float, float]) -> None:
    assert goodbyes.away_s(goodbyes.RESTARTING, crowd) == pytest.approx(expected)


def test_no_crowd_comes_back_faster_than_it_is_asked_to() -> None:
    for crowd in (1, 100, 5_000, 50_000):
        low, high = goodbyes.away_s(goodbyes.SLOW, crowd)
        assert crowd / (high - low) <= limits.RETURNS_PER_SECOND


async def test_whoever_is_sent_away_with_many_others_comes_later() -> None:
    """Nobody said beforehand how many there would be."""
    away = Farewells(lambda: 1.0)
    told = [away.away_s(goodbyes.NO_HEARTBEAT) for _ in range(3_000)]
    assert told[0] == 1.0
    assert told == sorted(told)
    assert told[-1] == pytest.approx(3.0)


async def test_many_are_told_a_batch_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(farewells, "REST_S", 0.01)
    away = Farewells(lambda: 0.0)
    guests = [Guest(away) for _ in range(450)]
    await away.tell(guests, AT_ONCE, 5.0)
    moments = sorted({it.told_at for it in guests})
    batches = [sum(it.told_at <= moment for it in guests) for moment in moments]
    assert {100, 200, 300, 400, 450} <= set(batches)
    assert guests[0].back_at - guests[0].told_at >= 0.039, "the first is asked back before the last is to be told"
    assert guests[-1].back_at - guests[-1].told_at < 0.039


@pytest.mark.parametrize("within_s", [0.0, 0.05])
async def test_a_short_time_makes_large_batches(within_s: float) -> None:
    away = Farewells(lambda: 0.0)
    guests = [Guest(away) for _ in range(5_000)]
    began = asyncio.get_running_loop().time()
    await away.tell(guests, goodbyes.RESTARTING, within_s)
    assert all(it.told_at >= began for it in guests)
    assert guests[-1].told_at - began < within_s + 2


async def test_nobody_to_tell_is_told_at_once() -> None:
    await Farewells(lambda: 0.0).tell([], goodbyes.RESTARTING, 5.0)
    await Farewells(lambda: 0.0).tell([], goodbyes.RESTARTING, 0.0)
