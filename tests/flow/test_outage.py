"""An endpoint is down for an hour, and then it is back: all arrives, in order, and nothing was given up."""

from collections import defaultdict

from tests.flow.conftest import LoopClock
from tests.flow.mail import Call, Mail

HOUR_S = 3_600
STEP_S = 5


def well(_: Call) -> int | None:
    return 200


def ill(_: Call) -> int | None:
    return 503


async def winds(mail: Mail, loop_clock: LoopClock, seconds: int) -> None:
    """Lets time pass a little at a time, and whatever is due be done."""
    for _ in range(0, seconds, STEP_S):
        mail.building.clock.wind(STEP_S)
        await loop_clock.wind(STEP_S)
        await mail.quiet()


async def test_what_happens_in_an_hour_without_an_endpoint_arrives_afterwards(
    mail: Mail, loop_clock: LoopClock
) -> None:
    """Some conversations wait from the start, others begin meanwhile, and a restart in between forgets the circuit."""
    rooms = [(await mail.building.one(mail.building.orders.group("ann"))).conversation.id for _ in range(12)]
    said: dict[str, list[str]] = defaultdict(list)
    mail.doorstep.answer = lambda _: None
    for minute in range(60):
        for room in rooms[: 6 + minute % 6]:
            said[room] += await mail.says(str(minute), room=room)
        await mail.hand_over()
        if minute == 30:
            restarted = mail.another()
            mail.deliverer._open = False
            mail.deliverer = restarted
            await restarted.start()
        await winds(mail, loop_clock, 60)
    tried = len(mail.doorstep.calls)
    assert tried < 2 * (12 * 5 + 2 * 70)  # in each half: some events a few times, then a probe a minute
    assert mail.given_up() == []
    mail.doorstep.answer = lambda _: 200
    await winds(mail, loop_clock, 65)
    assert await mail.building.store.targets() == []
    arrived = [event for call in mail.doorstep.calls[tried:] for event in call.events]
    assert len(arrived) == len(set(arrived)) == sum(map(len, said.values()))
    for room, events in said.items():
        assert [it for it in arrived if it in set(events)] == events, room


async def test_an_endpoint_that_comes_and_goes_gets_all_in_order(mail: Mail, loop_clock: LoopClock) -> None:
    """Up for a minute in ten: what is sent again while it is up keeps its order, too."""
    rooms = [(await mail.building.one(mail.building.orders.group("ann"))).conversation.id for _ in range(8)]
    said: dict[str, list[str]] = defaultdict(list)
    taken: list[str] = []
    for minute in range(60):
        for room in rooms:
            said[room] += await mail.says(str(minute), room=room)
        mail.doorstep.answer = well if minute % 10 == 9 else ill
        await mail.hand_over()
        before = len(mail.doorstep.calls)
        await winds(mail, loop_clock, 60)
        if minute % 10 == 9:
            taken += [event for call in mail.doorstep.calls[before:] for event in call.events]
    assert mail.given_up() == []
    assert await mail.building.store.targets() == []
    assert len(taken) == len(set(taken))
    for room, events in said.items():
        assert [it for it in taken if it in set(events)] == events, room


async def test_one_event_outlasts_an_endpoint_that_cannot_be_reached(mail: Mail, loop_clock: LoopClock) -> None:
    """However little happens: nobody was told of it, so it is not the event that failed."""
    (said,) = await mail.says("the only one")
    mail.doorstep.away = True
    await mail.goes()
    assert mail.circuit == "open"
    await winds(mail, loop_clock, HOUR_S)
    tried = len(mail.doorstep.calls)
    assert 60 <= tried <= 80
    assert await mail.waiting() == [(said, 0)]
    mail.doorstep.away = False
    await winds(mail, loop_clock, 65)
    assert mail.doorstep.events[tried:] == [said]
    assert (mail.given_up(), await mail.waiting()) == ([], [])
