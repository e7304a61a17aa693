"""Of a device that has gone nothing is left, without the collector: a full collection stops everybody."""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from websockets.server import ServerProtocol

from gateway.edge.sockets import DeviceConnection
from gateway.flow.session import Session
from gateway.flow.turns import Turns
from tests.house_under_test import Device, House

KINDS = (DeviceConnection, Session, Turns, ServerProtocol)


def there() -> dict[str, int]:
    """How many there are, garbage included."""
    found = [type(it) for it in gc.get_objects()]
    return {kind.__name__: found.count(kind) for kind in KINDS}


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def closes(device: Device) -> None:
    await device.close()


async def is_cut(device: Device) -> None:
    device.cut()


async def violates(device: Device) -> None:
    await device.socket.send(b"\x00")
    await device.goodbye()


async def breaks_the_frame(device: Device) -> None:
    device.socket.transport.write(b"\xff\xff\xff")
    while (await device.frame())["type"] != "goodbye":
        pass
    device.cut()


async def logs_out(device: Device) -> None:
    await device.say("logout")
    await device.goodbye()


WAYS: tuple[Callable[[Device], Coroutine[Any, Any, None]], ...] = (closes, is_cut, violates, breaks_the_frame, logs_out)


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("goes", WAYS)
async def test_nothing_is_left(house: House, goes: Callable[[Device], Coroutine[Any, Any, None]]) -> None:
    room = await house.group("ann")
    before = there()
    for number in range(5):
        device = await house.device("ann", f"guid-{number}")
        await device.sends(room, "one")
        await device.ask("typing:start", conversationId=room)
        await device.ask("juggle")
        await goes(device)
    async with asyncio.timeout(10):
        while there() != before:  # noqa: ASYNC110 - nobody says that an object has gone
            await asyncio.sleep(0.02)
