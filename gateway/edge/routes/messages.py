"""Messages and activities."""

from gateway.domain import access, errors, limits
from gateway.domain.commands import ClearMessages, DeleteMessage, Post, Read, Speaker, Type
from gateway.domain.errors import Refused
from gateway.domain.views import Page
from gateway.edge.call import Call, Operation
from gateway.wire import cursor, requests, v2
from gateway.wire.v2 import Json


async def post(call: Call) -> Json:
    body = call.body(requests.MessageCreate)
    command = Post(
        app_id=call.app_id,
        conversation_id=call["conversationId"],
        author=_speaker(call, body.author),
        content=body.content,
        metadata=body.metadata,
        references=body.references,
        override=body.override,
        schema=body.schema,
    )
    posted = await call.flow.corridor.execute(command)
    return {"messages": [v2.message(it) for it in posted.messages]}


async def list_all(call: Call) -> Json:
    asked = call.page()
    page = Page(size=limits.MESSAGES_PAGE, after=asked.after, before=asked.before)
    try:
        room = await call.flow.queries.room(call.app_id, call["conversationId"])
    except Refused:
        raise Refused(errors.NOT_FOUND) from None  # documented so for this list alone
    found, more = await call.flow.store.messages(room.conversation.id, page)
    return cursor.history([v2.message(it) for it in found], [it.id for it in found], page, more, call.url)


async def delete(call: Call) -> Json:
    await call.flow.corridor.execute(
        DeleteMessage(app_id=call.app_id, conversation_id=call["conversationId"], message_id=call["messageId"])
    )
    return {}


async def clear(call: Call) -> Json:
    await call.flow.corridor.execute(ClearMessages(app_id=call.app_id, conversation_id=call["conversationId"]))
    return {}


async def activity(call: Call) -> Json:
    body = call.body(requests.ActivityCreate)
    speaker = _speaker(call, body.author)
    room = call["conversationId"]
    if body.type == "conversation:read":
        await call.flow.corridor.execute(Read(app_id=call.app_id, conversation_id=room, reader=speaker))
        return {}
    if speaker.user is not None:
        raise Refused(errors.USERS_ONLY_READ)
    command = Type(app_id=call.app_id, conversation_id=room, typist=speaker, activity=body.type)
    await call.flow.typists.take(command)
    return {}


def _speaker(call: Call, draft: requests.AuthorDraft) -> Speaker:
    is_user = draft.type == "user"
    return Speaker(
        user=call.named(draft.user_id, draft.user_external_id) if is_user else None,
        display_name=draft.display_name or None,
        avatar_url=draft.avatar_url,
        subtypes=draft.subtypes or (),
    )


_ONE = "/v2/apps/{appId}/conversations/{conversationId}"

OPERATIONS = (
    Operation("POST", f"{_ONE}/messages", access.ANY, post, 201),
    Operation("GET", f"{_ONE}/messages", access.ANY, list_all),
    Operation("DELETE", f"{_ONE}/messages", access.ANY, clear),
    Operation("DELETE", f"{_ONE}/messages/{{messageId}}", access.ANY, delete),
    Operation("POST", f"{_ONE}/activity", access.ANY, activity),
)
