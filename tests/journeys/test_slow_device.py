"""A device that does not read costs a bounded amount of memory and nobody's patience (law 6)."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from random import Random

import pytest
from websockets.frames import Close, Opcode

from gateway.edge import sockets
from tests.house_under_test import Device, House, opened
from tests.journeys.bare import masked
from tests.journeys.watch import Watch, watching
from tests.proxy import Proxy, between

UNSENT = 200_000
KERNEL = 4096  # bytes that the network takes in for a device that does not read
DICE = Random(1)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return watching(monkeypatch)


@pytest.fixture
async def house(tmp_path: Path, watch: Watch) -> AsyncIterator[House]:
    async with opened(tmp_path, max_unsent_bytes=UNSENT, commands_per_second=100_000) as house:
        yield house


@pytest.fixture
async def line(house: House) -> AsyncIterator[Proxy]:
    """What the slow device connects through."""
    async with between(house.url, buffer_bytes=KERNEL) as line:
        yield line


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a goodbye a device has little time to read it."""
    monkeypatch.setattr(sockets, "LINGER_S", 0.1)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a goodbye a device has much time to read it."""
    monkeypatch.setattr(sockets, "LINGER_S", 30)


def noise() -> str:
    """What no compression makes small: 4096 characters."""
    return base64.b64encode(DICE.randbytes(3072)).decode()


async def talk(until: Callable[[], bool], watch: Watch, room: str, *people: Device) -> tuple[int, int]:
    """The first talks and all keep up; gives how much was said, and how many bytes waited for a device at most."""
    said = most = 0
    while not until():
        for _ in range(10):
            await people[0].sends(room, noise())
            most = max(most, watch.waiting)
        said += 10
        for device in people:
            assert len({it["seq"] for it in await device.events("conversation:message", 10)}) == 10
        assert said < 20_000, "the gateway keeps on filling its memory"
    return said, most


async def test_a_stalled_device_is_cut_off_and_the_others_hear_everything(
    house: House, watch: Watch, line: Proxy, hasty: None
) -> None:
    room = await house.group("ann", "bob", "cyd")
    bob, cyd = await house.device("bob"), await house.device("cyd")
    await house.device("ann", port=line.port)
    line.down.stall()
    _, most = await talk(watch.left.is_set, watch, room, bob, cyd)
    assert UNSENT / 2 < most < UNSENT * 1.5
    assert len(watch.open) == 2


async def test_a_slow_device_that_reads_again_is_told_why_and_resumes_completely(
    house: House, watch: Watch, line: Proxy, patient: None
) -> None:
    room = await house.group("ann", "bob")
    bob, ann = await house.device("bob"), await house.device("ann", port=line.port)
    line.down.stall()
    said, _ = await talk(lambda: watch.sent_away, watch, room, bob)
    for _ in range(100):
        await bob.sends(room, noise())
    line.down.flow()
    goodbye, code = await ann.goodbye()
    assert goodbye is not None
    assert (goodbye["code"], code, goodbye["reason"], goodbye["comeBack"]) == (4008, 4008, "slow", True)
    assert goodbye["afterSeconds"] > 0
    heard = [it["seq"] for it in ann.heard[:-1]]
    assert heard == list(range(2, len(heard) + 2))
    assert len(heard) < said

    positions = {"epoch": bob.welcome["epoch"], "seq": {room: heard[-1]}}
    back = await house.device("ann", positions=positions)
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


async def test_pongs_that_nobody_reads_are_bounded_too(house: House, watch: Watch, line: Proxy, hasty: None) -> None:
    ann = await house.device("ann", port=line.port)
    line.down.stall()
    pings = masked(Opcode.PING, bytes(125)) * 500
    most, sent = 0, 0
    while not watch.left.is_set():
        if not ann.socket.transport.get_write_buffer_size():
            ann.socket.transport.write(pings)
            sent += len(pings)
        await asyncio.sleep(0)
        most = max(most, watch.waiting)
        assert sent < 50_000_000, "the gateway keeps on filling its memory"
    assert most < UNSENT * 1.5


@pytest.mark.parametrize("way", ["a close frame", "the end of the stream"])
async def test_who_ends_it_and_does_not_read_is_hung_up_on(
    house: House, watch: Watch, line: Proxy, hasty: None, way: str
) -> None:
    """Its last bytes would wait for it for ever."""
    room = await house.group("ann", "bob")
    bob, ann = await house.device("bob"), await house.device("ann", port=line.port)
    line.down.stall()
    await talk(lambda: watch.waiting > 0, watch, room, bob)
    if way == "a close frame":
        ann.socket.transport.write(masked(Opcode.CLOSE, Close(1000, "").serialize()))
    else:
        ann.socket.transport.write_eof()
    async with asyncio.timeout(5):
        await watch.left.wait()
    await bob.sends(room, "the others talk on")
