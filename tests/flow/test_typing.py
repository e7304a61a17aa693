"""Who is typing: told now and then, over by itself, and written down only where a webhook is due it."""

import asyncio

import pytest
from msgspec import structs

from gateway.domain import errors, limits
from gateway.domain.commands import Speaker
from gateway.domain.errors import Refused
from gateway.domain.events import Typing
from gateway.flow.typing import START, STOP, Typists
from tests.flow.building import Building
from tests.flow.conftest import LoopClock


class Stage:
    """Typists in a building, and a room of two."""

    def __init__(self, building: Building, typists: Typists, room: str, ann: str) -> None:
        self.building = building
        self.typists = typists
        self.room = room
        self.ann = ann
        self._told = asyncio.Event()
        building.bus.subscribe(lambda _: self._told.set())

    @property
    def told(self) -> list[tuple[str, str | None]]:
        """The activities so far: which, and whose."""
        typing = [it for it in self.building.said() if isinstance(it, Typing)]
        return [(it.activity, it.user.external_id if it.user else it.display_name) for it in typing]

    async def types(self, who: str | None = "ann", activity: str = START) -> None:
        await self.typists.take(self.building.orders.types(self.room, who, activity))

    async def until_told(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.told) < count:
                self._told.clear()
                await self._told.wait()

    async def nothing_more(self) -> None:
        """All that was begun has ended, and nothing was told but what `told` says."""
        before = self.told
        while self.building.tasks._tasks - self._loops:
            await asyncio.wait(self.building.tasks._tasks - self._loops)
        assert self.told == before

    @property
    def _loops(self) -> set["asyncio.Task[None]"]:
        """The corridor's two loops, which never end."""
        return {it for it in self.building.tasks._tasks if "Corridor" in str(it.get_coro())}


@pytest.fixture
async def stage(building: Building, loop_clock: LoopClock) -> Stage:
    room = await building.group("ann", "bob")
    typists = Typists(building.store, building.bus, building.corridor, lambda: building.clock, building.tasks.spawn)
    building.bus.subscribe(typists.hear)
    ann = await building.person("ann")
    assert ann is not None
    return Stage(building, typists, room, ann.user.id)


async def test_typing_is_told_to_the_others_and_kept_nowhere(stage: Stage) -> None:
    before = stage.building.file()
    await stage.types()
    (typing,) = [it for it in stage.building.said() if isinstance(it, Typing)]
    bob = await stage.building.person("bob")
    assert bob is not None
    assert typing.audience == (bob.user.id,)
    assert typing.seq == 0
    assert stage.building.file() == before


async def test_a_start_repeated_soon_is_not_told_again(stage: Stage, loop_clock: LoopClock) -> None:
    await stage.types()
    await loop_clock.wind(limits.TYPING_REPEAT_S - 1)
    await stage.types()
    assert stage.told == [(START, "ann")]
    await loop_clock.wind(1)
    await stage.types()
    assert stage.told == [(START, "ann")] * 2


async def test_typing_ends_by_itself(stage: Stage, loop_clock: LoopClock) -> None:
    await stage.types()
    await loop_clock.wind(limits.TYPING_EXPIRES_S)
    await stage.until_told(2)
    assert stage.told == [(START, "ann"), (STOP, "ann")]


async def test_typing_goes_on_as_long_as_it_is_said(stage: Stage, loop_clock: LoopClock) -> None:
    await stage.types()
    await loop_clock.wind(limits.TYPING_EXPIRES_S - 1)
    await stage.types()
    await loop_clock.wind(limits.TYPING_EXPIRES_S - 1)
    await stage.nothing_more()
    assert stage.told == [(START, "ann")] * 2
    await loop_clock.wind(1)
    await stage.until_told(3)
    assert stage.told[-1] == (STOP, "ann")


async def test_a_stop_is_told_once(stage: Stage, loop_clock: LoopClock) -> None:
    await stage.types()
    await stage.types(activity=STOP)
    await stage.types(activity=STOP)
    await loop_clock.wind(limits.TYPING_EXPIRES_S)
    await stage.nothing_more()
    assert stage.told == [(START, "ann"), (STOP, "ann")]


async def test_who_does_not_type_has_nothing_to_stop(stage: Stage) -> None:
    await stage.types(activity=STOP)
    assert stage.told == []


async def test_a_start_after_a_stop_is_news(stage: Stage) -> None:
    for activity in (START, STOP, START):
        await stage.types(activity=activity)
    assert [activity for activity, _ in stage.told] == [START, STOP, START]


async def test_sending_ends_typing(stage: Stage) -> None:
    await stage.typists.take(stage.building.orders.types(stage.room, stage.ann))
    await stage.types("bob")
    await stage.building.one(stage.building.orders.says(stage.room, by="ann"))
    await stage.until_told(3)
    assert stage.told == [(START, "ann"), (START, "bob"), (STOP, "ann")]


async def test_the_business_types_under_its_name(stage: Stage) -> None:
    typing = structs.replace(stage.building.orders.types(stage.room), typist=Speaker(display_name="Shop"))
    await stage.typists.take(typing)
    said = structs.replace(stage.building.orders.says(stage.room), author=Speaker(display_name="Shop"))
    await stage.building.one(said)
    await stage.until_told(2)
    assert stage.told == [(START, "Shop"), (STOP, "Shop")]


async def test_the_last_device_that_goes_ends_typing(stage: Stage) -> None:
    await stage.typists.take(stage.building.orders.types(stage.room, stage.ann))
    stage.typists.gone(stage.ann)
    await stage.until_told(2)
    assert stage.told == [(START, "ann"), (STOP, "ann")]


async def test_who_leaves_is_no_longer_typing(stage: Stage, loop_clock: LoopClock) -> None:
    """The leaving itself says so."""
    await stage.typists.take(stage.building.orders.types(stage.room, stage.ann))
    await stage.building.one(stage.building.orders.leaves(stage.room, "ann"))
    await stage.building.corridor.drained()
    await loop_clock.wind(limits.TYPING_EXPIRES_S)
    await stage.nothing_more()
    assert stage.told == [(START, "ann")]


async def test_typing_in_a_room_that_goes_ends_in_silence(stage: Stage, loop_clock: LoopClock) -> None:
    await stage.types()
    await stage.building.one(stage.building.orders.removes(stage.room))
    await loop_clock.wind(limits.TYPING_EXPIRES_S)
    await stage.nothing_more()
    assert stage.told == [(START, "ann")]


@pytest.mark.parametrize("activity", [START, STOP])
async def test_an_outsider_cannot_type(stage: Stage, activity: str) -> None:
    await stage.building.one(stage.building.orders.user("cat"))
    with pytest.raises(Refused) as refused:
        await stage.types("cat", activity)
    assert refused.value.problem == errors.AUTHOR_NOT_PARTICIPANT
    assert stage.told == []


async def test_a_webhook_that_is_due_typing_gets_it_through_the_outbox(stage: Stage) -> None:
    integration = await stage.building.one(stage.building.orders.custom("conversation:typing"))
    await stage.types()
    await stage.building.corridor.drained()
    (waiting,) = await stage.building.store.waiting(integration.webhooks[0].id, (stage.room,), 10)
    assert isinstance(waiting.event, Typing)
    assert stage.told == [(START, "ann")]
    held = await stage.building.room(stage.room)
    assert held is not None
    assert held.conversation.seq == 1


async def test_two_rooms_are_typed_in_apart(stage: Stage) -> None:
    other = (await stage.building.one(stage.building.orders.group("ann"))).conversation.id
    await stage.types()
    await stage.typists.take(stage.building.orders.types(other, "ann"))
    assert stage.told == [(START, "ann")] * 2
