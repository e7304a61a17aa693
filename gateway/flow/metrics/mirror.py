"""Webhooks and moderation in numbers, and by ids of apps and webhooks: never a target or a secret."""

from typing import Final

from gateway.flow import moderation
from gateway.flow.metrics.row import Histogram, Labelled, Metric, Reading, Row, one
from gateway.flow.tally import DELIVERED, DROPPED, GIVEN_UP, RECENT_MINUTES, quantile

SHOWN: Final = 100  # webhooks of their own: there is no limit to how many an installation has
SHARES: Final = (0.5, 0.99)
STATES: Final = ("closed", "open", "half-open")


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


MIRROR: Final[tuple[Row, ...]] = (
    Metric(
        *("gateway_webhook_behind", "gauge", (), "Webhooks that have waiting events"),
        one(lambda it: it.behind.webhooks),
    ),
    Metric(
        *("gateway_webhook_backlog_events", "gauge", (), "Events that wait, of all webhooks together"),
        one(lambda it: it.behind.events),
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
        "`error`: on our side) and the class of the answer's status (`2xx` …, `none`, or `unreached`: no connection)",
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
        one(lambda it: it.flow.deliverer.calls),
    ),
    Metric(
        *("gateway_webhook_disabled_total", "counter", (), "Webhooks that were disabled, as their endpoint is no more"),
        one(lambda it: it.flow.deliverer.tally.disablings),
    ),
    Metric(
        *("gateway_webhook_replayed_events_total", "counter", (), "Events that had ended and were told again"),
        one(lambda it: it.flow.deliverer.tally.replays),
    ),
    Metric(
        *("gateway_moderation_messages_total", "counter", ("outcome",)),
        "Users' messages that were to be judged: `accepted`, `rewritten`, `refused`, or `unanswered` and left to the "
        "policy of their app",
        _judged,
    ),
    Metric(
        *("gateway_moderation_calls_in_flight", "gauge", (), "Messages that endpoints are being asked about"),
        one(lambda it: it.flow.lobby.moderators.calls),
    ),
    Metric(
        *("gateway_moderation_left_alone", "gauge", ()),
        "Endpoints that are asked about no message for now, or about one to try, since they did not answer",
        one(lambda it: it.flow.lobby.moderators.left_alone),
    ),
)
