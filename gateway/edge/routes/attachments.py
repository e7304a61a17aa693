"""Attachments."""

from gateway.domain import access, errors, media
from gateway.domain.errors import Refused
from gateway.domain.model import Attachment
from gateway.edge.call import MULTIPART, Call, Operation
from gateway.wire import answers, requests
from gateway.wire.v2 import Json


async def upload_attachment(call: Call) -> Json:
    """Upload a file to use in messages."""
    asked = call.query(requests.UploadQuery)
    if asked.access != "public":
        raise Refused(errors.ONLY_PUBLIC)
    if asked.container not in (None, "message"):
        raise Refused(errors.ONLY_FOR_MESSAGE)
    if asked.conversation_id is not None:
        await call.flow.queries.room(call.app_id, asked.conversation_id)
    draft = Attachment(
        app_id=call.app_id,
        base=call.base,
        for_message=asked.container is not None,
        conversation_id=asked.conversation_id,
    )
    part = await call.file("source")
    kept = await call.flow.attachments.take(draft, part.file_name, part.chunks)
    return {"attachment": {"mediaUrl": media.url_of(kept), "mediaType": kept.media_type}}


async def delete_attachment(call: Call) -> Json:
    """Remove a file that was uploaded."""
    await call.flow.attachments.remove(call.app_id, call.body(requests.AttachmentRemove).media_url, call.base)
    return {}


_ALL = "/v2/apps/{appId}/attachments"

OPERATIONS = (
    Operation(
        "POST",
        _ALL,
        access.ANY,
        upload_attachment,
        201,
        asks=requests.AttachmentUpload,
        media=(MULTIPART,),
        query=requests.UploadQuery,
        answers=answers.AttachmentAnswer,
        refuses=(
            errors.ONLY_PUBLIC,
            errors.ONLY_FOR_MESSAGE,
            errors.NO_SOURCE,
            errors.BAD_HOST,
            errors.CONVERSATION_NOT_FOUND,
            errors.FILE_TOO_LARGE,
            errors.EXTENSION_NOT_ALLOWED,
            errors.TYPE_UNKNOWN,
            errors.TYPE_NOT_ALLOWED,
        ),
    ),
    Operation(
        "POST",
        f"{_ALL}/remove",
        access.ANY,
        delete_attachment,
        asks=requests.AttachmentRemove,
        refuses=(
            errors.unsupported_media_url("https://elsewhere.example/cat.png"),
            errors.BAD_HOST,
            errors.ATTACHMENT_NOT_FOUND,
        ),
    ),
)
