"""How a webhook is called is its own choice: alone or in batches, on which schedule, paused, or gone."""

import asyncio
from datetime import UTC, datetime
from itertools import count
from typing import Any

import orjson
import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from gateway.domain import commands as cmd
from gateway.domain import retry
from gateway.domain.model import Office, Webhook
from gateway.flow.deliver import Deliverer
from gateway.flow.letter import HIDDEN
from gateway.flow.terms import Terms
from gateway.ports import Attempt
from tests.flow.conftest import LoopClock
from tests.flow.mail import Mail, new_hook


async def choose(mail: Mail, **choices: Any) -> Webhook:
    """Changes how the webhook is called; the deliverer hears of it."""
    mail.building.bus.subscribe(mail.deliverer.hear, *mail.deliverer.HEARS)
    hook = mail.hook
    changed: Webhook = await mail.building.one(
        cmd.UpdateDelivery(
            app_id=mail.building.orders.app_id, integration_id=hook.integration_id, webhook_id=hook.id, **choices
        )
    )
    await mail.building.corridor.drained()
    return changed


async def stored(mail: Mail) -> Webhook:
    office = await mail.building.store.office(mail.building.orders.app_id)
    hook = office.webhook(mail.hook.id) if office else None
    assert hook is not None
    return hook


def attempts(mail: Mail) -> list[Attempt]:
    """All that are kept, oldest first."""
    rows = mail.building.rows("SELECT body, answered FROM attempts ORDER BY id")
    return [Attempt(**{**orjson.loads(body), "said": said}) for body, said in rows]


def states(mail: Mail) -> list[tuple[int, int | None, int]]:
    """Attempts, end, and whether it failed, of all that is kept."""
    return [tuple(it) for it in mail.building.rows("SELECT attempts, ended_at, failed FROM outbox ORDER BY id")]


# Alone or in batches


async def test_one_event_per_call(mail: Mail) -> None:
    await choose(mail, one_per_call=True)
    other = (await mail.building.one(mail.building.orders.group("ann"))).conversation.id
    said = await mail.says("one", "two", "three")
    also = await mail.says("four", "five", room=other)
    calls = await mail.goes()
    assert sorted(event for call in calls for event in call) == sorted((*said, *also))
    assert {len(call) for call in calls} == {1}
    assert [it for it in mail.doorstep.events if it in said] == said
    assert await mail.waiting() == []


async def test_batches_come_back_with_the_next_call(mail: Mail) -> None:
    await choose(mail, one_per_call=True)
    await mail.says("one", "two")
    await mail.goes()
    await choose(mail, one_per_call=False)
    said = await mail.says("three", "four")
    assert (await mail.goes())[-1] == said


# The schedule


async def test_a_webhook_has_a_schedule_of_its_own(mail: Mail, loop_clock: LoopClock) -> None:
    await choose(mail, schedule="long")
    await mail.says("one")
    mail.doorstep.answer = lambda _: 500
    await mail.goes()
    for number, interval_s in enumerate(retry.SCHEDULES["long"], 1):
        assert len(mail.doorstep.calls) == number
        await loop_clock.wind(interval_s)
        await mail.quiet()
    assert [attempts for attempts, _ in mail.given_up()] == [11]


async def test_by_standard_webhooks_a_refusal_is_tried_again(mail: Mail, loop_clock: LoopClock) -> None:
    await choose(mail, standard=True)
    (said,) = await mail.says("one")
    mail.doorstep.answer = lambda _: 404 if len(mail.doorstep.calls) == 1 else 200
    await mail.goes()
    await loop_clock.wind(retry.INTERVALS_S[0])
    await mail.quiet()
    assert mail.doorstep.events == [said, said]


# Paused, and gone


async def test_while_it_is_paused_everything_waits(mail: Mail) -> None:
    await choose(mail, paused=True)
    said = await mail.says("one", "two")
    assert await mail.goes() == []
    said += await mail.says("three")
    assert await mail.goes() == []
    assert await mail.waiting() == [(it, 0) for it in said]
    await choose(mail, paused=False)
    await mail.quiet()
    assert mail.doorstep.events == said
    assert await mail.waiting() == []


async def test_a_pause_outlasts_a_restart(mail: Mail) -> None:
    await choose(mail, paused=True)
    said = await mail.says("one")
    mail.deliverer = mail.another()
    await mail.deliverer.start()
    await mail.quiet()
    assert mail.doorstep.calls == []
    await choose(mail, paused=False)
    await mail.quiet()
    assert mail.doorstep.events == said


async def test_a_pause_in_the_middle_stops_before_the_next_call(mail: Mail) -> None:
    mail.doorstep.closed = {mail.hook.target}
    said = await mail.says("one")
    await mail.hand_over()
    await mail.doorstep.until(1)
    await choose(mail, paused=True)
    said += await mail.says("two")
    await mail.hand_over()
    mail.doorstep.open()
    await mail.quiet()
    assert mail.doorstep.events == said[:1]
    await choose(mail, paused=False)
    await mail.quiet()
    assert mail.doorstep.events == said


async def test_who_resumes_is_not_overheard_by_what_was_read_before(
    mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    await choose(mail, paused=True)
    said = await mail.says("one")
    read, resumed, office_of = asyncio.Event(), asyncio.Event(), mail.building.store.office

    async def slow(app_id: str) -> Office | None:
        found = await office_of(app_id)
        read.set()
        await resumed.wait()
        return found

    monkeypatch.setattr(mail.building.store, "office", slow)
    await mail.hand_over()
    await read.wait()
    await choose(mail, paused=False)
    resumed.set()
    await mail.quiet()
    assert mail.doorstep.events == said


async def test_by_standard_webhooks_gone_disables(mail: Mail) -> None:
    """And nothing is lost: what waits goes when it is resumed."""
    await choose(mail, standard=True)
    said = await mail.says("one", "two")
    mail.doorstep.answer = lambda _: 410
    await mail.goes()
    said += await mail.says("three")
    await mail.goes()
    assert len(mail.doorstep.calls) == 1
    pause = (await stored(mail)).delivery.paused
    assert pause is not None
    assert pause.why == "gone"
    assert await mail.waiting() == [(it, 0) for it in said]
    mail.doorstep.answer = lambda _: 200
    await choose(mail, paused=False)
    await mail.quiet()
    assert mail.doorstep.events[2:] == said


async def test_gone_is_tried_again_as_documented(mail: Mail, loop_clock: LoopClock) -> None:
    await mail.says("one")
    mail.doorstep.answer = lambda _: 410
    await mail.goes()
    await loop_clock.wind(retry.INTERVALS_S[0])
    await mail.quiet()
    assert len(mail.doorstep.calls) == 2
    assert (await stored(mail)).delivery.paused is None


async def test_what_is_paused_stays_so_since_then(mail: Mail) -> None:
    before = (await choose(mail, paused=True)).delivery.paused
    mail.building.clock.wind(60)
    after = (await choose(mail, paused=True, why="gone")).delivery.paused
    assert before == after
    assert before is not None


async def test_an_endpoint_elsewhere_is_not_to_blame(mail: Mail) -> None:
    """One that took nothing was left alone; the one that takes its place is called at once."""
    rooms = [(await mail.building.one(mail.building.orders.group("ann"))).conversation.id for _ in range(10)]
    said = [event for room in rooms for event in await mail.says("hello", room=room)]
    mail.doorstep.answer = lambda call: 200 if call.target.endswith("moved") else 500
    await mail.goes()
    for room in rooms[:5]:
        said += await mail.says("more", room=room)
        await mail.goes()
    mail.building.bus.subscribe(mail.deliverer.hear, *mail.deliverer.HEARS)
    await mail.building.one(
        cmd.UpdateWebhook(
            app_id=mail.building.orders.app_id,
            integration_id=mail.hook.integration_id,
            webhook_id=mail.hook.id,
            target="https://example.org/moved",
        )
    )
    await mail.building.corridor.drained()
    await mail.quiet()
    arrived = [event for it in mail.doorstep.calls if it.target.endswith("moved") for event in it.events]
    assert sorted(arrived) == sorted(said)


# What is written down


async def test_every_attempt_is_kept(mail: Mail, loop_clock: LoopClock) -> None:
    (said,) = await mail.says("one")
    mail.doorstep.answer = lambda _: 503 if len(mail.doorstep.calls) == 1 else 200
    begun = mail.building.clock.at
    await mail.goes()
    await loop_clock.wind(retry.INTERVALS_S[0])
    await mail.quiet()
    assert [(it.webhook_id, it.at, it.status, list(it.events)) for it in attempts(mail)] == [
        (mail.hook.id, begun, 503, [said]),
        (mail.hook.id, begun, 200, [said]),
    ]
    assert states(mail) == [(2, mail.building.clock.at, 0)]


async def test_what_is_given_up_is_kept_as_failed(mail: Mail) -> None:
    await mail.says("one")
    mail.doorstep.answer = lambda _: 404
    await mail.goes()
    assert states(mail) == [(1, mail.building.clock.at, 1)]


async def test_typing_is_not_kept(mail: Mail) -> None:
    await new_hook(mail.building, "https://example.org/dots", triggers=("conversation:typing",))
    await mail.building.one(mail.building.orders.types(mail.room, "ann"))
    await mail.goes()
    assert states(mail) == []
    assert len(attempts(mail)) == 1


async def test_where_nothing_is_to_be_kept_nothing_is(mail: Mail) -> None:
    terms = Terms(mail.building.clock.now, lambda: 0.0, keeps=False)
    mail.deliverer = Deliverer(mail.building.store, mail.doorstep, mail.building.tasks, terms, mail.disable)
    await mail.says("one")
    await mail.goes()
    assert (states(mail), attempts(mail)) == ([], [])


async def test_an_answer_is_kept_without_the_secrets_that_it_repeats(mail: Mail) -> None:
    await mail.says("one")
    secrets = (mail.hook.secret, mail.hook.delivery.signing[0].secret)
    mail.doorstep.said = f"you said {' and '.join(secrets)}! " + "x" * 1_000
    await mail.goes()
    (kept,) = attempts(mail)
    assert kept.said.startswith(f"you said {HIDDEN} and {HIDDEN}! xxx")
    assert len(kept.said) == 500


async def test_what_is_deleted_is_not_kept_to_be_told_again(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows lie between. But what waits is still told: the mirror shows what happened."""
    monkeypatch.setattr(mail.building.store, "_outbox_ids", count(1, 3_000))
    orders = mail.building.orders
    other = (await mail.building.one(orders.group("ann"))).conversation.id
    mail.doorstep.answer = lambda call: 404 if "bad" in mail.doorstep.bodies[-1].decode() else 200
    await choose(mail, one_per_call=True)
    first, *_ = await mail.says("one", "bad", "three")
    with_its_id = orders.says(mail.room, "again", metadata={"about": first})
    await mail.building.one(with_its_id)
    await mail.says("elsewhere", room=other)
    await mail.goes()
    await choose(mail, paused=True)
    (late,) = await mail.says("late")
    assert len(kept(mail)) == 6
    await mail.building.at_once(orders.deletes(mail.room, first), orders.deletes(mail.room, late))
    assert kept(mail) == ["bad", "three", "elsewhere", "late"]
    await mail.building.one(orders.clears(mail.room))
    assert kept(mail) == ["elsewhere", "late"]
    await mail.building.one(orders.removes(other))
    assert kept(mail) == ["late"]


def kept(mail: Mail) -> list[str]:
    """The texts that are there to be told, or told again."""
    return [text for (text,) in mail.building.rows("SELECT body ->> '$.message.content.text' FROM outbox ORDER BY id")]


async def test_what_was_told_is_told_again_in_its_place(mail: Mail) -> None:
    said = await mail.says("one", "two", "three")
    await mail.goes()
    await choose(mail, paused=True)
    said += await mail.says("four")
    await mail.goes()
    with mail.building.writing() as db:
        db.execute("UPDATE outbox SET ended_at = NULL WHERE event_id <> ?", (said[1],))
    mail.deliverer.look_again(mail.hook.id)
    await choose(mail, paused=False)
    await mail.quiet()
    assert mail.doorstep.events[3:] == [said[0], said[2], said[3]]


# Signed


async def test_every_attempt_is_signed_with_a_time_of_its_own(mail: Mail, loop_clock: LoopClock) -> None:
    (said,) = await mail.says("one")
    mail.doorstep.answer = lambda _: 503 if len(mail.doorstep.calls) == 1 else 200
    await mail.goes()
    mail.building.clock.wind(retry.INTERVALS_S[0])
    await loop_clock.wind(retry.INTERVALS_S[0])
    await mail.quiet()
    first, second = mail.doorstep.headers
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == retry.INTERVALS_S[0]
    assert first["webhook-id"] == second["webhook-id"] == said
    secret = mail.hook.delivery.signing[0].secret
    for headers, body in zip(mail.doorstep.headers, mail.doorstep.bodies, strict=True):
        at = int(headers["webhook-timestamp"])
        assert headers["webhook-signature"] == _signature(secret, headers["webhook-id"], at, body)
        assert secret not in str(headers)


def _signature(secret: str, call_id: str, at: int, body: bytes) -> str:
    """As the receiver's library makes it."""
    return Verifier(secret).sign(call_id, datetime.fromtimestamp(at, UTC), body.decode())
