"""Messages and activities."""

from gateway.domain import access, errors, limits
from gateway.domain.commands import ClearMessages, DeleteMessage, Destination, Post, Read, Speaker, Type
from gateway.domain.errors import Refused
from gateway.edge.call import Call, Operation
from gateway.wire import answers, cursor, requests, v2
from gateway.wire.v2 import Json


async def post_message(call: Call) -> Json:
    """Post a message, as the business or as a user."""
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
        destination=_destination(body.destination),
        captions=call.formerly(requests.Captions).captions,
    )
    posted = await call.flow.lobby.execute(command)
    return {"messages": [v2.message(it) for it in posted.messages]}


async def list_messages(call: Call) -> Json:
    """List a conversation's messages, a page of which is read backwards from the newest."""
    page = call.page(fixed=limits.MESSAGES_PAGE)
    try:
        room = await call.flow.queries.room(call.app_id, call["conversationId"])
    except Refused:
        raise Refused(errors.NOT_FOUND) from None  # documented so for this list alone
    found, more = await call.flow.store.messages(room.conversation.id, page)
    return cursor.history([v2.message(it) for it in found], [it.id for it in found], page, more, call.url)


async def delete_message(call: Call) -> Json:
    """Delete a message: its place in the conversation stays."""
    await call.flow.corridor.execute(
        DeleteMessage(app_id=call.app_id, conversation_id=call["conversationId"], message_id=call["messageId"])
    )
    return {}


async def delete_all_messages(call: Call) -> Json:
    """Delete all messages of a conversation."""
    await call.flow.corridor.execute(ClearMessages(app_id=call.app_id, conversation_id=call["conversationId"]))
    return {}


async def post_activity(call: Call) -> Json:
    """Tell that a conversation was read, or that someone types."""
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


def _destination(draft: requests.Destination | None) -> Destination | None:
    if draft is None:
        return None
    return Destination(integration_id=draft.integration_id, integration_type=draft.integration_type)


def _speaker(call: Call, draft: requests.AuthorDraft) -> Speaker:
    is_user = draft.type == "user"
    return Speaker(
        user=call.named(draft.user_id, draft.user_external_id, draft.brand_id) if is_user else None,
        display_name=draft.display_name or None,
        avatar_url=draft.avatar_url,
        subtypes=draft.subtypes or (),
    )


_ONE = "/v2/apps/{appId}/conversations/{conversationId}"
_ALL = f"{_ONE}/messages"
_UNKNOWN = (errors.CONVERSATION_NOT_FOUND,)
_SPEAKING = (*_UNKNOWN, errors.USER_NOT_FOUND, errors.AUTHOR_NOT_PARTICIPANT)

OPERATIONS = (
    Operation(
        "POST",
        _ALL,
        access.ANY,
        post_message,
        201,
        asks=requests.MessageCreate,
        answers=answers.MessagesAnswer,
        refuses=(
            *_SPEAKING,
            errors.UNREADABLE_MEDIA,
            errors.NO_PICTURE,
            errors.NO_BUY_IN_GROUPS,
            errors.DESTINATION_MISPLACED,
            errors.NO_API_FORM_RESPONSE,
            errors.LOCKED,
            errors.MESSAGE_REFUSED,
            errors.NOT_JUDGED,
        ),
    ),
    Operation(
        "GET",
        _ALL,
        access.ANY,
        list_messages,
        pages=True,
        answers=answers.MessageList,
        refuses=(errors.NOT_FOUND,),
    ),
    Operation("DELETE", _ALL, access.ANY, delete_all_messages, refuses=_UNKNOWN),
    Operation(
        "DELETE",
        f"{_ALL}/{{messageId}}",
        access.ANY,
        delete_message,
        refuses=(*_UNKNOWN, errors.MESSAGE_NOT_FOUND),
    ),
    Operation(
        "POST",
        f"{_ONE}/activity",
        access.ANY,
        post_activity,
        asks=requests.ActivityCreate,
        refuses=(*_SPEAKING, errors.USERS_ONLY_READ),
    ),
)
