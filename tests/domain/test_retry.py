"""When a webhook call that failed is tried again."""

import pytest

from gateway.domain import retry
from gateway.domain.retry import Answered, Verdict, judge

ALMOST_ONE = 1 - 2**-53


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_delivers(status: int) -> None:
    assert judge(Answered(status), 1, 0.5) == Verdict(delivered=True)
    assert judge(Answered(status), 99, 0.5) == Verdict(delivered=True)


@pytest.mark.parametrize("status", sorted(retry.DOCUMENTED.final))
def test_a_refusal_is_final(status: int) -> None:
    assert judge(Answered(status), 1, 0.0) == Verdict()


@pytest.mark.parametrize("status", [None, 100, 199, 300, 302, 402, 405, 408, 410, 413, 429, 500, 503])
def test_anything_else_is_tried_again(status: int | None) -> None:
    assert [judge(Answered(status), attempt, 0.0).wait_s for attempt in (1, 2, 3, 4)] == list(retry.INTERVALS_S)
    assert judge(Answered(status), 5, 0.0) == Verdict()


def test_all_attempts_fit_into_fifteen_minutes() -> None:
    """Each of them timing out, and each wait as long as the dice can make it."""
    waits = [judge(Answered(), attempt, ALMOST_ONE).wait_s or 0.0 for attempt in range(1, len(retry.INTERVALS_S) + 1)]
    attempts = len(waits) + 1
    assert attempts == 5
    assert sum(waits) + attempts * retry.TIMEOUT_S <= 15 * 60


def test_waits_grow_and_the_dice_spread_them_upwards() -> None:
    for attempt, interval in enumerate(retry.INTERVALS_S, 1):
        low, high = judge(Answered(500), attempt, 0.0).wait_s, judge(Answered(500), attempt, ALMOST_ONE).wait_s
        assert low == interval
        assert high == pytest.approx(interval * 1.1)
    assert list(retry.INTERVALS_S) == sorted(set(retry.INTERVALS_S))


def test_without_intervals_there_is_one_attempt() -> None:
    assert judge(Answered(500), 1, 0.0, ()) == Verdict()


@pytest.mark.parametrize(("asked_s", "waits_s"), [(0, 8), (7.5, 8), (8, 8), (90, 90), (3_600, 3_600), (10**9, 3_600)])
def test_an_endpoint_may_ask_for_more_time(asked_s: float, waits_s: float) -> None:
    assert judge(Answered(503, asked_s), 1, 0.0) == Verdict(wait_s=waits_s)
    assert judge(Answered(400, asked_s), 1, 0.0) == Verdict()
    assert judge(Answered(200, asked_s), 1, 0.0) == Verdict(delivered=True)
