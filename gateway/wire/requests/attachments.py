"""What is asked of attachments."""

from typing import Annotated

from msgspec import Meta, field

from gateway.domain.content import Url
from gateway.wire.requests.body import Body


class UploadQuery(Body, kw_only=True):
    """`for` is a word of Python's own."""

    access: str = "public"
    container: str | None = field(default=None, name="for")
    conversation_id: str | None = None


class AttachmentUpload(Body, kw_only=True):
    source: Annotated[str, Meta(extra_json_schema={"contentMediaType": "application/octet-stream"})]


class AttachmentRemove(Body, kw_only=True):
    media_url: Url
