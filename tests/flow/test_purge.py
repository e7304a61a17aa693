"""What webhooks were told goes in time, what waits too long is given up, and of removed webhooks nothing stays."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from gateway.domain import commands as cmd
from gateway.flow import purge
from gateway.flow.purge import Kept, Purge
from tests.flow.conftest import LoopClock
from tests.flow.mail import Mail, new_hook

KEPT = Kept(history_s=100, failed_s=1_000, waiting_s=500)


def purging(mail: Mail, kept: Kept = KEPT) -> Purge:
    return Purge(mail.building.store, mail.deliverer, mail.building.clock.now, kept)


def counted(mail: Mail, table: str, condition: str = "TRUE") -> int:
    ((count,),) = mail.building.rows(f"SELECT count(*) FROM {table} WHERE {condition}")
    return int(count)


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - nobody says so
            await asyncio.sleep(0)


async def removes(mail: Mail, integration_id: str) -> None:
    await mail.building.one(cmd.DeleteIntegration(app_id=mail.building.orders.app_id, integration_id=integration_id))


# What was told


async def test_what_was_delivered_is_kept_for_its_time_and_its_calls_with_it(mail: Mail) -> None:
    purge_ = purging(mail)
    await mail.says("one", "two")
    await mail.goes()
    mail.building.clock.wind(100)
    await purge_.step()
    assert (counted(mail, "outbox"), counted(mail, "attempts")) == (2, 1)
    mail.building.clock.wind(0.001)
    await purge_.step()
    assert (counted(mail, "outbox"), counted(mail, "attempts")) == (0, 0)


async def test_what_was_given_up_is_kept_for_longer(mail: Mail) -> None:
    purge_ = purging(mail)
    mail.doorstep.answer = lambda _: 400
    await mail.says("bad")
    await mail.goes()
    for seconds, left in ((101, 1), (899, 1), (0.001, 0)):
        mail.building.clock.wind(seconds)
        await purge_.step()
        assert counted(mail, "outbox", "failed") == left


async def test_without_a_history_nothing_that_was_delivered_stays(mail: Mail) -> None:
    """Not even what was kept before the setting was changed."""
    await mail.says("one")
    await mail.goes()
    mail.building.clock.wind(0.001)
    await purging(mail, KEPT._replace(history_s=0)).step()
    assert (counted(mail, "outbox"), counted(mail, "attempts")) == (0, 0)


async def test_a_purge_takes_a_few_rows_at_a_time(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wants to write meanwhile waits for one page, and what waits to be sent stays."""
    monkeypatch.setattr(purge, "ROWS", 10)
    await mail.says(*map(str, range(45)))
    await mail.goes()
    mail.building.clock.wind(101)
    waiting = await mail.says("waits")
    purged = asyncio.ensure_future(purging(mail).step())
    await until(lambda: counted(mail, "outbox") < 46)
    await mail.says("and more")
    assert not purged.done()
    await purged
    assert [event for event, _ in await mail.waiting()][:1] == waiting
    assert counted(mail, "outbox") == 2


async def test_a_purge_rests_between_its_writes(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "ROWS", 10)
    monkeypatch.setattr(purge, "RESTS", 1_000_000)
    await mail.says(*map(str, range(45)))
    await mail.goes()
    mail.building.clock.wind(101)
    mail.building.tasks.spawn(purging(mail).step())
    await until(lambda: counted(mail, "outbox") < 45)
    for _ in range(5):
        await mail.says("meanwhile")
    assert counted(mail, "outbox", "ended_at IS NOT NULL") == 35


# What waits


async def test_what_waits_too_long_is_given_up_and_the_rest_is_sent(
    mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every conversation, a few rows at a time; the deliverer does not believe in it any more."""
    monkeypatch.setattr(purge, "ROWS", 4)
    monkeypatch.setattr(purge, "LANES", 3)
    purge_ = purging(mail)
    rooms = [mail.room]
    rooms += [(await mail.building.one(mail.building.orders.group("ann"))).conversation.id for _ in range(6)]
    await pauses(mail, paused=True)
    for room in rooms:
        await mail.says(*"abcdefghi", room=room)
    await mail.hand_over()
    mail.building.clock.wind(400)
    young = [event for room in rooms[::2] for event in await mail.says("young", room=room)]
    await mail.hand_over()
    await purge_.step()
    assert counted(mail, "outbox", "failed") == 0
    mail.building.clock.wind(101)
    await purge_.step()
    assert counted(mail, "outbox", "failed") == 7 * 9
    assert mail.given_up()[0] == (0, mail.building.clock.at)
    assert mail.deliverer.tally.events == {"given_up": 7 * 9}
    await pauses(mail, paused=False)
    await mail.quiet()
    assert sorted(mail.doorstep.events) == sorted(young)


async def test_what_nobody_could_be_told_for_too_long_is_given_up(mail: Mail, loop_clock: LoopClock) -> None:
    """Calls that reach nobody are no attempts, and put off no end."""
    purge_ = purging(mail)
    mail.doorstep.away = True
    await mail.says("one")
    await mail.goes()
    for _ in range(50):
        mail.building.clock.wind(10)
        await loop_clock.wind(10)
        await mail.quiet()
        await purge_.step()
    assert len(mail.doorstep.calls) > 8
    assert mail.given_up() == []
    mail.building.clock.wind(6)
    await purge_.step()
    assert mail.given_up() == [(0, mail.building.clock.at)]


async def test_what_is_told_again_waits_anew(mail: Mail) -> None:
    """However long ago it happened."""
    mail.doorstep.answer = lambda _: 400
    (said,) = await mail.says("bad")
    await mail.goes()
    await pauses(mail, paused=True)
    mail.building.clock.wind(700)
    store, now = mail.building.store, mail.building.clock.at
    assert await store.revive(mail.hook.id, [1], now, failed=True) == 1
    await purging(mail).step()
    assert [event for event, _ in await mail.waiting()] == [said]
    mail.building.clock.wind(501)
    await purging(mail).step()
    assert await mail.waiting() == []


async def test_what_is_called_while_it_is_given_up_counts_as_delivered(mail: Mail) -> None:
    mail.doorstep.closed = {mail.hook.target}
    said = await mail.says("one")
    await mail.hand_over()
    await mail.doorstep.until(1)
    said += await mail.says("two")
    await mail.hand_over()
    mail.building.clock.wind(501)
    said += await mail.says("three")
    await mail.hand_over()
    await purging(mail).step()
    assert counted(mail, "outbox", "failed") == 2
    mail.doorstep.open()
    await mail.quiet()
    assert mail.doorstep.events == [said[0], said[2]]
    assert counted(mail, "outbox", "failed") == 1
    assert await mail.waiting() == []


async def test_what_is_called_in_vain_while_it_is_given_up_is_not_tried_again(
    mail: Mail, loop_clock: LoopClock
) -> None:
    mail.doorstep.closed = {mail.hook.target}
    mail.doorstep.answer = lambda _: 500
    await mail.says("one")
    await mail.hand_over()
    await mail.doorstep.until(1)
    mail.building.clock.wind(501)
    await purging(mail).step()
    mail.doorstep.open()
    await mail.quiet()
    await loop_clock.wind(8)
    await mail.quiet()
    assert len(mail.doorstep.calls) == 1
    assert mail.given_up() == [(1, mail.building.clock.at)]


async def test_what_waits_is_looked_at_now_and_then(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look costs a step for each conversation that waits."""
    purge_, looked = purging(mail), 0
    stale = mail.building.store.stale

    async def counting(*asked: Any) -> Any:
        nonlocal looked
        looked += 1
        return await stale(*asked)

    monkeypatch.setattr(mail.building.store, "stale", counting)
    await mail.says("one")
    for _ in range(10):
        await purge_.step()
        mail.building.clock.wind(1)
    assert looked == 2


async def pauses(mail: Mail, *, paused: bool) -> None:
    mail.building.bus.subscribe(mail.deliverer.hear, *mail.deliverer.HEARS)
    here = cmd.UpdateDelivery(
        app_id=mail.building.orders.app_id,
        integration_id=mail.hook.integration_id,
        webhook_id=mail.hook.id,
        paused=paused,
    )
    await mail.building.one(here)
    await mail.building.corridor.drained()


# What is nobody's


async def test_of_a_removed_webhook_all_goes_at_once(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits, what failed and what was delivered, with its calls; of others, nothing."""
    monkeypatch.setattr(purge, "ROWS", 10)
    other = await new_hook(mail.building, "https://example.org/two")
    await mail.says(*map(str, range(30)))
    await mail.goes()
    mail.doorstep.answer = lambda call: 400 if call.target == mail.hook.target else 200
    await mail.says("bad")
    await mail.goes()
    await mail.says(*map(str, range(25)))
    purge_ = purging(mail)
    mail.building.bus.subscribe(purge_.hear, *purge_.HEARS)
    mail.building.tasks.spawn(purge_.attend())
    await removes(mail, mail.hook.integration_id)
    await until(lambda: counted(mail, "outbox", f"webhook_id = '{mail.hook.id}'") == 0)
    await until(lambda: counted(mail, "attempts", f"webhook_id = '{mail.hook.id}'") == 0)
    assert counted(mail, "outbox", f"webhook_id = '{other.id}'") == 56
    assert counted(mail, "attempts") == 2


async def test_what_a_stop_left_of_a_removed_webhook_goes_with_the_next_step(mail: Mail) -> None:
    """And what was written down of a call that was under way."""
    mail.doorstep.closed = {mail.hook.target}
    await mail.says(*map(str, range(5)))
    await mail.hand_over()
    await mail.doorstep.until(1)
    await removes(mail, mail.hook.integration_id)
    purge_ = purging(mail)
    await purge_.step()
    assert counted(mail, "outbox") == 0
    mail.doorstep.open()
    await mail.quiet()
    assert counted(mail, "attempts") == 1
    await purge_.step()
    assert (counted(mail, "attempts"), counted(mail, "gone_webhooks")) == (0, 0)
    await purge_.step()


@pytest.fixture
async def complaints() -> list[str]:
    """What went wrong where nobody waits for it: in a timer, or in a task."""
    found: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: found.append(repr(told)))
    return found


async def test_nothing_is_remembered_of_a_removed_webhook(
    mail: Mail, loop_clock: LoopClock, complaints: list[str]
) -> None:
    """Neither what rests, nor what waits for its turn."""
    mail.doorstep.answer = lambda _: 500
    await mail.says("one", "two")
    await mail.goes()
    assert mail.deliverer._targets[mail.hook.id].resting
    await mail.says("three")
    await mail.hand_over()
    await removes(mail, mail.hook.integration_id)
    await purging(mail).step()
    assert mail.deliverer._targets == {}
    await loop_clock.wind(60)
    await mail.quiet()
    assert len(mail.doorstep.calls) == 1
    assert complaints == []


async def test_a_call_that_fails_when_its_webhook_is_removed_is_not_made_again(
    mail: Mail, loop_clock: LoopClock, complaints: list[str]
) -> None:
    mail.doorstep.answer = lambda _: 500
    mail.doorstep.closed = {mail.hook.target}
    await mail.says("one")
    await mail.hand_over()
    await mail.doorstep.until(1)
    await removes(mail, mail.hook.integration_id)
    await purging(mail).step()
    mail.doorstep.open()
    await mail.quiet()
    await loop_clock.wind(60)
    await mail.quiet()
    assert (len(mail.doorstep.calls), mail.deliverer._targets) == (1, {})
    assert complaints == []


async def test_a_removed_webhook_is_called_no_more_and_its_rows_are_not_read_through(mail: Mail) -> None:
    """The deliverer may come to it before anybody has told it: it lets go."""
    said = await mail.says(*map(str, range(250)))
    await removes(mail, mail.hook.integration_id)
    assert await mail.goes() == []
    assert mail.deliverer._targets == {}
    assert counted(mail, "outbox") == len(said)


async def test_what_cannot_be_cleared_now_is_cleared_later(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    purge_, tried = purging(mail), asyncio.Event()
    mail.building.bus.subscribe(purge_.hear, *purge_.HEARS)
    await mail.says("one")

    async def broken(*_: object) -> int:
        tried.set()
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(mail.building.store, "clear", broken)
        mail.building.tasks.spawn(purge_.attend())
        await removes(mail, mail.hook.integration_id)
        await tried.wait()
    await purge_.step()
    assert counted(mail, "outbox") == 0
    another = await new_hook(mail.building, "https://example.org/two")
    await mail.says("two")
    await removes(mail, another.integration_id)
    await until(lambda: counted(mail, "outbox") == 0)
