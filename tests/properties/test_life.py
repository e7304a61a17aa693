"""Whatever is tried, at once and in any order, through the real corridor on a real file: the laws hold."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gateway.domain import errors
from gateway.domain import events as ev
from gateway.domain.commands import ClearMessages, Command, MergeUsers, Needs, Post, Posted, Ref
from gateway.domain.content import actions_of
from gateway.domain.evolve import evolve
from gateway.domain.house import House
from gateway.domain.model import Room, User
from gateway.domain.triggers import KNOWN_V1_TRIGGERS, TRIGGERS, v1_trigger
from gateway.flow.annals import Annals
from gateway.stores.sqlite import SqliteStore, open_store
from gateway.stores.sqlite.memory import Memory
from gateway.stores.sqlite.overviews import Overviews
from tests.effort import examples
from tests.flow.building import Building, running
from tests.properties.ledger import Account, Ledger
from tests.properties.moves import NAMES, Cast, Move, command, moves

pytestmark = pytest.mark.timeout(600)  # a failure is made small before it is shown


class Life(RuleBasedStateMachine):
    """One house, one event loop. `other` is a second store on the same file, which remembers nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.resources = AsyncExitStack()
        self.ledger = Ledger()
        self.house = House()
        self.marks: dict[str, tuple[int, int]] = {}
        self.first: dict[tuple[str, str, str], str] = {}
        self.told = 0
        self.merges: list[ev.UserMerged] = []

    @initialize(forgetful=st.booleans())
    def open(self, forgetful: bool) -> None:
        """A forgetful store remembers next to nothing of what it used last."""
        self.runner.run(self._open())
        if forgetful:
            self.building.store._memory = memory = Memory(offices=1, rooms=1, people=2)
            self.building.store._first_overviews = Overviews(self.building.store._rows, memory)

    async def _open(self) -> None:
        path = self.folder / "gateway.db"
        self.building: Building = await self.resources.enter_async_context(running(path))
        self.other: SqliteStore = await open_store(path, "other")
        self.resources.push_async_callback(self.other.close)
        orders = self.building.orders
        web = await self.building.one(orders.integration())
        self.hook = (await self.building.one(orders.custom(*TRIGGERS.values()))).webhooks[0].id
        old = orders.custom(*KNOWN_V1_TRIGGERS, version="v1.1")
        self.old_hook = (await self.building.one(old)).webhooks[0].id
        self.cast = Cast(orders, web.id)
        await self._do([orders.user(name) for name in NAMES])
        await self._do([orders.group(*NAMES[:2]), orders.group(*NAMES[:10])])

    @rule(batch=st.lists(moves(), min_size=1, max_size=12))
    def try_at_once(self, batch: list[Move]) -> None:
        self.runner.run(self._do([command(self.cast, it) for it in batch]))

    @rule(people=st.permutations(NAMES[:4]), messages=st.integers(0, 2))
    def two_turn_out_to_be_one(self, people: list[str], messages: int) -> None:
        """Each with a conversation of their own, where something was said."""
        self.runner.run(self._unite(people[0], people[1], messages))

    async def _unite(self, one: str, other: str, messages: int) -> None:
        orders = self.cast.orders
        await self._do([orders.user(one), orders.user(other), orders.personal(one), orders.personal(other)])
        said = [orders.says(room) for room in self.cast.rooms[-2:] for _ in range(messages)]
        await self._do([*said, orders.merges(one, other)])

    @rule(seconds=st.sampled_from([0.001, 1, 61, -30]))
    def wind(self, seconds: float) -> None:
        self.building.clock.wind(seconds)

    def teardown(self) -> None:
        self.runner.run(self.resources.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)

    # What happens

    async def _do(self, commands: Sequence[Command[Any]]) -> None:
        answers = await self.building.at_once(*commands)
        await self.building.corridor.drained()
        news = self.building.said()[self.told :]
        self.told += len(news)
        for event in news:
            evolve(self.house, event)
            self._note(event)
        self.ledger.enter(news)
        assert errors.UNAVAILABLE not in answers
        self._once(commands, answers)
        assert self.house.offices[self.cast.orders.app_id] is not None

    def _note(self, event: ev.Event) -> None:
        """What later moves can name."""
        match event:
            case ev.UserCreated() if event.user.external_id:
                self.cast.ids[event.user.external_id] = event.user.id
            case ev.UserMerged():
                self.merges.append(event)
                self._move(event.union)
            case ev.ConversationCreated():
                self.cast.rooms.append(event.conversation.id)
            case ev.MessagePosted():
                self.cast.messages.append(event.message.id)
                assert event.message.content is not None
                self.cast.buttons += [it.id or "" for it in actions_of(event.message.content)]

    def _move(self, union: ev.Union | None) -> None:
        """A merge closes its group, so no house but this one meets the messages that it moved."""
        for room, message_id in list(self.house.messages):
            if union is not None and room == union.discarded.id:
                message = self.house.messages.pop((room, message_id))
                self.house.messages[union.surviving.id, message_id] = message

    def _once(self, commands: Sequence[Command[Any]], answers: Sequence[Any]) -> None:
        """Law 3: a repeated id is answered with the first message, until all are cleared."""
        for asked, answer in zip(commands, answers, strict=True):
            match asked, answer:
                case MergeUsers(), User():
                    self._merged(self.merges.pop(0))
                case ClearMessages(), None:
                    self.first = {key: it for key, it in self.first.items() if key[0] != asked.conversation_id}
                case Post(client_message_id=str(client_id)), Posted(message=message):
                    key = (asked.conversation_id, message.author.user_id or "", client_id)
                    assert answer.duplicate == (key in self.first)
                    assert self.first.setdefault(key, message.id) == message.id

    def _merged(self, event: ev.UserMerged) -> None:
        """What the discarded one sent is the survivor's, whose own goes first where both used an id."""
        moved = {event.union.discarded.id: event.union.surviving.id} if event.union else {}
        before, self.first = self.first, {}
        for (room, author, client_id), message_id in before.items():
            if author == event.discarded.id:
                key = (moved.get(room, room), event.user.id, client_id)
                self.first[key] = before.get(key, message_id)
            else:
                self.first[room, author, client_id] = message_id

    # What is always true

    def _rooms(self) -> dict[str, Room]:
        return {key: room for key, room in self.house.rooms.items() if room}

    def _account(self, room: str) -> Account:
        return self.ledger.rooms[room]

    @invariant()
    def two_paths_lead_to_one_truth(self) -> None:
        """What was told, what is remembered, and what another reads from the file."""
        self.runner.run(self._compare())

    async def _compare(self) -> None:
        app_id = self.cast.orders.app_id
        for room_id, room in self.house.rooms.items():
            needs = Needs(office=app_id, room=room_id)
            here, there = await self.building.store.peek(needs), await self.other.peek(needs)
            assert here.rooms[room_id] == there.rooms[room_id] == room
            assert here.offices[app_id] == there.offices[app_id] == self.house.offices[app_id]
        for user_id, person in self.house.people.items():
            needs = Needs(people=(Ref(app_id, user_id, "id"),))
            here, there = await self.building.store.peek(needs), await self.other.peek(needs)
            assert here.people[user_id] == there.people[user_id] == person
        for name in NAMES:
            ref = Ref(app_id, name, "external")
            here, there = (
                await self.building.store.peek(Needs(people=(ref,))),
                await self.other.peek(Needs(people=(ref,))),
            )
            assert here.find(ref) == there.find(ref) == self.house.find(ref)

    @invariant()
    def nobody_takes_an_eleventh_seat(self) -> None:
        for room in self._rooms().values():
            users = [it.user_id for it in room.participants]
            assert len(users) == len(set(users)) <= 10
            assert all(self.house.people.get(user_id) for user_id in users)

    @invariant()
    def one_order_without_a_gap(self) -> None:
        for account in self.ledger.rooms.values():
            seqs = range(account.start + 1, account.start + len(account.told) + 1)
            assert [it.seq for it in account.told] == list(seqs)
            times = [it.at for it in account.told]
            assert times == sorted(set(times))

    @invariant()
    def a_history_is_on_disk_but_for_what_was_cleared(self) -> None:
        for room_id, room in self._rooms().items():
            kept = self.building.rows(
                "SELECT seq FROM messages WHERE conversation_id = ?1 UNION ALL "
                "SELECT seq FROM events WHERE conversation_id = ?1 ORDER BY seq",
                room_id,
            )
            account = self._account(room_id)
            left = set(account.lines)
            expected = [it for it in account.lines if it <= account.start]
            expected += [it.seq for it in account.told if not isinstance(it, ev.MessagePosted) or it.seq in left]
            assert [seq for (seq,) in kept] == expected
            assert room.conversation.posted - room.conversation.cleared == len(left)
            assert room.conversation.seq == account.start + len(account.told)

    @invariant()
    def unread_is_what_others_said_after_the_mark(self) -> None:
        for room_id, room in self._rooms().items():
            account = self._account(room_id)
            assert {it.user_id for it in room.participants} == set(account.read)
            for seat in room.participants:
                assert room.unread(seat) == account.unread(seat.user_id)

    @invariant()
    def read_marks_never_go_back(self) -> None:
        for room in self._rooms().values():
            for seat in room.participants:
                mark = (seat.read, seat.last_read or 0)
                before = self.marks.get(seat.id, mark)
                assert before[0] <= mark[0]
                assert before[1] <= mark[1]
                self.marks[seat.id] = mark

    @invariant()
    def nothing_is_left_of_what_is_gone(self) -> None:
        rooms = set(self._rooms())
        for table in ("messages", "events", "actions", "seats"):
            assert {it for (it,) in self.building.rows(f"SELECT DISTINCT conversation_id FROM {table}")} <= rooms
        seats = {(user, room) for user, room in self.building.rows("SELECT user_id, conversation_id FROM seats")}
        assert seats == {(it.user_id, key) for key, room in self._rooms().items() for it in room.participants}

    @invariant()
    def everybody_counts_their_own_conversations(self) -> None:
        seated = [it.user_id for room in self._rooms().values() for it in room.participants]
        for user_id, person in self.house.people.items():
            if person:
                assert person.user.conversations == seated.count(user_id)
                default = person.user.default_conversation_id
                assert default is None or self._rooms()[default].conversation.is_default

    @invariant()
    def the_mirror_shows_everything_in_order(self) -> None:
        """Law 7: what the webhook is due is in the outbox, lane by lane, as it was told."""
        due = [it for it in self.building.said() if type(it) in TRIGGERS and not _is_private(it)]
        sql = "SELECT lane, json_extract(body, '$.id') FROM outbox WHERE webhook_id = ? ORDER BY id"
        assert self.building.rows(sql, self.hook) == [(it.lane, it.id) for it in due]

    @invariant()
    def v1_is_shown_its_part_of_it_by_users(self) -> None:
        """Whoever speaks, it is told whose conversation it is, who sits there alone."""
        due = [it for it in self.building.said() if v1_trigger(it)]
        sql = "SELECT lane, json_extract(body, '$.id') FROM outbox WHERE webhook_id = ? ORDER BY id"
        assert self.building.rows(sql, self.old_hook) == [(it.lane, it.id) for it in due]
        sql = "SELECT count(*) FROM outbox WHERE webhook_id = ? AND json_extract(body, '$.owner.user.id') IS NULL"
        assert self.building.rows(sql, self.old_hook) == [(sum(isinstance(it, ev.UserRemoved) for it in due),)]
        assert self.building.rows("SELECT count(*) FROM events WHERE instr(body, '\"owner\":{')") == [(0,)]

    @invariant()
    def whoever_missed_something_is_told_all_of_it_or_that_it_is_not_all(self) -> None:
        self.runner.run(self._replay())

    async def _replay(self) -> None:
        for room_id, room in self._rooms().items():
            account = self._account(room_id)
            cleared = max((it.seq for it in account.told if isinstance(it, ev.MessagesCleared)), default=0)
            for seat in room.participants[:1]:
                start, told = account.start, len(account.told)
                for position in {0, cleared, start, start + told // 2, start + told}:
                    replay = (await self.other.replay(seat.user_id, {room_id: position}, 1_000))[room_id]
                    missing = any(
                        isinstance(it, ev.MessagePosted) and position < it.seq < cleared for it in account.told
                    )
                    assert replay.complete is (position >= start and not missing)
                    if replay.complete:
                        assert [it.id for it in replay.events] == [it.id for it in account.told[position - start :]]

    @invariant()
    def whoever_arrives_is_shown_how_it_is(self) -> None:
        """What is remembered, and was framed once for all, is what the file has."""
        self.runner.run(self._arrive())

    async def _arrive(self) -> None:
        for user_id in [user_id for user_id, person in self.house.people.items() if person]:
            from_file = Overviews(self.other._rows, Memory())
            for limit in (2, 10):
                assert await self.building.store.overviews(user_id, None, limit) == await from_file.of(user_id, limit)
        for room_id, room in self._rooms().items():
            for seat in room.participants[:1]:
                for position in {self._account(room_id).start, room.conversation.seq - 1}:
                    told = await self.building.annals.since(seat.user_id, room, position)
                    assert told == await Annals(self.other).since(seat.user_id, room, position)


def _is_private(event: ev.Event) -> bool:
    """What no webhook is told though its kind is."""
    if isinstance(event, ev.UserUpdated):
        return event.reason is None
    return isinstance(event, ev.Joined) and event.conversation.type == "personal"


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=examples(50), stateful_step_count=25, deadline=None)
