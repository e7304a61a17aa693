"""Moderation: an endpoint of the business that judges users' messages before they are said."""

from typing import Literal

from gateway.domain import limits
from gateway.domain.model.signing import SigningSecret
from gateway.domain.value import Value

Unanswered = Literal["accept", "refuse"]


class Moderation(Value, kw_only=True):
    """`unanswered` is what becomes of a message that the endpoint says nothing about, or nothing that can be read.

    The newest of the `signing` secrets comes first.
    """

    id: str
    target: str
    secret: str
    signing: tuple[SigningSecret, ...]
    unanswered: Unanswered
    timeout_ms: int = limits.MODERATION_MS
