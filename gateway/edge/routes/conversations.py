"""Conversations and their participants."""

from gateway.domain import access
from gateway.domain.commands import (
    CreateConversation,
    DeleteConversation,
    Join,
    Leave,
    UpdateConversation,
)
from gateway.edge.call import Call, Operation
from gateway.wire import cursor, requests, v2
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
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


async def list_all(call: Call) -> Json:
    page = call.page()
    wanted = call.filter(requests.ConversationFilter)
    person = await call.flow.queries.person(call.named(wanted.user_id, wanted.user_external_id))
    rooms, more = await call.flow.store.conversations(person.user.id, page)
    found = [it.conversation for it in rooms]
    shown = [v2.conversation(it) for it in found]
    return cursor.listing("conversations", shown, [it.id for it in found], page, more, call.url)


async def get(call: Call) -> Json:
    room = await call.flow.queries.room(call.app_id, call["conversationId"])
    return {"conversation": v2.conversation(room.conversation)}


async def update(call: Call) -> Json:
    body = call.body(requests.ConversationUpdate)
    command = UpdateConversation(app_id=call.app_id, conversation_id=call["conversationId"], **requests.changes(body))
    return {"conversation": v2.conversation(await call.flow.corridor.execute(command))}


async def delete(call: Call) -> Json:
    await call.flow.corridor.execute(DeleteConversation(app_id=call.app_id, conversation_id=call["conversationId"]))
    return {}


async def participants(call: Call) -> Json:
    page = call.page()
    room = await call.flow.queries.room(call.app_id, call["conversationId"])
    guests, more = await call.flow.queries.guests(room, page)
    ids = [it.participant.id for it in guests]
    return cursor.listing("participants", v2.guests(room, guests), ids, page, more, call.url)


async def join(call: Call) -> Json:
    body = call.body(requests.ParticipantDraft)
    command = Join(
        app_id=call.app_id,
        conversation_id=call["conversationId"],
        user=call.named(body.user_id, body.user_external_id),
        subscribe=bool(body.subscribe_sdk_client),
    )
    seat = await call.flow.corridor.execute(command)
    return {"participant": v2.seat(seat.room, seat.participant, seat.person)}


async def leave(call: Call) -> Json:
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

OPERATIONS = (
    Operation("POST", _ALL, access.ANY, create, 201),
    Operation("GET", _ALL, access.ANY, list_all),
    Operation("GET", _ONE, access.ANY, get),
    Operation("PATCH", _ONE, access.ANY, update),
    Operation("DELETE", _ONE, access.ANY, delete),
    Operation("GET", f"{_ONE}/participants", access.ANY, participants),
    Operation("POST", f"{_ONE}/join", access.ANY, join, 201),
    Operation("POST", f"{_ONE}/leave", access.ANY, leave),
)
