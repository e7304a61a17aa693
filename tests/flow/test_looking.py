"""Looking without changing: what a device catches up on, and pages of guests."""

import pytest

from gateway.domain import errors, limits
from gateway.domain.errors import Refused
from gateway.domain.views import Page
from gateway.flow.catchup import CatchUp, catch_up
from gateway.flow.queries import Queries
from tests.flow.building import Building


@pytest.fixture
def queries(building: Building) -> Queries:
    return Queries(building.store)


class Absent:
    """A user with a room, who was away since a position in it."""

    def __init__(self, building: Building, room: str, user_id: str) -> None:
        self.building = building
        self.room = room
        self.user_id = user_id

    async def returns(self, position: int, epoch: str | None = "epoch") -> CatchUp:
        return await catch_up(self.building.annals, self.user_id, epoch, {self.room: position})


@pytest.fixture
async def ann(building: Building) -> Absent:
    room = await building.group("ann", "bob")
    person = await building.person("ann")
    assert person is not None
    return Absent(building, room, person.user.id)


async def test_what_was_missed_is_told_in_order(ann: Absent) -> None:
    orders = ann.building.orders
    await ann.building.at_once(
        orders.says(ann.room, "one"), orders.reads(ann.room, "bob"), orders.says(ann.room, "two")
    )
    caught_up = await ann.returns(1)
    assert caught_up.recovered == {ann.room: True}
    assert [it.seq for it in caught_up.missed] == [2, 3, 4]
    assert caught_up.told == {ann.room: 4}


async def test_whoever_missed_nothing_is_told_nothing(ann: Absent) -> None:
    caught_up = await ann.returns(1)
    assert (caught_up.recovered, caught_up.missed, caught_up.told) == ({ann.room: True}, (), {ann.room: 1})


@pytest.mark.parametrize("epoch", [None, "", "another"])
async def test_another_history_is_not_recovered(ann: Absent, epoch: str | None) -> None:
    caught_up = await ann.returns(1, epoch)
    assert (caught_up.recovered, caught_up.missed) == ({ann.room: False}, ())


async def test_a_position_that_is_still_to_come_is_not_recovered(ann: Absent) -> None:
    assert (await ann.returns(2)).recovered == {ann.room: False}


async def test_where_one_has_no_seat_nothing_is_recovered(ann: Absent) -> None:
    """Nobody overhears: what was said before leaving is not told again either."""
    await ann.building.one(ann.building.orders.says(ann.room, "secret"))
    await ann.building.one(ann.building.orders.leaves(ann.room, "ann"))
    caught_up = await ann.returns(1)
    assert (caught_up.recovered, caught_up.missed, caught_up.overviews) == ({ann.room: False}, (), ())


async def test_recovery_is_complete_up_to_the_limit_and_false_beyond(ann: Absent) -> None:
    orders = ann.building.orders
    await ann.building.at_once(*(orders.says(ann.room, str(number)) for number in range(limits.REPLAYED_EVENTS)))
    whole, beyond = await ann.returns(1), await ann.returns(0)
    assert (whole.recovered, len(whole.missed)) == ({ann.room: True}, limits.REPLAYED_EVENTS)
    assert (beyond.recovered, beyond.missed) == ({ann.room: False}, ())


async def test_the_most_recent_conversations_are_shown_first(ann: Absent) -> None:
    orders = ann.building.orders
    for _ in range(limits.WELCOME_CONVERSATIONS):
        ann.building.clock.wind(1)
        await ann.building.one(orders.group("ann"))
    caught_up = await catch_up(ann.building.annals, ann.user_id, None, {})
    assert len(caught_up.overviews) == limits.WELCOME_CONVERSATIONS
    assert caught_up.more
    assert ann.room not in caught_up.told
    times = [it.room.conversation.last_updated_at for it in caught_up.overviews]
    assert times == sorted(times, reverse=True)


async def test_a_gap_is_repaired_or_said_to_be_beyond_repair(ann: Absent, queries: Queries) -> None:
    await ann.building.one(ann.building.orders.says(ann.room, "one"))
    repaired = await queries.since(ann.user_id, ann.room, 1)
    assert repaired["recovered"] is True
    assert [it["seq"] for it in repaired["events"]] == [2]
    for room, seq in ((ann.room, 3), ("f" * 24, 0)):
        assert await queries.since(ann.user_id, room, seq) == {"events": [], "recovered": False}


async def test_to_an_outsider_a_room_does_not_exist(ann: Absent, queries: Queries) -> None:
    await ann.building.one(ann.building.orders.user("cat"))
    cat = await ann.building.person("cat")
    assert cat is not None
    app_id = ann.building.orders.app_id
    assert (await queries.seated(app_id, ann.room, ann.user_id)).conversation.id == ann.room
    for where, room, user_id in (
        (app_id, ann.room, cat.user.id),
        (app_id, "f" * 24, ann.user_id),
        ("f" * 24, ann.room, ann.user_id),
    ):
        with pytest.raises(Refused) as refused:
            await queries.seated(where, room, user_id)
        assert refused.value.problem == errors.CONVERSATION_NOT_FOUND


@pytest.mark.parametrize(
    ("after", "before", "size", "names", "more"),
    [
        (None, None, 3, "abc", True),
        (None, None, 5, "abcde", False),
        ("b", None, 2, "cd", True),
        ("c", None, 2, "de", False),
        ("e", None, 2, "", False),
        (None, "d", 2, "bc", True),
        (None, "c", 2, "ab", False),
        (None, "a", 2, "", False),
        ("nobody", None, 2, "", False),
        (None, "nobody", 2, "", False),
    ],
)
async def test_guests_come_in_pages(
    building: Building,
    queries: Queries,
    *,
    after: str | None,
    before: str | None,
    size: int,
    names: str,
    more: bool,
) -> None:
    held = await building.room(await building.group(*"abcde"))
    assert held is not None
    ids = dict(zip("abcde", (it.id for it in held.participants), strict=True))
    page = Page(size=size, after=ids.get(after or "", after), before=ids.get(before or "", before))
    guests, further = await queries.guests(held, page)
    assert ("".join(it.user.external_id or "" for it in guests), further) == (names, more)
