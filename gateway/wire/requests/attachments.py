"""What is asked of attachments."""

from msgspec import field

from gateway.domain.content import Url
from gateway.wire.requests.body import Body


class UploadQuery(Body, kw_only=True):
    """`for` is a word of Python's own."""

    access: str = "public"
    container: str | None = field(default=None, name="for")
    conversation_id: str | None = None


class AttachmentUpload(Body, kw_only=True):
    source: bytes


class AttachmentRemove(Body, kw_only=True):
    media_url: Url
