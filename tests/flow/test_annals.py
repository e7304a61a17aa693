"""What many come back for is read and framed once, and is never told when it should not be any more."""

import asyncio
from typing import Any

import pytest

from gateway.domain import limits
from gateway.domain.commands import ForgetUser
from gateway.domain.model import Room
from gateway.flow.annals import Annals, Entry
from gateway.ports import Replay
from tests.flow.building import Building


class Counted:
    """The store, asked for replays; `meanwhile` happens before the first of them is used."""

    def __init__(self, building: Building) -> None:
        self._store = building.store
        self.replays = 0
        self.meanwhile: Any = None

    async def replay(self, user_id: str, positions: dict[str, int], limit: int) -> dict[str, Replay]:
        self.replays += 1
        found = await self._store.replay(user_id, positions, limit)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile
        return found


class Away:
    """Members of one room who come back, to annals whose reads are counted."""

    def __init__(self, building: Building, room: str, user_id: str) -> None:
        self.building, self.room_id, self.user_id = building, room, user_id
        self.store = Counted(building)
        self.annals = Annals(self.store)  # type: ignore[arg-type]
        building.bus.subscribe(self.annals.hear, *self.annals.HEARS)

    async def back(self, position: int) -> list[Entry] | None:
        room = await self.building.room(self.room_id)
        assert isinstance(room, Room)
        known = self.annals.known(room, position)
        found = await self.annals.since(self.user_id, room, position) if known is None else known
        return None if found is None else list(found)

    async def says(self, *texts: str) -> list[Any]:
        said = await self.building.at_once(*(self.building.orders.says(self.room_id, it) for it in texts))
        await self.building.corridor.drained()
        return said


@pytest.fixture
async def away(building: Building) -> Away:
    room = await building.group("ann", "bob")
    person = await building.person("ann")
    assert person is not None
    return Away(building, room, person.user.id)


def seqs(entries: list[Entry] | None) -> list[int]:
    assert entries is not None
    return [it.seq for it in entries]


async def test_those_who_come_back_together_cost_one_read(away: Away) -> None:
    await away.says("one", "two")
    backs = await asyncio.gather(*(away.back(1) for _ in range(5)))
    assert [seqs(it) for it in backs] == [[2, 3]] * 5
    assert away.store.replays == 1
    first, second = (it[0].said for it in backs[:2] if it)
    assert first is second


async def test_who_heard_more_is_told_less_of_the_same(away: Away) -> None:
    await away.says("one", "two", "three")
    assert [seqs(await away.back(it)) for it in (1, 2, 3, 4)] == [[2, 3, 4], [3, 4], [4], []]
    assert away.store.replays == 1


async def test_who_heard_less_is_read_for_anew(away: Away) -> None:
    await away.says("one", "two")
    assert [seqs(await away.back(it)) for it in (2, 1, 2)] == [[3], [2, 3], [3]]
    assert away.store.replays == 2


async def test_what_was_said_since_is_told_too(away: Away) -> None:
    await away.says("one")
    assert seqs(await away.back(1)) == [2]
    await away.says("two")
    assert seqs(await away.back(1)) == [2, 3]


async def test_what_was_deleted_is_not_told_from_memory(away: Away) -> None:
    said, _ = await away.says("secret", "hi")
    assert b"secret" in (await away.back(1) or [])[0].said.to_all  # type: ignore[union-attr]
    await away.building.one(away.building.orders.deletes(away.room_id, said.message.id))
    await away.building.corridor.drained()
    assert not any(b"secret" in it.said.to_all for it in await away.back(1) or [] if it.said)


async def test_what_was_cleared_is_not_recovered_from_memory(away: Away) -> None:
    await away.says("one", "two")
    assert seqs(await away.back(1)) == [2, 3]
    await away.building.one(away.building.orders.clears(away.room_id))
    await away.building.corridor.drained()
    assert await away.back(1) is None
    assert seqs(await away.back(3)) == [4]


@pytest.mark.parametrize("amid", [False, True], ids=["afterwards", "while it is read"])
async def test_whoever_was_forgotten_is_not_told_from_memory(away: Away, amid: bool) -> None:
    orders = away.building.orders

    async def forget() -> None:
        await away.building.one(ForgetUser(app_id=orders.app_id, user=orders.ref(away.user_id)))
        await away.building.corridor.drained()

    await away.building.one(orders.changes("ann", profile={"given_name": "Annabel"}))
    await away.building.one(orders.says(away.room_id, "hi", "ann"))
    if amid:
        away.store.meanwhile = forget()
    assert b"Annabel" in (await away.back(1) or [])[0].said.to_all  # type: ignore[union-attr]
    if not amid:
        await forget()
    assert not any(b"Annabel" in it.said.to_all for it in await away.back(1) or [] if it.said)


def frames(*seqs: int) -> list[tuple[bytes, int]]:
    return [(str(it).encode(), it) for it in seqs]


async def test_what_those_who_are_there_heard_costs_no_read(away: Away) -> None:
    said = await away.says("one", "two", "three")
    away.annals.heard(away.room_id, frames(2, 3), 2)
    away.annals.heard(away.room_id, frames(4), 1)
    assert seqs(await away.back(2)) == [3, 4]
    assert [it.said.to_all for it in await away.back(1) or [] if it.said] == [b"2", b"3", b"4"]
    assert away.store.replays == 0
    assert len(said) == 3


async def test_what_was_heard_by_nobody_in_between_is_read(away: Away) -> None:
    await away.says("one", "two", "three")
    away.annals.heard(away.room_id, frames(2), 1)
    away.annals.heard(away.room_id, frames(4), 1)
    assert seqs(await away.back(1)) == [2, 3, 4]
    assert away.store.replays == 1


async def test_what_was_heard_goes_on_what_was_read(away: Away) -> None:
    await away.says("one")
    assert seqs(await away.back(1)) == [2]
    await away.says("two")
    away.annals.heard(away.room_id, frames(3), 1)
    assert seqs(await away.back(1)) == [2, 3]
    assert away.store.replays == 1


async def test_what_was_heard_and_deleted_is_read_anew(away: Away) -> None:
    said, _ = await away.says("secret", "hi")
    away.annals.heard(away.room_id, frames(2, 3), 2)
    await away.building.one(away.building.orders.deletes(away.room_id, said.message.id))
    await away.building.corridor.drained()
    away.annals.heard(away.room_id, frames(4), 1)
    entries = await away.back(1)
    assert seqs(entries) == [2, 3, 4]
    assert not any(b"secret" in it.said.to_all for it in entries or [] if it.said)
    assert away.store.replays == 1


async def test_a_busy_conversation_keeps_no_more_than_may_be_missed(building: Building) -> None:
    annals = Annals(building.store)
    for seq in range(1, 5 * limits.REPLAYED_EVENTS):
        annals.heard("room", frames(seq), len(str(seq)))
    assert annals.size < 3 * limits.REPLAYED_EVENTS * 210
    annals.hear([])
    assert annals.size > limits.REPLAYED_EVENTS * 200


async def test_what_is_kept_is_counted_right_whoever_comes_back(away: Away) -> None:
    """What was let go since is not counted: else there would be room for less and less."""
    for seq in range(1, 2 * limits.REPLAYED_EVENTS):
        away.annals.heard(away.room_id, frames(seq), len(str(seq)))
    assert await away.back(0) is not None
    assert away.annals.size <= limits.REPLAYED_EVENTS * 203
    await away.building.one(away.building.orders.clears(away.room_id))
    await away.building.corridor.drained()
    assert away.annals.size == 0


async def test_what_is_kept_is_bounded_over_all_conversations(building: Building) -> None:
    rooms = [await building.group("ann") for _ in range(6)]
    person = await building.person("ann")
    assert person is not None
    annals = Annals(building.store, kept_bytes=2_000)
    for room_id in rooms:
        await building.one(building.orders.says(room_id, "hi"))
        room = await building.room(room_id)
        assert room is not None
        assert await annals.since(person.user.id, room, 1)
        assert annals.size <= 2_000
    assert annals.size > 0


async def test_of_a_conversation_that_is_no_more_nothing_is_kept(away: Away) -> None:
    found, _ = await away.building.store.overviews(away.user_id, None, 1)
    away.annals.overview(found[0])
    assert away.room_id in away.annals._shown
    await away.building.one(away.building.orders.removes(away.room_id))
    await away.building.corridor.drained()
    assert away.annals._shown == {}
