"""One message, as it stands in a conversation's history."""

from gateway.domain.content import Content, Reference
from gateway.domain.model import Author, Metadata, Source
from gateway.domain.value import Value


class Message(Value, kw_only=True):
    """`seq` is its place among the conversation's events; a deleted message keeps its place and loses the rest."""

    id: str
    seq: int
    received: int
    author: Author
    content: Content | None
    source: Source
    metadata: Metadata | None = None
    references: tuple[Reference, ...] | None = None
    client_message_id: str | None = None

    @property
    def deleted(self) -> bool:
        return self.content is None
