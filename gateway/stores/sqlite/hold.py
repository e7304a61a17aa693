"""Reading what a group of commands needs: a statement per kind of thing, and none for what was used last."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import chain
from typing import Any, Protocol

from msgspec import structs

from gateway.domain import limits, naming
from gateway.domain.audience import wants_buttons, wants_recipients
from gateway.domain.commands import Needs, Ref
from gateway.domain.content import AnyAction, ReplyAction
from gateway.domain.house import House, Shelf
from gateway.domain.message import Message
from gateway.domain.model import Account, Attachment, Key, Office, Person, Room, ServiceAccount, User
from gateway.domain.recent import Recent
from gateway.domain.routing import routed
from gateway.stores.sqlite.connection import Row
from gateway.stores.sqlite.memory import Memory
from gateway.wire.json import load, store


class Ask(Protocol):
    """A named query, asked of some connection."""

    def __call__(self, name: str, *values: Any) -> Awaitable[Iterable[Row]]: ...


class NotRemembered(Exception):
    """Something has to be read."""


async def ask_nobody(name: str, *values: Any) -> Iterable[Row]:
    """For a reader that has to do with what is remembered."""
    raise NotRemembered(name, values)


class Reader:
    """Fills one house from what is remembered and, only where that is not enough, from queries; remembers nothing.

    A reader beside the writer must not remember: what it read may be older than what was committed meanwhile.
    """

    def __init__(self, ask: Ask, memory: Memory) -> None:
        self._ask = ask
        self._memory = memory
        self.house = House()

    async def hold(self, needs: Sequence[Needs]) -> House:
        if any(need.account for need in needs):
            await self._account()
        await self._service_accounts({need.service_account for need in needs if need.service_account})
        await self._offices({need.office for need in needs if need.office})
        await self.rooms({need.room for need in needs if need.room})
        await self._named(set(chain.from_iterable(need.people for need in needs)))
        needs = await self._placed(needs)
        await self._guests(it.room for it in needs if it.guests or (it.recipients and self._told(it, wants_recipients)))
        await self._rooms_of(ref for need in needs if need.rooms_of_people for ref in need.people)
        await self._guests(it for need in needs if need.rooms_of_people and need.guests for it in self._around(need))
        await self._sent({need.sent for need in needs if need.sent})
        await self._messages({need.message for need in needs if need.message})
        await self._messages(self._answers())
        await self._replies({(need.room, need.reply) for need in needs if need.reply is not None})
        await self._newest({need.room for need in needs if need.room and self._asks_what_was_said(need)})
        await self._attachments({need.attachment for need in needs if need.attachment})
        await self._actions([need for need in needs if need.action])
        return self.house

    async def _account(self) -> None:
        keys = tuple(load(body, Key) for (body,) in await self._ask("account_keys"))
        self.house.account = self.house.account_before = Account(keys)

    async def _service_accounts(self, ids: set[str]) -> None:
        if ids:
            for key, body in await self._ask("service_accounts_by_id", store(sorted(ids))):
                self.house.service_accounts.hold(key, load(body, ServiceAccount))

    async def _offices(self, ids: set[str]) -> None:
        for missing in self._recall(ids, self.house.offices, self._memory.offices):
            for key, body in await self._ask("offices_by_id", missing):
                office: Office = load(body, Office)
                self.learn_office(office)
                self.house.offices.hold(key, office)

    async def rooms(self, ids: set[str]) -> None:
        for missing in self._recall(ids, self.house.rooms, self._memory.rooms):
            for key, body in await self._ask("rooms_by_id", missing):
                room: Room = load(body, Room)
                self.learn_room(room)
                self.house.rooms.hold(key, room)

    async def people(self, ids: set[str]) -> None:
        for missing in self._recall(ids, self.house.people, self._memory.people):
            for key, body in await self._ask("people_by_id", missing):
                person: Person = load(body, Person)
                self.learn_person(person)
                self.house.people.hold(key, person)

    def _recall(
        self,
        ids: set[str],
        shelf: "Shelf[Office] | Shelf[Room] | Shelf[Person]",
        recent: "Recent[str, Office] | Recent[str, Room] | Recent[str, Person]",
    ) -> Iterable[str]:
        """Hold what is remembered; yields the rest, as one JSON array, if there is a rest."""
        missing = []
        for key in ids:
            if key not in shelf:
                known = recent.get(key)
                shelf.hold(key, known)  # type: ignore[arg-type]
                if known is None:
                    missing.append(key)
        if missing:
            yield store(missing)

    async def _placed(self, needs: Sequence[Needs]) -> Sequence[Needs]:
        """Whoever needs somebody's default conversation needs that room, where there is one."""
        if not any(need.default_of for need in needs):
            return needs
        placed = [structs.replace(it, room=self._default_of(it.default_of)) if it.default_of else it for it in needs]
        await self.rooms({it.room for it in placed if it.room})
        return placed

    def _default_of(self, ref: Ref) -> str | None:
        person = self.house.find(ref)
        return person.user.default_conversation_id if person else None

    async def _named(self, refs: set[Ref]) -> None:
        """Find the people that refs name: by id first, where both would fit."""
        await self.people({ref.value for ref in refs if ref.by != "external"})
        by_name = []
        for ref in refs:
            person = self.house.people.get(ref.value) if ref.by != "external" else None
            if person is not None and person.user.app_id == ref.app_id:
                self.house.named[ref] = ref.value
            elif ref.by != "id":
                by_name.append(ref)
            else:
                self.house.named[ref] = None
        await self._by_external_id(by_name)

    async def _by_external_id(self, refs: Sequence[Ref]) -> None:
        """Who has a name in a brand may be remembered; whether others have it too is not, and is looked up."""
        known = {ref: self._memory.named.get((ref.app_id, ref.value, ref.brand or "")) for ref in refs}
        await self.people({user_id for user_id in known.values() if user_id})
        self.house.named.update(known)
        wanted = [ref for ref, user_id in known.items() if user_id is None]
        if not wanted:
            return
        found: dict[tuple[str, str], list[User]] = {}
        pairs = store(sorted({(ref.app_id, ref.value) for ref in wanted}))
        for app_id, external_id, user_id, body in await self._ask("people_by_external_id", pairs):
            person: Person = load(body, Person)
            self.learn_person(person)
            if user_id not in self.house.people:
                self.house.people.hold(user_id, person)
            found.setdefault((app_id, external_id), []).append(person.user)
        for ref in wanted:
            self.house.named[ref] = naming.meant(found.get((ref.app_id, ref.value), ()), ref.brand)

    def _told(self, need: Needs, of: Callable[[Office], bool]) -> bool:
        office = self.house.offices.get(need.office or "")
        return office is not None and of(office)

    async def _guests(self, room_ids: Iterable[str | None]) -> None:
        rooms = (self.house.rooms.get(it or "") for it in room_ids)
        await self.people({seat.user_id for room in rooms if room for seat in room.participants})

    async def _rooms_of(self, refs: Iterable[Ref]) -> None:
        users = {user_id for ref in refs if (user_id := self.house.named.get(ref))}
        if not users:
            return
        for user_id in users:
            self.house.rooms_of[user_id] = ()
        for user_id, room_id in await self._ask("rooms_of_users", store(sorted(users))):
            self.house.rooms_of[user_id] = (*self.house.rooms_of[user_id], room_id)
        await self.rooms(set(chain.from_iterable(self.house.rooms_of[user_id] for user_id in users)))

    def _around(self, need: Needs) -> Iterable[str]:
        """The rooms of the people that are needed."""
        found = (self.house.named.get(ref) for ref in need.people)
        return chain.from_iterable(self.house.rooms_of[user_id] for user_id in found if user_id)

    async def _sent(self, keys: set[tuple[str, str, str]]) -> None:
        if keys:
            for room, author, client_id, body in await self._ask("messages_sent", store(sorted(keys))):
                self.house.sent[room, author, client_id] = load(body, Message)

    async def _messages(self, ids: set[str]) -> None:
        if ids:
            for room, message_id, body in await self._ask("messages_by_id", store(sorted(ids))):
                self.house.messages[room, message_id] = load(body, Message)

    def _answers(self) -> set[str]:
        """What quotes the messages that are held: when those go, it changes too."""
        return {it.quoted_by for it in self.house.messages.values() if it.quoted_by is not None}

    async def _replies(self, keys: set[tuple[str | None, str]]) -> None:
        if keys:
            for room, payload, body in await self._ask("replies_by_payload", store(list(keys))):
                known = self.house.replies.get((room, payload), ())
                self.house.replies[room, payload] = (*known, load(body, ReplyAction))

    def _asks_what_was_said(self, needs: Needs) -> bool:
        """Whether somebody may come into control, who is to be shown it."""
        office, room = self.house.offices.get(needs.office or ""), self.house.rooms.get(needs.room or "")
        if office is None or office.switchboard is None or room is None:
            return False
        return needs.newest or routed(office, room.conversation).unshown

    async def _newest(self, ids: set[str]) -> None:
        if not ids:
            return
        self.house.newest = dict.fromkeys(ids, ())
        for room, body in await self._ask("messages_newest", store(sorted(ids)), limits.MESSAGE_HISTORY):
            self.house.newest[room] = (*self.house.newest[room], load(body, Message))

    async def _attachments(self, ids: set[str]) -> None:
        if ids:
            for key, body in await self._ask("attachments_by_id", store(sorted(ids))):
                self.house.attachments[key] = load(body, Attachment)

    async def _actions(self, needs: Sequence[Needs]) -> None:
        """Buttons, with their messages where somebody is told of these too."""
        if not needs:
            return
        asked = {need.action for need in needs if self._told(need, wants_buttons)}
        shown = set()
        keys = {(need.room, need.action) for need in needs}
        for room, action_id, message_id, body in await self._ask("actions_by_id", store(list(keys))):
            self.house.actions[room, action_id] = load(body, AnyAction)
            if action_id in asked:
                shown.add(message_id)
        await self._messages(shown)

    def learn_office(self, office: Office) -> None: ...

    def learn_room(self, room: Room) -> None: ...

    def learn_person(self, person: Person) -> None: ...


class Holder(Reader):
    """The writer's own reader, while nobody else writes: what it reads is remembered."""

    def learn_office(self, office: Office) -> None:
        self._memory.offices[office.app.id] = office

    def learn_room(self, room: Room) -> None:
        self._memory.rooms[room.conversation.id] = room

    def learn_person(self, person: Person) -> None:
        self._memory.add_person(person)
