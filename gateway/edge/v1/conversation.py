"""A user's default conversation: its counters, and what happens in it besides messages."""

from gateway.domain import access, errors
from gateway.domain.commands import Press, Read, Speaker, Type
from gateway.domain.errors import Refused
from gateway.domain.model import API, Scope
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.wire.v1 import activities
from gateway.wire.v1 import messages as v1
from gateway.wire.v2 import Json


async def get(call: Call) -> Json:
    return {"conversation": v1.conversation(await call.room())}


async def read(call: Call) -> Json:
    """The user has read all there is."""
    here = (await call.room()).conversation.id
    await call.flow.corridor.execute(
        Read(app_id=call.app_id, conversation_id=here, reader=Speaker(user=await call.named()))
    )
    return await get(call)


async def act(call: Call) -> Json:
    """A key acts as the business, a user's own token as the user."""
    here = (await call.room()).conversation.id
    draft = await call.body(activities.ActivityDraft)
    speaker = draft.speaker(await call.named())
    if (call.caller.scope is Scope.USER) != (speaker.user is not None):
        raise Refused(errors.FORBIDDEN if speaker.user is None else errors.ONLY_THEMSELVES)
    if draft.type == "conversation:read":
        await call.flow.corridor.execute(Read(app_id=call.app_id, conversation_id=here, reader=speaker))
    else:
        typing = Type(app_id=call.app_id, conversation_id=here, typist=speaker, activity=draft.type)
        await call.flow.typists.take(typing)
    return await get(call)


async def press(call: Call) -> None:
    """The user presses a button of theirs."""
    here = (await call.room()).conversation.id
    draft = await call.body(activities.PostbackDraft)
    await call.flow.lobby.execute(
        Press(app_id=call.app_id, conversation_id=here, user=call.ref, action_id=draft.action_id, source=API)
    )


_ONE = "/appusers/{userId}/conversation"

ROUTES = (
    Route("GET", _ONE, access.USER, get),
    Route("POST", f"{_ONE}/read", access.USER, read),
    Route("POST", f"{_ONE}/activity", access.USER, act),
    Route("POST", f"{_ONE}/postback", access.USER, press),
)
