"""The contract of every store: what webhooks were told is found again, page by page, and may wait anew."""

from typing import Any

import pytest

from gateway.domain.model import Integration
from gateway.domain.views import Page, Sought, Told
from gateway.ports import Attempt, Settled, Store
from gateway.stores.sqlite import mirror_reads
from tests.contracts.clerk import Clerk
from tests.contracts.conftest import Premises

STATUSES = ("waiting", "delivered", "failed")
ALL = Sought()


@pytest.fixture
async def hook(clerk: Clerk) -> str:
    """A webhook that is due messages; gives its id."""
    (integration,) = await clerk.do(clerk.orders.custom("conversation:message"))
    assert isinstance(integration, Integration)
    return integration.webhooks[0].id


async def said(clerk: Clerk, *texts: str, room: str | None = None) -> dict[str, int]:
    """What webhooks are due of it: the ids of the events, in order, each with its row's."""
    await clerk.says(room or await clerk.group("ann"), *texts)
    return {it.event.id: it.id for it in clerk.mirrored}


async def ends(store: Store, rows: Any, at: int, *, failed: bool = False) -> None:
    """Delivered, or given up, one after the other, a millisecond apart."""
    for number, row in enumerate(rows):
        time = at + number
        how = Settled(ids=(row,), attempts=5, failed_at=time) if failed else Settled(ids=(row,), delivered_at=time)
        await store.settle([how])


async def told(store: Store, hook: str, status: str, **page: Any) -> tuple[list[str], bool]:
    found, more = await store.told(hook, status, Page(**{"size": 100, **page}))
    assert {it.status for it in found} <= {status}
    return [it.event.id for it in found], more


async def test_an_event_is_seen_wherever_it_stands(clerk: Clerk, hook: str, premises: Premises) -> None:
    a, b, c = (await said(clerk, *"abc")).items()
    await clerk.store.settle(
        [
            Settled(ids=(a[1],), delivered_at=7_000),
            Settled(ids=(b[1],), attempts=5, failed_at=8_000),
            Settled(ids=(c[1],), attempts=2, due_at=9_000),
        ]
    )
    store = await premises.open()
    for (event_id, row), status, facts in (
        (a, "delivered", (1, 0, 7_000, False)),
        (b, "failed", (5, 0, 8_000, True)),
        (c, "waiting", (2, 9_000, None, False)),
    ):
        found = await store.told_event(hook, event_id)
        assert isinstance(found, Told)
        assert (found.id, found.event.id, found.status) == (row, event_id, status)
        assert (found.attempts, found.due_at, found.ended_at, found.failed) == facts
        assert await told(store, hook, status) == ([event_id], False)


async def test_another_webhooks_events_are_not_there(clerk: Clerk, hook: str) -> None:
    (other,) = await clerk.do(clerk.orders.custom("conversation:read"))
    (event_id,) = await said(clerk, "one")
    theirs = other.webhooks[0].id
    assert await clerk.store.told_event(theirs, event_id) is None
    assert await clerk.store.told_event(hook, "0" * 24) is None
    for status in STATUSES:
        assert await told(clerk.store, theirs, status) == ([], False)
        assert await told(clerk.store, theirs, status, after=event_id) == ([], False)


async def _walked(store: Store, hook: str, status: str, way: str, start: str | None) -> list[str]:
    """All of a list, in pages of three, first to last."""
    pages: list[list[str]] = []
    page: dict[str, Any] = {} if start is None else {way: start}
    while True:
        ids, more = await told(store, hook, status, size=3, **page)
        pages.append(ids)
        if not more:
            return [it for page_ids in (pages if way == "after" else reversed(pages)) for it in page_ids]
        page = {way: ids[-1] if way == "after" else ids[0]}


@pytest.mark.parametrize("status", STATUSES)
async def test_every_event_stands_on_one_page(clerk: Clerk, hook: str, status: str) -> None:
    """What waits lane by lane, what ended with the last first; also where many ended at one time."""
    rooms = sorted([await clerk.group("ann"), await clerk.group("bob")])
    events: dict[str, int] = {}
    for room in (*rooms, rooms[0]):
        events |= await said(clerk, *"abcd", room=room)
    ids = list(events)
    expected = [*ids[:4], *ids[8:], *ids[4:8]]  # what was said later in the first room, before the second
    if status != "waiting":
        failed = status == "failed"
        for at, part in ((5, ids[6:]), (9, ids[:6])):
            rows = tuple(events[it] for it in part)
            how = Settled(ids=rows, attempts=5, failed_at=at) if failed else Settled(ids=rows, delivered_at=at)
            await clerk.store.settle([how])
        expected = [*reversed(ids[:6]), *reversed(ids[6:])]
    assert await _walked(clerk.store, hook, status, "after", None) == expected
    assert await _walked(clerk.store, hook, status, "before", expected[-1]) == expected[:-1]
    assert await told(clerk.store, hook, status, size=4, skip=5) == (expected[5:9], True)
    for other in {*STATUSES} - {status}:
        assert await told(clerk.store, hook, other, after=expected[0]) == ([], False)


# Calls


def call(hook: str, at: int, *events: str, status: int | None = 200, answered: str = "") -> Attempt:
    return Attempt(webhook_id=hook, at=at, took_ms=3, events=events or ("0" * 24,), status=status, said=answered)


async def calls(store: Store, hook: str, sought: Sought = ALL, **page: Any) -> tuple[list[int], int | None]:
    """When the calls of a page were begun, and where to go on from."""
    found, stop = await store.attempts(hook, sought, Page(**{"size": 100, **page}))
    return [it.at for it in found], stop


async def test_a_call_is_kept_whole(clerk: Clerk, hook: str, premises: Premises) -> None:
    settled, kept = call(hook, 5, "a" * 24, "b" * 24, answered="fine"), call(hook, 6, status=None, answered="no answer")
    await clerk.store.settle([], [settled])
    last = await clerk.store.keep(kept)
    assert last.id > 0
    found, stop = await (await premises.open()).attempts(hook, Sought(), Page(size=2))
    assert stop is None
    assert found[0] == last
    assert found[1].id < last.id
    assert [(it.at, it.took_ms, it.events, it.status, it.said) for it in found] == [
        (it.at, it.took_ms, it.events, it.status, it.said) for it in (kept, settled)
    ]


async def test_calls_are_listed_newest_first(clerk: Clerk, hook: str) -> None:
    await clerk.store.settle([], [call(other, at) for at in range(10) for other in (hook, "f" * 24)])
    found, stop = await clerk.store.attempts(hook, Sought(), Page(size=4))
    assert [it.at for it in found] == [9, 8, 7, 6]
    assert stop == found[-1].id
    after = f"{stop:024x}"
    assert (await calls(clerk.store, hook, size=4, after=after))[0] == [5, 4, 3, 2]
    assert await calls(clerk.store, hook, size=6, after=after) == ([5, 4, 3, 2, 1, 0], None)
    before, start = await clerk.store.attempts(hook, Sought(), Page(size=2, before=after))
    assert [it.at for it in before] == [8, 7]
    assert start == before[0].id
    assert await calls(clerk.store, hook, size=3, before=after) == ([9, 8, 7], None)
    assert await calls(clerk.store, hook, size=3, skip=8) == ([1, 0], None)
    for nothing in ("nonsense", "0" * 24, "\ud7ff" * 24):
        assert await calls(clerk.store, hook, after=nothing) == ([], None)


async def test_calls_are_sought_by_how_they_were_answered_and_by_event(clerk: Clerk, hook: str) -> None:
    statuses = (200, None, 299, 300, 199, 500, 204)
    wanted = "a" * 24
    await clerk.store.settle(
        [], [call(hook, at, *([wanted] if at % 3 else ["b" * 24]), status=it) for at, it in enumerate(statuses)]
    )
    for sought, expected in (
        (Sought(succeeded=True), [6, 2, 0]),
        (Sought(succeeded=False), [5, 4, 3, 1]),
        (Sought(event_id=wanted), [5, 4, 2, 1]),
        (Sought(event_id=wanted, succeeded=True), [2]),
        (Sought(event_id=hook), []),
    ):
        assert await calls(clerk.store, hook, sought) == (expected, None)


@pytest.mark.parametrize("way", ["after", "before"])
async def test_a_page_of_calls_looks_at_so_many(
    clerk: Clerk, hook: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says where to go on, also when it has found nothing."""
    monkeypatch.setattr(mirror_reads, "LOOKED", 4)
    rare = 500
    order = range(10) if way == "after" else range(9, -1, -1)
    await clerk.store.settle([], [call(hook, at, status=rare if at == 2 else 200) for at in order])
    cursor = "f" * 24 if way == "after" else "0" * 24
    pages = []
    while cursor:
        found, stop = await calls(clerk.store, hook, Sought(succeeded=False), size=1, **{way: cursor})
        pages.append(found)
        cursor = f"{stop:024x}" if stop else ""
    assert pages == [[], [2], []]


async def test_an_event_is_sought_when_it_was_told(clerk: Clerk, hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long history, only the calls between when it happened and when it ended are looked through."""
    monkeypatch.setattr(mirror_reads, "LOOKED", 4)
    monkeypatch.setattr(mirror_reads, "CLOCKS_MS", 0)
    ((event_id, row),) = (await said(clerk, "hi")).items()
    at = clerk.clock.at
    others = [call(hook, at + 10 * number) for number in range(-50, 50)]
    mine = [call(hook, at + 10 * number + 5, event_id, status=500) for number in (1, 3, 7)]
    await clerk.store.settle([], sorted((*others, *mine), key=lambda it: it.at))
    await clerk.store.settle([], [call("f" * 24, at)])
    sought = Sought(event_id=event_id)
    assert await calls(clerk.store, hook, sought, size=3) == ([], await _number_of(clerk.store, hook, at + 460))
    await clerk.store.settle([Settled(ids=(row,), attempts=3, failed_at=at + 78)])
    first, stop = await calls(clerk.store, hook, sought, size=3)
    assert first == [at + 75]
    pages = [first]
    while stop is not None:
        found, stop = await calls(clerk.store, hook, sought, size=3, after=f"{stop:024x}")
        pages.append(found)
    assert [it for page in pages for it in page] == [at + 75, at + 35, at + 15]
    assert len(pages) <= 4


async def _number_of(store: Store, hook: str, at: int) -> int:
    found, _ = await store.attempts(hook, ALL, Page(size=100))
    return next(it.id for it in found if it.at == at)


# Told again


async def ended(store: Store, hook: str, since: int, until: int, *, failed: bool) -> list[int]:
    return [row async for page in store.ended(hook, since, until, failed=failed) for row in page]


async def test_what_ended_is_found_by_time(clerk: Clerk, hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it happened, and when it ended."""
    monkeypatch.setattr(mirror_reads, "ENDED", 2)
    room = await clerk.group("ann")
    rows: list[int] = []
    for text in "abcdefg":
        clerk.clock.wind(1)
        rows += (await said(clerk, text, room=room)).values()
    at = clerk.clock.at
    await ends(clerk.store, rows[:5], at + 10)
    await ends(clerk.store, rows[5:], at + 10, failed=True)
    assert await ended(clerk.store, hook, 0, at + 99, failed=False) == rows[:5]
    assert await ended(clerk.store, hook, 0, at + 99, failed=True) == rows[5:]
    assert await ended(clerk.store, hook, 0, at + 12, failed=False) == rows[:3]
    assert await ended(clerk.store, hook, at - 4_000, at + 99, failed=False) == rows[2:5]
    assert await ended(clerk.store, hook, at + 11, at + 99, failed=False) == []
    assert await ended(clerk.store, "f" * 24, 0, at + 99, failed=False) == []


async def test_many_that_ended_at_once_are_all_found(clerk: Clerk, hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror_reads, "ENDED", 2)
    rows = list((await said(clerk, *"abcdefg")).values())
    await clerk.store.settle([Settled(ids=tuple(rows), delivered_at=clerk.clock.at)])
    assert await ended(clerk.store, hook, 0, clerk.clock.at, failed=False) == rows


async def test_what_waits_again_is_as_if_never_tried(clerk: Clerk, hook: str, premises: Premises) -> None:
    room = await clerk.group("ann")
    rows = list((await said(clerk, *"abcd", room=room)).values())
    await ends(clerk.store, rows[:1], 100)
    await ends(clerk.store, rows[1:3], 200, failed=True)
    assert await clerk.store.revive(hook, rows, 200, failed=True) == 1
    assert await clerk.store.revive(hook, rows, 300, failed=True) == 1
    assert await clerk.store.revive(hook, rows, 300, failed=True) == 0
    assert await clerk.store.revive("f" * 24, rows, 300, failed=False) == 0
    store = await premises.open()
    waiting = await store.waiting(hook, (room,), 10)
    assert [(it.id, it.attempts) for it in waiting] == [(row, 0) for row in rows[1:]]
    assert await store.told(hook, "failed", Page(size=9)) == ([], False)
    assert await clerk.store.revive(hook, rows, 300, failed=False) == 1
    assert [it.id for it in await store.waiting(hook, (room,), 10)] == rows
