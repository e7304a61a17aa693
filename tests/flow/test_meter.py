"""What the device side counts: groups and their lags by a clock wound by hand."""

from gateway.flow.meter import GROUPS, LAGS_S, Meter
from gateway.flow.spread import Spread


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def found(spread: Spread) -> dict[float | None, int]:
    """How many there are up to each bound, of those that have any of their own; None is above the last."""
    return {bound: count for bound, count in zip((*spread.bounds, None), spread.counts, strict=True) if count}


def test_every_bound_holds_what_is_no_greater() -> None:
    spread = Spread((1, 2, 4))
    for number in (1, 2, 3, 4, 5):
        spread.add(number)
    assert list(spread.up_to()) == [(1, 1), (2, 2), (4, 4), (float("inf"), 5)]
    spread.add(3, times=10)
    assert found(spread) == {1: 1, 2: 1, 4: 12, None: 1}
    assert spread.sum == 45


def test_each_command_of_a_group_waited_for_its_own_time() -> None:
    meter = Meter(Clock())
    assert meter.committed([99.9, 99.9975, 99.9999]) == 100.0
    assert found(meter.groups) == {4: 1}
    assert found(meter.commit_lags) == {0.1: 1, 0.003: 1, 0.000_25: 1}


def test_what_was_handed_to_devices_is_late_until_it_is_written() -> None:
    clock = Clock()
    meter = Meter(clock)
    meter.told(100.0, 10)
    meter.told(100.5, 0)
    meter.told(100.9, 3)
    assert sum(meter.push_lags.counts) == 0
    clock.now = 101.0
    meter.written()
    assert found(meter.push_lags) == {1.0: 10, 0.1: 3}
    meter.written()
    assert sum(meter.push_lags.counts) == 13


def test_of_positions_it_is_counted_which_were_recovered() -> None:
    meter = Meter(Clock())
    meter.resumed((True, True, False))
    meter.resumed(())
    meter.resumed((False,))
    assert meter.resumes == {True: 2, False: 2}


def test_bounds_ascend() -> None:
    for bounds in (LAGS_S, GROUPS):
        assert list(bounds) == sorted(set(bounds))
