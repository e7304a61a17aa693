"""Answers about what calls are signed with."""

from msgspec import UNSET, UnsetType

from gateway.wire.answers.answer import Answer, Time


class SigningSecret(Answer, kw_only=True):
    """As Standard Webhooks write it. The newest has no end; one that was replaced signs along until its own."""

    secret: str
    until: Time | UnsetType = UNSET
