"""Files that are uploaded: to be shown by messages, or with the message that shows them."""

from gateway.domain import access, errors, media
from gateway.domain.commands import Ref
from gateway.domain.errors import Refused
from gateway.domain.model import Attachment, Person, Scope
from gateway.edge.v1 import messages
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.wire import requests
from gateway.wire.v1 import drafts, files
from gateway.wire.v2 import Json


async def upload(call: Call) -> Json:
    asked = call.asked(files.UploadQuery)
    if asked.access != "public":
        raise Refused(errors.ONLY_PUBLIC)
    if asked.container not in (None, "message"):
        raise Refused(errors.ONLY_FOR_MESSAGE)
    whose = await _whose(call, asked.user(call.app_id))
    draft = Attachment(
        app_id=call.app_id,
        base=call.base,
        for_message=asked.container is not None,
        user_id=whose.user.id if whose else None,
    )
    part = await call.form("source").file()
    kept = await call.flow.attachments.take(draft, part.file_name, part.chunks)
    return {"mediaUrl": media.url_of(kept), "mediaType": kept.media_type}


async def _whose(call: Call, named: Ref | None) -> Person | None:
    """The one who is named; with a user's token they themselves."""
    if named is None and call.caller.scope is Scope.USER:
        named = Ref(call.app_id, call.caller.external_id or "", "external")
    return await call.someone(named) if named else None


async def remove(call: Call) -> None:
    asked = await call.body(requests.AttachmentRemove)
    await call.flow.attachments.remove(call.app_id, asked.media_url, call.base)


async def image(call: Call) -> Json:
    """A picture that is uploaded and said in one."""
    draft = Attachment(app_id=call.app_id, base=call.base, for_message=True, user_id=(await call.person()).user.id)
    form = call.form("source")
    part = await form.file()
    async with call.flow.attachments.lent(draft, part.file_name, part.chunks) as kept:
        return await messages.said(call, drafts.uploaded(await form.fields(), media.url_of(kept)))


async def token(call: Call) -> None:
    await call.body(files.TokenDraft)
    raise Refused(errors.NO_PRIVATE_FILES)


async def cookie(_: Call) -> None:
    raise Refused(errors.NO_PRIVATE_FILES)


_ALL = "/attachments"

ROUTES = (
    Route("POST", _ALL, access.USER, upload, 201),
    Route("POST", f"{_ALL}/remove", access.APP, remove),
    Route("POST", f"{_ALL}/token", access.APP, token),
    Route("GET", f"{_ALL}/cookie", access.APP, cookie),
    Route("POST", "/appusers/{userId}/images", access.USER, image, 201),
)
