"""What the mirror has done since the start, counted: plain numbers, which cost next to nothing to keep."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from gateway.domain.retry import Answered
from gateway.flow.spread import Spread
from gateway.ports import Mirrored, Settled

BOUNDS_S: Final = (
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
    *(60.0, 300.0, 900.0, 3_600.0, 21_600.0, 86_400.0, 259_200.0),
)
RECENT_MINUTES: Final = 5
MINUTE_MS: Final = 60_000
NO_STATUS: Final = "none"
UNREACHED: Final = "unreached"

# What came of a call, and of an event.
DELIVERED: Final = "delivered"
RETRIED: Final = "retried"
FAILED: Final = "failed"
DISABLED: Final = "disabled"
ERROR: Final = "error"
GIVEN_UP: Final = "given_up"
DROPPED: Final = "dropped"


class Lags(Spread):
    """How long events took, in seconds."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(BOUNDS_S)


def quantile(share: float, counts: Sequence[int]) -> float | None:
    """The time within which a share of them came, in seconds, as if all of a range were spread evenly over it.

    None without any; what took longer than the last bound is taken for that.
    """
    before, wanted = 0, share * sum(counts)
    for place, count in enumerate(counts[: len(BOUNDS_S)]):
        if count and before + count >= wanted:
            low = BOUNDS_S[place - 1] if place else 0.0
            return low + (BOUNDS_S[place] - low) * (wanted - before) / count
        before += count
    return BOUNDS_S[-1] if sum(counts) else None


class Tally:
    """`attempts` by what came of the call and the class of its status, `events` by what came of them."""

    def __init__(self) -> None:
        self.attempts: Counter[tuple[str, str]] = Counter()
        self.events: Counter[str] = Counter()
        self.lags = Lags()
        self.disablings = 0
        self.replays = 0
        self._minutes: dict[int, Lags] = {}

    def called(self, sent: Sequence[Mirrored], answered: Answered, settled: Sequence[Settled], now: int) -> None:
        """A webhook was called with these events, and this was made of them."""
        if answered.taken:
            self.attempts[DELIVERED, _class(answered)] += 1
            self.events[DELIVERED] += len(sent)
            self._took([max(now - it.event.at, 0) / 1000 for it in sent], now // MINUTE_MS)
            return
        ended = [it for it in settled if it.due_at is None]
        outcome = FAILED if sum(len(it.ids) for it in ended) == len(sent) else RETRIED
        self.attempts[outcome, _class(answered)] += 1
        for it in ended:
            self.events[DROPPED if it.is_gone else GIVEN_UP] += len(it.ids)

    def disabled(self, answered: Answered) -> None:
        """An endpoint has said that it is no more, and its webhook was disabled."""
        self.attempts[DISABLED, _class(answered)] += 1
        self.disablings += 1

    def broke(self) -> None:
        """A call, or what was to be written of it, failed on our side."""
        self.attempts[ERROR, NO_STATUS] += 1

    def gave_up(self, events: int) -> None:
        """So many events waited for too long."""
        self.events[GIVEN_UP] += events

    def replayed(self, events: int) -> None:
        """So many events that had ended wait again."""
        self.replays += events

    def recent(self, now: int) -> list[int]:
        """The counts of what was delivered within the last minutes, that of `now` included."""
        oldest = now // MINUTE_MS - RECENT_MINUTES
        lags = [it.counts for minute, it in self._minutes.items() if minute > oldest]
        return [sum(column) for column in zip(*lags, strict=True)]

    def _took(self, lags_s: Sequence[float], minute: int) -> None:
        recent = self._minutes.get(minute)
        if recent is None:
            kept = {it: lags for it, lags in self._minutes.items() if it > minute - RECENT_MINUTES}
            recent = Lags()
            self._minutes = {**kept, minute: recent}
        for lag_s in lags_s:
            self.lags.add(lag_s)
            recent.add(lag_s)


def _class(answered: Answered) -> str:
    if answered.status is None:
        return UNREACHED if answered.unreached else NO_STATUS
    return f"{answered.status // 100}xx"
