"""When a webhook call that failed is tried again."""

from typing import Final

from gateway.domain.value import Value

TIMEOUT_S: Final = 20.0  # "20 s without a response = failure"
NEVER_AGAIN: Final = frozenset({400, 401, 403, 404, 406})
INTERVALS_S: Final = (8.0, 32.0, 128.0, 512.0)  # 5 attempts; with time-outs and jitter within 15 minutes
JITTER: Final = 0.1  # each interval is up to this much longer
LONGEST_S: Final = 3_600.0  # that an endpoint may ask to be left alone


class Answered(Value):
    """An HTTP status, None where nothing came in time; and how many seconds the endpoint asks to be left alone."""

    status: int | None = None
    after_s: float | None = None


class Verdict(Value):
    """What becomes of an event after an attempt: delivered, tried again in `wait_s`, or given up (both unset)."""

    delivered: bool = False
    wait_s: float | None = None


def is_final(status: int | None) -> bool:
    """Whether an answer that is no success speaks of the event, and not of how the endpoint is."""
    return status in NEVER_AGAIN


def judge(answered: Answered, attempts: int, dice: float, intervals_s: tuple[float, ...] = INTERVALS_S) -> Verdict:
    """After the `attempts`-th attempt was answered so; `dice` in [0, 1) spreads the retries."""
    status = answered.status
    if status is not None and 200 <= status < 300:
        return Verdict(delivered=True)
    if status in NEVER_AGAIN or attempts > len(intervals_s):
        return Verdict()
    asked_s = min(answered.after_s or 0.0, LONGEST_S)
    return Verdict(wait_s=max(intervals_s[attempts - 1], asked_s) * (1 + JITTER * dice))
