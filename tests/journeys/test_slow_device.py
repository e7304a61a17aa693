"""A device that does not read costs a bounded amount of memory and nobody's patience (law 6)."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from gateway import bootstrap
from gateway.edge import sockets
from gateway.edge.sockets import Doors
from tests.house_under_test import Device, House, opened
from tests.journeys.bare import Bare

UNSENT = 200_000
DICE = Random(1)


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> list[Doors]:
    """The doors of the house under test, to see how much waits behind them."""
    made: list[Doors] = []

    class Watched(Doors):
        def __init__(self, *args: object) -> None:
            super().__init__(*args)  # type: ignore[arg-type]
            made.append(self)

    monkeypatch.setattr(bootstrap, "Doors", Watched)
    return made


@pytest.fixture
async def house(tmp_path: Path, doors: list[Doors]) -> AsyncIterator[House]:
    async with opened(tmp_path, max_unsent_bytes=UNSENT, commands_per_second=100_000) as house:
        yield house


def noise() -> str:
    """What no compression makes small: 4096 characters."""
    return base64.b64encode(DICE.randbytes(3072)).decode()


def waiting(doors: list[Doors]) -> int:
    """The most bytes that wait for one device."""
    return max((it._transport.get_write_buffer_size() for it in doors[0].open), default=0)


async def stalled(house: House, bare: Bare) -> None:
    """Ann is there, and reads no more."""
    await bare.say({"type": "hello", "id": 1, "device": {"guid": "stalled"}, "auth": {"jwt": house.token("ann")}})
    await bare.until("welcome")


async def talk_until(goes: asyncio.Event, room: str, speaker: Device, *listeners: Device) -> int:
    """Bob talks, and everybody else listens without falling behind; gives how much was said."""
    said = 0
    while not goes.is_set():
        for _ in range(20):
            await speaker.sends(room, noise())
        said += 20
        for device in listeners:
            assert len({it["seq"] for it in await device.events("conversation:message", 20)}) == 20
        assert said < 20_000, "the gateway keeps on filling its memory"
    return said


async def test_a_stalled_device_is_cut_off_and_the_others_hear_everything(
    house: House, doors: list[Doors], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "LINGER_S", 0.1)
    room = await house.group("ann", "bob", "cyd")
    bob, cyd = await house.device("bob"), await house.device("cyd")
    async with Bare.plugged(house, receive_buffer=4096) as bare:
        await stalled(house, bare)
        gone, most = asyncio.Event(), 0

        async def watch() -> None:
            nonlocal most
            while len(doors[0].open) == 3:
                most = max(most, waiting(doors))
                await asyncio.sleep(0)
            gone.set()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(watch())
            await talk_until(gone, room, bob, cyd)
        assert UNSENT / 2 < most < UNSENT * 1.5


async def test_a_slow_device_that_reads_again_is_told_why_and_resumes_completely(
    house: House, doors: list[Doors], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "LINGER_S", 30)
    room = await house.group("ann", "bob")
    bob = await house.device("bob")
    async with Bare.plugged(house, receive_buffer=4096) as bare:
        await stalled(house, bare)
        slow, dismiss = asyncio.Event(), sockets.DeviceConnection.close
        monkeypatch.setattr(
            sockets.DeviceConnection, "close", lambda device, why: (slow.set(), dismiss(device, why))[1]
        )
        said = await talk_until(slow, room, bob)
        for _ in range(100):
            await bob.sends(room, noise())
        heard = []
        while (frame := await bare.next())["type"] == "event":
            heard.append(frame["seq"])
    assert (frame["type"], frame["code"], frame["reason"], frame["comeBack"]) == ("goodbye", 4008, "slow", True)
    assert frame["afterSeconds"] > 0
    assert heard == list(range(2, len(heard) + 2))
    assert len(heard) < said

    monkeypatch.setattr(sockets.DeviceConnection, "close", dismiss)
    positions = {"epoch": bob.welcome["epoch"], "seq": {room: heard[-1]}}
    back = await house.device("ann", "stalled", positions=positions)
    assert back.welcome["recovered"] == {room: True}
    told = [(await back.frame())["seq"] for _ in range(said + 100 - len(heard))]
    assert heard + told == list(range(2, said + 102))
    await bob.sends(room, "live")
    assert (await back.frame())["seq"] == said + 102


async def test_what_was_asked_for_may_be_larger_than_what_may_wait(house: House) -> None:
    """A long history, or much that was missed, is no reason to send a device away that reads."""
    room = await house.group("ann", "bob")
    bob = await house.device("bob")
    for _ in range(100):
        await bob.sends(room, noise())
    positions = {"epoch": bob.welcome["epoch"], "seq": {room: 1}}
    ann = await house.device("ann", positions=positions)
    assert [(await ann.frame())["seq"] for _ in range(100)] == list(range(2, 102))
    assert len((await ann.ask("message:list", conversationId=room))["result"]["messages"]) == 100
    assert len((await ann.ask("events:since", conversationId=room, seq=1))["result"]["events"]) == 100
