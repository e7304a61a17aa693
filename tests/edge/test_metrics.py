"""The mirror's numbers at `/metrics`, as what Prometheus reads."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.domain.commands import UpdateDelivery
from gateway.edge.sockets import Doors
from gateway.flow.metrics import METRICS, Readings, readings
from tests.edge.premises import NOBODY
from tests.house_under_test import House, Json, opened
from tests.receiver import Receiver

Numbers = dict[tuple[str, ...], float]


async def text(house: House) -> str:
    async with house.http.get(f"{house.url}/metrics") as answer:
        assert answer.status == 200
        return await answer.text()


async def numbers(house: House, name: str) -> Numbers:
    """What a metric shows, by the values of its labels."""
    families = text_string_to_metric_families(await text(house))
    samples = [it for family in families for it in family.samples if it.name == f"gateway_webhook_{name}"]
    return {tuple(it.labels.values()): it.value for it in samples}


async def number(house: House, name: str) -> float:
    return (await numbers(house, name))[()]


async def settled(house: House) -> None:
    """Until no call is under way, and what came of them is written down."""
    while calls := house.flow.deliverer._calls:
        await asyncio.wait(calls)
    await house.flow.deliverer._settling.done()


def hook_of(house: House, integration: Json) -> tuple[str, str]:
    """By which a webhook is known at `/metrics`."""
    return house.app_id, integration["webhooks"][0]["id"]


async def delivery(house: House, integration: Json, **changes: Any) -> None:
    named = {"integration_id": integration["id"], "webhook_id": integration["webhooks"][0]["id"]}
    await house.flow.corridor.execute(UpdateDelivery(app_id=house.app_id, **named, **changes))


async def test_what_is_shown_is_what_the_table_says(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:message")
    await house.says(await house.group("ann"), "one")
    await house.mirrored()
    await settled(house)
    families = list(text_string_to_metric_families(await text(house)))
    shown = [(it.name + "_total" * (it.type == "counter"), it.type, it.documentation) for it in families]
    assert shown == [(it.name, it.kind, it.sentence) for it in METRICS]
    labels = {it.name: set(it.labels) for it in METRICS}
    for family in families:
        for sample in family.samples:
            name = sample.name.removesuffix("_bucket").removesuffix("_count").removesuffix("_sum")
            assert set(sample.labels) <= labels[name]


async def test_what_was_delivered_is_counted_with_the_time_it_took(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:message")
    assert await numbers(house, "events_total") == {("delivered",): 0, ("given_up",): 0, ("dropped",): 0}
    assert await numbers(house, "recent_lag_seconds") == {}
    room = await house.group("ann")
    for text in ("one", "two", "three"):
        await house.says(room, text)
    await house.mirrored()
    await settled(house)
    assert await numbers(house, "events_total") == {("delivered",): 3, ("given_up",): 0, ("dropped",): 0}
    assert await numbers(house, "attempts_total") == {("delivered", "2xx"): len(receiver.calls)}
    buckets = await numbers(house, "delivery_lag_seconds_bucket")
    assert list(buckets.values()) == sorted(buckets.values())
    assert (buckets["30.0",], buckets["+Inf",]) == (3, 3)
    assert await number(house, "delivery_lag_seconds_count") == 3
    assert 0 <= await number(house, "delivery_lag_seconds_sum") < 90
    recent = await numbers(house, "recent_lag_seconds")
    assert 0 <= recent["0.5",] <= recent["0.99",] < 30


async def test_what_waits_is_shown_for_each_webhook(house: House, receiver: Receiver) -> None:
    """Also what waits for one that is paused."""
    called = await house.webhook(receiver.url, "conversation:message")
    paused = await house.webhook(receiver.url, "conversation:message", "conversation:join")
    await delivery(house, paused, paused=True)
    receiver.gate.clear()
    room = await house.group("ann")
    await house.joins("bob", room)
    await house.says(room, "one")
    await receiver.until(lambda: receiver.arrived)
    await house.says(room, "two")
    assert await numbers(house, "waiting_events") == {hook_of(house, paused): 3, hook_of(house, called): 2}
    oldest = await numbers(house, "oldest_waiting_seconds")
    assert oldest.keys() == {hook_of(house, called), hook_of(house, paused)}
    assert 0 <= oldest[hook_of(house, called)] <= oldest[hook_of(house, paused)] < 60
    assert (await number(house, "behind"), await number(house, "backlog_events")) == (2, 5)
    assert await number(house, "calls_in_flight") == 1
    receiver.gate.set()
    await receiver.until(lambda: len(receiver.events) == 2)
    await settled(house)
    assert await numbers(house, "waiting_events") == {hook_of(house, paused): 3}
    assert await number(house, "calls_in_flight") == 0


async def test_the_webhooks_that_are_shown_are_bounded(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "SHOWN", 2)
    room = await house.group("ann")
    hooks = []
    for text in ("one", "two", "three"):
        hooks.append(await house.webhook(receiver.url, "conversation:message"))
        await delivery(house, hooks[-1], paused=True)
        await house.says(room, text)
    assert await numbers(house, "waiting_events") == {hook_of(house, hooks[0]): 3, hook_of(house, hooks[1]): 2}
    assert len(await numbers(house, "oldest_waiting_seconds")) == 2
    assert (await number(house, "behind"), await number(house, "backlog_events")) == (3, 6)


@pytest.mark.parametrize(
    ("status", "outcome", "given_up"), [(400, "failed", 1), (503, "retried", 0), (302, "retried", 0)]
)
async def test_what_fails_is_counted_by_what_comes_of_it(
    house: House, receiver: Receiver, status: int, outcome: str, given_up: int
) -> None:
    receiver.answer = status
    await house.webhook(receiver.url, "conversation:message")
    await house.says(await house.group("ann"), "one")
    await receiver.until(lambda: receiver.calls)
    await settled(house)
    assert await numbers(house, "attempts_total") == {(outcome, f"{status // 100}xx"): 1}
    assert (await numbers(house, "events_total"))["given_up",] == given_up
    assert await number(house, "delivery_lag_seconds_count") == 0


async def test_what_is_replayed_is_counted_and_delivered_once_more(house: House, receiver: Receiver) -> None:
    receiver.answer = 400
    hook = await house.webhook(receiver.url, "conversation:message")
    room = await house.group("ann")
    for count, text in enumerate(("one", "two"), 1):
        await house.says(room, text)
        await receiver.until(lambda count=count: len(receiver.calls) == count)  # type: ignore[misc]
    await settled(house)
    receiver.answer = 200
    path = f"/integrations/{hook['id']}/webhooks/{hook['webhooks'][0]['id']}/replay"
    assert (await house.rest("POST", path, {"failed": True})).body == {"replayed": 2}
    await receiver.until(lambda: len(receiver.events) == 2)
    await settled(house)
    assert await number(house, "replayed_events_total") == 2
    assert await numbers(house, "events_total") == {("delivered",): 2, ("given_up",): 2, ("dropped",): 0}


async def test_an_endpoint_that_is_no_more_is_counted_once(house: House, receiver: Receiver) -> None:
    receiver.answer = 410
    hook = await house.webhook(receiver.url, "conversation:message")
    await delivery(house, hook, standard=True)
    await house.says(await house.group("ann"), "one")
    await receiver.until(lambda: receiver.calls)
    await settled(house)
    assert await numbers(house, "attempts_total") == {("disabled", "4xx"): 1}
    assert await number(house, "disabled_total") == 1
    assert await numbers(house, "waiting_events") == {hook_of(house, hook): 1}


async def test_an_endpoint_that_is_left_alone_is_an_open_circuit(house: House, receiver: Receiver) -> None:
    receiver.answer = 500
    hook = await house.webhook(receiver.url, "conversation:message")
    for count, name in enumerate(("ann", "bob", "cat", "dan", "eve"), 1):
        await house.says(await house.group(name), "one")
        await receiver.until(lambda count=count: len(receiver.calls) == count)  # type: ignore[misc]
        await settled(house)
    assert house.flow.deliverer.circuit_of(hook["webhooks"][0]["id"]).state(house.flow.now()) == "open"
    assert await numbers(house, "circuits") == {("closed",): 0, ("open",): 1, ("half_open",): 0}


async def test_calls_that_reached_nobody_are_told_apart(house: House) -> None:
    await house.webhook(NOBODY, "conversation:message")
    await house.says(await house.group("ann"), "one")
    async with asyncio.timeout(10):
        while not (counted := await numbers(house, "attempts_total")):
            pass
    await settled(house)
    assert counted == {("retried", "unreached"): 1}
    assert await numbers(house, "circuits") == {("closed",): 0, ("open",): 1, ("half_open",): 0}
    assert await number(house, "backlog_events") == 1


async def test_nothing_that_is_secret_is_shown(house: House, receiver: Receiver) -> None:
    hook = (await house.webhook(receiver.url, "conversation:message"))["webhooks"][0]
    receiver.answer = 500
    await house.says(await house.group("ann"), "one")
    await receiver.until(lambda: receiver.calls)
    shown = await text(house)
    assert hook["id"] in shown
    assert [it for it in (hook["secret"], receiver.url, "127.0.0.1", "ann", "whsec_") if it in shown] == []


async def test_whoever_asks_at_once_shares_a_look_that_began_after_they_asked(tmp_path: Path) -> None:
    """So that many who ask take no more than one reader from the rest."""
    async with opened(tmp_path / "data") as house:
        store, looks, begun, gate = house.flow.store, [], asyncio.Event(), asyncio.Event()
        behind = type(store).behind

        async def slow(limit: int) -> object:
            looks.append(limit)
            begun.set()
            await gate.wait()
            return await behind(store, limit)

        store.behind = slow  # type: ignore[method-assign,assignment]
        look = Readings(house.flow, Doors(house.flow, 1))
        first = asyncio.ensure_future(look())
        await begun.wait()
        others = [asyncio.ensure_future(look()) for _ in range(5)]
        gate.set()
        told = await asyncio.gather(first, *others)
        assert len(looks) == 2
        assert len({id(it) for it in told[1:]}) == 1
        assert told[0] is not told[1]


def test_names_are_told_apart_and_say_what_counts() -> None:
    names = [it.name for it in METRICS]
    assert len(set(names)) == len(names)
    assert all(it.name.endswith("_total") == (it.kind == "counter") for it in METRICS)
