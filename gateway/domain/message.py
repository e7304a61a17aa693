"""One message, as it stands in a conversation's history."""

from typing import Any, Literal

from gateway.domain.content import Content, Reference
from gateway.domain.model import Author, Metadata, Source
from gateway.domain.value import Shape, Value


class RawPayload(Shape, kw_only=True):
    """What one channel is to be sent instead of the content, in its own words."""

    payload: dict[str, Any] | None = None


class ApplePayload(RawPayload, kw_only=True):
    with_capabilities: tuple[Literal["LIST", "TIME", "FORM", "QUICK", "AUTH2"], ...] | None = None


class Override(Shape, kw_only=True):
    """Raw payloads by channel: kept, and never shown."""

    apple: ApplePayload | None = None
    line: RawPayload | None = None
    messenger: RawPayload | None = None
    whatsapp: RawPayload | None = None


class Message(Value, kw_only=True, omit_defaults=True):
    """`seq` is its place among the conversation's events; a deleted message keeps its place and loses the rest.

    `quoted` is the message this one answers; `quoted_by` is the id of the one that answers this.
    """

    id: str
    seq: int
    received: int
    author: Author
    content: Content | None
    source: Source
    metadata: Metadata | None = None
    references: tuple[Reference, ...] | None = None
    client_message_id: str | None = None
    quoted: "Message | None" = None
    quoted_by: str | None = None
    override: Override | None = None
    schema: str | None = None

    @property
    def deleted(self) -> bool:
        return self.content is None


def placeholder(message: Message) -> Message:
    """What is left of a deleted message."""
    return Message(
        id=message.id,
        seq=message.seq,
        received=message.received,
        author=message.author,
        content=None,
        source=message.source,
        client_message_id=message.client_message_id,
        quoted_by=message.quoted_by,
    )
