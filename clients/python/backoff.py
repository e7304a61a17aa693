"""How long to wait before connecting again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential back-off with full jitter: anything from nothing to a ceiling that doubles.

    Full jitter spreads a crowd that lost the same server at the same instant.
    `dice` gives a number from 0 up to 1.
    """

    base_s: float = 0.5
    cap_s: float = 30.0
    dice: Callable[[], float] = random.random

    def delay_s(self, failures: int, asked_s: float | None = None) -> float:
        """Seconds to wait after so many failures in a row; what the server asked for goes first."""
        return asked_s if asked_s is not None else self.dice() * self.ceiling_s(failures)

    def ceiling_s(self, failures: int) -> float:
        """The longest wait after so many failures in a row."""
        doublings = min(failures, 32)  # beyond it the cap holds anyway, and floats stay finite
        return min(self.cap_s, self.base_s * 2.0**doublings)
