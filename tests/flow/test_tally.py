"""What the mirror counts: calls and events by what came of them, and how long events took."""

import pytest

from gateway.domain.events import Event
from gateway.domain.retry import Answered
from gateway.flow.tally import BOUNDS_S, MINUTE_MS, Lags, Tally, quantile
from gateway.ports import Mirrored, Settled

NOW = 1_000 * MINUTE_MS


def sent(*lags_ms: int, now: int = NOW) -> list[Mirrored]:
    """Events that happened so long before now."""
    return [
        Mirrored("hook", "room", Event(id=str(number), at=now - lag, app_id="app"), number)
        for number, lag in enumerate(lags_ms)
    ]


def longer(counts: list[int]) -> dict[float, int]:
    """How many there are up to each bound, of those that have any of their own."""
    return {bound: count for bound, count in zip((*BOUNDS_S, None), counts, strict=True) if count and bound}


def test_what_was_taken_is_delivered_each_event_after_its_own_time() -> None:
    tally = Tally()
    tally.called(sent(0, 1, 2, 40_000), Answered(204), (Settled(ids=(0, 1, 2, 3), delivered_at=NOW),), NOW)
    assert tally.attempts == {("delivered", "2xx"): 1}
    assert tally.events == {"delivered": 4}
    assert longer(tally.lags.counts) == {0.001: 2, 0.0025: 1, 60.0: 1}
    assert tally.lags.sum == pytest.approx(40.003)


@pytest.mark.parametrize(("status", "named"), [(None, "none"), (302, "3xx"), (404, "4xx"), (500, "5xx")])
def test_what_waits_for_another_attempt_is_done_with_by_none(status: int | None, named: str) -> None:
    for settled in ((), (Settled(ids=(0,), attempts=1, due_at=9),)):
        tally = Tally()
        tally.called(sent(5, 5), Answered(status), settled, NOW)
        assert tally.attempts == {("retried", named): 1}
        assert (tally.events, sum(tally.lags.counts)) == ({}, 0)


def test_who_cannot_be_reached_is_told_from_who_does_not_answer() -> None:
    tally = Tally()
    tally.called(sent(5), Answered(unreached=True), (), NOW)
    tally.called(sent(5), Answered(), (), NOW)
    assert tally.attempts == {("retried", "unreached"): 1, ("retried", "none"): 1}
    assert tally.events == {}


def test_what_is_given_up_is_told_from_what_is_told_once() -> None:
    tally = Tally()
    tally.called(sent(5), Answered(400), (Settled(ids=(0,), attempts=1, failed_at=NOW),), NOW)
    tally.called(sent(5), Answered(500), (Settled(ids=(0,)),), NOW)
    tally.called(sent(5, 5), Answered(500), (Settled(ids=(0,)), Settled(ids=(1,), attempts=1, due_at=9)), NOW)
    tally.gave_up(7)
    assert tally.attempts == {("failed", "4xx"): 1, ("failed", "5xx"): 1, ("retried", "5xx"): 1}
    assert tally.events == {"given_up": 8, "dropped": 2}


def test_the_rest_is_counted_as_it_is_told() -> None:
    tally = Tally()
    tally.disabled(Answered(410))
    tally.broke()
    tally.replayed(3)
    tally.replayed(4)
    assert tally.attempts == {("disabled", "4xx"): 1, ("error", "none"): 1}
    assert (tally.disablings, tally.replays) == (1, 7)


def test_a_clock_that_was_put_back_makes_no_time_negative() -> None:
    tally = Tally()
    tally.called(sent(-500), Answered(200), (), NOW)
    assert (tally.lags.sum, tally.lags.counts[0]) == (0.0, 1)


def test_every_bound_holds_what_is_no_longer() -> None:
    lags = Lags()
    for seconds in (*BOUNDS_S, 10 * BOUNDS_S[-1]):
        lags.add(seconds)
    assert list(lags.up_to()) == [*zip(BOUNDS_S, range(1, len(BOUNDS_S) + 1), strict=True), (float("inf"), 22)]


def test_only_the_last_minutes_are_recent() -> None:
    tally = Tally()
    for minute in range(8):
        then = NOW + minute * MINUTE_MS
        tally.called(sent(*[1] * (minute + 1), now=then), Answered(200), (), then)
    now = NOW + 7 * MINUTE_MS
    assert sum(tally.lags.counts) == 36
    assert sum(tally.recent(now)) == 4 + 5 + 6 + 7 + 8
    assert sum(tally.recent(now + 2 * MINUTE_MS)) == 6 + 7 + 8
    assert len(tally._minutes) <= 5
    assert sum(tally.recent(now + 5 * MINUTE_MS)) == 0


@pytest.mark.parametrize(
    ("lags_s", "share", "found_s"),
    [
        ([], 0.5, None),
        ([0.001], 0.5, 0.0005),
        ([0.04] * 4, 0.5, 0.0375),
        ([0.04] * 4, 1.0, 0.05),
        ([0.001] * 98 + [7.0] * 2, 0.5, 0.001 * 50 / 98),
        ([0.001] * 98 + [7.0] * 2, 0.99, 7.5),
        ([10 * BOUNDS_S[-1]], 0.5, BOUNDS_S[-1]),
    ],
)
def test_a_quantile_is_told_by_the_bounds(lags_s: list[float], share: float, found_s: float | None) -> None:
    lags = Lags()
    for seconds in lags_s:
        lags.add(seconds)
    assert quantile(share, lags.counts) == (found_s if found_s is None else pytest.approx(found_s))
