"""A webhook call as it is written: the events it holds, its headers and its body."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from gateway.domain import signing
from gateway.domain.events import Event
from gateway.domain.model import Office, Webhook
from gateway.domain.retry import Answered
from gateway.flow.target import BATCH
from gateway.ports import Attempt, Mirrored
from gateway.wire import signature, webhook_v1, webhook_v2

CALL_BYTES: Final = 1_000_000  # of one call, unless a single event is larger
SAID: Final = 500  # characters of an answer that are kept, more than a secret has
HIDDEN: Final = "********"


class Dialect(NamedTuple):
    """How a version of webhooks is called: with how many events at most, and in which words.

    A `trial` is a call that tells of nothing, with an id and at a time, in milliseconds.
    """

    batch: int
    envelope: Callable[[Office, Webhook, Sequence[Event]], bytes]
    trial: Callable[[Office, Webhook, str, int], bytes]


DIALECTS: Final = {
    "v2": Dialect(BATCH, webhook_v2.envelope, webhook_v2.trial),
    "v1.1": Dialect(1, webhook_v1.envelope, webhook_v1.trial),
}


class Letter(NamedTuple):
    """`sent` are the first of the events that waited, as many as it may hold."""

    sent: Sequence[Mirrored]
    headers: dict[str, str]
    body: bytes


def batch(webhook: Webhook) -> int:
    """Events in one call, at most."""
    return 1 if webhook.delivery.one_per_call else DIALECTS[webhook.version].batch


def written(office: Office, webhook: Webhook, events: Sequence[Mirrored], now: int) -> Letter:
    """The next call, signed at that time."""
    envelope = DIALECTS[webhook.version].envelope
    sent = events[: batch(webhook)]
    body = envelope(office, webhook, [it.event for it in sent])
    while len(body) > CALL_BYTES and len(sent) > 1:
        sent = sent[: len(sent) // 2]
        body = envelope(office, webhook, [it.event for it in sent])
    return Letter(sent, headers(webhook, [it.event.id for it in sent], now, body), body)


def headers(webhook: Webhook, event_ids: Sequence[str], now: int, body: bytes) -> dict[str, str]:
    """The shared secret, and signatures by those that are not sent."""
    secrets = signing.valid(webhook.delivery.signing, now)
    return {"X-API-Key": webhook.secret, **signature.headers(signature.call_id(event_ids), now, secrets, body)}


def noted(webhook: Webhook, event_ids: Sequence[str], answered: Answered, begun: int, ended: int) -> Attempt:
    """What is kept of a call and its answer."""
    return Attempt(
        webhook_id=webhook.id,
        at=begun,
        took_ms=max(ended - begun, 0),
        events=tuple(event_ids),
        status=answered.status,
        said=kept(webhook, answered.said),
    )


def kept(webhook: Webhook, said: str) -> str:
    """What is kept of an answer, which may say again what it was told."""
    for secret in (webhook.secret, *(it.secret for it in webhook.delivery.signing)):
        said = said.replace(secret, HIDDEN)
    return said[:SAID]
