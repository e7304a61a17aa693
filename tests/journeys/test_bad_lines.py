"""Devices behind networks that are late, that break, and that go dead without a word."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

import pytest

from clients.python import Backoff, Event
from clients.python import Device as Client
from gateway.edge import sockets
from tests.house_under_test import House, opened
from tests.journeys.watch import Watch, watching
from tests.proxy import Proxy, Way, between

DICE = Random(6)
LATENCY_S = 0.05
CUT_EVERY_S = 0.04
PEOPLE = [f"guest{it}" for it in range(10)]
SPEAKERS = PEOPLE[:4]
WORDS = 12  # that each speaker says


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return watching(monkeypatch)


@pytest.fixture
async def house(tmp_path: Path, watch: Watch) -> AsyncIterator[House]:
    async with opened(tmp_path, commands_per_second=100_000) as house:
        yield house


@pytest.fixture
async def line(house: House) -> AsyncIterator[Proxy]:
    async with between(house.url) as line:
        yield line


async def test_a_line_that_passes_single_bytes_is_as_good_as_any(house: House, line: Proxy) -> None:
    room = await house.group("ann", "bob")
    line.up.piece = line.down.piece = 1
    bob, ann = await house.device("bob"), await house.device("ann", port=line.port)
    text = "é€😀" * 200
    await ann.sends(room, text)
    await bob.sends(room, text)
    for device in (ann, bob):
        heard = await device.events("conversation:message", 2)
        assert [it["event"]["payload"]["message"]["content"]["text"] for it in heard] == [text, text]
        assert [it["seq"] for it in heard] == [2, 3]


@pytest.mark.parametrize("dead", ["both ways", "to the gateway"])
async def test_a_dead_line_is_noticed_by_the_pings_that_nobody_answers(
    house: House, line: Proxy, watch: Watch, monkeypatch: pytest.MonkeyPatch, dead: str
) -> None:
    """The device hears of it only where the other way still works, and resumes what it missed."""
    monkeypatch.setattr(sockets, "LINGER_S", 0.1)
    room = await house.group("ann", "bob")
    bob, ann = await house.device("bob"), await house.device("ann", port=line.port)
    await bob.sends(room, "heard")
    await ann.event("conversation:message")
    line.up.swallows, line.down.swallows = True, dead == "both ways"
    for text in ("missed", "missed too"):
        await bob.sends(room, text)
    for _ in range(4):
        assert not watch.left.is_set()
        await bob.ask("ping")
        watch.beat()
    async with asyncio.timeout(5):
        await watch.left.wait()
    if dead == "to the gateway":
        goodbye, _ = await ann.goodbye()
        assert goodbye is not None
        assert (goodbye["code"], goodbye["comeBack"]) == (4010, True)
    back = await house.device("ann", positions={"epoch": bob.welcome["epoch"], "seq": {room: 2}})
    assert back.welcome["recovered"] == {room: True}
    assert [it["seq"] for it in await back.events("conversation:message", 2)] == [3, 4]


async def test_a_device_that_comes_back_before_its_dead_line_was_noticed_misses_nothing(
    house: House, line: Proxy, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "LINGER_S", 0.1)
    room = await house.group("ann", "bob")
    bob, ann = await house.device("bob"), await house.device("ann", port=line.port)
    line.half_open()
    await bob.sends(room, "into the dead line")
    back = await house.device("ann", positions={"epoch": ann.welcome["epoch"], "seq": {room: 1}})
    await bob.sends(room, "live")
    assert [it["seq"] for it in await back.events("conversation:message", 2)] == [2, 3]
    async with asyncio.timeout(5):
        await watch.left.wait()
    assert len(watch.open) == 2
    await back.ask("ping")


async def test_a_message_whose_answer_was_lost_is_said_again_and_heard_once(house: House, line: Proxy) -> None:
    room = await house.group("ann", "bob")
    bob, ann = await house.device("bob"), await house.device("ann", port=line.port)
    line.down.swallows = True
    content = {"type": "text", "text": "once"}
    await ann.say("message:send", conversationId=room, content=content, clientMessageId="mine")
    first = await bob.event("conversation:message")
    line.cut()
    line.down.swallows = False
    back = await house.device("ann", port=line.port)
    again = await back.sends(room, "once", "mine")
    assert (again["duplicate"], again["message"]["id"]) == (True, first["event"]["payload"]["message"]["id"])
    await bob.nothing_more()


# A fleet


async def heard_until(device: Client, room: str, last: asyncio.Future[int]) -> list[Event]:
    """All that is heard of a room, up to the event that will turn out to be the last."""
    heard: list[Event] = []
    async for it in device.events():
        assert isinstance(it, Event), it
        if it.conversation_id == room:
            heard.append(it)
        if last.done() and heard and heard[-1].seq == last.result():
            return heard
    raise AssertionError("the device has ended")


async def speak(device: Client, room: str) -> None:
    for number in range(WORDS):
        await device.send(room, f"{device.guid} says {number}")


async def cutting(line: Proxy) -> None:
    """Links break, one at a time, for ever."""
    while True:
        await asyncio.sleep(CUT_EVERY_S)
        if line.links:
            DICE.choice(line.links).cut()


async def test_a_fleet_on_lines_that_are_late_and_break_hears_everything_once_and_in_order(house: House) -> None:
    room = await house.group(*PEOPLE)
    async with AsyncExitStack() as stack, asyncio.timeout(60):
        line = await stack.enter_async_context(between(house.url, Way(LATENCY_S), Way(LATENCY_S)))
        url, web = f"http://127.0.0.1:{line.port}", house.integrations["web"]
        fleet = [
            Client(url, web, jwt=house.token(name), guid=name, backoff=Backoff(base_s=0.01, cap_s=0.1))
            for name in PEOPLE
        ]
        await asyncio.gather(*(stack.enter_async_context(it) for it in fleet))
        last: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        async with asyncio.TaskGroup() as tasks:
            listening = [tasks.create_task(heard_until(it, room, last)) for it in fleet]
            cuts = tasks.create_task(cutting(line))
            async with asyncio.TaskGroup() as talk:
                for device in fleet[: len(SPEAKERS)]:
                    talk.create_task(speak(device, room))
            cuts.cancel()
            line.cut()
            bob = await house.device("guest9", "another")
            last.set_result((await bob.sends(room, "that was all"))["seq"])
        assert line.made > 2 * len(fleet)
    stored = [it["id"] for it in await house.history(room)]
    assert len(stored) == len(SPEAKERS) * WORDS + 1
    for listened in listening:
        heard = listened.result()
        assert [it.seq for it in heard] == list(range(2, last.result() + 1))
        assert [it.payload["message"]["id"] for it in heard if it.type == "conversation:message"] == stored
