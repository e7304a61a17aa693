"""How a webhook is called and what it was told, as REST shows them. Nothing of this is the API's own."""

from collections.abc import Sequence
from typing import Any, Protocol

from gateway.domain import signing
from gateway.domain.circuit import Circuit
from gateway.domain.events import ConversationEvent
from gateway.domain.model import Webhook
from gateway.domain.retry import Answered
from gateway.domain.triggers import WORDS
from gateway.domain.views import Told
from gateway.wire import signature
from gateway.wire.times import iso
from gateway.wire.v2 import Json, time, without_none

STATUSES = {"asked": "paused", "gone": "disabled"}  # by the reason of a pause


class Attempt(Protocol):
    """`ports.Attempt`"""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> int: ...
    @property
    def took_ms(self) -> int: ...
    @property
    def events(self) -> Sequence[str]: ...
    @property
    def status(self) -> int | None: ...
    @property
    def said(self) -> str: ...


class Backlog(Protocol):
    """`ports.Backlog`"""

    @property
    def events(self) -> int: ...
    @property
    def oldest_at(self) -> int: ...


def delivery(it: Webhook, now: int, backlog: Backlog | None, circuit: Circuit) -> Json:
    """How it is called, and what waits for it. Of its signing secrets, those that sign now."""
    how = it.delivery
    valid = [own for own in how.signing if own.secret in signing.valid(how.signing, now)]
    return {
        "status": STATUSES[how.paused.why] if how.paused else "active",
        **without_none(since=time(how.paused.since if how.paused else None)),
        "onePerCall": how.one_per_call,
        "standardWebhooks": how.standard,
        "schedule": how.schedule,
        "signingSecrets": [signature.shown(own) for own in valid],
        "waiting": {"events": backlog.events, "oldest": iso(backlog.oldest_at)} if backlog else {"events": 0},
        "circuit": circuit.state(now),
        **without_none(calledAgainAt=time(circuit.open_until(now))),
    }


def attempt(it: Attempt) -> Json:
    """A call; one that is not kept has no id."""
    return without_none(
        id=call_id(it.id) if it.id else None,
        createdAt=iso(it.at),
        durationMs=it.took_ms,
        status=it.status,
        outcome="succeeded" if Answered(it.status).taken else "failed",
        answer=it.said,
        events=it.events,
    )


def call_id(number: int) -> str:
    return f"{number:024x}"


def event(it: Told, webhook: Webhook, open_until: int | None, **more: Any) -> Json:
    """An event in the words of the webhook, whose circuit may be open until then: nothing that waits goes before."""
    due_at = max(it.due_at, open_until or 0) or None
    here = it.event.conversation.id if isinstance(it.event, ConversationEvent) else None
    return without_none(
        id=it.event.id,
        type=WORDS[webhook.version](it.event),
        createdAt=iso(it.event.at),
        conversation={"id": here} if here else None,
        status=it.status,
        attempts=it.attempts,
        endedAt=time(it.ended_at),
        dueAt=time(due_at) if it.ended_at is None else None,
        **more,
    )
