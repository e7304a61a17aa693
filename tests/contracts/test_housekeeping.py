"""The contract of every store: what webhooks were told goes when its time has come, a few rows at a time."""

from typing import Any

import pytest

from gateway.domain import commands as cmd
from gateway.domain.model import Integration, Webhook
from gateway.ports import Attempt, Lane, Settled, Store
from tests.contracts.clerk import Clerk
from tests.contracts.conftest import Premises

NEVER = 1 << 40


@pytest.fixture
async def integration(clerk: Clerk) -> Integration:
    """One whose webhook is due messages."""
    (made,) = await clerk.do(clerk.orders.custom("conversation:message"))
    assert isinstance(made, Integration)
    return made


@pytest.fixture
def hook(integration: Integration) -> Webhook:
    return integration.webhooks[0]


async def ids(store: Store, hook: Webhook, lane: str) -> list[int]:
    return [it.id for it in await store.waiting(hook.id, (lane,), 100)]


async def left(store: Store) -> int:
    """How many events and calls have ended and are kept: found by clearing them away."""
    return await store.purge(NEVER, NEVER, 10_000)


def call(hook: Webhook, at: int) -> Attempt:
    return Attempt(webhook_id=hook.id, at=at, took_ms=1, events=("e",), status=200)


async def test_what_was_delivered_goes_before_what_was_given_up(clerk: Clerk, hook: Webhook) -> None:
    room = await clerk.group("ann")
    await clerk.says(room, *"abcde")
    a, b, c, d, _ = await ids(clerk.store, hook, room)
    await clerk.store.settle([Settled(ids=(a,), delivered_at=100), Settled(ids=(b,), failed_at=100)])
    await clerk.store.settle([Settled(ids=(c,), delivered_at=200), Settled(ids=(d,), failed_at=90)])
    assert await clerk.store.purge(101, 95, 10) == 2
    assert await clerk.store.purge(101, 95, 10) == 0
    assert len(await ids(clerk.store, hook, room)) == 1
    assert await left(clerk.store) == 2


async def test_what_ends_just_then_stays(clerk: Clerk, hook: Webhook) -> None:
    room = await clerk.group("ann")
    await clerk.says(room, "one")
    (one,) = await ids(clerk.store, hook, room)
    await clerk.store.settle([Settled(ids=(one,), delivered_at=100)])
    assert await clerk.store.purge(100, 100, 10) == 0
    assert await clerk.store.purge(101, 100, 10) == 1


async def test_it_goes_a_few_rows_at_a_time_whosever_it_was(premises: Premises, clerk: Clerk) -> None:
    hooks = [(await clerk.do(clerk.orders.custom("conversation:message")))[0].webhooks[0] for _ in range(4)]
    room = await clerk.group("ann")
    for _ in range(3):
        await clerk.says(room, "one", "two")
    for hook in hooks:
        await clerk.store.settle([Settled(ids=tuple(await ids(clerk.store, hook, room)), delivered_at=1)])
    store = await premises.open()
    went = [await store.purge(2, 2, 7) for _ in range(5)]
    assert went == [7, 7, 7, 3, 0]


async def test_calls_go_as_what_they_delivered_does(clerk: Clerk, hook: Webhook) -> None:
    await clerk.store.settle([], [call(hook, at) for at in (1, 2, 3, 4, 5)])
    assert [await clerk.store.purge(4, 4, 2) for _ in range(3)] == [2, 1, 0]
    assert await left(clerk.store) == 2


async def test_what_waits_since_before_a_time_is_stale(clerk: Clerk, hook: Webhook) -> None:
    old, young = await clerk.group("ann"), await clerk.group("bob")
    await clerk.says(old, "one")
    said = clerk.events[-1].at
    clerk.clock.wind(10)
    await clerk.says(young, "two")
    assert await clerk.store.stale(hook.id, said, "", 10) == ([], None)
    assert await clerk.store.stale(hook.id, said + 1, "", 10) == ([old], None)
    assert await clerk.store.stale(hook.id, clerk.clock.at + 100, "", 10) == (sorted((old, young)), None)


async def test_what_may_go_later_waits_since_then(clerk: Clerk, hook: Webhook) -> None:
    """What was told once and is told again does not wait since it happened."""
    room = await clerk.group("ann")
    await clerk.says(room, "one")
    (one,) = await ids(clerk.store, hook, room)
    now = clerk.events[-1].at
    await clerk.store.settle([Settled(ids=(one,), attempts=1, due_at=now + 500)])
    assert await clerk.store.stale(hook.id, now + 500, "", 10) == ([], None)
    assert await clerk.store.give_up(hook.id, (room,), 10, now + 500, now + 600) == 0
    assert await clerk.store.stale(hook.id, now + 501, "", 10) == ([room], None)
    assert await clerk.store.give_up(hook.id, (room,), 10, now + 501, now + 600) == 1


async def test_stale_lanes_are_looked_for_a_page_at_a_time(clerk: Clerk, hook: Webhook) -> None:
    rooms = sorted([await clerk.group(f"user{number}") for number in range(5)])
    for room in rooms[:2] + rooms[3:]:
        await clerk.says(room, "old")
    clerk.clock.wind(10)
    before = clerk.clock.at
    await clerk.says(rooms[2], "young")
    assert await clerk.store.stale(hook.id, before, "", 2) == (rooms[:2], rooms[1])
    assert await clerk.store.stale(hook.id, before, rooms[1], 2) == (rooms[3:4], rooms[3])
    assert await clerk.store.stale(hook.id, before, rooms[3], 2) == (rooms[4:], None)


async def test_only_the_oldest_of_a_lane_are_given_up(premises: Premises, clerk: Clerk, hook: Webhook) -> None:
    first, second, third = [await clerk.group(name) for name in ("ann", "bob", "cat")]
    for room in (first, second, third):
        await clerk.says(room, *"abc")
    clerk.clock.wind(10)
    before = clerk.clock.at
    await clerk.says(first, "young")
    assert await clerk.store.give_up(hook.id, (first, second), 2, before, 7) == 4
    assert await clerk.store.give_up(hook.id, (first, second), 2, before, 7) == 2
    assert await clerk.store.give_up(hook.id, (first, second), 2, before, 7) == 0
    store = await premises.open()
    assert [len(await ids(store, hook, it)) for it in (first, second, third)] == [1, 0, 3]
    assert await store.lanes(hook.id, "", 10) == [Lane(it, 0) for it in sorted((first, third))]
    assert await store.purge(NEVER, 7, 10) == 0
    assert await store.purge(0, 8, 10) == 6


async def test_what_was_given_up_meanwhile_stays_so_unless_it_was_delivered(clerk: Clerk, hook: Webhook) -> None:
    room = await clerk.group("ann")
    await clerk.says(room, *"abc")
    failed, later, delivered = await ids(clerk.store, hook, room)
    await clerk.store.give_up(hook.id, (room,), 10, clerk.clock.at + 100, 100)
    told = [Settled(ids=(failed,), attempts=5, failed_at=200), Settled(ids=(later,), attempts=1, due_at=200)]
    await clerk.store.settle([*told, Settled(ids=(delivered,), delivered_at=200)])
    assert await ids(clerk.store, hook, room) == []
    assert await clerk.store.purge(201, 0, 10) == 1
    assert await clerk.store.purge(0, 101, 10) == 2


@pytest.mark.parametrize("how", ["webhook", "integration", "app"])
async def test_a_webhook_is_gone_from_the_commit_that_removes_it(
    premises: Premises, clerk: Clerk, integration: Integration, how: str
) -> None:
    (kept,) = await clerk.do(clerk.orders.custom("conversation:message"))
    app, hook = clerk.app_id, integration.webhooks[0]
    draft = cmd.WebhookDraft(target="https://example.org/two", triggers=("conversation:message",))
    (second,) = await clerk.do(cmd.CreateWebhook(app_id=app, integration_id=integration.id, draft=draft))
    commands: dict[str, cmd.Command[Any]] = {
        "webhook": cmd.DeleteWebhook(app_id=app, integration_id=integration.id, webhook_id=hook.id),
        "integration": cmd.DeleteIntegration(app_id=app, integration_id=integration.id),
        "app": cmd.DeleteApp(app_id=app),
    }
    assert await clerk.store.gone_webhooks() == []
    await clerk.do(commands[how])
    removed = {"webhook": (hook,), "integration": (hook, second), "app": (hook, second, *kept.webhooks)}
    gone = sorted(it.id for it in removed[how])
    assert await clerk.store.gone_webhooks() == gone
    for webhook_id in gone:
        await clerk.store.forget_webhook(webhook_id)
    assert await (await premises.open()).gone_webhooks() == []


async def test_a_webhook_that_changes_is_not_gone(clerk: Clerk, integration: Integration, hook: Webhook) -> None:
    app, here = clerk.app_id, integration.id
    moved = cmd.UpdateWebhook(app_id=app, integration_id=here, webhook_id=hook.id, target="https://example.org/moved")
    await clerk.do(moved, cmd.UpdateDelivery(app_id=app, integration_id=here, webhook_id=hook.id, paused=True))
    assert await clerk.store.gone_webhooks() == []


async def test_all_of_a_webhook_goes_a_few_rows_at_a_time_and_nothing_of_another(clerk: Clerk, hook: Webhook) -> None:
    other = (await clerk.do(clerk.orders.custom("conversation:message")))[0].webhooks[0]
    room = await clerk.group("ann")
    await clerk.says(room, *"abcdef")
    for it in (hook, other):
        a, b, *_ = await ids(clerk.store, it, room)
        told = [Settled(ids=(a,), delivered_at=1), Settled(ids=(b,), failed_at=1)]
        await clerk.store.settle(told, [call(it, at) for at in range(3)])
    assert [await clerk.store.clear(hook.id, 4) for _ in range(3)] == [4 + 3, 2, 0]
    assert await ids(clerk.store, hook, room) == []
    assert await clerk.store.targets() == [other.id]
    assert len(await ids(clerk.store, other, room)) == 4
    assert await left(clerk.store) == 2 + 3
