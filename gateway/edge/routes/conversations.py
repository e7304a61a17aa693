"""Conversations and their participants."""

from gateway.domain import access, errors
from gateway.domain.commands import (
    CreateConversation,
    DeleteConversation,
    Join,
    Leave,
    UpdateConversation,
)
from gateway.edge.call import Call, Operation
from gateway.wire import answers, cursor, requests, v2
from gateway.wire.v2 import Json


async def create_conversation(call: Call) -> Json:
    """Create a conversation with its participants."""
    body = call.body(requests.ConversationCreate)
    drafts = body.participants or ()
    guests = tuple(call.named(it.user_id, it.user_external_id) for it in drafts)
    subscribers = (guest for guest, it in zip(guests, drafts, strict=True) if it.subscribe_sdk_client)
    command = CreateConversation(
        app_id=call.app_id,
        type=body.type,
        participants=guests,
        display_name=body.display_name,
        description=body.description,
        icon_url=body.icon_url,
        metadata=body.metadata,
        subscribers=tuple(subscribers),
    )
    return {"conversation": v2.conversation((await call.flow.corridor.execute(command)).conversation)}


async def list_conversations(call: Call) -> Json:
    """List the conversations that a user takes part in."""
    page = call.page()
    wanted = call.filter(requests.ConversationFilter)
    person = await call.flow.queries.person(call.named(wanted.user_id, wanted.user_external_id))
    rooms, more = await call.flow.store.conversations(person.user.id, page)
    found = [it.conversation for it in rooms]
    shown = [v2.conversation(it) for it in found]
    return cursor.listing("conversations", shown, [it.id for it in found], page, more, call.url)


async def get_conversation(call: Call) -> Json:
    """Get a conversation."""
    room = await call.flow.queries.room(call.app_id, call["conversationId"])
    return {"conversation": v2.conversation(room.conversation)}


async def update_conversation(call: Call) -> Json:
    """Change a conversation's name, description, icon or metadata."""
    body = call.body(requests.ConversationUpdate)
    command = UpdateConversation(app_id=call.app_id, conversation_id=call["conversationId"], **requests.changes(body))
    return {"conversation": v2.conversation(await call.flow.corridor.execute(command))}


async def delete_conversation(call: Call) -> Json:
    """Delete a conversation with its messages."""
    await call.flow.corridor.execute(DeleteConversation(app_id=call.app_id, conversation_id=call["conversationId"]))
    return {}


async def list_participants(call: Call) -> Json:
    """List who takes part in a conversation."""
    page = call.page()
    room = await call.flow.queries.room(call.app_id, call["conversationId"])
    guests, more = await call.flow.queries.guests(room, page)
    ids = [it.participant.id for it in guests]
    return cursor.listing("participants", v2.guests(room, guests), ids, page, more, call.url)


async def join_conversation(call: Call) -> Json:
    """Add a user to a group."""
    body = call.body(requests.ParticipantDraft)
    command = Join(
        app_id=call.app_id,
        conversation_id=call["conversationId"],
        user=call.named(body.user_id, body.user_external_id),
        subscribe=bool(body.subscribe_sdk_client),
    )
    seat = await call.flow.corridor.execute(command)
    return {"participant": v2.seat(seat.room, seat.participant, seat.person)}


async def leave_conversation(call: Call) -> Json:
    """Remove a user from a group."""
    body = call.body(requests.LeaveRequest)
    by_name = body.participant_id is None
    command = Leave(
        app_id=call.app_id,
        conversation_id=call["conversationId"],
        user=call.named(body.user_id, body.user_external_id) if by_name else None,
        participant_id=body.participant_id,
    )
    await call.flow.corridor.execute(command)
    return {}


_ALL = "/v2/apps/{appId}/conversations"
_ONE = f"{_ALL}/{{conversationId}}"
_UNKNOWN = (errors.CONVERSATION_NOT_FOUND,)

OPERATIONS = (
    Operation(
        "POST",
        _ALL,
        access.ANY,
        create_conversation,
        201,
        asks=requests.ConversationCreate,
        answers=answers.ConversationAnswer,
        refuses=(
            errors.USER_NOT_FOUND,
            errors.ONE_PARTICIPANT,
            errors.TOO_MANY_PARTICIPANTS,
            errors.NAMED_TWICE,
            errors.MULTI_CONVO_OFF,
        ),
    ),
    Operation(
        "GET",
        _ALL,
        access.ANY,
        list_conversations,
        pages=True,
        filter=requests.ConversationFilter,
        answers=answers.ConversationList,
        refuses=(errors.USER_NOT_FOUND,),
    ),
    Operation("GET", _ONE, access.ANY, get_conversation, answers=answers.ConversationAnswer, refuses=_UNKNOWN),
    Operation(
        "PATCH",
        _ONE,
        access.ANY,
        update_conversation,
        asks=requests.ConversationUpdate,
        answers=answers.ConversationAnswer,
        refuses=_UNKNOWN,
    ),
    Operation(
        "DELETE",
        _ONE,
        access.ANY,
        delete_conversation,
        refuses=(*_UNKNOWN, errors.default_stays("6f0c39ab01d2e4f5a6b7c8d9")),
    ),
    Operation(
        "GET",
        f"{_ONE}/participants",
        access.ANY,
        list_participants,
        pages=True,
        answers=answers.ParticipantList,
        refuses=_UNKNOWN,
    ),
    Operation(
        "POST",
        f"{_ONE}/join",
        access.ANY,
        join_conversation,
        201,
        asks=requests.ParticipantDraft,
        answers=answers.ParticipantAnswer,
        refuses=(
            *_UNKNOWN,
            errors.USER_NOT_FOUND,
            errors.NOT_A_GROUP,
            errors.TOO_MANY_PARTICIPANTS,
            errors.MULTI_CONVO_OFF,
        ),
    ),
    Operation(
        "POST",
        f"{_ONE}/leave",
        access.ANY,
        leave_conversation,
        asks=requests.LeaveRequest,
        refuses=(*_UNKNOWN, errors.USER_NOT_FOUND, errors.NOT_A_MEMBER, errors.PERSONAL_STAYS),
    ),
)
