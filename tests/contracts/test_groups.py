"""The contract of every store: a group is written whole or not at all, and what was written is held again."""

import asyncio
from typing import Any

import pytest
from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain.commands import Command, Needs, Ref, Speaker
from gateway.domain.content import PostbackAction, Text
from gateway.domain.errors import Refused
from gateway.domain.events import MessagePosted
from gateway.domain.evolve import evolve
from gateway.domain.house import House
from gateway.domain.model import Integration, Profile
from gateway.domain.views import Page
from gateway.ports import Store
from tests.contracts.clerk import Clerk, decided
from tests.contracts.conftest import Premises

BUTTON = PostbackAction(text="Yes", payload="YES", metadata={"answer": True})
ODD = ["é€😀", 'quote " and \\', "line\nbreak\ttab", "\x00", "a\x00b", "null", "[1]", "x" * 3_000]


def held(house: House) -> list[Any]:
    """All the nouns of a house, to be compared."""
    nouns = (house.offices, house.rooms, house.people, house.named, house.messages, house.actions, house.sent)
    return [house.account, *(dict(it) for it in nouns)]


@pytest.fixture
async def web(clerk: Clerk) -> Integration:
    (integration,) = await clerk.do(clerk.orders.integration(fields={"brandColor": "#fff"}))
    assert isinstance(integration, Integration)
    return integration


async def test_every_noun_is_held_again_by_a_store_that_remembers_nothing(
    premises: Premises, clerk: Clerk, web: Integration
) -> None:
    """Two paths, one truth: what a store remembers is what it wrote."""
    orders, app_id = clerk.orders, clerk.app_id
    await clerk.do(cmd.CreateAccountKey(), orders.key(), orders.custom("user:remove"))
    await clerk.do(orders.connects(web.id, external_id="ann"), orders.connects(web.id, new_session_hash="right"))
    (ann,) = await clerk.do(orders.changes("ann", metadata={"a": True, "b": 1.5, "c": 7, "d": "x"}))
    room = await clerk.group("bob", "cat", metadata={"n": 1})
    await clerk.do(orders.joins(room, "ann"))
    (said,) = await clerk.do(orders.says(room, by=ann.id, client_message_id="one"))
    (asked,) = await clerk.do(orders.posts(room, Text(text="Tea?", actions=(BUTTON,)), metadata={"m": 1}))
    await clerk.do(orders.reads(room, "bob"), orders.leaves(room, "cat"))
    needs = Needs(
        account=True,
        office=app_id,
        room=room,
        people=(Ref(app_id, ann.id), Ref(app_id, "ann", "external"), Ref(app_id, "nobody")),
        guests=True,
        rooms_of_people=True,
        message=asked.message.id,
        action=asked.message.content.actions[0].id,
        sent=(room, ann.id, "one"),
    )
    here, there = await clerk.store.peek(needs), await (await premises.open()).peek(needs)
    assert held(here) == held(there)
    assert len(there.account.keys) == len(there.office(app_id).keys) == 1
    assert [it.type for it in there.office(app_id).integrations] == ["web", "custom"]
    assert there.sent[room, ann.id, "one"] == said.message
    assert there.messages[room, asked.message.id] == asked.message
    assert list(there.actions.values()) == list(asked.message.content.actions)
    assert there.rooms_of[ann.id] == (room,)
    assert there.find(Ref(app_id, "nobody")) is None
    assert {it.user.external_id for it in there.people.values() if it} == {"ann", "bob"}


@pytest.mark.parametrize("odd", ODD, ids=[repr(it)[:12] for it in ODD])
async def test_odd_texts_come_back_as_they_are(premises: Premises, clerk: Clerk, odd: str) -> None:
    profile = Profile(given_name=odd, surname=odd, email=odd)
    metadata: dict[str, Any] = {odd: odd, "big": 2**70, "float": 1e-300, "int": -(2**63)}
    await clerk.do(clerk.orders.user("ann", profile=profile, metadata=metadata))
    (room,) = await clerk.do(clerk.orders.group("ann", display_name=odd))
    (said,) = await clerk.do(clerk.orders.posts(room.conversation.id, Text(text=odd), metadata=metadata))
    other = await premises.open()
    ann = await Clerk(other, clerk.app_id, clerk.clock).person("ann")
    assert ann is not None
    assert (ann.user.profile, ann.user.metadata) == (profile, metadata)
    (messages, _) = await other.messages(room.conversation.id, Page(size=1))
    assert messages == [said.message]


async def test_external_ids_are_told_apart_to_the_last_character(clerk: Clerk) -> None:
    names = ["ann", "Ann", "ann ", " ann", "änn", "a\u0308nn", '["ann"]', "%", "_"]
    ids = [await clerk.user(name) for name in names]
    assert len(set(ids)) == len(names)
    assert [person.user.id for name in names if (person := await clerk.person(name))] == ids


async def test_an_id_is_taken_before_an_external_id(premises: Premises, clerk: Clerk) -> None:
    ann = await clerk.user("ann")
    shadow = await clerk.user(ann)
    for store in (clerk.store, await premises.open()):
        person = await Clerk(store, clerk.app_id, clerk.clock).person(ann)
        assert person is not None
        assert person.user.id == ann != shadow


async def test_another_apps_people_are_not_found(store: Store, clerk: Clerk) -> None:
    ann = await clerk.user("ann")
    (other,) = await clerk.do(cmd.CreateApp(display_name="other"))
    for by, value in (("id", ann), ("external", "ann"), ("either", ann), ("either", "ann")):
        ref = Ref(other.id, value, by)
        assert (await store.peek(Needs(people=(ref,)))).find(ref) is None


class Failed(Exception):
    """Something went wrong on the way."""


async def test_an_error_inside_the_group_leaves_nothing(premises: Premises, clerk: Clerk) -> None:
    room = await clerk.group("ann")
    before = [await clerk.room(room), await clerk.person("ann")]
    orders = clerk.orders
    commands: list[Command[Any]] = [
        orders.says(room),
        orders.user("bob"),
        orders.changes("ann", metadata={"a": 1}),
    ]
    with pytest.raises(Failed):
        await _half(clerk, commands)
    for store in (clerk.store, await premises.open()):
        again = Clerk(store, clerk.app_id, clerk.clock)
        assert [await again.room(room), await again.person("ann")] == before
        assert await again.person("bob") is None
        assert await store.messages(room, Page(size=10)) == ([], False)
    assert len(await clerk.says(room, "after")) == 1


async def _half(clerk: Clerk, commands: list[Command[Any]]) -> None:
    """Everything is handed in, and then the group ends with an error."""
    async with clerk.store.group() as group:
        house = await group.hold([it.needs() for it in commands])
        _, events = decided(house, commands, clerk.clock)
        await group.append(house, events, ())
        raise Failed


async def test_a_write_that_fails_half_way_leaves_nothing(premises: Premises, clerk: Clerk) -> None:
    """Two events at one place of a history: the people are written by then, the messages not."""
    room = await clerk.group("ann")
    before = await clerk.room(room)
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        await _twice(clerk, [clerk.orders.user("bob"), clerk.orders.says(room)])
    for store in (clerk.store, await premises.open()):
        again = Clerk(store, clerk.app_id, clerk.clock)
        assert await again.person("bob") is None
        assert await again.room(room) == before
    assert await clerk.user("bob")
    assert len(await clerk.says(room, "after")) == 1


async def _twice(clerk: Clerk, commands: list[Command[Any]]) -> None:
    """What the last command made happen is handed in twice, the second time under another id."""
    async with clerk.store.group() as group:
        house = await group.hold([it.needs() for it in commands])
        _, events = decided(house, commands, clerk.clock)
        said = events[-1]
        assert isinstance(said, MessagePosted)
        again = structs.replace(said, message=structs.replace(said.message, id="0" * 24))
        evolve(house, again)
        await group.append(house, [*events, again], ())


async def test_a_refusal_inside_the_group_leaves_nothing(clerk: Clerk) -> None:
    room = await clerk.group("ann")
    with pytest.raises(Refused):
        await clerk.do(clerk.orders.says(room), clerk.orders.says("f" * 24))
    assert await clerk.store.messages(room, Page(size=10)) == ([], False)


async def test_groups_wait_for_each_other(clerk: Clerk) -> None:
    """What one group holds, nobody else changes: places in a history are never given twice."""
    room = await clerk.group("ann")
    async with asyncio.TaskGroup() as tasks:
        for number in range(20):
            tasks.create_task(clerk.says(room, f"text {number}"))
    messages, _ = await clerk.store.messages(room, Page(size=100))
    assert [it.seq for it in messages] == list(range(2, 22))
    held_room = await clerk.room(room)
    assert held_room is not None
    assert (held_room.conversation.seq, held_room.conversation.posted) == (21, 20)


async def test_a_group_may_be_empty(clerk: Clerk) -> None:
    assert await clerk.do() == []


async def test_whoever_looks_sees_what_was_committed_before(premises: Premises, clerk: Clerk) -> None:
    other = Clerk(await premises.open(), clerk.app_id, clerk.clock)
    room = await clerk.group("ann")
    assert await other.room(room) == await clerk.room(room)
    assert await other.person("ann") == await clerk.person("ann")


async def test_what_is_not_there_is_looked_for_again(clerk: Clerk) -> None:
    """That somebody was not there is not remembered."""
    assert await clerk.person("ann") is None
    await clerk.user("ann")
    assert await clerk.person("ann") is not None


async def test_a_name_that_was_given_up_can_be_taken_in_the_same_group(premises: Premises, clerk: Clerk) -> None:
    before = await clerk.user("ann")
    _, after = await clerk.do(clerk.orders.forgets("ann"), clerk.orders.user("ann"))
    for store in (clerk.store, await premises.open()):
        again = Clerk(store, clerk.app_id, clerk.clock)
        found = await again.person("ann")
        assert found is not None
        assert found.user == after
        assert await again.person(before) is None


async def test_a_deleted_app_takes_everything_with_it(premises: Premises, clerk: Clerk, web: Integration) -> None:
    room = await clerk.group("ann")
    await clerk.says(room, "hello")
    (key,) = await clerk.do(clerk.orders.key())
    ann = await clerk.person("ann")
    assert ann is not None
    await clerk.do(cmd.DeleteApp(app_id=clerk.app_id))
    for store in (clerk.store, await premises.open()):
        again = Clerk(store, clerk.app_id, clerk.clock)
        assert await again.room(room) is None
        assert await again.person("ann") is None
        assert (await store.peek(Needs(office=clerk.app_id))).offices[clerk.app_id] is None
        assert await store.key(key.id) is None
        assert await store.app_of(web.id) is None
        assert await store.messages(room, Page(size=10)) == ([], False)
        assert await store.conversations(ann.user.id, Page(size=10)) == ([], False)


async def test_nothing_happens_in_an_app_that_was_deleted_in_the_same_group(premises: Premises, clerk: Clerk) -> None:
    room = await clerk.group("ann")
    orders = clerk.orders
    for late in (orders.says(room), orders.changes("ann", metadata={"a": 1}), orders.user("bob")):
        with pytest.raises(Refused):
            await clerk.do(cmd.DeleteApp(app_id=clerk.app_id), late)
    said, _, _ = await clerk.do(orders.says(room), orders.user("bob"), cmd.DeleteApp(app_id=clerk.app_id))
    for store in (clerk.store, await premises.open()):
        again = Clerk(store, clerk.app_id, clerk.clock)
        assert await again.room(room) is None
        assert await again.person("bob") is None
        house = await store.peek(Needs(room=room, message=said.message.id))
        assert house.messages == {}


async def test_a_refused_opener_names_the_problem(clerk: Clerk) -> None:
    with pytest.raises(Refused) as refused:
        await clerk.do(clerk.orders.personal("nobody", opened_by=Speaker()))
    assert refused.value.problem == errors.USER_NOT_FOUND
