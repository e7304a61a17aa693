"""What bad devices cost those beside them, both in one run: `python -m tests.benchmarks.neighbours --help`."""

import argparse
import asyncio
import base64
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import psutil
import uvloop
from websockets.exceptions import ConnectionClosed

from tests.house_under_test import Device, House
from tests.journeys.process import new_app, serving, spoken_to
from tests.proxy import Proxy, between

QUIET_ROOMS, QUIET_PEOPLE = 4, 5
LOUD_PEOPLE = 10  # in each loud room, the one who talks included
QUIET_PER_S, LOUD_PER_S = 20, 100  # messages a second in each room
KERNEL = 4_096  # bytes that the network takes in for a device that does not read
PATIENCE_S = 15.0  # a device that hears nothing for so long makes a new connection
WARM_S = 1.0
UNSENT = 100_000  # bytes that may wait for a device at the gateway
LATE: dict[str, Any] = {"max_queue": None}  # the client reads on, also while nobody takes what it has read
DICE = Random(1)
GOODBYES = re.compile(r'goodbyes_total\{code="(\d+)"\} ([\d.]+)')


def stall(line: Proxy) -> None:
    line.down.stall()


def throttle(line: Proxy) -> None:
    line.down.bytes_per_s, line.down.piece = 20_000, 1_000


def spell(line: Proxy) -> None:
    """A byte at a time."""
    line.down.bytes_per_s, line.down.piece = 2_000, 1


def part(line: Proxy) -> None:
    """The gateway's bytes go nowhere, and it is told nothing."""
    line.half_open()


WAYS = (stall, throttle, part, stall, throttle, part, stall, throttle, spell)


class Phase(NamedTuple):
    """How the quiet were served while the loud ones' listeners did well, or badly; what these were told by code."""

    took_ms: list[float]
    cpu_s: float
    goodbyes: Counter[str]


@asynccontextmanager
async def going(*doing: Any) -> AsyncIterator[None]:
    """Until the block is left."""
    async with asyncio.TaskGroup() as tasks:
        started = [tasks.create_task(it) for it in doing]
        yield
        for task in started:
            task.cancel()


async def talk(device: Device, room: str, per_s: float, text: Iterator[str]) -> None:
    """At a steady rate; its own answers and events are read, and thrown away."""
    loop = asyncio.get_running_loop()

    async def read() -> None:
        while True:
            await device.frame(60)
            device.heard.clear()

    async def speak() -> None:
        due = loop.time()
        for words in text:
            await device.say("message:send", conversationId=room, content={"type": "text", "text": words})
            due += 1 / per_s
            await asyncio.sleep(due - loop.time())

    async with going(read()):
        await speak()


def stamps() -> Iterator[str]:
    while True:
        yield str(time.perf_counter())


def noise() -> Iterator[str]:
    while True:
        yield base64.b64encode(DICE.randbytes(3_072)).decode()


async def listen(device: Device, took_ms: list[float]) -> None:
    while True:
        event = await device.event("conversation:message")
        said = event["event"]["payload"]["message"]["content"]["text"]
        took_ms.append((time.perf_counter() - float(said)) * 1_000)


class Listener:
    """Someone in a loud room, who comes back and resumes whenever the line is lost."""

    def __init__(self, house: House, name: str, room: str) -> None:
        self._house = house
        self._name = name
        self._room = room
        self._at: dict[str, Any] | None = None

    async def live(self, way: Any) -> None:
        async with between(self._house.url, buffer_bytes=KERNEL) as line:
            while True:
                line.up.swallows, line.down.swallows, line.down.bytes_per_s = False, False, float("inf")
                line.down.flow()
                with suppress(ConnectionClosed, TimeoutError, OSError, EOFError, AssertionError):
                    await self._once(line, way)
                line.cut()
                await asyncio.sleep(DICE.uniform(0.5, 2.0))

    async def _once(self, line: Proxy, way: Any) -> None:
        device = await self._house.device(
            self._name, positions=self._at, port=line.port, open_timeout=PATIENCE_S, **LATE
        )
        head = device.welcome["conversations"][0]["seq"]
        if self._at is None or not device.welcome["recovered"].get(self._room):
            self._at = {"epoch": device.welcome["epoch"], "seq": {self._room: head}}
        if way is not None:
            way(line)
        try:
            while (frame := await device.frame(PATIENCE_S))["type"] != "goodbye":
                device.heard.clear()
                self._at["seq"][self._room] = frame.get("seq", self._at["seq"][self._room])
        finally:
            device.cut()


class Town:
    """Quiet rooms whose people are measured, beside loud ones whose people are well or not."""

    def __init__(self, house: House, process: psutil.Process) -> None:
        self.house = house
        self.process = process
        self.quiet: list[tuple[str, list[Device]]] = []
        self.loud: list[tuple[str, Device]] = []

    async def settle(self, loud_rooms: int) -> None:
        for number in range(QUIET_ROOMS):
            names = [f"quiet{number}-{it}" for it in range(QUIET_PEOPLE)]
            room = await self.house.group(*names)
            self.quiet.append((room, [await self.house.device(it, **LATE) for it in names]))
        for number in range(loud_rooms):
            names = [f"loud{number}-{it}" for it in range(LOUD_PEOPLE)]
            room = await self.house.group(*names)
            self.loud.append((room, await self.house.device(names[0], **LATE)))

    async def phase(self, seconds: float, *, bad: bool) -> Phase:
        took: list[float] = []
        async with AsyncExitStack() as stack:
            for number, (room, speaker) in enumerate(self.loud):
                ways = WAYS if bad else (None,) * len(WAYS)
                people = [Listener(self.house, f"loud{number}-{at}", room).live(way) for at, way in enumerate(ways, 1)]
                await stack.enter_async_context(going(talk(speaker, room, LOUD_PER_S, noise()), *people))
            for room, devices in self.quiet:
                listening = [listen(it, took) for it in devices[1:]]
                await stack.enter_async_context(going(talk(devices[0], room, QUIET_PER_S, stamps()), *listening))
            await asyncio.sleep(WARM_S)
            took.clear()
            said = await self.goodbyes()
            before = self.process.cpu_times()
            await asyncio.sleep(seconds)
            after = self.process.cpu_times()
            measured, told = list(took), await self.goodbyes() - said
        return Phase(measured, after.user + after.system - before.user - before.system, told)

    async def goodbyes(self) -> Counter[str]:
        """By code, as `/metrics` has them."""
        async with self.house.http.get(f"{self.house.url}/metrics") as answer:
            return Counter({code: int(float(many)) for code, many in GOODBYES.findall(await answer.text())})


def at(took_ms: list[float], part: float) -> float:
    return round(sorted(took_ms)[int(len(took_ms) * part)], 2)


def told(phases: list[Phase]) -> dict[str, Any]:
    every = [it for phase in phases for it in phase.took_ms]
    goodbyes = sum((it.goodbyes for it in phases), Counter[str]())
    return {
        "deliveries": len(every),
        **{f"p{part * 100:g}_ms": at(every, part) for part in (0.5, 0.9, 0.99)},
        "p99_ms_by_phase": [at(it.took_ms, 0.99) for it in phases],
        "gateway_cpu_s": round(sum(it.cpu_s for it in phases), 2),
        "goodbyes": dict(goodbyes),
    }


async def measured(seconds: float, rounds: int, loud_rooms: int) -> dict[str, Any]:
    """The two kinds of phase take turns, so that what else the machine does falls on both."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        credentials = await new_app(data)
        chosen = {"commands_per_second": "100000", "max_unsent_bytes": str(UNSENT)}
        async with serving(data, **chosen) as gateway, spoken_to(await gateway.ready(), credentials) as house:
            process = psutil.Process(gateway.process.pid)
            town = Town(house, process)
            await town.settle(loud_rooms)
            phases: dict[bool, list[Phase]] = {False: [], True: []}
            most = 0
            for _ in range(rounds):
                for bad, known in phases.items():
                    known.append(await town.phase(seconds, bad=bad))
                    most = max(most, process.memory_info().rss)
    well, badly = told(phases[False]), told(phases[True])
    return {
        "bad_devices": loud_rooms * len(WAYS),
        "all_well": well,
        "beside_bad_devices": badly,
        "ratio_of_best_p99": round(min(badly["p99_ms_by_phase"]) / min(well["p99_ms_by_phase"]), 2),
        "gateway_rss_mib": round(most / 1024**2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.neighbours", description=__doc__)
    parser.add_argument("--seconds", type=float, default=12, help="of each phase")
    parser.add_argument(
        "--rounds", type=int, default=3, help="of a phase in which all are well, then one in which some are not"
    )
    parser.add_argument("--loud-rooms", type=int, default=1, help=f"with {len(WAYS)} bad devices each")
    chosen = parser.parse_args()
    if not (0 < chosen.seconds <= 60 and 1 <= chosen.rounds <= 20 and 1 <= chosen.loud_rooms <= 20):
        parser.error("seconds should be up to 60, rounds and loud rooms between 1 and 20")
    print(json.dumps(uvloop.run(measured(chosen.seconds, chosen.rounds, chosen.loud_rooms))))  # noqa: T201


if __name__ == "__main__":
    main()
