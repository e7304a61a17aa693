"""How numbers are spread: how many there were up to each of some bounds."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate


class Spread:
    """How many of the numbers are up to each bound and above the one before, and how many above the last."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, number: float, times: int = 1) -> None:
        self.counts[bisect_left(self.bounds, number)] += times
        self.sum += number * times

    def up_to(self) -> Iterator[tuple[float, int]]:
        """Each bound, infinity last, and how many numbers are no greater."""
        return zip((*self.bounds, float("inf")), accumulate(self.counts), strict=True)
