"""Percentiles from buckets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.loadtest.histogram import Histogram, bucket_of, upper_edge

values = st.integers(min_value=0, max_value=10**9)


def of(*recorded: int) -> Histogram:
    histogram = Histogram()
    for value in recorded:
        histogram.record(value)
    return histogram


@given(values)
def test_a_value_lies_in_its_bucket_and_close_to_the_edge(value: int) -> None:
    bucket = bucket_of(value)
    assert value <= upper_edge(bucket) <= value * (1 + 1 / 64)
    assert bucket_of(upper_edge(bucket)) == bucket
    assert bucket_of(upper_edge(bucket) + 1) == bucket + 1


@given(st.lists(values, min_size=1), st.sampled_from([50, 95, 99, 100]))
def test_a_percentile_is_the_ranked_value_to_within_a_bucket(recorded: list[int], percent: int) -> None:
    rank = -(-len(recorded) * percent // 100)
    exact = sorted(recorded)[rank - 1]
    assert exact <= of(*recorded).percentile(percent) <= exact * (1 + 1 / 64)


@given(st.lists(values), st.lists(values))
def test_adding_is_as_if_recorded_together(one: list[int], other: list[int]) -> None:
    together = of(*one)
    together.add(of(*other))
    assert together == of(*one, *other)


def test_nothing_recorded_is_nothing() -> None:
    assert (of().count, of().percentile(99), of().longest) == (0, 0, 0)


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (95, 95), (99, 99), (100, 100)])
def test_small_values_are_exact(percent: int, value: int) -> None:
    assert of(*range(1, 101)).percentile(percent) == value


def test_a_clock_that_ran_back_counts_as_no_time() -> None:
    assert of(-5).longest == 0
