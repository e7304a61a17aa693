"""What v1.1 asks about notifications: messages to people on channels, whether they are users or not."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from gateway.domain import limits
from gateway.wire.requests import Body
from gateway.wire.v1 import drafts


class NotificationDestination(Body, kw_only=True):
    integration_id: str
    destination_id: Annotated[str, Meta(min_length=1, max_length=limits.EXTERNAL_ID)]


class NotificationAuthor(drafts.AuthorDraft, kw_only=True):
    role: Literal["appMaker"]  # nobody else notifies


class Notification(Body, kw_only=True):
    """With a schema, the message is in the words of its channel."""

    destination: NotificationDestination
    author: NotificationAuthor
    message: dict[str, Any]
    message_schema: Literal["whatsapp"] | None = None

    def check(self) -> None:
        """Raises `Refused` (400) for what could be no message."""
        if self.message_schema is None:
            drafts.content(self.message)
