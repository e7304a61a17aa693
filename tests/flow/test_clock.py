"""The clock is set: who is told, and what webhooks' endpoints and their retries make of it."""

from gateway.domain import retry
from gateway.flow.clock import SLACK_MS, Watch
from tests.domain.town import HandWound
from tests.flow.conftest import LoopClock
from tests.flow.mail import Mail

DAY_S = 86_400


async def test_only_what_time_does_not_explain_is_told() -> None:
    wall, steady, told = HandWound(), HandWound(5), list[int]()
    watch = Watch(wall.now, steady.now, (told.append,))
    for seconds in (1, 1, 3_600):  # as when nobody could look for an hour
        wall.wind(seconds)
        steady.wind(seconds)
        await watch.step()
    assert told == []
    for number in range(100):  # put right little by little
        wall.at += 1_000 + (SLACK_MS - 1) * (number % 2)
        steady.at += 1_000
        await watch.step()
    assert told == []
    wall.wind(-DAY_S)
    await watch.step()
    await watch.step()
    wall.wind(DAY_S)
    await watch.step()
    assert told == [-DAY_S * 1_000, DAY_S * 1_000]


async def left_alone(mail: Mail, loop_clock: LoopClock) -> int:
    """The endpoint takes nothing until it is left alone; gives how often it was called."""
    rooms = [(await mail.building.one(mail.building.orders.group("ann"))).conversation.id for _ in range(6)]
    for room in rooms:
        await mail.says("hello", room=room)
    mail.doorstep.answer = lambda _: None
    await mail.goes()
    await loop_clock.wind(8)
    await mail.quiet()
    assert mail.circuit == "open"
    mail.doorstep.answer = lambda _: 200
    return len(mail.doorstep.calls)


async def test_an_endpoint_is_left_alone_for_as_long_as_before(mail: Mail, loop_clock: LoopClock) -> None:
    tried = await left_alone(mail, loop_clock)
    mail.building.clock.wind(-DAY_S)
    mail.deliverer.clock_was_set(-DAY_S * 1_000)
    await mail.quiet()
    assert len(mail.doorstep.calls) == tried
    mail.building.clock.wind(5)
    await loop_clock.wind(5)
    await mail.quiet()
    assert mail.circuit == "closed"
    assert await mail.building.store.targets() == []


async def test_an_endpoint_whose_time_came_before_it_was_found_out_is_called_then(
    mail: Mail, loop_clock: LoopClock
) -> None:
    tried = await left_alone(mail, loop_clock)
    mail.building.clock.wind(-DAY_S)
    mail.building.clock.wind(5)
    await loop_clock.wind(5)
    await mail.quiet()
    assert len(mail.doorstep.calls) == tried
    mail.deliverer.clock_was_set(-DAY_S * 1_000)
    await mail.quiet()
    assert await mail.building.store.targets() == []


async def test_what_was_to_be_tried_again_in_another_age_is_tried_at_once(mail: Mail) -> None:
    """A machine without a battery starts years ago."""
    (said,) = await mail.says("one")
    mail.doorstep.answer = lambda _: 500
    await mail.goes()
    assert await mail.waiting() == [(said, 1)]
    await mail.deliverer.drain()
    mail.doorstep.answer = lambda _: 200
    mail.building.clock.wind(-1_000 * DAY_S)
    await mail.another().start()
    await mail.doorstep.until(2)


def test_a_rest_is_what_is_left_of_it_unless_no_schedule_has_one_so_long() -> None:
    assert retry.rest_s(9_000, 1_000) == 8.0
    assert retry.rest_s(1_000, 9_000) == -8.0
    longest = retry.DAYS_S[-1] * (1 + retry.JITTER)
    assert retry.rest_s(int(longest * 1_000), 0) == longest
    assert retry.rest_s(int(longest * 1_000) + 1, 0) == 0.0
    assert retry.rest_s(int(longest * 1_000) + 1, 0, (90_000.0,)) > longest
