"""When a webhook call that failed is tried again."""

from collections.abc import Mapping
from typing import Final

from gateway.domain.value import Value

TIMEOUT_S: Final = 20.0  # "20 s without a response = failure"
GONE: Final = 410
INTERVALS_S: Final = (8.0, 32.0, 128.0, 512.0)  # 5 attempts; with time-outs and jitter within 15 minutes
DAYS_S: Final = (5.0, 30.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 57_600.0, 61_200.0)  # 11 within 72 h
JITTER: Final = 0.1  # each interval is up to this much longer
LONGEST_S: Final = 3_600.0  # that an endpoint may ask to be left alone

# Seconds between the attempts, by the name of the schedule.
SCHEDULES: Final[Mapping[str, tuple[float, ...]]] = {"documented": INTERVALS_S, "long": DAYS_S}

FURTHEST_S: Final = max(LONGEST_S, *INTERVALS_S, *DAYS_S)


class Manner(Value):
    """What answers mean: which statuses speak of the event, for good, and which say that the endpoint is no more."""

    final: frozenset[int]
    gone: frozenset[int]


DOCUMENTED: Final = Manner(final=frozenset({400, 401, 403, 404, 406}), gone=frozenset())
STANDARD: Final = Manner(final=frozenset(), gone=frozenset({GONE}))  # of Standard Webhooks


class Answered(Value):
    """An HTTP status, None where nothing came in time; how many seconds the endpoint asks to be left alone; and the
    first characters of the answer, or why there was none. An endpoint that is `unreached` was told nothing.
    """

    status: int | None = None
    after_s: float | None = None
    said: str = ""
    unreached: bool = False

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Verdict(Value):
    """What becomes of an event after an attempt: delivered, tried again in `wait_s`, or given up (both unset)."""

    delivered: bool = False
    wait_s: float | None = None


def judge(
    answered: Answered,
    attempts: int,
    dice: float,
    intervals_s: tuple[float, ...] = INTERVALS_S,
    manner: Manner = DOCUMENTED,
) -> Verdict:
    """After the `attempts`-th attempt was answered so; `dice` in [0, 1) spreads the retries."""
    if answered.taken:
        return Verdict(delivered=True)
    if answered.status in manner.final or attempts > len(intervals_s):
        return Verdict()
    asked_s = min(answered.after_s or 0.0, LONGEST_S)
    return Verdict(wait_s=max(intervals_s[attempts - 1], asked_s) * (1 + JITTER * dice))


def rest_s(due_at: int, now: int, intervals_s: tuple[float, ...] = ()) -> float:
    """Seconds until then. Nothing waits for longer than a schedule lets it: if it seems so, the clock was set back."""
    seconds = (due_at - now) / 1000
    return seconds if seconds <= max(FURTHEST_S, *intervals_s, 0.0) * (1 + JITTER) else 0.0
