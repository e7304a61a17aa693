"""What whoever arrives is shown comes from memory where it can, and is the same as on the disk."""

from collections.abc import Iterable
from typing import Any

import pytest

from gateway.domain import commands as cmd
from gateway.domain.commands import Needs, Ref
from gateway.domain.content import ReplyAction, Text
from gateway.domain.views import Overview
from gateway.stores.sqlite import SqliteStore, open_store
from gateway.stores.sqlite.connection import Row
from tests.contracts.clerk import Clerk, opened
from tests.domain.town import HandWound


class Asked:
    """What a store asks its file from here on; `meanwhile` happens before the first answer is used."""

    def __init__(self, store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        self.meanwhile: Any = None
        self._rows = store._rows
        for of in (store, store._first_overviews):
            monkeypatch.setattr(of, "_rows" if of is store else "_ask", self.rows)

    async def rows(self, name: str, *values: Any) -> Iterable[Row]:
        self.names.append(name)
        found = await self._rows(name, *values)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile
        return found


@pytest.fixture
async def clerk(tmp_path: Any) -> Any:
    clerk = await opened(await open_store(tmp_path / "store.db", "epoch"), HandWound())
    yield clerk
    await clerk.store.close()  # whichever it is by now


async def reopened(clerk: Clerk, tmp_path: Any) -> SqliteStore:
    """A store that remembers nothing; it takes the place of the other one."""
    await clerk.store.close()
    store = await open_store(tmp_path / "store.db", "epoch")
    clerk.store = store
    return store


async def shown(store: Any, user_id: str, limit: int = 10) -> list[Overview]:
    found, _ = await store.overviews(user_id, None, limit)
    return list(found)


async def user_id(clerk: Clerk, name: str) -> str:
    person = await clerk.person(name)
    assert person is not None
    return person.user.id


async def another(clerk: Clerk, *names: str) -> str:
    """A group of users who are there already, made later than any other; gives its id."""
    clerk.clock.wind(1)
    (room,) = await clerk.do(clerk.orders.group(*names))
    return str(room.conversation.id)


async def test_whoever_arrives_in_what_was_used_last_costs_no_read(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await clerk.group("ann", "bob")
    await another(clerk, "ann")
    clerk.clock.wind(1)
    await clerk.says(room, "one", "two")
    ann = await user_id(clerk, "ann")
    asked = Asked(clerk.store, monkeypatch)  # type: ignore[arg-type]
    first, second = await shown(clerk.store, ann)
    assert asked.names == []
    assert [seat.user.external_id for seat in first.guests] == ["ann", "bob"]
    assert first.last_message is not None
    assert first.last_message.seq == first.room.conversation.seq == 3
    assert second.last_message is None


async def test_a_large_message_is_read_whenever_it_is_shown(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    room = await clerk.group("ann")
    ann = await user_id(clerk, "ann")
    menu = Text(text="menu", actions=tuple(ReplyAction(text=str(it), payload="x" * 4_000) for it in range(20)))
    await clerk.do(clerk.orders.posts(room, menu))
    asked = Asked(clerk.store, monkeypatch)  # type: ignore[arg-type]
    for _ in range(2):
        (shown_now,) = await shown(clerk.store, ann)
        assert shown_now.last_message is not None
        assert isinstance(shown_now.last_message.content, Text)
        assert len(shown_now.last_message.content.actions or ()) == 20
    assert asked.names.count("overviews_by_id") == 2


async def test_what_was_read_for_one_is_not_read_for_the_next(
    clerk: Clerk, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await clerk.group("ann", "bob")
    await clerk.says(room, "hi")
    ann, bob = await user_id(clerk, "ann"), await user_id(clerk, "bob")
    before = await shown(clerk.store, ann)
    store = await reopened(clerk, tmp_path)
    asked = Asked(store, monkeypatch)
    assert await shown(store, ann) == before
    assert asked.names == ["active_last", "overviews_by_id", "people_by_id"]
    asked.names.clear()
    assert await shown(store, ann) == await shown(store, bob) == before
    assert asked.names == ["active_last"]
    assert (await shown(store, bob))[0] is (await shown(store, ann))[0]


@pytest.mark.parametrize("change", ["says", "joins", "leaves", "renames"])
async def test_what_changed_while_it_was_read_is_not_remembered(
    clerk: Clerk, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    room = await clerk.group("ann", "bob")
    other = await another(clerk, "bob")
    ann = await user_id(clerk, "ann")
    orders = clerk.orders
    possible: dict[str, cmd.Command[Any]] = {
        "says": orders.says(room, "amid"),
        "joins": orders.joins(other, "ann"),
        "leaves": orders.leaves(room, "ann"),
        "renames": cmd.UpdateUser(app_id=clerk.app_id, user=Ref(clerk.app_id, "bob"), metadata={"name": "Bob"}),
    }
    store = await reopened(clerk, tmp_path)
    asked = Asked(store, monkeypatch)
    asked.meanwhile = clerk.do(possible[change])
    assert all(it.room.seat(ann) for it in await shown(store, ann))
    assert asked.meanwhile is None
    monkeypatch.undo()
    remembered = await shown(store, ann)
    assert remembered == await shown(await reopened(clerk, tmp_path), ann)


async def test_where_one_sits_no_more_is_not_shown_whatever_is_remembered(clerk: Clerk) -> None:
    room = await clerk.group("ann", "bob")
    ann = await user_id(clerk, "ann")
    assert len(await shown(clerk.store, ann)) == 1
    await clerk.do(clerk.orders.leaves(room, "ann"))
    assert await shown(clerk.store, ann) == []


async def test_more_conversations_than_are_shown(clerk: Clerk, tmp_path: Any) -> None:
    await clerk.group("ann")
    for _ in range(3):
        await another(clerk, "ann")
    ann = await user_id(clerk, "ann")
    for store in (clerk.store, await reopened(clerk, tmp_path)):
        assert [more for _, more in [await store.overviews(ann, None, it) for it in (3, 4, 5)]] == [True, False, False]


async def test_what_is_not_remembered_is_not_recalled(clerk: Clerk, tmp_path: Any) -> None:
    room = await clerk.group("ann")
    needs = Needs(office=clerk.app_id, room=room, people=(Ref(clerk.app_id, "ann", "external"),))
    house = clerk.store.recall(needs)
    assert house is not None
    assert house.rooms == (await clerk.store.peek(needs)).rooms
    store = await reopened(clerk, tmp_path)
    assert store.recall(needs) is None


async def test_of_a_conversation_that_is_no_more_nothing_is_remembered(clerk: Clerk) -> None:
    room, other = await clerk.group("ann", "bob"), await another(clerk, "ann")
    await clerk.says(room, "one")
    ann = await user_id(clerk, "ann")
    assert len(await shown(clerk.store, ann)) == 2
    memory = clerk.store._memory  # type: ignore[attr-defined]
    assert {room, other} <= memory.made.keys() & memory.newest.keys() & memory.rooms.keys()
    await clerk.do(clerk.orders.removes(room))
    assert memory.places[ann] == (other,)
    assert [it for it in (memory.made, memory.newest, memory.rooms) if room in it] == []
    assert [it.room.conversation.id for it in await shown(clerk.store, ann)] == [other]
