"""Looking without changing, within what the one who looks may see."""

from collections.abc import Sequence

from gateway.domain import access, errors, limits
from gateway.domain.access import Caller
from gateway.domain.commands import Needs, Ref
from gateway.domain.errors import Refused
from gateway.domain.model import App, Person, Room
from gateway.domain.views import Guest, Page
from gateway.ports import Replay, Store
from gateway.wire import socket
from gateway.wire.v2 import Json


class Queries:
    def __init__(self, store: Store) -> None:
        self.store = store

    async def apps(self, caller: Caller, page: Page, named: str | None) -> tuple[Sequence[App], bool]:
        """The apps that a caller reaches, or of them those of the service account that is named."""
        owner = access.owner(caller, named)
        if owner is not None and not (await self.store.peek(Needs(service_account=owner))).service_accounts.get(owner):
            raise Refused(errors.FOREIGN_ACCOUNT)
        return await self.store.apps(page, owner)

    async def person(self, ref: Ref) -> Person:
        return (await self.store.peek(Needs(people=(ref,)))).person(ref)

    async def room(self, app_id: str, conversation_id: str) -> Room:
        return (await self.store.peek(Needs(room=conversation_id))).room(app_id, conversation_id)

    async def seated(self, app_id: str, conversation_id: str, user_id: str) -> Room:
        """The room, for one who sits in it; to anybody else it does not exist."""
        room = await self.room(app_id, conversation_id)
        if room.seat(user_id) is None:
            raise Refused(errors.CONVERSATION_NOT_FOUND)
        return room

    async def guests(self, room: Room, page: Page) -> tuple[tuple[Guest, ...], bool]:
        """A page of the participants, in the order they joined."""
        everyone = await self.store.guests(room)
        ids = [it.participant.id for it in everyone]
        if page.before is not None:
            end = ids.index(page.before) if page.before in ids else 0
            start = max(end - page.size, 0)
            return everyone[start:end], start > 0
        start = ids.index(page.after) + 1 if page.after in ids else page.skip
        if page.after is not None and page.after not in ids:
            return (), False
        return everyone[start : start + page.size], start + page.size < len(everyone)

    async def history(self, conversation_id: str, before: int | None, after: int | None, limit: int) -> Json:
        """Messages as a device is shown them."""
        found, more = await self.store.messages_by_seq(conversation_id, before=before, after=after, limit=limit)
        return {"messages": [socket.message(it) for it in found], "hasMore": more}

    async def since(self, user_id: str, conversation_id: str, seq: int) -> Json:
        """What repairs a gap in one conversation."""
        replays = await self.store.replay(user_id, {conversation_id: seq}, limits.REPLAYED_EVENTS)
        replay = replays.get(conversation_id, Replay(complete=False))
        if not replay.complete:
            return {"events": [], "recovered": False}
        return {"events": [socket.event(it, user_id) for it in replay.events], "recovered": True}

    async def conversations(self, user_id: str, after: str | None, limit: int) -> Json:
        found, more = await self.store.overviews(user_id, after, limit)
        return {"conversations": [socket.overview(it) for it in found], "hasMore": more}

    async def conversation(self, conversation_id: str) -> Json:
        found = await self.store.overview(conversation_id)
        if found is None:
            raise Refused(errors.CONVERSATION_NOT_FOUND)
        return socket.conversation_state(found.room, found.guests)
