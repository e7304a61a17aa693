"""What webhooks are due reaches them, in order per conversation, and nobody waits for the dead (law 7)."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from tests.house_under_test import House, Json, opened
from tests.receiver import Receiver, receiving

AT_ONCE = ",".join(["0"] * 4)
SOON = ",".join(["0.02"] * 500)
MESSAGES = "conversation:message"


def text(event: Json) -> str:
    return str(event["payload"]["message"]["content"]["text"])


def texts(events: Iterable[Json], room: str | None = None) -> list[str]:
    return [text(it) for it in events if room in (None, it["payload"]["conversation"]["id"])]


def called_with(receiver: Receiver, said: str) -> int:
    """How often a call carried this text."""
    return sum(said in texts(call["events"]) for call in receiver.calls)


async def chatter(house: House, room: str, count: int) -> None:
    """The business posts so many texts at once."""
    await asyncio.gather(*(house.says(room, f"{room} {number}") for number in range(count)))


async def test_a_failing_conversation_keeps_its_order_and_holds_up_no_other(tmp_path: Path, receiver: Receiver) -> None:
    async with opened(tmp_path, webhook_intervals_s=SOON) as house:
        await house.webhook(receiver.url, MESSAGES)
        ill, well = await house.group(), await house.group()
        receiver.answer = lambda call: 503 if call["events"][0]["payload"]["conversation"]["id"] == ill else 200
        for number in range(5):
            await house.says(ill, f"ill {number}")
            await house.says(well, f"well {number}")
        await receiver.until(lambda: len(receiver.events) == 5)
        assert texts(receiver.events) == [f"well {number}" for number in range(5)]
        receiver.answer = 200
        await receiver.until(lambda: len(receiver.events) == 10)
        assert texts(receiver.events, ill) == [f"ill {number}" for number in range(5)]


async def test_a_call_that_hangs_holds_up_no_other_conversation(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, MESSAGES)
    stuck, free = await house.group(), await house.group()
    receiver.held = lambda call: call["events"][0]["payload"]["conversation"]["id"] == stuck
    receiver.gate.clear()
    await house.says(stuck, "stuck")
    await receiver.until(lambda: receiver.arrived)
    await house.says(free, "free")
    await receiver.until(lambda: receiver.events)
    receiver.gate.set()
    await receiver.until(lambda: len(receiver.events) == 2)
    assert texts(receiver.events) == ["free", "stuck"]


async def test_an_unsteady_endpoint_gets_each_event_once_and_in_order(tmp_path: Path, receiver: Receiver) -> None:
    """Two of five calls fail; what is accepted is each conversation's history."""
    dice = Random(1)
    receiver.answer = lambda _: 503 if dice.random() < 0.4 else 200
    async with opened(tmp_path, webhook_intervals_s=SOON) as house:
        await house.webhook(receiver.url, MESSAGES)
        rooms = [await house.group() for _ in range(4)]
        for _ in range(5):
            await asyncio.gather(*(chatter(house, room, 5) for room in rooms))
            await house.mirrored()
        for room in rooms:
            assert texts(receiver.events, room) == [it["content"]["text"] for it in await house.messages(room)]
    told = defaultdict(list)
    for call in receiver.calls:
        for event in call["events"]:
            told[event["id"]].append(event)
    assert len(told) == 100
    assert all(attempts[1:] == attempts[:-1] for attempts in told.values())
    assert max(map(len, told.values())) > 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406])
async def test_an_event_is_never_sent_again_after(tmp_path: Path, receiver: Receiver, status: int) -> None:
    receiver.answer = lambda call: status if text(call["events"][0]) == "unwanted" else 200
    async with opened(tmp_path, webhook_intervals_s=AT_ONCE) as house:
        await house.webhook(receiver.url, MESSAGES)
        room = await house.group()
        await house.says(room, "unwanted")
        await receiver.until(lambda: receiver.calls)
        await house.says(room, "next")
        await receiver.until(lambda: receiver.events)
    assert called_with(receiver, "unwanted") == 1
    assert texts(receiver.events) == ["next"]


async def test_a_refused_event_takes_no_other_with_it(tmp_path: Path, receiver: Receiver) -> None:
    """A call of many events is refused for the sake of one: the others are still delivered, once."""
    receiver.answer = lambda call: 400 if "unwanted" in texts(call["events"]) else 200
    async with opened(tmp_path, webhook_intervals_s=AT_ONCE) as house:
        await house.webhook(receiver.url, MESSAGES)
        room = await house.group()
        receiver.gate.clear()
        for said in ("first", "one", "two", "unwanted", "three", "four"):
            await house.says(room, said)
        receiver.gate.set()
        await receiver.until(lambda: len(receiver.events) == 5)
    assert texts(receiver.events) == ["first", "one", "two", "three", "four"]


@pytest.mark.parametrize("status", [302, 408, 409, 410, 429, 500, 502, 503])
async def test_an_event_is_tried_five_times_after(tmp_path: Path, receiver: Receiver, status: int) -> None:
    receiver.answer = lambda call: status if text(call["events"][0]) == "unlucky" else 200
    async with opened(tmp_path, webhook_intervals_s=AT_ONCE) as house:
        await house.webhook(receiver.url, MESSAGES)
        room = await house.group()
        await house.says(room, "unlucky")
        await house.says(room, "next")
        await receiver.until(lambda: receiver.events)
    assert called_with(receiver, "unlucky") == 5
    assert texts(receiver.events) == ["next"]


async def test_an_endpoint_that_does_not_answer_in_time_is_asked_again(tmp_path: Path, receiver: Receiver) -> None:
    async with opened(tmp_path, webhook_intervals_s=SOON, webhook_timeout_s=0.1) as house:
        await house.webhook(receiver.url, MESSAGES)
        room = await house.group()
        receiver.gate.clear()
        await house.says(room, "patience")
        await receiver.until(lambda: receiver.arrived >= 3)
        receiver.gate.set()
        await receiver.until(lambda: receiver.events)
        assert texts(receiver.events) == ["patience"]


async def test_an_endpoint_that_is_not_there_yet(tmp_path: Path) -> None:
    async with opened(tmp_path, webhook_intervals_s=SOON) as house:
        async with receiving() as receiver:
            port = int(receiver.url.rsplit(":", 1)[1].split("/")[0])
        await house.webhook(receiver.url, MESSAGES)
        room = await house.group()
        await chatter(house, room, 3)
        async with receiving(port) as receiver:
            await receiver.until(lambda: len(receiver.events) == 3)
            assert texts(receiver.events) == [it["content"]["text"] for it in await house.messages(room)]


async def test_a_dead_endpoint_slows_no_other(house: House, receiver: Receiver) -> None:
    """All that may be under way to the dead one hangs, for the whole of its twenty seconds."""
    async with receiving() as dead:
        dead.gate.clear()
        await house.webhook(dead.url, MESSAGES)
        await house.webhook(receiver.url, MESSAGES)
        rooms = [await house.group() for _ in range(12)]
        await asyncio.gather(*(chatter(house, room, 5) for room in rooms))
        await dead.until(lambda: dead.arrived)
        await receiver.until(lambda: len(receiver.events) == 60)
        for room in rooms:
            assert texts(receiver.events, room) == [it["content"]["text"] for it in await house.messages(room)]
        assert dead.calls == []
        dead.gate.set()
        await dead.until(lambda: len(dead.events) == 60)


async def test_a_call_carries_what_waits(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, MESSAGES)
    rooms = [await house.group(), await house.group()]
    receiver.gate.clear()
    await asyncio.gather(*(chatter(house, room, 30) for room in rooms))
    receiver.gate.set()
    await receiver.until(lambda: len(receiver.events) == 60)
    sizes = [len(call["events"]) for call in receiver.calls]
    assert 1 < max(sizes) <= 100
    for room in rooms:
        assert texts(receiver.events, room) == [it["content"]["text"] for it in await house.messages(room)]


async def test_what_was_due_at_a_stop_is_delivered_after_the_start(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answer = 503
    async with opened(tmp_path, webhook_intervals_s=SOON) as house:
        await house.webhook(receiver.url, MESSAGES)
        rooms = [await house.group() for _ in range(3)]
        for room in rooms:
            await chatter(house, room, 25)
        await receiver.until(lambda: receiver.calls)
    receiver.answer = 200
    async with opened(tmp_path, webhook_intervals_s=SOON) as house:
        await receiver.until(lambda: len(receiver.events) == 75)
        for room in rooms:
            assert texts(receiver.events, room) == [it["content"]["text"] for it in await house.messages(room)]
        await house.says(rooms[0], "and on")
        await receiver.until(lambda: texts(receiver.events)[-1] == "and on")


async def test_a_call_under_way_at_a_stop_is_finished(tmp_path: Path, receiver: Receiver) -> None:
    async with opened(tmp_path) as house:
        await house.webhook(receiver.url, MESSAGES)
        room = await house.group()
        receiver.gate.clear()
        await house.says(room, "last words")
        await receiver.until(lambda: receiver.arrived)
        asyncio.get_running_loop().call_later(0.2, receiver.gate.set)
    assert texts(receiver.events) == ["last words"]
    async with opened(tmp_path) as house:
        await house.says(room, "first words")
        await receiver.until(lambda: len(receiver.events) == 2)
    assert texts(receiver.events) == ["last words", "first words"]


async def test_a_removed_webhook_gets_nothing_that_was_still_due(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answer = 503
    async with opened(tmp_path, webhook_intervals_s=SOON) as house:
        gone = await house.webhook(receiver.url, MESSAGES)
        room = await house.group()
        await house.says(room, "too late")
        await receiver.until(lambda: receiver.calls)
        await house.rest("DELETE", f"/integrations/{gone['id']}")
        await house.webhook(receiver.url, MESSAGES)
        receiver.answer = 200
        await house.says(room, "in time")
        await receiver.until(lambda: receiver.events)
        assert texts(receiver.events) == ["in time"]


async def test_a_changed_target_gets_what_is_still_due(tmp_path: Path, receiver: Receiver) -> None:
    async with opened(tmp_path, webhook_intervals_s=SOON) as house:
        async with receiving() as old:
            old.answer = 503
            integration = await house.webhook(old.url, MESSAGES)
            await house.says(await house.group(), "moved")
            await old.until(lambda: old.calls)
        webhook = f"/integrations/{integration['id']}/webhooks/{integration['webhooks'][0]['id']}"
        await house.rest("PATCH", webhook, {"target": receiver.url})
        await receiver.until(lambda: receiver.events)
        assert texts(receiver.events) == ["moved"]


async def test_a_webhook_gets_only_the_triggers_it_named(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:leave", "conversation:read")
    room = await house.group("ann", "bob")
    await house.says(room, "hi")
    await house.acts(room, "conversation:read", "ann")
    await house.joins("cyd", room)
    await house.leaves("cyd", room)
    await receiver.until(lambda: len(receiver.events) == 2)
    assert [it["type"] for it in receiver.events] == ["conversation:read", "conversation:leave"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"])
async def test_an_address_in_a_network_that_is_not_allowed_is_never_called(
    tmp_path: Path, receiver: Receiver, host: str
) -> None:
    """The forbidden webhook has the elder claim on the event, and five attempts at it."""
    settings = {"allowed_networks": "127.0.0.2/32", "webhook_intervals_s": AT_ONCE}
    async with opened(tmp_path, **settings) as house:
        await house.webhook(receiver.url.replace("127.0.0.1", host), MESSAGES)
        room = await house.group()
        await house.says(room, "inside only")
        await house.mirrored()
    assert receiver.arrived == 0


async def test_a_redirect_is_not_followed(tmp_path: Path, receiver: Receiver) -> None:
    async with receiving() as elsewhere, opened(tmp_path, webhook_intervals_s=AT_ONCE) as house:
        receiver.redirect = elsewhere.url
        await house.webhook(receiver.url, MESSAGES)
        await house.says(await house.group(), "hi")
        await house.mirrored()
        assert len(receiver.calls) == 5
        assert elsewhere.arrived == 0
