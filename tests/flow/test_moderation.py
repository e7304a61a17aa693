"""Where messages are judged: how many at a time, within which deadline, and by whom no more."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import pytest
from msgspec import structs

from gateway.domain import errors, limits
from gateway.domain.circuit import FAILURES, PAUSES_S
from gateway.domain.commands import DeleteModeration, Post
from gateway.domain.errors import Refused
from gateway.domain.judging import Reply
from gateway.domain.model.moderation import Unanswered
from gateway.flow import moderation
from gateway.flow.media import Media
from gateway.flow.moderation import Moderators
from tests.flow.building import Building
from tests.flow.conftest import LoopClock

DEAD = Reply()
WELL = Reply(200, b"")


class Bench:
    """An endpoint outside of the house. `answer` is what it answers; while `open` is not set, it keeps all waiting."""

    def __init__(self) -> None:
        self.answer: Callable[[], Reply] = lambda: WELL
        self.open = asyncio.Event()
        self.open.set()
        self.asked = 0
        self.inside = 0
        self.allowed_s: list[float] = []

    async def __call__(self, target: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> Reply:
        self.asked += 1
        self.allowed_s.append(timeout_s)
        self.inside += 1
        await self.open.wait()
        self.inside -= 1
        return self.answer()


class Court:
    """A building with a room whose users' messages are judged at the bench."""

    def __init__(self, building: Building, room: str) -> None:
        self.building = building
        self.room = room
        self.bench = Bench()
        media = Media(building.store, None)
        clock = building.clock
        self.moderators = Moderators(building.store, media, self.bench, lambda: clock, clock.now)
        building.bus.subscribe(self.moderators.hear, *self.moderators.HEARS)

    def says(self, text: str = "hello") -> Post:
        return self.building.orders.says(self.room, text, by="ann")

    async def judges(self, text: str = "hello") -> str:
        """What becomes of a message."""
        try:
            return "judged" if (await self.moderators.judged(self.says(text))).judged else "free"
        except Refused as refused:
            return {errors.NOT_JUDGED: "refused"}[refused.problem]

    async def fails(self, times: int) -> None:
        self.bench.answer = lambda: DEAD
        assert [await self.judges() for _ in range(times)] == ["refused"] * times
        self.bench.answer = lambda: WELL

    async def decides(self, unanswered: Unanswered) -> None:
        await self.building.one(self.building.orders.moderates(unanswered))
        await self.building.corridor.drained()


@pytest.fixture
async def court(building: Building) -> Court:
    court = Court(building, await building.group("ann", "bob"))
    await court.decides("refuse")
    return court


def at_once(work: Callable[[], Coroutine[Any, Any, str]], times: int) -> list["asyncio.Task[str]"]:
    return [asyncio.get_running_loop().create_task(work()) for _ in range(times)]


async def until(true: Callable[[], bool]) -> None:
    """Let the others go on until something is true."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - nobody says so
            await asyncio.sleep(0)


async def test_a_judge_that_does_not_answer_is_left_alone_and_tried_by_one(court: Court) -> None:
    await court.fails(FAILURES)
    assert await court.judges() == "refused"
    assert court.bench.asked == FAILURES
    court.building.clock.wind(PAUSES_S[0] - 0.001)
    assert await court.judges() == "refused"
    assert court.bench.asked == FAILURES
    court.building.clock.wind(0.001)
    court.bench.open.clear()
    (probe,) = at_once(court.judges, 1)
    await until(lambda: court.bench.inside == 1)
    assert await court.judges() == "refused"
    court.bench.open.set()
    assert await probe == "judged"
    assert await court.judges() == "judged"
    assert court.bench.asked == FAILURES + 2


async def test_of_those_who_come_together_one_tries_it(court: Court) -> None:
    await court.fails(FAILURES)
    court.building.clock.wind(PAUSES_S[0])
    court.bench.open.clear()
    waiting = at_once(court.judges, 10)
    await until(lambda: sum(it.done() for it in waiting) == 9)
    court.bench.open.set()
    assert sorted(await asyncio.gather(*waiting)) == ["judged"] + ["refused"] * 9
    assert court.bench.asked == FAILURES + 1


async def test_the_pauses_become_longer(court: Court) -> None:
    await court.fails(FAILURES)
    for pause_s in PAUSES_S[:-1]:
        court.building.clock.wind(pause_s)
        await court.fails(1)
    asked = court.bench.asked
    court.building.clock.wind(PAUSES_S[-1] - 0.001)
    assert await court.judges() == "refused"
    assert court.bench.asked == asked == FAILURES + len(PAUSES_S) - 1


async def test_one_answer_in_between_makes_it_well(court: Court) -> None:
    await court.fails(FAILURES - 1)
    assert await court.judges() == "judged"
    await court.fails(FAILURES - 1)
    assert await court.judges() == "judged"


@pytest.mark.parametrize("answer", [Reply(400, b""), Reply(302, b""), Reply(200, b"garbage"), Reply(200, None)])
async def test_a_judge_that_answers_badly_is_asked_every_time(court: Court, answer: Reply) -> None:
    court.bench.answer = lambda: answer
    assert {await court.judges() for _ in range(2 * FAILURES)} == {"refused"}
    assert court.bench.asked == 2 * FAILURES


async def test_a_change_begins_anew(court: Court) -> None:
    await court.fails(FAILURES)
    await court.decides("accept")
    assert await court.judges() == "judged"
    assert court.bench.asked == FAILURES + 1


async def test_who_waits_for_a_place_waits_within_the_deadline(court: Court, loop_clock: LoopClock) -> None:
    """Whoever gets one is given what is left of it."""
    court.bench.open.clear()
    first = at_once(court.judges, limits.MODERATION_CALLS)
    await until(lambda: court.bench.inside == limits.MODERATION_CALLS)
    (late,) = at_once(court.judges, 1)
    await until(lambda: _waiting(court) == limits.MODERATION_CALLS + 1)
    await loop_clock.wind(0.6)
    (later,) = at_once(court.judges, 1)
    await until(lambda: _waiting(court) == limits.MODERATION_CALLS + 2)
    await loop_clock.wind(0.5)
    assert await late == "refused"
    court.bench.open.set()
    assert await later == "judged"
    assert set(await asyncio.gather(*first)) == {"judged"}
    assert court.bench.asked == limits.MODERATION_CALLS + 1
    assert 0 < court.bench.allowed_s[-1] <= 0.5
    assert court.bench.allowed_s[0] == pytest.approx(1.0, abs=0.2)


def _waiting(court: Court) -> int:
    return sum(desk.waiting for desk in court.moderators._desks.values())


async def test_who_waits_behind_failures_is_not_kept(court: Court) -> None:
    """Once it is known that nobody answers, nobody else is asked."""
    court.bench.open.clear()
    waiting = at_once(court.judges, limits.MODERATION_CALLS + 20)
    await until(lambda: _waiting(court) == limits.MODERATION_CALLS + 20)
    court.bench.answer = lambda: DEAD
    court.bench.open.set()
    assert set(await asyncio.gather(*waiting)) == {"refused"}
    assert court.bench.asked < limits.MODERATION_CALLS + 20


async def test_nothing_is_remembered_of_a_judge_that_is_well(court: Court) -> None:
    assert set(await asyncio.gather(*at_once(court.judges, 5))) == {"judged"}
    assert court.moderators._desks == {}
    await court.fails(1)
    assert len(court.moderators._desks) == 1
    assert await court.judges() == "judged"
    assert court.moderators._desks == {}


async def test_apps_without_a_judge_are_looked_up_once(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    await court.building.one(DeleteModeration(app_id=court.building.orders.app_id))
    await court.building.corridor.drained()
    assert court.moderators.asks(court.says())
    assert await court.judges() == "free"
    assert not court.moderators.asks(court.says())
    await court.decides("refuse")
    assert court.moderators.asks(court.says())
    assert await court.judges() == "judged"


async def test_only_so_many_free_apps_are_remembered(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moderation, "FREE", 1)
    await court.building.one(DeleteModeration(app_id=court.building.orders.app_id))
    await court.building.corridor.drained()
    rooms = {court.building.orders: court.room}
    await court.building.app()
    rooms[court.building.orders] = await court.building.group("ann")
    await court.building.corridor.drained()
    for orders, room in rooms.items():
        says = orders.says(room, by="ann")
        assert await court.moderators.judged(says) == says
    assert [court.moderators.asks(it.says(room, by="ann")) for it, room in rooms.items()] == [True, False]


async def test_what_changes_while_an_app_is_looked_up_is_not_missed(
    court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older look must not make an app free that is so no more."""
    await court.building.one(DeleteModeration(app_id=court.building.orders.app_id))
    await court.building.corridor.drained()
    peek = court.building.store.peek

    async def slowly(needs: Any) -> Any:
        house = await peek(needs)
        await court.decides("refuse")
        return house

    monkeypatch.setattr(court.building.store, "peek", slowly)
    assert await court.judges() == "free"
    monkeypatch.undo()
    assert court.moderators.asks(court.says())
    assert await court.judges() == "judged"
    with pytest.raises(Refused):
        await court.building.one(structs.replace(court.says(), judged=False))
