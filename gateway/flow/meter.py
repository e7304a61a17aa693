"""What the device side has done since the start, counted: plain numbers, which cost next to nothing to keep."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from gateway.flow.spread import Spread
from gateway.ports import Clock

LAGS_S: Final = (
    *(0.000_25, 0.000_5, 0.001, 0.001_5, 0.002, 0.003, 0.005, 0.007_5),
    *(0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
GROUPS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024)

# By which door a refusal left.
SOCKET: Final = "socket"
REST: Final = "rest"


class Meter:
    """`clock` gives seconds of any origin. Refusals are by door and code, goodbyes by close code.

    Whoever does one thing at a time adds one; what happens to every message is noted once for a whole group.
    """

    __slots__ = (
        "_told",
        "clock",
        "commit_lags",
        "connects",
        "deliveries",
        "goodbyes",
        "groups",
        "push_lags",
        "refusals",
        "resumes",
        "sockets",
        "welcomes",
    )

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.sockets = 0
        self.connects = 0
        self.welcomes = 0
        self.deliveries = 0
        self.goodbyes: Counter[int] = Counter()
        self.refusals: Counter[tuple[str, str]] = Counter()
        self.resumes: Counter[bool] = Counter()
        self.groups = Spread(GROUPS)
        self.commit_lags = Spread(LAGS_S)
        self.push_lags = Spread(LAGS_S)
        self._told: list[tuple[float, int]] = []

    def opened(self) -> None:
        """A device's socket."""
        self.sockets += 1
        self.connects += 1

    def closed(self) -> None:
        self.sockets -= 1

    def resumed(self, recovered: Collection[bool]) -> None:
        """Positions were shown, and so many of them recovered."""
        complete = sum(recovered)
        self.resumes[True] += complete
        self.resumes[False] += len(recovered) - complete

    def committed(self, since: Sequence[float]) -> float:
        """A group is on disk whose commands lined up at these times; gives the time."""
        now, add = self.clock(), self.commit_lags.add
        self.groups.add(len(since))
        for then in since:
            add(now - then)
        return now

    def told(self, committed_at: float, deliveries: int) -> None:
        """What was committed then was handed to so many devices, and is written to their sockets next."""
        if deliveries:
            self._told.append((committed_at, deliveries))

    def written(self) -> None:
        """What was handed to devices has been written to their sockets."""
        if self._told:
            now = self.clock()
            for committed_at, deliveries in self._told:
                self.push_lags.add(now - committed_at, deliveries)
            self._told.clear()
