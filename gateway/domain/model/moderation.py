"""Moderation: an endpoint of the business that judges users' messages before they are said."""

from typing import Literal

from gateway.domain import limits
from gateway.domain.value import Value

Unanswered = Literal["accept", "refuse"]


class Moderation(Value, kw_only=True):
    """`unanswered` is what becomes of a message that the endpoint says nothing about, or nothing that can be read."""

    id: str
    target: str
    secret: str
    unanswered: Unanswered
    timeout_ms: int = limits.MODERATION_MS
