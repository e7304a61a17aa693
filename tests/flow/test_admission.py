"""What is counted is forgotten in time, and never takes more memory than it may."""

import pytest

from gateway.domain import errors
from gateway.domain.access import Caller
from gateway.domain.errors import Refused
from gateway.domain.model import Scope
from gateway.flow.admission import Admission, Allowance, Buckets, PerSecond

FEW = Allowance(
    commands_per_second=1,
    user_commands_per_second=2,
    requests_per_second=3,
    connects_per_second=1,
    anonymous_per_hour=2,
    sockets_per_user=1,
)


class Clock:
    """Milliseconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_second_is_counted_by_itself() -> None:
    counted = PerSecond()
    assert [counted.count("ann", 1) for _ in range(3)] == [1, 2, 3]
    assert counted.count("bob", 1) == 1
    assert counted.count("ann", 2) == 1
    assert len(counted._counts) == 1


def test_a_bucket_gives_what_it_holds_and_then_as_it_fills(clock: Clock) -> None:
    buckets = Buckets(2, 4, clock)
    assert [buckets.wait_s("a") for _ in range(6)] == [0, 0, 0, 0, 0.5, 0.5]
    assert buckets.wait_s("b") == 0
    clock.now += 250
    assert buckets.wait_s("a") == pytest.approx(0.25)
    clock.now += 250
    assert [buckets.wait_s("a"), buckets.wait_s("a")] == [0, 0.5]
    clock.now += 3_600_000
    assert [buckets.wait_s("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]


def test_a_clock_that_is_put_back_takes_and_gives_nothing(clock: Clock) -> None:
    buckets = Buckets(1, 2, clock)
    assert [buckets.wait_s("a") for _ in range(3)] == [0, 0, 1]
    clock.now -= 3_600_000
    assert buckets.wait_s("a") == 1
    clock.now += 1_000
    assert [buckets.wait_s("a"), buckets.wait_s("a")] == [0, 1]


def test_a_bucket_of_less_than_one_still_gives_one(clock: Clock) -> None:
    buckets = Buckets(0.01, 0.2, clock)
    assert [buckets.wait_s("a"), buckets.wait_s("a")] == [0, pytest.approx(100)]


def test_of_many_addresses_those_heard_of_last_are_remembered(clock: Clock) -> None:
    buckets = Buckets(1, 1, clock, most=3)
    for who in "abcad":
        buckets.wait_s(who)
    assert len(buckets) == 3
    assert buckets.wait_s("a") == 1
    assert buckets.wait_s("b") == 0
    assert len(buckets) == 3


def test_backends_and_users_have_requests_of_their_own(clock: Clock) -> None:
    admission = Admission(FEW, clock)
    backend = Caller(Scope.APP, "app_1", "app")
    ann, bob = (Caller(Scope.USER, "app_1", "app", external_id=it) for it in ("ann", "bob"))
    for caller, most in ((backend, 3), (ann, 2), (bob, 2), (Caller(Scope.APP, "app_2", "app"), 3)):
        for _ in range(most):
            admission.check_caller(caller)
        with pytest.raises(Refused) as refused:
            admission.check_caller(caller)
        assert refused.value.problem is errors.TOO_MANY_REQUESTS
    clock.now += 1_000
    admission.check_caller(backend)
    assert admission.turned_away["key"] == 4


def test_who_has_no_address_is_not_counted(clock: Clock) -> None:
    admission = Admission(FEW, clock)
    assert [admission.connect_wait_s(None) for _ in range(100)] == [0] * 100
    assert [admission.stranger_wait_s(None) for _ in range(100)] == [0] * 100
    assert not +admission.turned_away
    assert [admission.stranger_wait_s("a") for _ in range(3)] == [0, 0, pytest.approx(1800)]
    assert +admission.turned_away == {"strangers": 1}
