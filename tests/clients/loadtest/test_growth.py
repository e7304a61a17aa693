"""Whether a gateway that soaks grows."""

import pytest

from clients.loadtest import report
from clients.loadtest.conductor import Outcome
from clients.loadtest.growth import Soaked
from clients.loadtest.meter import Usage
from clients.loadtest.options import Options
from clients.loadtest.tally import Tally

MIB = 1 << 20


def sampled(*rss_mib: float, files: int = 50) -> list[Usage]:
    """One reading a second."""
    return [Usage(1.0, int(it * MIB), files) for it in rss_mib]


def judged(samples: list[Usage], tally: Tally | None = None) -> bool:
    usage = {"measuring": Usage(0.0, 0), "measured": Usage(1.0, 0)}
    outcome = Outcome(tally or Tally(measured_s=100.0), usage=usage, samples=samples)
    return bool(report.result("soak", Options(), outcome)["ok"])


def test_what_grows_before_the_first_tenth_is_over_is_its_warming_up() -> None:
    warming = [50 + it for it in range(10)]
    assert judged(sampled(*warming, *[80] * 90))
    assert judged(sampled(*warming, *[80] * 80, *[81] * 10))


@pytest.mark.parametrize("slope", [0.03, -0.03])
def test_what_grows_all_the_time_grows(slope: float) -> None:
    assert judged(sampled(*[80 + slope * it for it in range(100)])) == (slope < 0)


def test_a_peak_is_no_growth() -> None:
    assert judged(sampled(*[80] * 50, *[95] * 9, *[80] * 41))


def test_files_that_stay_open_are_growth() -> None:
    steady = sampled(*[80] * 90)
    assert judged([*steady, *sampled(*[80] * 10, files=50)])
    assert not judged([*steady, *sampled(*[80] * 10, files=52)])


def test_it_soaks_well_when_nothing_is_lost_and_nothing_refused() -> None:
    flat = sampled(*[80] * 100)
    assert judged(flat)
    assert not judged(flat, Tally(lost=1))
    refused = Tally()
    refused.errors["429"] += 1
    assert not judged(flat, refused)
    assert not judged([])


def test_it_says_from_what_to_what_it_grew() -> None:
    found = Soaked.of(sampled(*[70] * 10, *[80] * 80, *[84] * 10))
    assert (found.rss_bytes.began, found.rss_bytes.ended) == (80 * MIB, 84 * MIB)
    assert found.rss_bytes.share == pytest.approx(0.05)
    assert not found.is_flat
    assert Soaked.of(sampled(80)).is_flat
