"""A device that does not read costs a bounded amount of memory and nobody's patience (law 6)."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from websockets.frames import Close, Opcode
from websockets.protocol import State

from gateway import bootstrap
from gateway.edge import sockets
from gateway.edge.sockets import DeviceConnection, Doors
from gateway.flow.floor import Flow
from tests.house_under_test import Device, House, opened
from tests.journeys.bare import Bare, masked

UNSENT = 200_000
DICE = Random(1)


class Watch:
    """Looks at the doors of the house under test from behind: how much waits there, and who has left."""

    def __init__(self) -> None:
        self.doors: Doors | None = None
        self.left = asyncio.Event()

    @property
    def open(self) -> set[DeviceConnection]:
        assert self.doors is not None
        return self.doors.open

    @property
    def waiting(self) -> int:
        """The most bytes that wait for one device."""
        return max((it._transport.get_write_buffer_size() for it in self.open), default=0)

    @property
    def sent_away(self) -> bool:
        """Whether a device was said goodbye to."""
        return any(it._protocol.state is State.CLOSING for it in self.open)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()

    class Watched(Doors):
        def __init__(self, flow: Flow, max_unsent_bytes: int) -> None:
            super().__init__(flow, max_unsent_bytes)
            watch.doors = self

        def left(self, connection: DeviceConnection) -> None:
            super().left(connection)
            watch.left.set()

    monkeypatch.setattr(bootstrap, "Doors", Watched)
    return watch


@pytest.fixture
async def house(tmp_path: Path, watch: Watch) -> AsyncIterator[House]:
    async with opened(tmp_path, max_unsent_bytes=UNSENT, commands_per_second=100_000) as house:
        yield house


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


async def stalled(house: House, bare: Bare) -> None:
    """Ann is there, and reads no more."""
    await bare.say({"type": "hello", "id": 1, "device": {"guid": "stalled"}, "auth": {"jwt": house.token("ann")}})
    await bare.until("welcome")


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
    house: House, watch: Watch, hasty: None
) -> None:
    room = await house.group("ann", "bob", "cyd")
    bob, cyd = await house.device("bob"), await house.device("cyd")
    async with Bare.plugged(house, receive_buffer=4096) as bare:
        await stalled(house, bare)
        _, most = await talk(watch.left.is_set, watch, room, bob, cyd)
        assert UNSENT / 2 < most < UNSENT * 1.5
        assert len(watch.open) == 2


async def test_a_slow_device_that_reads_again_is_told_why_and_resumes_completely(
    house: House, watch: Watch, patient: None
) -> None:
    room = await house.group("ann", "bob")
    bob = await house.device("bob")
    async with Bare.plugged(house, receive_buffer=4096) as bare:
        await stalled(house, bare)
        said, _ = await talk(lambda: watch.sent_away, watch, room, bob)
        for _ in range(100):
            await bob.sends(room, noise())
        heard = []
        while (frame := await bare.next())["type"] == "event":
            heard.append(frame["seq"])
    assert (frame["type"], frame["code"], frame["reason"], frame["comeBack"]) == ("goodbye", 4008, "slow", True)
    assert frame["afterSeconds"] > 0
    assert heard == list(range(2, len(heard) + 2))
    assert len(heard) < said

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


async def test_pongs_that_nobody_reads_are_bounded_too(house: House, watch: Watch, hasty: None) -> None:
    pings = masked(Opcode.PING, bytes(125)) * 500
    async with Bare.plugged(house, receive_buffer=4096) as bare:
        await stalled(house, bare)
        most, sent = 0, 0
        while not watch.left.is_set():
            with suppress(ConnectionError):
                await bare.write(pings)
            await asyncio.sleep(0)
            most, sent = max(most, watch.waiting), sent + len(pings)
            assert sent < 50_000_000, "the gateway keeps on filling its memory"
        assert most < UNSENT * 1.5


@pytest.mark.parametrize("way", ["a close frame", "the end of the stream"])
async def test_who_ends_it_and_does_not_read_is_hung_up_on(house: House, watch: Watch, hasty: None, way: str) -> None:
    """Its last bytes would wait for it for ever."""
    room = await house.group("ann", "bob")
    bob = await house.device("bob")
    async with Bare.plugged(house, receive_buffer=4096) as bare:
        await stalled(house, bare)
        await talk(lambda: watch.waiting > 0, watch, room, bob)
        if way == "a close frame":
            await bare.write(masked(Opcode.CLOSE, Close(1000, "").serialize()))
        else:
            bare.say_no_more()
        async with asyncio.timeout(5):
            await watch.left.wait()
    await bob.sends(room, "the others talk on")
