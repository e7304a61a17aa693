"""What is read outside the corridor, on connections of its own."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gateway.domain.commands import Needs
from gateway.domain.events import AnyEvent, Event, MessagePosted
from gateway.domain.house import House
from gateway.domain.message import Message
from gateway.domain.model import App, Attachment, Key, Office, Partner, Person, Room, ServiceAccount, User
from gateway.domain.views import Guest, Overview, Page
from gateway.ports import Replay
from gateway.stores.sqlite.connection import Connection, Row
from gateway.stores.sqlite.hold import NotRemembered, Reader, ask_nobody
from gateway.stores.sqlite.memory import Memory
from gateway.stores.sqlite.mirror_reads import MirrorReads
from gateway.stores.sqlite.overviews import Overviews, guests_of
from gateway.stores.sqlite.readers import page_of
from gateway.stores.sqlite.together import Together
from gateway.wire.json import load, store

END_OF_TIME = 1 << 62
RANGES = 16  # of histories, read at a time


class Range(NamedTuple):
    """Of a history: the events after one `seq`, up to another."""

    conversation_id: str
    after: int
    until: int


class Reads(MirrorReads):
    """The reading half of `ports.Store`."""

    def __init__(self, readers: Sequence[Connection], memory: Memory) -> None:
        super().__init__(readers)
        self._memory = memory
        self._first_overviews = Overviews(self._rows, memory)
        self._together_told: Together[Range, list[Row]] = Together(self._read_told, RANGES)

    async def peek(self, needs: Needs) -> House:
        return await Reader(self._rows, self._memory).hold((needs,))

    def recall(self, needs: Needs) -> House | None:
        try:
            Reader(ask_nobody, self._memory).hold((needs,)).send(None)
        except StopIteration as held:  # how a coroutine that never waits gives its result
            found: House = held.value
            return found
        except NotRemembered:
            pass
        return None

    async def office(self, app_id: str) -> Office | None:
        return self._memory.offices.get(app_id) or (await self.peek(Needs(office=app_id))).offices.get(app_id)

    async def attachments(self, ids: Sequence[str]) -> Sequence[Attachment]:
        return [load(body, Attachment) for _, body in await self._rows("attachments_by_id", store(list(ids)))]

    async def gone_attachments(self, limit: int) -> Sequence[str]:
        return [file_id for (file_id,) in await self._rows("attachments_gone", limit)]

    async def strays(self, ids: Sequence[str]) -> Sequence[str]:
        known = {file_id for (file_id,) in await self._rows("attachments_known", store(list(ids)))}
        return [file_id for file_id in ids if file_id not in known]

    async def key(self, key_id: str) -> Key | None:
        rows = await self._rows("key_by_id", key_id)
        return load(rows[0][0], Key) if rows else None

    async def account_keys(self) -> Sequence[Key]:
        return [load(body, Key) for (body,) in await self._rows("account_keys")]

    async def partner(self, partner_id: str) -> Partner | None:
        rows = await self._rows("partner_by_id", partner_id)
        return load(rows[0][0], Partner) if rows else None

    async def people_by_email(self, app_id: str, email: str) -> Sequence[User]:
        rows = await self._rows("people_by_identity", app_id, "email", email.casefold())
        return [load(body, Person).user for (body,) in rows]

    async def app_of(self, integration_id: str) -> str | None:
        rows = await self._rows("app_of_integration", integration_id)
        return rows[0][0] if rows else None

    async def service_accounts(self, page: Page) -> tuple[Sequence[ServiceAccount], bool]:
        rows = await self._rows("service_accounts_after", page.after or "", page.size + 1, page.skip)
        return page_of([load(body, ServiceAccount) for (body,) in rows], page)

    async def apps(self, page: Page, service_account_id: str | None = None) -> tuple[Sequence[App], bool]:
        of = () if service_account_id is None else (service_account_id,)
        after, before = ("offices_of_after", "offices_of_before") if of else ("offices_after", "offices_before")
        if page.before is not None:
            rows = await self._rows(before, *of, page.before, page.size + 1)
        else:
            rows = await self._rows(after, *of, page.after or "", page.size + 1, page.skip)
        return page_of([load(body, Office).app for (body,) in rows], page)

    async def conversations(self, user_id: str, page: Page) -> tuple[Sequence[Room], bool]:
        if page.before is not None:
            rows = await self._rows("conversations_before", user_id, page.before, page.size + 1)
        else:
            rows = await self._rows("conversations_after", user_id, page.after or "", page.size + 1, page.skip)
        return page_of([load(body, Room) for (body,) in rows], page)

    async def messages(self, conversation_id: str, page: Page) -> tuple[Sequence[Message], bool]:
        cursor = page.before or page.after
        seq = None
        if cursor is not None:
            rows = await self._rows("message_seq", cursor, conversation_id)
            if not rows:
                return (), False
            seq = rows[0][0]
        if page.after is not None:
            return await self.messages_by_seq(conversation_id, before=None, after=seq, limit=page.size)
        return await self.messages_by_seq(conversation_id, before=seq, after=None, limit=page.size, skip=page.skip)

    async def messages_by_seq(
        self, conversation_id: str, *, before: int | None, after: int | None, limit: int, skip: int = 0
    ) -> tuple[Sequence[Message], bool]:
        if after is not None:
            rows = await self._rows("messages_after", conversation_id, after, limit + 1)
        else:
            end = END_OF_TIME if before is None else before
            rows = await self._rows("messages_before", conversation_id, end, limit + 1, skip)
        return _said(rows, limit, ascending=after is not None)

    async def messages_by_time(
        self, conversation_id: str, *, before: int | None, after: int | None, limit: int
    ) -> tuple[Sequence[Message], bool]:
        if after is not None:
            first = await self._first_after(conversation_id, after)
            rows = await self._rows("said_after", conversation_id, first - 1, limit + 1)
        else:
            end = END_OF_TIME if before is None else await self._first_after(conversation_id, before - 1)
            rows = await self._rows("said_before", conversation_id, end, limit + 1)
        return _said(rows, limit, ascending=after is not None)

    async def _first_after(self, conversation_id: str, time: int) -> int:
        """A seq that parts the messages up to a time from those after it."""
        rows = await self._rows("first_after", conversation_id, time)
        return int(rows[0][0])

    async def rooms(self, ids: Sequence[str]) -> Sequence[Room]:
        reader = Reader(self._rows, self._memory)
        await reader.rooms(set(ids))
        return [room for room in reader.house.rooms.values() if room]

    async def guests(self, room: Room) -> tuple[Guest, ...]:
        return guests_of(room, await self._people([room]))

    async def overviews(self, user_id: str, after: str | None, limit: int) -> tuple[Sequence[Overview], bool]:
        if after is None:
            return await self._first_overviews.of(user_id, limit)
        known = await self._rows("active_at", after)
        active_at = known[0][0] if known else END_OF_TIME
        rows = await self._rows("overviews", user_id, active_at, after, limit + 1)
        return await self._overviews(rows[:limit]), len(rows) > limit

    async def overview(self, conversation_id: str) -> Overview | None:
        found = await self._overviews(await self._rows("overview", conversation_id))
        return found[0] if found else None

    async def _overviews(self, rows: Sequence[Row]) -> list[Overview]:
        rooms: list[Room] = [load(body, Room) for body, _ in rows]
        people = await self._people(rooms)
        newest = [load(message, Message) if message else None for _, message in rows]
        return [Overview(room, guests_of(room, people), message) for room, message in zip(rooms, newest, strict=True)]

    async def _people(self, rooms: Iterable[Room]) -> dict[str, Person]:
        reader = Reader(self._rows, self._memory)
        await reader.people({seat.user_id for room in rooms for seat in room.participants})
        return {user_id: person for user_id, person in reader.house.people.items() if person}

    async def replay(self, user_id: str, positions: dict[str, int], limit: int) -> dict[str, Replay]:
        reader = Reader(self._rows, self._memory)
        await reader.rooms(set(positions))
        seated = {key: room for key, room in reader.house.rooms.items() if room and room.seat(user_id)}
        wanted = [
            Range(key, positions[key], room.conversation.seq)
            for key, room in seated.items()
            if room.conversation.recoverable_from <= positions[key] < room.conversation.seq <= positions[key] + limit
        ]
        told: dict[str, list[Event]] = {key: [] for key in seated}
        if wanted:
            for rows in await asyncio.gather(*map(self._together_told.ask, wanted)):
                for key, kind, body in rows:
                    told[key].append(_told(seated[key], kind, body))
        return {key: _replay(room, positions[key], told[key]) for key, room in seated.items()}

    async def _read_told(self, wanted: Sequence[Range]) -> Sequence[list[Row]]:
        """What happened within several ranges, in order: (conversation, kind, body)."""
        found: dict[Range, list[Row]] = {it: [] for it in wanted}
        by_room: dict[str, list[Range]] = {}
        for it in found:
            by_room.setdefault(it.conversation_id, []).append(it)
        union = [(key, min(it.after for it in of), max(it.until for it in of)) for key, of in by_room.items()]
        for key, seq, kind, body in await self._rows("told", store(union)):
            for it in by_room[key]:
                if it.after < seq <= it.until:
                    found[it].append((key, kind, body))
        return [found[it] for it in wanted]

    async def apps_with_retention(self) -> Sequence[App]:
        return [load(body, Office).app for (body,) in await self._rows("offices_with_retention")]

    async def quiet(
        self, app_id: str, since: int, until: int, after: str, limit: int
    ) -> tuple[Sequence[str], str | None]:
        rows = await self._rows("quiet_rooms", app_id, after, since, until, limit)
        return [room_id for room_id, is_quiet in rows if is_quiet], rows[-1][0] if len(rows) == limit else None


def _said(rows: Sequence[Row], limit: int, *, ascending: bool) -> tuple[Sequence[Message], bool]:
    """Messages oldest first, however they were read, and whether there was one more than wanted."""
    found: list[Message] = [load(body, Message) for (body,) in rows[:limit]]
    return (found if ascending else found[::-1]), len(rows) > limit


def _replay(room: Room, position: int, told: Sequence[Event]) -> Replay:
    """Complete only if no event is missing between the position and the room as it was looked at."""
    if len(told) == room.conversation.seq - position:
        return Replay(tuple(told))
    return Replay(complete=False)


def _told(room: Room, kind: str, body: str) -> Event:
    if kind == "event":
        event: Event = load(body, AnyEvent)
        return event
    message: Message = load(body, Message)
    return MessagePosted(
        id=message.id,
        at=message.received,
        app_id=room.conversation.app_id,
        conversation=room.conversation,
        seq=message.seq,
        message=message,
    )
