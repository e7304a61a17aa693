"""How an app's endpoint is asked to judge a message, and what it may answer."""

from collections.abc import Mapping
from typing import Any, Final

from gateway.domain import signing
from gateway.domain.content import Content
from gateway.domain.errors import Refused, bad_request
from gateway.domain.events import MessagePosted
from gateway.domain.model import Moderation
from gateway.domain.value import Shape
from gateway.wire import signature, v2
from gateway.wire.json import encode, read
from gateway.wire.v2 import Json


class Accept(Shape, kw_only=True, tag_field="action", tag="accept"):
    """The message is said as it is."""


class Rewritten(Shape, kw_only=True):
    content: Content


class Rewrite(Shape, kw_only=True, tag_field="action", tag="rewrite"):
    """This is said instead."""

    message: Rewritten


class Refuse(Shape, kw_only=True, tag_field="action", tag="refuse"):
    """It is not said; `reason` is a sentence for whoever wanted to say it."""

    reason: str | None = None


Verdict = Accept | Rewrite | Refuse

ACCEPT: Final = Accept()
NOT_YET: Final = ("id", "received")  # what a message has once it is said


def question(moderation: Moderation, event: MessagePosted, *, opens: bool) -> bytes:
    """The message as it would be said, in the words of v2; `opens` says that its conversation would open with it."""
    said = {name: value for name, value in v2.message(event.message).items() if name not in NOT_YET}
    if event.user is not None:
        said["author"] = {**said["author"], "user": v2.short_user(event.user)}
    room = v2.short_conversation(event.conversation)
    body: Json = {
        "app": {"id": event.app_id},
        "moderation": {"id": moderation.id, "version": v2.VERSION},
        "conversation": {name: value for name, value in room.items() if not (opens and name == "id")},
        "message": said,
    }
    return encode(body)


def headers(moderation: Moderation, call_id: str, now: int, body: bytes) -> Mapping[str, str]:
    """By which the endpoint knows who asks: the shared secret, and signatures by those that are not sent."""
    secrets = signing.valid(moderation.signing, now)
    return {"X-API-Key": moderation.secret, **signature.headers(call_id, now, secrets, body)}


def shown(it: Moderation) -> Json:
    """A moderation as REST answers it."""
    return {
        "id": it.id,
        "target": it.target,
        "secret": it.secret,
        "signingSecrets": [signature.shown(secret) for secret in it.signing],
        "timeoutMs": it.timeout_ms,
        "unanswered": it.unanswered,
    }


def verdict(answer: bytes, asked: Content | None) -> Verdict:
    """What an endpoint says to a message with such content; nothing said is no objection.

    Raises `Refused` for what cannot be read, and for content of another kind.
    """
    if not answer.strip():
        return ACCEPT
    said: Any = read(answer, Verdict)
    if isinstance(said, Rewrite) and type(said.message.content) is not type(asked):
        raise Refused(bad_request("message.content.type should be that of the message"))
    return said  # type: ignore[no-any-return]
