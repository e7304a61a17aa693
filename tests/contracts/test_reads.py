"""The contract of every store: what is read outside groups, page by page, and what is replayed."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import events as ev
from gateway.domain.commands import Needs, Ref
from gateway.domain.views import Page
from gateway.ports import Replay, Store
from tests.contracts.clerk import Clerk
from tests.contracts.conftest import Premises

Listing = Callable[[Page], Awaitable[tuple[Sequence[str], bool]]]


async def forwards(listing: Listing, size: int) -> list[str]:
    """All ids, page by page from the first."""
    found, more = await listing(Page(size=size))
    whole = list(found)
    while more:
        found, more = await listing(Page(size=size, after=whole[-1]))
        assert found, "more was promised"
        whole += found
    return whole


async def backwards(listing: Listing, size: int, last: str) -> list[str]:
    """All ids before `last`, page by page from the end."""
    whole: list[str] = []
    more, before = True, last
    while more:
        found, more = await listing(Page(size=size, before=before))
        assert found or not whole, "more was promised"
        whole = [*found, *whole]
        before = whole[0] if whole else before
    return whole


# Credentials


async def test_credentials_are_found_by_id(premises: Premises, clerk: Clerk) -> None:
    account, key, web = await clerk.do(cmd.CreateAccountKey(), clerk.orders.key(), clerk.orders.integration())
    for store in (clerk.store, await premises.open()):
        assert await store.key(account.id) == account
        assert await store.key(key.id) == key
        assert list(await store.account_keys()) == [account]
        assert await store.app_of(web.id) == clerk.app_id
        assert await store.key("app_" + "f" * 24) is None
        assert await store.app_of("f" * 24) is None


async def test_an_oauth_client_is_found_by_id(premises: Premises, clerk: Clerk) -> None:
    uris = ("https://example.org/a", "https://example.org/b")
    first, second = await clerk.do(*(cmd.CreatePartner(name=it, redirect_uris=uris) for it in ("one", "two")))
    for store in (clerk.store, await premises.open()):
        assert await store.partner(first.id) == first
        assert await store.partner(second.id) == second
        assert await store.partner("f" * 24) is None


async def test_what_was_revoked_is_not_found(clerk: Clerk) -> None:
    key, web = await clerk.do(clerk.orders.key(), clerk.orders.integration())
    await clerk.do(
        cmd.DeleteKey(app_id=clerk.app_id, key_id=key.id),
        cmd.DeleteIntegration(app_id=clerk.app_id, integration_id=web.id),
    )
    assert await clerk.store.key(key.id) is None
    assert await clerk.store.app_of(web.id) is None


async def test_service_accounts_and_their_keys_are_found_by_id(premises: Premises, clerk: Clerk) -> None:
    one, other = await clerk.do(*(cmd.CreateServiceAccount(name=it) for it in ("one", "other")))
    make = cmd.CreateServiceAccountKey(service_account_id=one.id, display_name="x")
    first, second = await clerk.do(make, make)
    await clerk.do(cmd.DeleteServiceAccountKey(service_account_id=one.id, key_id=first.id))
    for store in (clerk.store, await premises.open()):
        house = await store.peek(Needs(service_account=one.id))
        assert house.service_account(one.id) == structs.replace(one, keys=(second,))
        assert [await store.key(it.id) for it in (first, second)] == [None, second]
    await clerk.do(cmd.DeleteServiceAccount(service_account_id=one.id))
    for store in (clerk.store, await premises.open()):
        assert (await store.peek(Needs(service_account=one.id))).service_accounts.get(one.id) is None
        assert await store.key(second.id) is None
        assert await store.service_accounts(Page(size=5)) == ([other], False)


# Lists


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
async def test_apps_come_in_pages_oldest_first(clerk: Clerk, size: int) -> None:
    made = [await clerk.do(cmd.CreateApp(display_name=str(number))) for number in range(6)]
    ids = [clerk.app_id, *(app.id for (app,) in made)]

    async def listing(page: Page) -> tuple[list[str], bool]:
        apps, more = await clerk.store.apps(page)
        return [it.id for it in apps], more

    assert await forwards(listing, size) == ids
    assert await backwards(listing, size, ids[-1]) == ids[:-1]
    for skip in range(9):
        assert await listing(Page(size=size, skip=skip)) == (ids[skip : skip + size], skip + size < len(ids))


@pytest.mark.parametrize("size", [1, 2, 3])
async def test_the_apps_of_a_service_account_come_in_pages(clerk: Clerk, size: int) -> None:
    made: dict[str | None, list[str]] = {}
    for of in ("one", None, "other", "one", "one"):
        (app,) = await clerk.do(cmd.CreateApp(display_name="x", service_account_id=of))
        made.setdefault(of, []).append(app.id)

    async def listing(page: Page, of: str = "one") -> tuple[list[str], bool]:
        apps, more = await clerk.store.apps(page, of)
        return [it.id for it in apps], more

    assert await forwards(listing, size) == made["one"]
    assert await backwards(listing, size, made["one"][-1]) == made["one"][:-1]
    assert await listing(Page(size=size, skip=1)) == (made["one"][1 : 1 + size], 1 + size < 3)
    assert await listing(Page(size=size), "other") == (made["other"], False)
    assert await listing(Page(size=size), "nobody") == ([], False)


@pytest.mark.parametrize("size", [1, 2, 5])
async def test_service_accounts_come_in_pages_oldest_first(clerk: Clerk, size: int) -> None:
    ids = [(await clerk.do(cmd.CreateServiceAccount(name=str(it))))[0].id for it in range(4)]
    for skip in range(5):
        found, more = await clerk.store.service_accounts(Page(size=size, skip=skip))
        assert ([it.id for it in found], more) == (ids[skip : skip + size], skip + size < len(ids))


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7])
async def test_a_users_conversations_come_in_pages_oldest_first(clerk: Clerk, size: int) -> None:
    ids = [await clerk.group("ann", "bob")]
    for _ in range(5):
        (room,) = await clerk.do(clerk.orders.group("ann"))
        ids.append(room.conversation.id)
    ann = await clerk.person("ann")
    assert ann is not None

    async def listing(page: Page) -> tuple[list[str], bool]:
        rooms, more = await clerk.store.conversations(ann.user.id, page)
        return [it.conversation.id for it in rooms], more

    assert await forwards(listing, size) == ids
    assert await backwards(listing, size, ids[-1]) == ids[:-1]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
async def test_messages_come_in_pages_from_the_newest(clerk: Clerk, size: int) -> None:
    room, other = await clerk.group("ann"), await clerk.group("bob")
    ids = await clerk.says(room, *"abcdefg")
    await clerk.says(other, "elsewhere")

    async def listing(page: Page) -> tuple[list[str], bool]:
        messages, more = await clerk.store.messages(room, page)
        return [it.id for it in messages], more

    newest, more = await listing(Page(size=size))
    assert (newest, more) == (ids[-size:], size < len(ids))
    assert await backwards(listing, size, ids[-1]) == ids[:-1]
    after, more = await listing(Page(size=size, after=ids[0]))
    assert (after, more) == (ids[1 : size + 1], size < len(ids) - 1)


async def test_a_cursor_that_is_nowhere_leads_nowhere(clerk: Clerk) -> None:
    room, other = await clerk.group("ann"), await clerk.group("bob")
    (elsewhere,) = await clerk.says(other, "elsewhere")
    await clerk.says(room, "here")
    for cursor in ("f" * 24, elsewhere):
        assert await clerk.store.messages(room, Page(size=5, after=cursor)) == ((), False)
        assert await clerk.store.messages(room, Page(size=5, before=cursor)) == ((), False)


@pytest.mark.parametrize(
    ("before", "after", "limit", "seqs", "more"),
    [
        (None, None, 3, [6, 7, 8], True),
        (None, None, 7, [2, 3, 4, 5, 6, 7, 8], False),
        (5, None, 2, [3, 4], True),
        (5, None, 3, [2, 3, 4], False),
        (0, None, 3, [], False),
        (2, None, 3, [], False),
        (None, 0, 3, [2, 3, 4], True),
        (None, 5, 3, [6, 7, 8], False),
        (None, 8, 3, [], False),
        (99, None, 1, [8], True),
    ],
)
async def test_messages_on_one_side_of_a_seq(
    clerk: Clerk, before: int | None, after: int | None, limit: int, seqs: list[int], more: bool
) -> None:
    room = await clerk.group("ann")
    await clerk.says(room, *"abcdefg")
    found = await clerk.store.messages_by_seq(room, before=before, after=after, limit=limit)
    assert ([it.seq for it in found[0]], found[1]) == (seqs, more)


@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_messages_on_one_side_of_a_time(clerk: Clerk, limit: int) -> None:
    """Whatever the time, and although other events and deleted messages stand between them."""
    room = await clerk.group("ann", "bob")
    for number in range(12):
        await clerk.says(room, str(number))
        if number % 3 == 0:
            await clerk.do(clerk.orders.alters(room, display_name=str(number)))
        clerk.clock.at += 7
    whole, _ = await clerk.store.messages(room, Page(size=100))
    await clerk.do(*(clerk.orders.deletes(room, whole[it].id) for it in (0, 4, 5)))
    said = [it for it in (await clerk.store.messages(room, Page(size=100)))[0] if not it.deleted]
    times = [it.received for it in said]
    for time in range(times[0] - 2, times[-1] + 3):
        before, more = await clerk.store.messages_by_time(room, before=time, after=None, limit=limit)
        earlier = [it for it in said if it.received < time]
        assert (list(before), more) == (earlier[-limit:], len(earlier) > limit)
        after, more = await clerk.store.messages_by_time(room, before=None, after=time, limit=limit)
        later = [it for it in said if it.received > time]
        assert (list(after), more) == (later[:limit], len(later) > limit)
    newest, _ = await clerk.store.messages_by_time(room, before=None, after=None, limit=limit)
    assert list(newest) == list(said[-limit:])


async def test_nothing_was_said_at_any_time(clerk: Clerk) -> None:
    room = await clerk.group("ann")
    for side in ({"before": 5, "after": None}, {"before": None, "after": 5}):
        assert await clerk.store.messages_by_time(room, **side, limit=3) == ([], False)


async def test_guests_come_in_the_order_they_joined(clerk: Clerk) -> None:
    room = await clerk.group("cat", "ann")
    await clerk.user("bob")
    await clerk.do(clerk.orders.joins(room, "bob", subscribe=True))
    held = await clerk.room(room)
    assert held is not None
    guests = await clerk.store.guests(held)
    assert [it.user.external_id for it in guests] == ["cat", "ann", "bob"]
    assert [it.participant for it in guests] == list(held.participants)
    assert [not it.associations for it in guests] == [True, True, False]


async def test_users_are_found_by_a_verified_email_in_any_case(premises: Premises, clerk: Clerk) -> None:
    (web,) = await clerk.do(clerk.orders.integration())
    for name, email in (("ann", "Desk@Example.com"), ("bob", "desk@example.COM"), ("cat", "cat@example.com")):
        await clerk.do(clerk.orders.connects(web.id, name, external_id=name, email=email))

    async def found(email: str) -> list[str | None]:
        users = await (await premises.open()).people_by_email(clerk.app_id, email)
        return [it.external_id for it in users]

    assert await found("DESK@EXAMPLE.COM") == ["ann", "bob"]
    await clerk.do(clerk.orders.connects(web.id, "ann", external_id="ann", email="ann@example.com"))
    assert (await found("desk@example.com"), await found("ann@example.com")) == (["bob"], ["ann"])
    await clerk.do(clerk.orders.forgets("bob"))
    assert await found("desk@example.com") == []
    assert await clerk.store.people_by_email("f" * 24, "cat@example.com") == []
    await clerk.do(cmd.DeleteApp(app_id=clerk.app_id))
    assert await found("cat@example.com") == []


@pytest.mark.parametrize("remembered", [True, False])
async def test_namesakes_of_several_brands(premises: Premises, clerk: Clerk, remembered: bool) -> None:
    (north, south, plain) = await clerk.do(
        *(clerk.orders.user("ann", brand_id=brand) for brand in ("north", "south", None))
    )
    store = clerk.store if remembered else await premises.open()

    async def meant(brand: str | None, by: str = "external") -> str | None:
        ref = Ref(clerk.app_id, "ann", by, brand)
        person = (await store.peek(Needs(people=(ref,)))).find(ref)
        return person.user.id if person else None

    for by in ("external", "either"):
        assert [await meant(it, by) for it in ("north", "south", "", None, "west")] == [
            north.id,
            south.id,
            plain.id,
            plain.id,
            None,
        ]
    await clerk.do(clerk.orders.forgets(plain.id))
    assert await meant(None) is None
    clerk = Clerk(await premises.open(), clerk.app_id, clerk.clock)
    await clerk.do(clerk.orders.forgets(south.id))
    store = await premises.open()
    assert await meant(None) == north.id


# Overviews


async def _overviews(store: Store, user_id: str, limit: int) -> list[str]:
    """A user's conversations as a device scrolls through them."""
    found, more = await store.overviews(user_id, None, limit)
    ids = [it.room.conversation.id for it in found]
    while more:
        found, more = await store.overviews(user_id, ids[-1], limit)
        assert found, "more was promised"
        ids += [it.room.conversation.id for it in found]
    return ids


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
async def test_overviews_come_most_recently_active_first_and_ties_by_id(
    premises: Premises, clerk: Clerk, limit: int
) -> None:
    """All of them active in the same millisecond, but for two."""
    rooms = [await clerk.group("ann")]
    for _ in range(5):
        (room,) = await clerk.do(clerk.orders.group("ann"))
        rooms.append(room.conversation.id)
    clerk.clock.wind(1)
    await clerk.says(rooms[2], "later")
    clerk.clock.wind(1)
    await clerk.says(rooms[0], "latest")
    ann = await clerk.person("ann")
    assert ann is not None
    expected = [rooms[0], rooms[2], *(rooms[it] for it in (5, 4, 3, 1))]
    for store in (clerk.store, await premises.open()):
        assert await _overviews(store, ann.user.id, limit) == expected


async def test_an_overview_shows_the_guests_and_the_newest_message(clerk: Clerk) -> None:
    room = await clerk.group("ann", "bob")
    empty = await clerk.store.overview(room)
    assert empty is not None
    assert empty.last_message is None
    _, newest = await clerk.says(room, "one", "two")
    await clerk.do(clerk.orders.reads(room, "ann"))
    shown = await clerk.store.overview(room)
    assert shown is not None
    assert shown.room == await clerk.room(room)
    assert [it.user.external_id for it in shown.guests] == ["ann", "bob"]
    assert shown.last_message is not None
    assert shown.last_message.id == newest
    assert await clerk.store.overview("f" * 24) is None


# Replay


async def _full_life(clerk: Clerk) -> tuple[str, list[ev.Event]]:
    """A room with every kind of event in its history, and the events as they were told."""
    orders = clerk.orders
    room = await clerk.group("ann", "bob")
    told = list(clerk.events)
    await clerk.user("cat")
    ann = await clerk.person("ann")
    assert ann is not None
    for command in (
        orders.joins(room, "cat"),
        orders.says(room, "hello", by=ann.user.id, client_message_id="one"),
        orders.reads(room, "bob"),
        orders.alters(room, display_name="Crew"),
        orders.leaves(room, "cat"),
        orders.says(room, "hello", metadata={"a": 1}),
    ):
        await clerk.do(command)
        told += clerk.events
    return room, told


def seqs(replay: Replay) -> list[int]:
    return [it.seq for it in replay.events if isinstance(it, ev.ConversationEvent)]


async def test_a_replay_tells_everything_after_a_position_in_order(premises: Premises, clerk: Clerk) -> None:
    room, told = await _full_life(clerk)
    ann = await clerk.person("ann")
    assert ann is not None
    for store in (clerk.store, await premises.open()):
        for position in range(8):
            replay = (await store.replay(ann.user.id, {room: position}, 100))[room]
            assert replay.complete
            assert seqs(replay) == list(range(position + 1, 8))
            assert [(it.id, it.at, type(it)) for it in replay.events] == [
                (it.id, it.at, type(it)) for it in told[position:]
            ]


async def test_a_replayed_message_is_the_message(clerk: Clerk) -> None:
    room, told = await _full_life(clerk)
    ann = await clerk.person("ann")
    assert ann is not None
    replay = (await clerk.store.replay(ann.user.id, {room: 0}, 100))[room]
    again = [it.message for it in replay.events if isinstance(it, ev.MessagePosted)]
    assert again == [it.message for it in told if isinstance(it, ev.MessagePosted)]


async def test_what_is_not_whole_says_so(clerk: Clerk) -> None:
    room, _ = await _full_life(clerk)
    ann = await clerk.person("ann")
    assert ann is not None
    positions: list[tuple[int, int, bool]] = [(0, 7, True), (0, 6, False), (1, 6, True), (8, 10, False), (7, 1, True)]
    for position, limit, complete in positions:
        replay = (await clerk.store.replay(ann.user.id, {room: position}, limit))[room]
        assert (position, limit, replay.complete) == (position, limit, complete)


async def test_what_was_cleared_cannot_be_told_again(clerk: Clerk) -> None:
    room = await clerk.group("ann")
    await clerk.says(room, "one", "two")
    await clerk.do(clerk.orders.clears(room))
    await clerk.says(room, "three")
    ann = await clerk.person("ann")
    assert ann is not None
    complete = [(await clerk.store.replay(ann.user.id, {room: it}, 100))[room].complete for it in range(6)]
    assert complete == [False, False, False, True, True, True]


async def test_a_deleted_message_is_told_as_deleted(clerk: Clerk) -> None:
    room = await clerk.group("ann")
    (said,) = await clerk.says(room, "one")
    await clerk.do(clerk.orders.deletes(room, said))
    ann = await clerk.person("ann")
    assert ann is not None
    replay = (await clerk.store.replay(ann.user.id, {room: 1}, 100))[room]
    posted, deleted = replay.events
    assert isinstance(posted, ev.MessagePosted)
    assert isinstance(deleted, ev.MessageDeleted)
    assert (posted.message.content, deleted.message_id, replay.complete) == (None, said, True)


async def test_where_one_does_not_sit_nothing_is_told(clerk: Clerk) -> None:
    room, _ = await _full_life(clerk)
    for name, there in (("ann", True), ("cat", False)):
        person = await clerk.person(name)
        assert person is not None
        replays = await clerk.store.replay(person.user.id, {room: 0, "f" * 24: 0}, 100)
        assert set(replays) == ({room} if there else set())


async def test_several_rooms_are_told_apart(clerk: Clerk) -> None:
    rooms = [await clerk.group("ann")]
    for _ in range(2):
        (room,) = await clerk.do(clerk.orders.group("ann"))
        rooms.append(room.conversation.id)
    said: dict[str, Any] = {room: await clerk.says(room, *"ab"[:number]) for number, room in enumerate(rooms)}
    ann = await clerk.person("ann")
    assert ann is not None
    replays = await clerk.store.replay(ann.user.id, dict.fromkeys(rooms, 1), 100)
    assert {room: [it.id for it in replay.events] for room, replay in replays.items()} == said
    assert all(it.complete for it in replays.values())


async def test_a_removed_room_has_no_history(clerk: Clerk) -> None:
    room = await clerk.group("ann")
    (said,) = await clerk.says(room, "hello")
    ann = await clerk.person("ann")
    assert ann is not None
    await clerk.do(clerk.orders.removes(room))
    assert await clerk.store.replay(ann.user.id, {room: 0}, 100) == {}
    assert await clerk.store.messages(room, Page(size=1)) == ([], False)
    assert (await clerk.store.peek(Needs(room=room, message=said))).messages == {}
    assert await clerk.store.overviews(ann.user.id, None, 10) == ([], False)
