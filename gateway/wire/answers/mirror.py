"""Answers about how webhooks are called, and what they were told."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.wire.answers.answer import Answer, Count, Id, Listing, Time
from gateway.wire.answers.signing import SigningSecret


class Waiting(Answer, kw_only=True):
    """How many events wait for a webhook, and when the oldest of them happened."""

    events: Count
    oldest: Time | UnsetType = UNSET


class Delivery(Answer, kw_only=True):
    """How a webhook is called. `disabled` is one whose endpoint said that it is gone. Without a schedule of its own
    (null) it is called by the gateway's. An open `circuit` is an endpoint that is left alone until `calledAgainAt`."""

    status: Literal["active", "paused", "disabled"]
    since: Time | UnsetType = UNSET
    one_per_call: bool
    standard_webhooks: bool
    schedule: Literal["documented", "long"] | None
    signing_secrets: tuple[SigningSecret, ...]
    waiting: Waiting
    circuit: Literal["closed", "open", "half-open"]
    called_again_at: Time | UnsetType = UNSET


class DeliveryAnswer(Answer, kw_only=True):
    delivery: Delivery


class Attempt(Answer, kw_only=True):
    """A call of a webhook. `status` is left out where nothing came; `answer` is how the answer begins, or why there
    was none. The `id` is left out where nothing is kept."""

    id: Id | UnsetType = UNSET
    created_at: Time
    duration_ms: Count
    status: int | UnsetType = UNSET
    outcome: Literal["succeeded", "failed"]
    answer: str
    events: Annotated[tuple[Id, ...], Meta(min_length=1)]


class AttemptAnswer(Answer, kw_only=True):
    attempt: Attempt


class AttemptList(Listing, kw_only=True):
    attempts: tuple[Attempt, ...]


class ConversationId(Answer, kw_only=True):
    id: Id


class WebhookEvent(Answer, kw_only=True):
    """An event that a webhook is due, or was told, in the webhook's own words. It ended when it was delivered or, where
    it failed, given up; `attempts` counts since it was last replayed."""

    id: Id
    type: str
    created_at: Time
    conversation: ConversationId | UnsetType = UNSET
    status: Literal["waiting", "delivered", "failed"]
    attempts: Count
    ended_at: Time | UnsetType = UNSET
    due_at: Time | UnsetType = UNSET


class WebhookEventList(Listing, kw_only=True):
    events: tuple[WebhookEvent, ...]


class WebhookEventWithCall(WebhookEvent, kw_only=True):
    """With the body that a call with this event alone has."""

    call: dict[str, Any]


class WebhookEventAnswer(Answer, kw_only=True):
    event: WebhookEventWithCall


class Replayed(Answer, kw_only=True):
    """How many events wait again."""

    replayed: Count
