"""Times on the wire, both ways."""

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire.times import iso, ms

NEW_YEAR_10000 = 253_402_300_800_000


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (1_700_000_000_120, "2023-11-14T22:13:20.120Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (NEW_YEAR_10000 - 1, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_milliseconds_and_utc(at: int, written: str) -> None:
    assert iso(at) == written
    assert ms(datetime.fromisoformat(written)) == at


@given(st.integers(0, NEW_YEAR_10000 - 1))
def test_what_was_written_is_read_as_the_same(at: int) -> None:
    written = iso(at)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", written)
    assert ms(datetime.fromisoformat(written)) == at


@given(st.integers(0, NEW_YEAR_10000 - 2))
def test_later_times_sort_after_earlier_ones(at: int) -> None:
    assert iso(at) < iso(at + 1)


@pytest.mark.parametrize("written", ["2023-11-14T23:13:20.120+01:00", "2023-11-14T22:13:20.120999Z"])
def test_other_zones_and_finer_times_become_ours(written: str) -> None:
    assert iso(ms(datetime.fromisoformat(written))) == "2023-11-14T22:13:20.120Z"
