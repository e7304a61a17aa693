"""Request bodies of moderation."""

from typing import Annotated

from msgspec import Meta

from gateway.domain import limits
from gateway.domain.content import Url, check_target
from gateway.domain.model.moderation import Unanswered
from gateway.wire.requests.body import Body

Deadline = Annotated[int, Meta(ge=limits.MODERATION_MS_LEAST, le=limits.MODERATION_MS_MOST)]


class ModerationPut(Body, kw_only=True):
    target: Url
    unanswered: Unanswered
    timeout_ms: Deadline = limits.MODERATION_MS

    def __post_init__(self) -> None:
        check_target(self.target, "target")
