"""Answers about moderation."""

from typing import Annotated

from msgspec import Meta

from gateway.domain.model.moderation import Unanswered
from gateway.wire.answers.answer import Answer, Id
from gateway.wire.answers.signing import SigningSecret
from gateway.wire.requests.moderation import Deadline


class Moderation(Answer, kw_only=True):
    """Where users' messages are judged before they are said. `secret` comes along as the header `X-API-Key`, and the
    `signingSecrets` sign.

    `unanswered` is what becomes of a message that the endpoint says nothing about within `timeoutMs` milliseconds.
    """

    id: Id
    target: str
    secret: str
    signing_secrets: Annotated[tuple[SigningSecret, ...], Meta(min_length=1)]
    timeout_ms: Deadline
    unanswered: Unanswered


class ModerationAnswer(Answer, kw_only=True):
    moderation: Moderation
