"""What a generator process and its conductor say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from clients.loadtest.tally import Tally


@dataclass(frozen=True, slots=True)
class Reached:
    """The process waits at this mark until all have reached it; the conductor then answers with `Go`."""

    mark: str


@dataclass(frozen=True, slots=True)
class Go:
    """Everybody is there. `at_ns` is the same for all, on the machine's monotonic clock."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Progress:
    """What one process has done so far."""

    accepted: int
    deliveries: int
    welcomes: int
    online: int


@dataclass(frozen=True, slots=True)
class Done:
    """All that one process counted, and the processor time it took in the measured time."""

    tally: Tally
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Failed:
    """The process cannot go on."""

    why: str


Said: TypeAlias = Reached | Progress | Done | Failed
