"""The contract of every store: what webhooks are due waits in its lane, in order, until it is settled."""

import pytest

from gateway.domain.content import PostbackAction, Text
from gateway.domain.events import MessagePosted, Pressed
from gateway.domain.model import Integration
from gateway.ports import Backlog, Behind, Lane, Settled, Store
from tests.contracts.clerk import Clerk
from tests.contracts.conftest import Premises


@pytest.fixture
async def hook(clerk: Clerk) -> str:
    """A webhook that is due messages; gives its id."""
    (integration,) = await clerk.do(clerk.orders.custom("conversation:message"))
    assert isinstance(integration, Integration)
    return integration.webhooks[0].id


async def ids(store: Store, hook: str, lane: str, limit: int = 100) -> list[int]:
    return [it.id for it in await store.waiting(hook, (lane,), limit)]


async def test_what_is_due_waits_in_the_order_it_happened(premises: Premises, clerk: Clerk, hook: str) -> None:
    room = await clerk.group("ann")
    said = [*await clerk.says(room, "one", "two"), *await clerk.says(room, "three")]
    for store in (clerk.store, await premises.open()):
        waiting = await store.waiting(hook, (room,), 100)
        assert [it.event.id for it in waiting] == said
        assert [(it.webhook_id, it.lane, it.attempts) for it in waiting] == [(hook, room, 0)] * 3
        assert [it.id for it in waiting] == sorted({it.id for it in waiting})
        assert await ids(store, hook, room, 2) == [it.id for it in waiting[:2]]
        assert await store.lanes(hook, "", 10) == [Lane(room, 0)]


async def test_an_event_is_kept_whole_but_for_its_audience(clerk: Clerk, hook: str) -> None:
    room = await clerk.group("ann")
    await clerk.says(room, "one")
    (event,) = clerk.events
    (kept,) = await clerk.store.waiting(hook, (room,), 1)
    assert event.audience
    assert kept.event.audience == ()

    assert {name: getattr(kept.event, name) for name in kept.event.__struct_fields__ if name != "audience"} == {
        name: getattr(event, name) for name in event.__struct_fields__ if name != "audience"
    }


async def test_every_room_and_every_webhook_has_a_lane_of_its_own(clerk: Clerk, hook: str) -> None:
    (second,) = await clerk.do(clerk.orders.custom("conversation:message", "user:remove"))
    rooms = [await clerk.group("ann"), await clerk.group("bob")]
    for room in rooms:
        await clerk.says(room, "hello")
    bob = await clerk.person("bob")
    assert bob is not None
    await clerk.do(clerk.orders.forgets("bob"))
    other = second.webhooks[0].id
    assert sorted(await clerk.store.targets()) == sorted((hook, other))
    for target, names in ((hook, rooms), (other, [*rooms, bob.user.id])):
        assert [it.name for it in await clerk.store.lanes(target, "", 10)] == sorted(names)


async def test_what_is_settled_is_gone(premises: Premises, clerk: Clerk, hook: str) -> None:
    room = await clerk.group("ann")
    await clerk.says(room, "one", "two", "three")
    first, second, third = await ids(clerk.store, hook, room)
    await clerk.store.settle([Settled(ids=(first,)), Settled(ids=(third,))])
    assert await ids(await premises.open(), hook, room) == [second]
    await clerk.store.settle([Settled(ids=(second,))])
    assert await clerk.store.targets() == []
    assert await ids(clerk.store, hook, room) == []


async def test_what_is_tried_again_keeps_its_place_and_its_time(premises: Premises, clerk: Clerk, hook: str) -> None:
    room = await clerk.group("ann")
    await clerk.says(room, "one", "two")
    before = await ids(clerk.store, hook, room)
    await clerk.store.settle([Settled(ids=(before[0],), attempts=2, due_at=7_000)])
    store = await premises.open()
    assert await store.lanes(hook, "", 10) == [Lane(room, 7_000)]
    assert [(it.id, it.attempts) for it in await store.waiting(hook, (room,), 10)] == [(before[0], 2), (before[1], 0)]


async def test_what_is_given_up_does_not_stop_its_lane(premises: Premises, clerk: Clerk, hook: str) -> None:
    room = await clerk.group("ann")
    await clerk.says(room, "one", "two")
    first, second = await ids(clerk.store, hook, room)
    await clerk.store.settle([Settled(ids=(first,), attempts=5, failed_at=9_000)])
    assert await ids(await premises.open(), hook, room) == [second]
    await clerk.store.settle([Settled(ids=(second,), attempts=5, failed_at=9_000)])
    assert await clerk.store.targets() == []


async def test_what_was_delivered_waits_no_longer_and_is_kept(premises: Premises, clerk: Clerk, hook: str) -> None:
    room = await clerk.group("ann")
    await clerk.says(room, "one", "two", "three")
    first, second, third = await ids(clerk.store, hook, room)
    await clerk.store.settle([Settled(ids=(first,), delivered_at=9_000), Settled(ids=(second,), delivered_at=9_001)])
    store = await premises.open()
    assert await ids(store, hook, room) == [third]
    assert await store.targets() == [hook]
    await clerk.says(room, "four")
    assert (await ids(clerk.store, hook, room))[-1] > third


async def test_settlements_of_one_write_are_each_their_own(clerk: Clerk, hook: str) -> None:
    room = await clerk.group("ann")
    await clerk.says(room, *"abcd")
    a, b, c, d = await ids(clerk.store, hook, room)
    await clerk.store.settle(
        [Settled(ids=(a,)), Settled(ids=(b,), attempts=5, failed_at=1), Settled(ids=(c,), attempts=1, due_at=2)]
    )
    assert [(it.id, it.attempts) for it in await clerk.store.waiting(hook, (room,), 10)] == [(c, 1), (d, 0)]
    assert await clerk.store.lanes(hook, "", 10) == [Lane(room, 2)]


async def test_ids_are_never_used_again(clerk: Clerk, hook: str) -> None:
    """A settlement that comes late must not hit another event."""
    room = await clerk.group("ann")
    await clerk.says(room, "one")
    (first,) = await ids(clerk.store, hook, room)
    await clerk.store.settle([Settled(ids=(first,))])
    await clerk.says(room, "two")
    (second,) = await ids(clerk.store, hook, room)
    assert second > first
    await clerk.store.settle([Settled(ids=(first,))])
    assert await ids(clerk.store, hook, room) == [second]


async def test_nothing_to_settle_is_settled(clerk: Clerk) -> None:
    await clerk.store.settle([])
    assert await clerk.store.targets() == []


async def test_what_a_removed_room_was_due_is_still_due(clerk: Clerk, hook: str) -> None:
    """The mirror shows what happened, not what is."""
    room = await clerk.group("ann")
    await clerk.says(room, "one")
    await clerk.do(clerk.orders.removes(room))
    assert len(await ids(clerk.store, hook, room)) == 1


async def test_a_webhook_is_due_only_what_it_named(clerk: Clerk, hook: str) -> None:
    room = await clerk.group("ann")
    assert await clerk.store.targets() == []
    await clerk.do(clerk.orders.alters(room, display_name="Crew"))
    assert await clerk.store.targets() == []


async def test_lanes_are_looked_through_a_page_at_a_time(clerk: Clerk, hook: str) -> None:
    rooms = sorted([await clerk.group(f"user{number}") for number in range(7)])
    for room in rooms:
        await clerk.says(room, "one", "two")
    found: list[str] = []
    while page := await clerk.store.lanes(hook, found[-1] if found else "", 3):
        assert len(page) <= 3
        found += [it.name for it in page]
    assert found == rooms


async def test_some_lanes_are_read_at_once_each_up_to_a_limit(clerk: Clerk, hook: str) -> None:
    first, second, third = [await clerk.group(name) for name in ("ann", "bob", "cat")]
    said = {room: await clerk.says(room, *"abcd") for room in (second, first, third)}
    read = await clerk.store.waiting(hook, (third, first), 3)
    assert [(it.lane, it.event.id) for it in read] == [(room, it) for room in (third, first) for it in said[room][:3]]


async def test_a_row_is_given_its_id_before_it_is_on_disk(clerk: Clerk, hook: str, premises: Premises) -> None:
    """So that who delivers it need not read it again."""
    room = await clerk.group("ann")
    await clerk.says(room, "one", "two")
    assert [it.id for it in clerk.mirrored] == await ids(clerk.store, hook, room)
    await clerk.store.settle([Settled(ids=(clerk.mirrored[-1].id,))])
    again = await premises.open()
    await clerk.store.close()
    clerk.store = again
    last = clerk.mirrored[-1].id
    await clerk.says(room, "three")
    assert clerk.mirrored[0].id > last


async def test_v1_is_told_by_its_user(premises: Premises, clerk: Clerk, hook: str) -> None:
    """Whose conversation it is is read for the business's words too, and kept with them; others pay nothing for it."""
    (old,) = await clerk.do(clerk.orders.custom("message:appMaker", "postback", version="v1.1"))
    await clerk.do(clerk.orders.user("ann"))
    (room,) = await clerk.do(clerk.orders.personal("ann"))
    here = room.conversation.id
    afresh = Clerk(await premises.open(), clerk.app_id, clerk.clock)
    button = PostbackAction(text="Yes", payload="YES")
    (asked,) = await afresh.do(afresh.orders.posts(here, Text(text="Tea?", actions=(button,))))
    afresh = Clerk(await premises.open(), clerk.app_id, clerk.clock)
    await afresh.do(afresh.orders.presses(here, "ann", asked.message.content.actions[0].id))
    said, pressed = [it.event for it in await clerk.store.waiting(old.webhooks[0].id, (here,), 10)]
    assert isinstance(said, MessagePosted)
    assert isinstance(pressed, Pressed)
    assert said.owner == pressed.owner == await clerk.person("ann")
    assert pressed.message == asked.message
    (plain,) = [it.event for it in await clerk.store.waiting(hook, (here,), 10)]
    assert isinstance(plain, MessagePosted)
    assert (plain.id, plain.owner) == (said.id, None)


async def test_without_v1_nobody_is_read_for_it(premises: Premises, clerk: Clerk, hook: str) -> None:
    await clerk.do(clerk.orders.user("ann"))
    (room,) = await clerk.do(clerk.orders.personal("ann"))
    store = await premises.open()
    needs = clerk.orders.says(room.conversation.id).needs()
    assert not (await store.peek(needs)).people
    await clerk.do(clerk.orders.custom("message:appUser", version="v1.1"))
    assert not (await (await premises.open()).peek(needs)).people
    await clerk.do(clerk.orders.custom("message:appMaker", version="v1.1"))
    assert (await (await premises.open()).peek(needs)).people


async def test_what_waits_for_a_webhook_is_counted_from_its_oldest_event_on(clerk: Clerk, hook: str) -> None:
    store, rooms = clerk.store, [await clerk.group("ann"), await clerk.group("bob")]
    assert await store.backlog(hook) is None
    times = []
    for room in rooms:
        clerk.clock.wind(10)
        await clerk.says(room, "one", "two")
        times += [it.at for it in clerk.events]
    first, second = await ids(store, hook, rooms[0])
    assert await store.backlog(hook) == Backlog(hook, clerk.app_id, 4, times[0])
    await store.settle([Settled(ids=(first,), attempts=1, due_at=9_000)])
    assert await store.backlog(hook) == Backlog(hook, clerk.app_id, 4, times[0])
    await store.settle([Settled(ids=(first,), delivered_at=9_000)])
    assert await store.backlog(hook) == Backlog(hook, clerk.app_id, 3, times[1])
    await store.settle([Settled(ids=(second,), failed_at=9_000)])
    assert await store.backlog(hook) == Backlog(hook, clerk.app_id, 2, times[2])


async def test_the_webhooks_that_are_behind_are_known_the_furthest_first(clerk: Clerk, hook: str) -> None:
    assert await clerk.store.behind(10) == Behind()
    room = await clerk.group("ann")
    await clerk.says(room, "one")
    first = clerk.events[0].at
    others = [(await clerk.do(clerk.orders.custom("conversation:message")))[0].webhooks[0].id for _ in range(2)]
    clerk.clock.wind(10)
    await clerk.says(room, "two", "three")
    second = clerk.events[0].at
    await clerk.store.settle([Settled(ids=tuple(await ids(clerk.store, others[1], room, 1)), delivered_at=1)])
    told = [Backlog(hook, clerk.app_id, 3, first), Backlog(others[0], clerk.app_id, 2, second)]
    assert await clerk.store.behind(2) == Behind(3, 6, tuple(told))
    assert {it.webhook_id: it.events for it in (await clerk.store.behind(10)).most} == {
        hook: 3,
        others[0]: 2,
        others[1]: 1,
    }
