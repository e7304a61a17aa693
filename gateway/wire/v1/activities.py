"""What v1.1 asks about typing, reading and buttons."""

from typing import Annotated, Literal

from msgspec import Meta

from gateway.domain import limits
from gateway.domain.commands import Ref, Speaker
from gateway.domain.content import Label, Url
from gateway.wire.requests import Body
from gateway.wire.v1.drafts import BUSINESS


class ActivityDraft(Body, kw_only=True):
    role: Literal["appUser", "appMaker"]
    type: Literal["typing:start", "typing:stop", "conversation:read"]
    name: Annotated[str, Meta(max_length=limits.LABEL)] | None = None
    avatar_url: Url | None = None

    def speaker(self, user: Ref) -> Speaker:
        return Speaker(
            user=None if self.role == BUSINESS else user, display_name=self.name or None, avatar_url=self.avatar_url
        )


class PostbackDraft(Body, kw_only=True):
    action_id: Label
