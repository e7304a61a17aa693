"""How long a device stays away."""

from hypothesis import given
from hypothesis import strategies as st

from clients.python import Backoff

failures = st.integers(min_value=0, max_value=10_000)


@given(failures, st.floats(min_value=0, max_value=1, exclude_max=True))
def test_a_wait_is_somewhere_between_nothing_and_the_ceiling(failures: int, rolled: float) -> None:
    backoff = Backoff(base_s=0.5, cap_s=30, dice=lambda: rolled)
    assert 0 <= backoff.delay_s(failures) <= backoff.ceiling_s(failures) <= 30


def test_the_ceiling_doubles_until_the_cap() -> None:
    backoff = Backoff(base_s=0.5, cap_s=30)
    assert [backoff.ceiling_s(failures) for failures in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_what_the_server_asks_for_goes_first() -> None:
    assert Backoff(dice=lambda: 1.0).delay_s(20, asked_s=1.7) == 1.7
    assert Backoff(dice=lambda: 1.0).delay_s(20, asked_s=0.0) == 0.0
