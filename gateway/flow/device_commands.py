"""What each frame of a device asks for: a command for the corridor with its answer's shape, or a look."""

from collections.abc import Callable
from typing import Any, Protocol

from msgspec import UNSET, structs

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain.errors import Refused
from gateway.domain.model import Kind, Person, Room, Source
from gateway.flow.floor import Flow
from gateway.flow.typing import START, STOP
from gateway.wire import frames, v2
from gateway.wire.frames import AnyFrame
from gateway.wire.v2 import Json, without_none

LinedUp = tuple[cmd.AnyCommand, Callable[[Any], Json]]


class Asker(Protocol):
    """The session that asks."""

    app_id: str
    user_id: str
    guid: str
    integration_id: str
    speaker: cmd.Speaker
    source: Source
    background: bool


def command(asker: Asker, frame: AnyFrame) -> LinedUp | None:
    """The command a frame is, and how its answer is shown; None for a frame that is no single command."""
    make = _COMMANDS.get(type(frame))
    return make(asker, frame) if make else None


async def look(asker: Asker, flow: Flow, frame: AnyFrame) -> Json:
    """Answer a frame that changes nothing durable; raises `Refused`."""
    match frame:
        case frames.Ping():
            return {}
        case frames.StartTyping() | frames.StopTyping():
            activity = START if isinstance(frame, frames.StartTyping) else STOP
            await flow.typists.take(_typing(asker, frame.conversation_id, activity))
            return {}
        case frames.ListConversations():
            return await flow.queries.conversations(asker.user_id, frame.after, frame.limit)
        case frames.MarkRead():
            raise Refused(errors.BACKGROUND_READS_NOTHING)
        case frames.ListMessages() | frames.EventsSince() | frames.GetConversation():
            await flow.queries.seated(asker.app_id, frame.conversation_id, asker.user_id)
            return await _look_into(asker, flow, frame)
        case _:
            raise Refused(errors.bad_request("type: not now"))


async def _look_into(
    asker: Asker, flow: Flow, frame: frames.ListMessages | frames.EventsSince | frames.GetConversation
) -> Json:
    room = frame.conversation_id
    match frame:
        case frames.ListMessages():
            return await flow.queries.history(room, frame.before_seq, frame.after_seq, frame.limit)
        case frames.EventsSince():
            since = await flow.queries.since(asker.user_id, room, frame.seq)
            flow.meter.resumed((since["recovered"],))
            return since
        case frames.GetConversation():
            return await flow.queries.conversation(room)


def _send(asker: Asker, frame: frames.Send) -> LinedUp:
    post = cmd.Post(
        app_id=asker.app_id,
        conversation_id=frame.conversation_id,
        author=asker.speaker,
        content=frame.content,
        metadata=frame.metadata,
        client_message_id=frame.client_message_id,
        source=asker.source,
    )
    return post, _posted


def _posted(answer: cmd.Posted) -> Json:
    said: Json = {"message": v2.message(answer.message), "seq": answer.message.seq}
    if answer.duplicate:
        said["duplicate"] = True
    return said


def _read(asker: Asker, frame: frames.MarkRead) -> LinedUp | None:
    if asker.background:
        return None
    read = cmd.Read(
        app_id=asker.app_id,
        conversation_id=frame.conversation_id,
        reader=asker.speaker,
        source=asker.source,
    )
    return read, _marked


def _marked(mark: cmd.Mark) -> Json:
    return without_none(lastRead=v2.time(mark.last_read), unreadCount=mark.unread)


def _press(asker: Asker, frame: frames.PressButton) -> LinedUp:
    press = cmd.Press(
        app_id=asker.app_id,
        conversation_id=frame.conversation_id,
        user=_me(asker),
        action_id=frame.action_id,
        source=asker.source,
    )
    return press, _pressed


def _open(asker: Asker, frame: frames.OpenConversation) -> LinedUp:
    opened = cmd.CreateConversation(
        app_id=asker.app_id,
        type=Kind.PERSONAL,
        participants=(_me(asker),),
        display_name=frame.display_name,
        description=frame.description,
        icon_url=frame.icon_url,
        metadata=frame.metadata,
        opened_by=asker.speaker,
        reason="startConversation",
        integration_id=asker.integration_id,
        messages=frame.messages,
        source=asker.source,
    )
    return opened, _opened


def _opened(room: Room) -> Json:
    return {"conversation": v2.conversation(room.conversation), "seq": room.conversation.seq}


def _change(asker: Asker, frame: frames.ChangeConversation) -> LinedUp:
    change = cmd.UpdateConversation(
        app_id=asker.app_id,
        conversation_id=frame.conversation_id,
        display_name=frame.display_name,
        description=frame.description,
        icon_url=frame.icon_url,
        metadata=frame.metadata,
        by=asker.user_id,
    )
    return change, lambda conversation: {"conversation": v2.conversation(conversation)}


def _change_user(asker: Asker, frame: frames.ChangeUser) -> LinedUp:
    profile = structs.asdict(frame.profile) if frame.profile is not UNSET else {}
    change = cmd.UpdateUser(
        app_id=asker.app_id,
        user=_me(asker),
        profile={name: value for name, value in profile.items() if value is not UNSET},
        metadata=frame.metadata,
    )
    return change, lambda user: {"user": v2.user(user)}


def _change_device(asker: Asker, frame: frames.ChangeDevice) -> LinedUp:
    if frame.state is not UNSET:
        asker.background = frame.state == "background"
    change = cmd.UpdateDevice(
        app_id=asker.app_id,
        user=_me(asker),
        guid=asker.guid,
        push_token=frame.push_notification_token,
        state=frame.state,
    )
    guid = asker.guid
    return change, lambda person: _device(person, guid)


def _device(person: Person, guid: str) -> Json:
    device = person.device(guid)
    return {"device": v2.device(device, person.client.id if person.client else None)} if device else {}


def _typing(asker: Asker, conversation_id: str, activity: str) -> cmd.Type:
    return cmd.Type(
        app_id=asker.app_id,
        conversation_id=conversation_id,
        typist=asker.speaker,
        activity=activity,
        source=asker.source,
    )


def _me(asker: Asker) -> cmd.Ref:
    return cmd.Ref(asker.app_id, asker.user_id, "id")


def _pressed(answer: cmd.Posted | None) -> Json:
    """A button that says something is answered with what it said."""
    return _posted(answer) if answer else {}


_COMMANDS: dict[type[frames.Frame], Callable[[Any, Any], LinedUp | None]] = {
    frames.Send: _send,
    frames.MarkRead: _read,
    frames.PressButton: _press,
    frames.OpenConversation: _open,
    frames.ChangeConversation: _change,
    frames.ChangeUser: _change_user,
    frames.ChangeDevice: _change_device,
}
