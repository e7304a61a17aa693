"""What the gateway says to a device: answers, events, welcome and goodbye, each one JSON text frame."""

from collections.abc import Callable
from typing import Any

from gateway.domain import events as ev
from gateway.domain import limits, naming
from gateway.domain.errors import Problem
from gateway.domain.goodbyes import Goodbye
from gateway.domain.message import Message
from gateway.domain.model import Association, Room, User
from gateway.domain.value import Value
from gateway.domain.views import Guest, Overview
from gateway.wire import v2
from gateway.wire.json import encode
from gateway.wire.times import iso
from gateway.wire.v2 import Json, without_none

FrameId = str | int | float | None

TYPES: dict[type[ev.Event], str] = {
    ev.ConversationCreated: "conversation:create",
    ev.ConversationUpdated: "conversation:update",
    ev.ConversationRemoved: "conversation:remove",
    ev.Joined: "conversation:join",
    ev.Left: "conversation:leave",
    ev.MessagePosted: "conversation:message",
    ev.MessageDeleted: "message:delete",
    ev.MessagesCleared: "message:delete",
    ev.HasRead: "conversation:read",
    ev.Typing: "conversation:typing",
    ev.UserUpdated: "user:update",
    ev.UserForgotten: "user:update",
    ev.UserMerged: "user:merge",
}


class Said(Value):
    """An event in this dialect: framed once for all, and apart for those who are told more."""

    to_all: bytes
    to_one: bytes | None = None
    one: str | None = None

    def to(self, user_id: str) -> bytes:
        return self.to_one if self.to_one is not None and user_id == self.one else self.to_all


def framed(text: bytes) -> bytes:
    """An unmasked, final text frame (RFC 6455, section 5.2)."""
    size = len(text)
    if size < 126:
        return bytes((0x81, size)) + text
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2) + text
    return b"\x81\x7f" + size.to_bytes(8) + text


def event(it: ev.Event, user_id: str | None = None) -> Json:
    """The event as the devices of a user are told it; without one, as it is told to everybody who hears it."""
    if isinstance(it, ev.Joined) and it.user.id == user_id:
        return _event(it, _joined_oneself(it))
    return _event(it, PAYLOADS[type(it)](it))


def say(it: ev.Event) -> Said | None:
    """The event as framed bytes; None for what devices are not told."""
    if type(it) not in TYPES:
        return None
    to_all = framed(encode(event(it)))
    if isinstance(it, ev.Joined):
        return Said(to_all, framed(encode(event(it, it.user.id))), it.user.id)
    return Said(to_all)


def message_said(it: ev.MessagePosted) -> bytes:
    """A message as everybody who hears it is told it."""
    return framed(encode(_event(it, _message(it))))


def merged(it: ev.UserMerged, session_token: str | None) -> bytes:
    """A merge as it is told to a device that goes on as the survivor's, which may need a session of its own."""
    return framed(encode(_event(it, without_none(**_merged(it), sessionToken=session_token))))


def _event(it: ev.Event, payload: Json) -> Json:
    told: Json = {"type": "event"}
    if isinstance(it, ev.ConversationEvent):
        told["conversationId"] = it.conversation.id
        if it.seq:
            told["seq"] = it.seq
    if isinstance(it, ev.MessagePosted) and it.message.client_message_id is not None:
        told["clientMessageId"] = it.message.client_message_id
    told["event"] = {"id": it.id, "createdAt": iso(it.at), "type": TYPES[type(it)], "payload": payload}
    return told


def conversation_state(room: Room, guests: tuple[Guest, ...]) -> Json:
    return {
        "conversation": v2.conversation(room.conversation),
        "participants": v2.named_guests(room, guests),
        "seq": room.conversation.seq,
    }


def overview(it: Overview) -> Json:
    return without_none(
        **conversation_state(it.room, it.guests),
        lastMessage=v2.message(it.last_message) if it.last_message else None,
    )


def message(it: Message) -> Json:
    """A message in a history: the REST object and its place in the order."""
    return {**v2.message(it), "seq": it.seq}


def ok(frame_id: FrameId, result: Json) -> bytes:
    return framed(encode({"type": "ok", "id": frame_id, "result": result}))


def error(frame_id: FrameId, problem: Problem) -> bytes:
    said = {"status": problem.status, "code": problem.code, "title": problem.title}
    return framed(encode({"type": "error", "id": frame_id, "error": said}))


def goodbye(it: Goodbye, after_s: float) -> bytes:
    said: Json = {"type": "goodbye", "code": it.code, "reason": it.reason, "comeBack": it.come_back}
    if it.come_back:
        said["afterSeconds"] = round(after_s, 3)
    return framed(encode(said))


def welcome(frame_id: FrameId, *, commands_per_second: int, **facts: Any) -> bytes:
    said = {
        "type": "welcome",
        "id": frame_id,
        **without_none(**facts),
        "heartbeatSeconds": limits.HEARTBEAT_S,
        "limits": {"frameBytes": limits.FRAME_BYTES, "commandsPerSecond": commands_per_second},
    }
    return framed(encode(said))


def _user(it: User) -> Json:
    return without_none(**v2.short_user(it), displayName=naming.display_name(it))


def _room(it: ev.ConversationCreated | ev.Joined) -> Json:
    room = Room(it.conversation, it.participants)
    people = {user.id: user for user in it.users}
    seats = tuple(Guest(seat, people[seat.user_id], _clients_of(it, seat.user_id)) for seat in it.participants)
    return conversation_state(room, seats)


def _clients_of(it: ev.ConversationCreated | ev.Joined, user_id: str) -> tuple[Association, ...]:
    return tuple(own for own in it.associations if own.user_id == user_id)


def _created(it: ev.ConversationCreated) -> Json:
    return {**_room(it), "creationReason": it.reason, "source": v2.source(it.source)}


def _joined(it: ev.Joined) -> Json:
    room = Room(it.conversation, it.participants)
    seat = v2.named_guests(room, (Guest(it.participant, it.user, _clients_of(it, it.user.id)),))[0]
    return {
        "conversation": v2.short_conversation(it.conversation),
        "user": _user(it.user),
        "participant": seat,
    }


def _joined_oneself(it: ev.Joined) -> Json:
    return {**_room(it), "user": _user(it.user)}


def _left(it: ev.Left) -> Json:
    return {
        "conversation": v2.short_conversation(it.conversation),
        "user": _user(it.user),
        "participant": {"id": it.participant.id, "userId": it.participant.user_id},
    }


def _updated(it: ev.ConversationUpdated) -> Json:
    return {"conversation": v2.conversation(it.conversation)}


def _removed(it: ev.ConversationRemoved) -> Json:
    return {"conversation": v2.short_conversation(it.conversation)}


def _message(it: ev.MessagePosted) -> Json:
    return {"conversation": v2.short_conversation(it.conversation), "message": v2.message(it.message)}


def _deleted(it: ev.MessageDeleted) -> Json:
    return {
        "conversation": v2.short_conversation(it.conversation),
        "message": {"id": it.message_id, "deleted": True},
    }


def _cleared(it: ev.MessagesCleared) -> Json:
    """All messages up to here are gone."""
    return {"conversation": v2.short_conversation(it.conversation), "all": True}


def _author(user: User | None, display_name: str | None, avatar_url: str | None) -> Json:
    return without_none(
        type="user" if user else "business",
        userId=user.id if user else None,
        displayName=display_name,
        avatarUrl=avatar_url,
    )


def _read(it: ev.HasRead) -> Json:
    activity = {
        "type": "conversation:read",
        "author": _author(it.user, it.display_name, None),
        "source": v2.source(it.source),
    }
    return {
        "conversation": v2.short_conversation(it.conversation),
        "activity": activity,
        "lastRead": iso(it.last_read),
    }


def _typing(it: ev.Typing) -> Json:
    activity = {
        "type": it.activity,
        "author": _author(it.user, it.display_name, it.avatar_url),
        "source": v2.source(it.source),
    }
    return {"conversation": v2.short_conversation(it.conversation), "activity": activity}


def _user_updated(it: ev.UserUpdated | ev.UserForgotten) -> Json:
    return {"user": v2.user(it.user)}


def _merged(it: ev.UserMerged) -> Json:
    return without_none(
        mergedUsers={"surviving": v2.user(it.user), "discarded": v2.short_user(it.discarded)},
        mergedConversations=v2.united(it.union) if it.union else None,
        discardedMetadata=it.discarded_metadata,
        reason=it.reason,
    )


PAYLOADS: dict[type[ev.Event], Callable[[Any], Json]] = {
    ev.ConversationCreated: _created,
    ev.ConversationUpdated: _updated,
    ev.ConversationRemoved: _removed,
    ev.Joined: _joined,
    ev.Left: _left,
    ev.MessagePosted: _message,
    ev.MessageDeleted: _deleted,
    ev.MessagesCleared: _cleared,
    ev.HasRead: _read,
    ev.Typing: _typing,
    ev.UserUpdated: _user_updated,
    ev.UserForgotten: _user_updated,
    ev.UserMerged: _merged,
}
