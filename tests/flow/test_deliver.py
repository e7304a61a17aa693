"""The deliverer: in order, at least once, one call to a lane at a time, and one dead endpoint slows no other."""

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import orjson
import pytest

from gateway.domain import commands as cmd
from gateway.domain import retry
from gateway.domain.circuit import Circuit
from gateway.domain.model import Webhook
from gateway.domain.retry import Answered
from gateway.flow import deliver, letter, target
from gateway.flow.deliver import STORE_BACK_S
from gateway.flow.target import BATCH, CALLS, MOST_CALLS
from tests.flow.conftest import LoopClock
from tests.flow.mail import Call, Mail, new_hook

# What is sent


async def test_what_waits_goes_in_one_call_in_order(mail: Mail) -> None:
    said = await mail.says(*(str(number) for number in range(BATCH + 5)))
    assert await mail.goes() == [said[:BATCH], said[BATCH:]]
    assert mail.doorstep.calls[0] == Call(mail.hook.target, mail.hook.secret, {mail.room}, said[:BATCH])
    assert await mail.waiting() == []


async def test_conversations_share_a_call(mail: Mail) -> None:
    rooms = [(await mail.building.one(mail.building.orders.group("ann"))).conversation.id for _ in range(30)]
    said = {room: await mail.says("one", "two", room=room) for room in rooms}
    mail.doorstep.closed = {mail.hook.target}
    await mail.hand_over()
    await mail.doorstep.until(1)
    mail.doorstep.open()
    await mail.quiet()
    assert len(mail.doorstep.calls) == 1
    for room in rooms:
        assert [it for it in mail.doorstep.events if it in said[room]] == said[room]


async def test_a_webhook_of_v1_is_sent_one_event_at_a_time(mail: Mail, loop_clock: LoopClock) -> None:
    await new_hook(mail.building, triggers=("message:appMaker",), version="v1.1")
    room = (await mail.building.one(mail.building.orders.personal("ann"))).conversation.id
    bodies: list[Any] = []

    async def take(target: str, headers: Mapping[str, str], body: bytes) -> Answered:
        bodies.append(orjson.loads(body))
        return Answered(500 if sum("messages" in it for it in bodies) == 2 and "messages" in bodies[-1] else 200)

    mail.deliverer._poster = take
    await mail.says("one", "two", "three", room=room)
    await mail.hand_over()
    await mail.quiet()
    await loop_clock.wind(retry.INTERVALS_S[0])
    await mail.quiet()
    old = [it for it in bodies if "messages" in it]
    assert [[said["text"] for said in it["messages"]] for it in old] == [["one"], ["two"], ["two"], ["three"]]
    assert {it["version"] for it in old} == {"v1.1"}


async def test_a_call_is_no_larger_than_it_may_be(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letter, "CALL_BYTES", 3_000)
    said = await mail.says(*(4 * "long " + str(number) for number in range(20)))
    calls = await mail.goes()
    assert [event for call in calls for event in call] == said
    assert 1 < len(calls) < 20


async def test_a_webhook_is_called_where_it_is_now(mail: Mail) -> None:
    await mail.says("one")
    building = mail.building
    await building.one(
        cmd.UpdateWebhook(
            app_id=building.orders.app_id,
            integration_id=mail.hook.integration_id,
            webhook_id=mail.hook.id,
            target="https://example.org/moved",
        )
    )
    await mail.goes()
    assert [it.target for it in mail.doorstep.calls] == ["https://example.org/moved"]


# What failed


@pytest.mark.parametrize("status", [None, 302, 500, 503, 429])
async def test_what_failed_is_tried_alone_after_each_interval(
    mail: Mail, loop_clock: LoopClock, status: int | None
) -> None:
    first, second = await mail.says("one", "two")
    mail.doorstep.answer = lambda _: status
    await mail.goes()
    for number, interval_s in enumerate(retry.INTERVALS_S, 1):
        await loop_clock.wind(interval_s - 0.5)
        assert len(mail.doorstep.calls) == number
        await loop_clock.wind(0.5)
        await mail.quiet()
    assert [it.events for it in mail.doorstep.calls][:5] == [[first, second]] + [[first]] * 4
    assert mail.given_up() == [(5, mail.building.clock.at)]
    assert await mail.waiting() == [(second, 1)]


async def test_the_time_of_the_next_attempt_is_on_disk(mail: Mail) -> None:
    await mail.says("one")
    mail.doorstep.answer = lambda _: 500
    await mail.goes()
    (lane,) = await mail.building.store.lanes(mail.hook.id, "", 10)
    assert lane.due_at == mail.building.clock.at + 8_000


async def test_an_endpoint_may_ask_for_more_time(mail: Mail, loop_clock: LoopClock) -> None:
    (said,) = await mail.says("one")
    mail.doorstep.answer = lambda _: 503 if len(mail.doorstep.calls) == 1 else 200
    mail.doorstep.after_s = 60
    await mail.goes()
    await loop_clock.wind(59)
    assert len(mail.doorstep.calls) == 1
    await loop_clock.wind(1)
    await mail.quiet()
    assert mail.doorstep.events == [said, said]


async def test_what_was_refused_takes_no_others_with_it(mail: Mail) -> None:
    """A batch that is refused is sent one by one: only what is refused on its own is given up."""
    first, second, third = await mail.says("one", "bad", "three")
    mail.doorstep.answer = lambda call: 400 if second in call.events else 200
    assert await mail.goes() == [[first, second, third], [first], [second, third], [second], [third]]
    assert [attempts for attempts, _ in mail.given_up()] == [2]
    assert await mail.waiting() == []


async def test_an_event_keeps_its_id_over_all_attempts(mail: Mail, loop_clock: LoopClock) -> None:
    (said,) = await mail.says("one")
    mail.doorstep.answer = lambda _: 500 if len(mail.doorstep.calls) < 3 else 200
    await mail.goes()
    for interval_s in retry.INTERVALS_S[:2]:
        await loop_clock.wind(interval_s)
        await mail.quiet()
    assert mail.doorstep.events == [said] * 3
    assert await mail.waiting() == []


async def test_an_endpoint_that_takes_nothing_is_left_alone(mail: Mail, loop_clock: LoopClock) -> None:
    """After five events in a row that did not arrive no event is tried but one now and then, which costs it nothing."""
    rooms = [(await mail.building.one(mail.building.orders.group("ann"))).conversation.id for _ in range(10)]
    for room in rooms:
        await mail.says("hello", room=room)
    mail.doorstep.answer = lambda _: None
    assert mail.circuit == "closed"
    await mail.goes()
    await loop_clock.wind(8)
    await mail.quiet()
    assert mail.circuit == "open"
    tried = len(mail.doorstep.calls)
    assert tried < 1 + len(rooms)
    for _ in range(3):
        await mail.says("and more", room=rooms[0])
        await mail.hand_over()
    assert len(mail.doorstep.calls) == tried
    pauses = [5, 10, 20, 40, 60, 60, 60]
    for number, pause_s in enumerate(pauses, 1):
        mail.building.clock.wind(pause_s)
        assert mail.circuit == "half-open"
        await loop_clock.wind(pause_s)
        await mail.quiet()
        assert len(mail.doorstep.calls) == tried + number
        assert len(mail.doorstep.calls[-1].events) == 1
    assert mail.given_up() == []
    mail.doorstep.answer = lambda _: 200
    mail.building.clock.wind(60)
    await loop_clock.wind(60)
    await mail.quiet()
    assert await mail.building.store.targets() == []
    assert mail.circuit == "closed"
    delivered = [event for call in mail.doorstep.calls[tried + len(pauses) :] for event in call.events]
    assert len(delivered) == len(set(delivered)) == 13


async def test_typing_is_tried_once_and_holds_up_nothing(mail: Mail) -> None:
    hook = await new_hook(
        mail.building, "https://example.org/dots", triggers=("conversation:typing", "conversation:read")
    )
    orders = mail.building.orders
    await mail.building.at_once(orders.types(mail.room, "ann"), orders.types(mail.room, "ann"))
    mail.doorstep.answer = lambda _: 500 if len(mail.doorstep.calls) == 1 else 200
    await mail.goes()
    assert len(mail.doorstep.calls) == 1
    assert await mail.building.store.waiting(hook.id, (mail.room,), 10) == []
    await mail.says("hello")
    await mail.building.one(orders.reads(mail.room, "ann"))
    await mail.goes()
    assert {it.target for it in mail.doorstep.calls} == {hook.target, mail.hook.target}
    assert mail.given_up() == []


# When it is sent


async def test_what_is_due_is_sent_without_being_asked(mail: Mail) -> None:
    said = await mail.says("one", "two")
    assert await mail.goes() == [said]
    assert await mail.waiting() == []


async def test_a_lane_has_one_call_at_a_time_and_keeps_its_order(mail: Mail) -> None:
    mail.doorstep.closed = {mail.hook.target}
    said = await mail.says("one")
    await mail.hand_over()
    await mail.doorstep.until(1)
    for text in ("two", "three"):
        said += await mail.says(text)
        await mail.hand_over()
    mail.doorstep.open()
    await mail.doorstep.until(2)
    await mail.quiet()
    assert mail.doorstep.most_inside == 1
    assert mail.doorstep.events == said


async def test_a_target_has_a_few_calls_at_a_time(mail: Mail) -> None:
    rooms = [(await mail.building.one(mail.building.orders.group("ann"))).conversation.id for _ in range(CALLS + 4)]
    mail.doorstep.closed = {mail.hook.target}
    for number, room in enumerate(rooms, 1):
        await mail.says("hello", room=room)
        await mail.hand_over()
        await mail.doorstep.until(min(number, CALLS))
    assert mail.doorstep.inside == CALLS
    mail.doorstep.open()
    await mail.doorstep.until(CALLS + 1)
    await mail.quiet()
    assert mail.doorstep.most_inside == CALLS
    assert [len(it.lanes) for it in mail.doorstep.calls] == [1] * CALLS + [4]


async def test_who_takes_events_one_by_one_is_called_more_at_a_time(mail: Mail) -> None:
    """Once it answers: what is called here has answered a few times before it hangs."""
    await mail.one_per_call()
    orders = mail.building.orders
    made = await mail.building.at_once(*(orders.group("ann") for _ in range(2 * MOST_CALLS + 8)))
    step = mail.doorstep
    step.answer = lambda _: step.close(mail.hook.target) if step.answered == MOST_CALLS else 200
    await asyncio.gather(*(mail.says("hello", room=it.conversation.id) for it in made))
    await mail.hand_over()
    await mail.doorstep.until(2 * MOST_CALLS)
    await mail.says("time enough for one call more")
    await mail.hand_over()
    assert mail.doorstep.inside == MOST_CALLS
    mail.doorstep.open()
    await mail.quiet()
    assert await mail.building.store.targets() == []


def test_how_many_calls_are_made_at_a_time_follows_the_answers() -> None:
    one_by_one, together = target.Target(target.Shelf()), target.Target(target.Shelf())
    one_by_one.batch = 1
    for _ in range(MOST_CALLS):
        one_by_one.answered()
        together.answered()
    assert (one_by_one.width, together.width) == (MOST_CALLS, CALLS)
    one_by_one.failed()
    assert one_by_one.width == CALLS


async def test_a_call_holds_up_no_conversation_that_it_has_no_room_for(mail: Mail) -> None:
    """The first call of a target is begun before it is known how many events it takes."""
    await mail.one_per_call()
    other = (await mail.building.one(mail.building.orders.group("ann"))).conversation.id
    mail.doorstep.closed = {mail.hook.target}
    said = [*await mail.says("one"), *await mail.says("two", room=other)]
    await mail.hand_over()
    await mail.doorstep.until(2)
    assert mail.doorstep.events == said
    mail.doorstep.open()
    await mail.quiet()


async def test_one_dead_endpoint_does_not_slow_another(mail: Mail) -> None:
    other = await new_hook(mail.building, "https://example.org/two")
    mail.doorstep.closed = {mail.hook.target}
    said = await mail.says("one", "two", "three")
    await mail.hand_over()
    await mail.doorstep.until(2)
    while await mail.building.store.waiting(other.id, (mail.room,), 1):  # noqa: ASYNC110 - nobody says so
        await asyncio.sleep(0)
    to_other = [it.events for it in mail.doorstep.calls if it.target == other.target]
    assert to_other == [said]
    assert len(await mail.waiting()) == 3
    mail.doorstep.open()
    await mail.quiet()


async def test_what_failed_goes_again_when_its_time_has_come(mail: Mail, loop_clock: LoopClock) -> None:
    first, second = await mail.says("one", "two")
    mail.doorstep.answer = lambda _: 500 if len(mail.doorstep.calls) < 2 else 200
    await mail.goes()
    await loop_clock.wind(7)
    assert len(mail.doorstep.calls) == 1
    await loop_clock.wind(1)
    await mail.doorstep.until(3)
    await mail.quiet()
    assert [it.events for it in mail.doorstep.calls] == [[first, second], [first], [second]]
    assert await mail.waiting() == []


async def test_what_comes_while_a_lane_waits_does_not_hurry_it(mail: Mail, loop_clock: LoopClock) -> None:
    mail.doorstep.answer = lambda _: 500
    await mail.says("one")
    await mail.goes()
    await mail.says("two")
    await mail.hand_over()
    await loop_clock.wind(7)
    await mail.quiet()
    assert len(mail.doorstep.calls) == 1


async def test_what_an_earlier_process_left_is_taken_up(mail: Mail) -> None:
    said = await mail.says("one", "two")
    await mail.deliverer.start()
    await mail.doorstep.until(1)
    await mail.quiet()
    assert mail.doorstep.events == said


async def test_what_an_earlier_process_put_off_is_put_off(mail: Mail, loop_clock: LoopClock) -> None:
    (said,) = await mail.says("one")
    mail.doorstep.answer = lambda _: 500
    await mail.goes()
    mail.building.clock.wind(5)
    later = mail.another()
    await later.start()
    while any(it.looking for it in later._targets.values()):  # noqa: ASYNC110 - nobody says so
        await asyncio.sleep(0)
    await loop_clock.wind(2)
    assert len(mail.doorstep.calls) == 1
    await loop_clock.wind(1)
    assert (await mail.doorstep.until(2))[1].events == [said]


async def test_starting_does_not_call_a_lane_that_is_under_way(mail: Mail) -> None:
    """Commands come in while what was left is still being looked up."""
    mail.doorstep.closed = {mail.hook.target}
    said = await mail.says("one", "two")
    await mail.hand_over()
    await mail.doorstep.until(1)
    await mail.deliverer.start()
    mail.doorstep.open()
    await mail.quiet()
    assert mail.doorstep.most_inside == 1
    assert mail.doorstep.events == said


async def test_draining_sees_calls_through_and_begins_none(mail: Mail) -> None:
    mail.doorstep.closed = {mail.hook.target}
    first = await mail.says("one")
    await mail.hand_over()
    await mail.doorstep.until(1)
    second = await mail.says("two")
    await mail.hand_over()
    draining = asyncio.ensure_future(mail.deliverer.drain())
    await asyncio.sleep(0)
    assert not draining.done()
    mail.doorstep.open()
    await draining
    assert mail.doorstep.events == first
    assert await mail.waiting() == [(second[0], 0)]


async def test_what_cannot_be_settled_is_sent_again(mail: Mail, loop_clock: LoopClock) -> None:
    """At least once: the call was answered, and the store could not write that down."""
    (said,) = await mail.says("one")
    mail.building.rows("CREATE TRIGGER poison BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'poisoned'); END")
    await mail.goes()
    mail.building.rows("DROP TRIGGER poison")
    assert await mail.waiting() == [(said, 0)]
    await loop_clock.wind(STORE_BACK_S)
    await mail.doorstep.until(2)
    await mail.quiet()
    assert mail.doorstep.events == [said, said]
    assert await mail.waiting() == []


async def test_a_conversation_goes_on_while_it_is_written_down_what_became_of_its_last_call(mail: Mail) -> None:
    await mail.one_per_call()
    said = await mail.says("one", "two", "three")
    with closing(sqlite3.connect(mail.building.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await mail.hand_over()
        await mail.doorstep.until(3)
        assert mail.doorstep.events == said
        assert [event for event, _ in await mail.waiting()] == said
        other.execute("ROLLBACK")
    await mail.quiet()
    assert await mail.waiting() == []


async def test_what_was_delivered_is_not_read_again_before_that_is_written_down(mail: Mail) -> None:
    said = await mail.says("one", "two")
    await mail.hand_over()
    await mail.doorstep.until(1)
    mail.deliverer.look_again(mail.hook.id)
    await mail.quiet()
    assert mail.doorstep.events == said


# What is remembered


async def test_nothing_is_remembered_of_a_target_that_has_all(mail: Mail) -> None:
    await mail.says("one")
    await mail.goes()
    assert mail.deliverer._targets == {}


async def test_what_does_not_fit_into_memory_is_found_on_disk(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much waits: all of it goes, each conversation in order, and little of it is held."""
    monkeypatch.setattr(target, "LANES", 3)
    monkeypatch.setattr(target, "ROWS", 5)
    monkeypatch.setattr(deliver, "PAGE", 2)
    rooms = [(await mail.building.one(mail.building.orders.group("ann"))).conversation.id for _ in range(12)]
    said: dict[str, list[str]] = {room: [] for room in rooms}
    mail.doorstep.closed = {mail.hook.target}
    for number in range(4):
        for room in rooms:
            said[room] += await mail.says(str(number), room=room)
            await mail.hand_over()
            known = mail.deliverer._targets[mail.hook.id]
            assert (len(known.known) <= 3, known.rows <= 5) == (True, True)
    mail.doorstep.open()
    await mail.quiet()
    assert await mail.building.store.targets() == []
    for room in rooms:
        assert [it for it in mail.doorstep.events if it in said[room]] == said[room]
    assert len(mail.doorstep.events) == 48
    assert mail.deliverer._targets == {}


async def test_what_is_on_disk_is_read_ahead(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    """One who takes events one by one does not cost a look at the disk for each."""
    monkeypatch.setattr(target, "ROWS", 10)
    await mail.one_per_call()
    said = [event for _ in range(3) for event in await mail.says(*map(str, range(10)))]
    store, read, looks = mail.building.store, mail.building.store.waiting, 0

    async def counted(*words: Any) -> Any:
        nonlocal looks
        looks += 1
        return await read(*words)

    with monkeypatch.context() as patch:
        patch.setattr(store, "waiting", counted)
        await mail.deliverer.start()
        await mail.doorstep.until(30)
        await mail.quiet()
    assert mail.doorstep.events == said
    assert looks == 3


async def test_what_was_read_before_anybody_was_told_of_it_goes_once(mail: Mail) -> None:
    mail.doorstep.closed = {mail.hook.target}
    said = await mail.says("one")
    await mail.deliverer.start()
    await mail.doorstep.until(1)
    await mail.hand_over()
    mail.doorstep.open()
    await mail.quiet()
    assert mail.doorstep.events == said


async def test_what_comes_while_the_disk_is_read_goes_once(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be in what was read, or not: nobody is told twice, and nothing is left behind."""
    early = await mail.says("one", "two")
    store, read = mail.building.store, mail.building.store.waiting
    late: list[str] = []

    async def meanwhile(*words: Any) -> Any:
        if not late:
            mail.building.due.clear()
            late.extend(await mail.says("three"))
            rows = await read(*words)
            await mail.hand_over()
            late.extend(await mail.says("four"))
            await mail.hand_over()
            return rows
        return await read(*words)

    monkeypatch.setattr(store, "waiting", meanwhile)
    await mail.deliverer.start()
    await mail.doorstep.until(2)
    await mail.quiet()
    assert mail.doorstep.events == early + late


@pytest.mark.parametrize("on_disk", [False, True])
async def test_what_all_webhooks_have_in_memory_is_bounded(
    mail: Mail, monkeypatch: pytest.MonkeyPatch, *, on_disk: bool
) -> None:
    """However many of them there are: each gets all in order, and has one event of each lane in memory at least."""
    monkeypatch.setattr(target, "ROWS_IN_ALL", 10)
    monkeypatch.setattr(target, "SHARE", 1)
    hooks = [mail.hook, *[await new_hook(mail.building, f"https://example.org/{number}") for number in range(5)]]
    mail.doorstep.closed = {it.target for it in hooks}
    said: list[str] = []
    for number in range(30):
        said += await mail.says(str(number))
        if not on_disk:
            await mail.hand_over()
    if on_disk:
        await mail.deliverer.start()
    await mail.doorstep.until(len(hooks))
    shelf = mail.deliverer._shelf
    assert shelf.rows == sum(it.rows for it in mail.deliverer._targets.values())
    assert 1 <= shelf.rows <= 10 + len(hooks)
    await removes(mail, hooks.pop())
    mail.doorstep.open()
    await mail.quiet()
    for hook in hooks:
        assert [event for it in mail.doorstep.calls if it.target == hook.target for event in it.events] == said
    assert (shelf.rows, mail.deliverer._targets) == (0, {})


async def removes(mail: Mail, hook: Webhook) -> None:
    app_id = mail.building.orders.app_id
    await mail.building.one(cmd.DeleteIntegration(app_id=app_id, integration_id=hook.integration_id))
    mail.deliverer.let_go(hook.id)


async def test_what_waits_on_disk_is_looked_for_again_when_the_disk_could_not_be_read(
    mail: Mail, loop_clock: LoopClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = await mail.says("one")
    store, tried = mail.building.store, asyncio.Event()

    async def broken(*_: object) -> None:
        tried.set()
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(store, "lanes", broken)
        await mail.deliverer.start()
        await tried.wait()
        await asyncio.sleep(0)
    await loop_clock.wind(STORE_BACK_S)
    await mail.doorstep.until(1)
    assert mail.doorstep.events == said


async def test_what_is_on_disk_alone_is_found_for_an_endpoint_that_was_left_alone(mail: Mail) -> None:
    """Or nobody would ever ask whether it is back."""
    said = await mail.says("one")
    waiting = target.Target(target.Shelf())
    waiting.circuit = Circuit(pauses=1, until=mail.building.clock.at)
    mail.deliverer._targets[mail.hook.id] = waiting
    await mail.deliverer.start()
    await mail.doorstep.until(1)
    await mail.quiet()
    assert mail.doorstep.events == said


async def test_more_targets_than_there_may_be_calls_take_turns(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "CALLS_IN_ALL", 2)
    others = [await new_hook(mail.building, f"https://example.org/{number}") for number in range(6)]
    targets = {mail.hook.target, *(it.target for it in others)}
    mail.doorstep.closed = set(targets)
    for text in ("one", "two", "three"):
        await mail.says(text)
        await mail.hand_over()
    await mail.doorstep.until(2)
    assert (mail.doorstep.inside, len(mail.deliverer._queue)) == (2, 5)
    mail.doorstep.open()
    await mail.doorstep.until(len(targets))
    while await mail.building.store.targets():  # noqa: ASYNC110 - nobody says so
        await asyncio.sleep(0)
    assert mail.doorstep.most_inside == 2
    assert {it.target for it in mail.doorstep.calls} == targets


async def test_who_is_forgotten_is_forgotten_in_what_waits(mail: Mail) -> None:
    mail.building.bus.subscribe(mail.deliverer.hear, *mail.deliverer.HEARS)
    mail.doorstep.closed = {mail.hook.target}
    await mail.says("one")
    await mail.hand_over()
    await mail.doorstep.until(1)
    orders = mail.building.orders
    await mail.building.one(orders.changes("ann", profile={"given_name": "Annabel"}))
    await mail.building.one(orders.says(mail.room, "two", by="ann"))
    await mail.hand_over()
    await mail.building.one(cmd.ForgetUser(app_id=orders.app_id, user=orders.ref("ann")))
    mail.doorstep.open()
    await mail.quiet()
    assert len(mail.doorstep.events) == 2
    assert b"Annabel" not in b"".join(mail.doorstep.bodies)
