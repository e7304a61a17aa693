"""Times as people say them."""

import pytest

from gateway.cli import moments
from gateway.premises import CannotStart

NOW = 1_795_255_200_123  # 2026-11-21T10:00:00.123Z


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000Z"),
        ("2026-11-21 10:00:00.5+02:00", "2026-11-21T08:00:00.500Z"),
        ("0s", "2026-11-21T10:00:00.123Z"),
        ("90s", "2026-11-21T09:58:30.123Z"),
        ("30m", "2026-11-21T09:30:00.123Z"),
        ("2h", "2026-11-21T08:00:00.123Z"),
        ("3d", "2026-11-18T10:00:00.123Z"),
        ("999999999d", "1970-01-01T00:00:00.000Z"),
        ("0001-01-01T00:00:00-01:00", "1970-01-01T00:00:00.000Z"),
    ],
)
def test_a_time_or_how_long_ago(said: str, meant: str) -> None:
    assert moments.since(said, NOW) == meant


@pytest.mark.parametrize(
    "said",
    ["", "soon", "2", "2w", "-2h", "2 h", "1.5h", "2026-11-21T10:00:00", "2026-11-21", "0001-01-01T00:00:00+01:00"],
)
def test_what_is_no_time_is_refused_and_one_without_a_zone_too(said: str) -> None:
    with pytest.raises(CannotStart, match=r"^since: should be a time such as "):
        moments.since(said, NOW)
