"""Messages of a user's default conversation."""

from typing import Any

from gateway.domain import access, errors, limits
from gateway.domain.commands import ClearMessages, DeleteMessage, Say
from gateway.domain.errors import Refused
from gateway.domain.model import Room, Scope
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.wire.v1 import drafts, history
from gateway.wire.v1 import messages as v1
from gateway.wire.v1.history import Beyond, Side
from gateway.wire.v2 import Json


async def post(call: Call) -> Json:
    """The first message opens the conversation. Nobody speaks for a user with a user's token but they themselves."""
    await call.person()
    return await said(call, await call.sent())


async def said(call: Call, sent: dict[str, Any]) -> Json:
    """What a body says."""
    draft = drafts.post(sent, call.app_id, call.ref)
    if call.caller.scope is Scope.USER and draft.author.user is None:
        raise Refused(errors.FORBIDDEN)
    posted = await call.flow.lobby.execute(Say(app_id=call.app_id, user=call.ref, post=draft))
    app = (await call.office()).app
    first, *more = [v1.message(it, app) for it in posted.messages]
    shown: Json = {"message": first, "conversation": v1.conversation(await call.room())}
    if more:
        shown["extraMessages"] = more
    return shown


async def delete(call: Call) -> None:
    here = (await call.room()).conversation.id
    await call.flow.corridor.execute(
        DeleteMessage(app_id=call.app_id, conversation_id=here, message_id=call["messageId"])
    )


async def clear(call: Call) -> None:
    """All of them; the user and their clients stay."""
    here = (await call.room()).conversation.id
    await call.flow.corridor.execute(ClearMessages(app_id=call.app_id, conversation_id=here))


async def list_(call: Call) -> Json:
    """A page of the history, oldest first."""
    room, side = await call.room(), history.side(call.query)
    here = room.conversation.id
    found, more = await call.flow.store.messages_by_time(
        here, before=side.before, after=side.after, limit=limits.MESSAGES_PAGE
    )
    app = (await call.office()).app
    shown = {"conversation": v1.conversation(room), "messages": [v1.message(it, app) for it in found]}
    beyond = await _beyond(call, room, side, more=more)
    return {**shown, **history.links(found, beyond, call.url)}


async def _beyond(call: Call, room: Room, side: Side, *, more: bool) -> Beyond:
    """There is `more` in the direction of the page; what it left behind is looked for."""
    rest, there = side.rest, False
    if rest is not None:
        left, _ = await call.flow.store.messages_by_time(room.conversation.id, **rest._asdict(), limit=1)
        there = bool(left)
    return Beyond(older=there, newer=more) if side.after is not None else Beyond(older=more, newer=there)


_ALL = "/appusers/{userId}/messages"

ROUTES = (
    Route("POST", _ALL, access.USER, post, 201),
    Route("GET", _ALL, access.USER, list_),
    Route("DELETE", _ALL, access.APP, clear),
    Route("DELETE", f"{_ALL}/{{messageId}}", access.APP, delete),
)
