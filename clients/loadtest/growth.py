"""Whether the gateway grows: what it holds near the end, against what it held once it had warmed up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Self

from clients.loadtest.meter import Usage

MOST: Final = 0.02  # by how much either may grow
PARTS: Final = 10


@dataclass(frozen=True, slots=True)
class Growth:
    """Of something that goes up and down: the median of the second tenth of the time, and that of the last."""

    began: float
    ended: float

    @classmethod
    def of(cls, counts: Sequence[float]) -> Self:
        """Of counts in the order of time; there is at least one."""
        part = max(len(counts) // PARTS, 1)
        return cls(median(counts[part : 2 * part] or counts), median(counts[-part:]))

    @property
    def share(self) -> float:
        """By how much of itself it grew."""
        return self.ended / self.began - 1 if self.began else 0.0

    @property
    def is_small(self) -> bool:
        """Whether it grew by less than it may."""
        return self.share < MOST


@dataclass(frozen=True, slots=True)
class Soaked:
    """The gateway's resident memory, in bytes, and its open files, sockets included."""

    rss_bytes: Growth
    files: Growth

    @classmethod
    def of(cls, samples: Sequence[Usage]) -> Self:
        """Of samples in the order of time."""
        return cls(Growth.of([it.rss_bytes for it in samples]), Growth.of([it.files for it in samples]))

    @property
    def is_flat(self) -> bool:
        """Whether neither grew by more than it may."""
        return self.rss_bytes.is_small and self.files.is_small
