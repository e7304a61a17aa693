"""What a message costs among ten million others, and among none: `python -m tests.benchmarks.ageing --help`."""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvloop

from clients.loadtest.guest import SECOND_NS, Guest, Scene
from clients.loadtest.lanes import each
from clients.loadtest.meter import Meter
from clients.loadtest.plan import Target
from clients.loadtest.room import Room
from clients.loadtest.speakers import Eager
from clients.loadtest.tally import Tally
from clients.python import user_token
from gateway.bootstrap import DATABASE, logging_to_stderr
from tests.benchmarks.archive import TEXT, Pair, Plan, filed, pair
from tests.journeys.process import serving

MIB = 1 << 20
LANES = 50
QUIET_S = 30.0
WARMING = 2  # turns that are not counted


class Place:
    """A gateway that runs, and the people that speak there."""

    def __init__(self, target: Target, meter: Meter, pairs: Sequence[Pair], ready_s: float) -> None:
        self.ready_s = ready_s
        self._meter = meter
        self._scene = Scene(target, TEXT, Tally())
        self._rooms = [self._room(target, it) for it in pairs]
        self.microseconds: list[float] = []
        self.rates: list[float] = []

    def _room(self, target: Target, it: Pair) -> Room:
        tokens = [user_token(target.key_id, target.secret, name) for name in it.names]
        return Room(it.room_id, [Guest(self._scene, *who, it.room_id) for who in zip(it.names, tokens, strict=True)])

    @property
    def guests(self) -> list[Guest]:
        return [guest for room in self._rooms for guest in room.guests]

    async def connect(self) -> None:
        await each(self.guests, LANES, Guest.connect)

    async def leave(self) -> None:
        await each(self.guests, LANES, Guest.cut)

    async def talk(self, seconds: float) -> None:
        """Everybody speaks as fast as the answers come."""
        scene, tally, began_s = self._scene, Tally(), self._meter.read().cpu_s
        scene.tally, scene.from_ns = tally, time.monotonic_ns()
        scene.until_ns = scene.from_ns + int(seconds * SECOND_NS)
        await Eager(self._rooms, scene, 1).speak()
        await asyncio.sleep((scene.until_ns - time.monotonic_ns()) / SECOND_NS)
        self.microseconds.append((self._meter.read().cpu_s - began_s) / tally.accepted * 1_000_000)
        self.rates.append(tally.accepted / seconds)
        try:
            async with asyncio.timeout(QUIET_S):
                while not all(room.is_quiet for room in self._rooms):  # noqa: ASYNC110 - nobody says so
                    await asyncio.sleep(0.02)
        except TimeoutError:
            still = sum(not room.is_quiet for room in self._rooms)
            raise SystemExit(f"{still} conversations are not answered: {tally.errors} {tally.goodbyes}") from None

    def forget(self) -> None:
        """What was measured so far was to warm up."""
        self.microseconds.clear()
        self.rates.clear()

    def found(self) -> dict[str, Any]:
        return {
            "ready_s": round(self.ready_s, 2),
            "us_per_message": [round(it, 1) for it in self.microseconds],
            "messages_per_s": [round(it) for it in self.rates],
        }


@asynccontextmanager
async def placed(data: Path, plan: Plan, pairs: Sequence[Pair]) -> AsyncIterator[Place]:
    opens = await filed(data, plan)
    began_s = time.monotonic()
    async with serving(data) as gateway:
        url = await gateway.ready()
        ready_s = time.monotonic() - began_s
        target = Target(url, opens.app_id, opens.key_id, opens.secret, opens.integrations["web"])
        place = Place(target, Meter(gateway.process.pid), pairs, ready_s)
        await place.connect()
        yield place
        await place.leave()


async def compared(chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The same people speak in two gateways by turns."""
    full = Plan(chosen.conversations, chosen.messages // chosen.conversations)
    empty = Plan(chosen.conversations, 0, chosen.conversations // chosen.speaking)
    pairs = [pair(room) for room in empty.there]
    async with placed(folder / "full", full, pairs) as old, placed(folder / "empty", empty, pairs) as new:
        for number in range(WARMING + chosen.rounds):
            for place in (old, new) if number % 2 else (new, old):
                if number == WARMING:
                    place.forget()
                await place.talk(chosen.seconds)
    ratio = statistics.median(old.microseconds) / statistics.median(new.microseconds)
    return {
        "messages": full.messages,
        "conversations": full.rooms,
        "speaking": len(pairs),
        "database_mib": [round((folder / it / DATABASE).stat().st_size / MIB) for it in ("full", "empty")],
        "full": old.found(),
        "empty": new.found(),
        "cost_ratio": round(ratio, 3),
        "rate_ratio": round(statistics.median(new.rates) / statistics.median(old.rates), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000_000, help="that are there already, up to 20 million")
    parser.add_argument("--conversations", type=int, default=100_000, help="of two people that they belong to")
    parser.add_argument("--speaking", type=int, default=500, help="conversations, of these, that go on")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each")
    parser.add_argument("--folder", type=Path, help="for the data, some 8 GB, while it is needed")
    chosen = parser.parse_args()
    logging_to_stderr("error")
    if not 0 < chosen.speaking <= chosen.conversations <= chosen.messages <= 20_000_000:
        parser.error("speaking, conversations and messages should ascend, up to 20 million")
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        found = uvloop.run(compared(chosen, Path(folder)))
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main()
