"""What the gateway knows of itself, as a table: numbers, and ids of apps and webhooks, never a target or a secret."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final, Literal, NamedTuple

from gateway.flow import moderation
from gateway.flow.floor import Flow
from gateway.flow.tally import DELIVERED, DROPPED, GIVEN_UP, RECENT_MINUTES, Lags, quantile
from gateway.ports import Behind

SHOWN: Final = 100  # webhooks of their own: there is no limit to how many an installation has
SHARES: Final = (0.5, 0.99)
STATES: Final = ("closed", "open", "half-open")

Labelled = Iterable[tuple[tuple[str, ...], float]]


class Reading(NamedTuple):
    """One look at everything, at a time in milliseconds."""

    flow: Flow
    behind: Behind
    now: int


class Metric(NamedTuple):
    """`name` is as it is shown; `read` gives a number for each set of labels."""

    name: str
    kind: Literal["counter", "gauge"]
    labels: tuple[str, ...]
    sentence: str
    read: Callable[[Reading], Labelled]


class Histogram(NamedTuple):
    """Seconds, by how many there were of each length."""

    name: str
    sentence: str
    read: Callable[[Reading], Lags]
    kind: str = "histogram"
    labels: tuple[str, ...] = ("le",)


def _one(value: Callable[[Reading], float]) -> Callable[[Reading], Labelled]:
    return lambda it: (((), value(it)),)


def _waiting(it: Reading) -> Labelled:
    return (((one.app_id, one.webhook_id), one.events) for one in it.behind.most)


def _oldest(it: Reading) -> Labelled:
    return (((one.app_id, one.webhook_id), max(it.now - one.oldest_at, 0) / 1000) for one in it.behind.most)


def _attempts(it: Reading) -> Labelled:
    return sorted(it.flow.deliverer.tally.attempts.items())


def _events(it: Reading) -> Labelled:
    events = it.flow.deliverer.tally.events
    return (((outcome,), events[outcome]) for outcome in (DELIVERED, GIVEN_UP, DROPPED))


def _recent(it: Reading) -> Labelled:
    counts = it.flow.deliverer.tally.recent(it.now)
    found = ((share, quantile(share, counts)) for share in SHARES)
    return (((str(share),), seconds) for share, seconds in found if seconds is not None)


def _judged(it: Reading) -> Labelled:
    outcomes = it.flow.lobby.moderators.outcomes
    named = (moderation.ACCEPTED, moderation.REWRITTEN, moderation.REFUSED, moderation.UNANSWERED)
    return (((outcome,), outcomes[outcome]) for outcome in named)


def _circuits(it: Reading) -> Labelled:
    circuits = it.flow.deliverer.circuits()
    return (((state.replace("-", "_"),), circuits[state]) for state in STATES)


METRICS: Final[tuple[Metric | Histogram, ...]] = (
    Metric("gateway_devices", "gauge", (), "Devices that are connected", _one(lambda it: len(it.flow.hub))),
    Metric(
        *("gateway_webhook_behind", "gauge", (), "Webhooks that have waiting events"),
        _one(lambda it: it.behind.webhooks),
    ),
    Metric(
        *("gateway_webhook_backlog_events", "gauge", (), "Events that wait, of all webhooks together"),
        _one(lambda it: it.behind.events),
    ),
    Metric(
        *("gateway_webhook_waiting_events", "gauge", ("app", "webhook")),
        f"Events that wait for a webhook: of the {SHOWN} webhooks with the most, and only where any do",
        _waiting,
    ),
    Metric(
        *("gateway_webhook_oldest_waiting_seconds", "gauge", ("app", "webhook")),
        "How long ago the oldest of them happened",
        _oldest,
    ),
    Metric(
        *("gateway_webhook_attempts_total", "counter", ("outcome", "status")),
        "Calls, by what came of them (`delivered`, `retried`, `failed`: given up; `disabled`: the endpoint is no more; "
        "`error`: on our side) and the class of the answer's status (`2xx` …, or `none`)",
        _attempts,
    ),
    Metric(
        *("gateway_webhook_events_total", "counter", ("outcome",)),
        "Events that are done with: `delivered`, `given_up`, or `dropped` (typing, which is told once)",
        _events,
    ),
    Histogram(
        "gateway_webhook_delivery_lag_seconds",
        "Seconds from when an event happened until its endpoint had taken it; one that is replayed counts again",
        lambda it: it.flow.deliverer.tally.lags,
    ),
    Metric(
        *("gateway_webhook_recent_lag_seconds", "gauge", ("quantile",)),
        f"The same of the last {RECENT_MINUTES} minutes, half (`0.5`) and 99 of 100 (`0.99`), as its buckets tell",
        _recent,
    ),
    Metric(
        *("gateway_webhook_circuits", "gauge", ("state",)),
        "Webhooks that something is being done about, by whether they are called: `closed`, `open` (not for now), "
        "`half_open` (one call, as a probe)",
        _circuits,
    ),
    Metric(
        *("gateway_webhook_calls_in_flight", "gauge", (), "Calls that are under way"),
        _one(lambda it: it.flow.deliverer.calls),
    ),
    Metric(
        *("gateway_webhook_disabled_total", "counter", (), "Webhooks that were disabled, as their endpoint is no more"),
        _one(lambda it: it.flow.deliverer.tally.disablings),
    ),
    Metric(
        *("gateway_webhook_replayed_events_total", "counter", (), "Events that had ended and were told again"),
        _one(lambda it: it.flow.deliverer.tally.replays),
    ),
    Metric(
        *("gateway_moderation_messages_total", "counter", ("outcome",)),
        "Users' messages that were to be judged: `accepted`, `rewritten`, `refused`, or `unanswered` and left to the "
        "policy of their app",
        _judged,
    ),
    Metric(
        *("gateway_moderation_calls_in_flight", "gauge", (), "Messages that endpoints are being asked about"),
        _one(lambda it: it.flow.lobby.moderators.calls),
    ),
    Metric(
        *("gateway_moderation_left_alone", "gauge", ()),
        "Endpoints that are asked about no message for now, or about one to try, since they did not answer",
        _one(lambda it: it.flow.lobby.moderators.left_alone),
    ),
)


class Readings:
    """Looks when it is asked; what waits is counted by one at a time, for all who had asked when that began."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._looking = asyncio.Lock()
        self._begun = 0
        self._done = 0
        self._last = Reading(flow, Behind(), 0)

    async def __call__(self) -> Reading:
        asked = self._begun
        async with self._looking:
            if self._done <= asked:
                self._begun += 1
                self._last = Reading(self._flow, await self._flow.store.behind(SHOWN), self._flow.now())
                self._done = self._begun
        return self._last
