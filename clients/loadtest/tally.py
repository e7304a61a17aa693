"""What one generator process counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Self

from clients.loadtest.histogram import Histogram


@dataclass(slots=True)
class Tally:
    """Counts, each mergeable with those of another process."""

    measured_s: float = 0.0
    connect_s: float = 0.0  # until all were connected
    sent: int = 0  # like the two below, in the measured time only
    accepted: int = 0
    deliveries: int = 0
    welcomes: int = 0
    lost: int = 0
    duplicates: int = 0
    reordered: int = 0
    not_recovered: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    goodbyes: Counter[int] = field(default_factory=Counter)
    to_delivery: Histogram = field(default_factory=Histogram)
    to_answer: Histogram = field(default_factory=Histogram)
    to_welcome: Histogram = field(default_factory=Histogram)
    to_caught_up: Histogram = field(default_factory=Histogram)

    @property
    def faultless(self) -> bool:
        """Whether every event came once and in order."""
        return not (self.lost or self.duplicates or self.reordered or self.not_recovered)

    def add(self, other: Self) -> None:
        """Takes in what another process counted over the same time."""
        self.measured_s = max(self.measured_s, other.measured_s)
        self.connect_s = max(self.connect_s, other.connect_s)
        self.sent += other.sent
        self.accepted += other.accepted
        self.deliveries += other.deliveries
        self.welcomes += other.welcomes
        self.lost += other.lost
        self.duplicates += other.duplicates
        self.reordered += other.reordered
        self.not_recovered += other.not_recovered
        self.errors.update(other.errors)
        self.goodbyes.update(other.goodbyes)
        self.to_delivery.add(other.to_delivery)
        self.to_answer.add(other.to_answer)
        self.to_welcome.add(other.to_welcome)
        self.to_caught_up.add(other.to_caught_up)
