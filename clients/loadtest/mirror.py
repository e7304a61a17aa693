"""What webhooks heard of the conversations, against what devices heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from clients.loadtest.histogram import Histogram


@dataclass(slots=True)
class Lane:
    """One conversation as one webhook heard it: the times that its messages were sent, in the order they came."""

    came: dict[int, None] = field(default_factory=dict)
    repeated: int = 0

    def hear(self, sent_ns: int) -> None:
        """Takes note of one event; the time in its text tells it from all others."""
        if sent_ns in self.came:
            self.repeated += 1
        else:
            self.came[sent_ns] = None

    def is_whole(self, due: Sequence[int]) -> bool:
        """Whether as many came as there were."""
        return len(self.came) >= len(due)

    def judge(self, due: Sequence[int], faults: Faults) -> None:
        """Counts what is wrong with it. `due` is the conversation's history, as a device heard it."""
        places = {sent_ns: place for place, sent_ns in enumerate(due)}
        heard = [places[sent_ns] for sent_ns in self.came if sent_ns in places]
        furthest = -1
        for place in heard:
            faults.reordered += place < furthest
            furthest = max(furthest, place)
        faults.lost += furthest + 1 - len(heard)
        faults.undelivered += len(due) - furthest - 1
        faults.unknown += len(self.came) - len(heard)
        faults.repeated += self.repeated


@dataclass(slots=True)
class Faults:
    """What was wrong. A repeat alone is none: webhooks are told at least once."""

    lost: int = 0  # later ones of the same conversation came
    undelivered: int = 0  # had not come when the waiting ended, nor had anything after them
    reordered: int = 0
    unknown: int = 0  # no device heard of them
    repeated: int = 0
    unsigned: int = 0  # calls that were looked at and had no right signature

    @property
    def grave(self) -> int:
        """How much of it breaks a promise."""
        return self.lost + self.undelivered + self.reordered + self.unknown + self.unsigned


@dataclass(slots=True)
class Mirror:
    """What the receiver counted: calls and events that came in the measured time, and lags of what was sent in it.

    Of a receiver that was closed before, that time is from the first call to the last.
    """

    measured_s: float = 0.0
    opened_s: float = 0.0  # before the first call of that time
    calls: int = 0
    events: int = 0
    checked: int = 0  # calls whose signature was looked at
    failed_calls: int = 0  # to targets that answer 500
    hanging_calls: int = 0  # to targets that never answer
    trickling_calls: int = 0  # to targets that answer a byte a second
    per_call: Histogram = field(default_factory=Histogram)
    from_sent: Histogram = field(default_factory=Histogram)
    from_received: Histogram = field(default_factory=Histogram)
    faults: Faults = field(default_factory=Faults)
    behind_s: float = 0.0  # from the end of the measured time to the last event
    cpu_s: float = 0.0
