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


@pytest.mark.parametrize(
    ("schedule", "attempts", "within_s"), [("documented", 5, 15 * 60), ("long", 11, 72 * 3_600)], ids=str
)
def test_all_attempts_of_a_schedule_fit_into_its_time(schedule: str, attempts: int, within_s: float) -> None:
    """Each of them timing out, and each wait as long as the dice can make it."""
    intervals_s = retry.SCHEDULES[schedule]
    waits = [judge(Answered(), it, ALMOST_ONE, intervals_s).wait_s or 0.0 for it in range(1, len(intervals_s) + 1)]
    assert len(waits) + 1 == attempts
    assert 0.9 * within_s < sum(waits) + attempts * retry.TIMEOUT_S <= within_s


@pytest.mark.parametrize("schedule", retry.SCHEDULES)
def test_waits_grow_and_the_dice_spread_them_upwards(schedule: str) -> None:
    intervals_s = retry.SCHEDULES[schedule]
    for attempt, interval in enumerate(intervals_s, 1):
        low, high = (judge(Answered(500), attempt, dice, intervals_s).wait_s for dice in (0.0, ALMOST_ONE))
        assert low == interval
        assert high == pytest.approx(interval * 1.1)
    assert list(intervals_s) == sorted(set(intervals_s))


@pytest.mark.parametrize("status", [None, 302, 400, 401, 403, 404, 406, 500])
def test_by_standard_webhooks_no_failure_is_final(status: int | None) -> None:
    assert judge(Answered(status), 1, 0.0, manner=retry.STANDARD) == Verdict(wait_s=8)
    assert judge(Answered(status), 5, 0.0, manner=retry.STANDARD) == Verdict()
    assert status not in retry.STANDARD.gone


def test_without_intervals_there_is_one_attempt() -> None:
    assert judge(Answered(500), 1, 0.0, ()) == Verdict()


@pytest.mark.parametrize(("asked_s", "waits_s"), [(0, 8), (7.5, 8), (8, 8), (90, 90), (3_600, 3_600), (10**9, 3_600)])
def test_an_endpoint_may_ask_for_more_time(asked_s: float, waits_s: float) -> None:
    assert judge(Answered(503, asked_s), 1, 0.0) == Verdict(wait_s=waits_s)
    assert judge(Answered(400, asked_s), 1, 0.0) == Verdict()
    assert judge(Answered(200, asked_s), 1, 0.0) == Verdict(delivered=True)
