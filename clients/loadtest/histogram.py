"""Latencies in fixed buckets: cheap to record, mergeable, exact to 1.6 %."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Self

SUB_BITS: Final = 6  # 64 buckets to each doubling


@dataclass(slots=True)
class Histogram:
    """Counts of values in whole microseconds, log-linear: exact below 128, then 64 buckets a doubling."""

    buckets: Counter[int] = field(default_factory=Counter)
    longest: int = 0

    def record(self, microseconds: int) -> None:
        """Adds one value; below nothing counts as nothing."""
        value = max(microseconds, 0)
        self.longest = max(self.longest, value)
        self.buckets[bucket_of(value)] += 1

    def add(self, other: Self) -> None:
        """Takes in what another process recorded."""
        self.buckets.update(other.buckets)
        self.longest = max(self.longest, other.longest)

    @property
    def count(self) -> int:
        """How many values were recorded."""
        return self.buckets.total()

    def percentile(self, percent: float) -> int:
        """The upper edge of the bucket that so many percent of the values are at or under; 0 when empty."""
        wanted = self.count * percent / 100
        seen = 0
        for bucket in sorted(self.buckets):
            seen += self.buckets[bucket]
            if seen >= wanted:
                return min(upper_edge(bucket), self.longest)
        return 0


def bucket_of(value: int) -> int:
    """The number of the bucket that holds `value`."""
    shift = max(value.bit_length() - SUB_BITS - 1, 0)
    return (shift << SUB_BITS) + (value >> shift)


def upper_edge(bucket: int) -> int:
    """The largest value in a bucket."""
    shift = max((bucket >> SUB_BITS) - 1, 0)
    return ((bucket - (shift << SUB_BITS) + 1) << shift) - 1
