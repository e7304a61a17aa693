"""Answers about attachments."""

from gateway.wire.answers.answer import Answer


class Attachment(Answer, kw_only=True):
    """A file that was uploaded: its address, and the type it is served as."""

    media_url: str
    media_type: str


class AttachmentAnswer(Answer, kw_only=True):
    attachment: Attachment
