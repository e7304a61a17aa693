"""What commits cost while a million events that are kept no longer go: `python -m tests.benchmarks.purging --help`."""

import argparse
import asyncio
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import uvloop

from gateway.bootstrap import DATABASE, logging_to_stderr
from tests.benchmarks.hoard import Plan, laid_up
from tests.domain.town import Orders
from tests.house_under_test import House, opened

NOWHERE = "http://192.0.2.1/"
LONG_AGO = 1  # a time in ms
FOR_EVER_S = 10**10
RATE = 100  # commits a second
MOST_S = 60.0  # of a purge that is measured


async def committed(house: House, room: str, going_on: Callable[[], bool]) -> list[float]:
    """Post at a steady rate; gives how many milliseconds each took to be on disk, from when it was due."""
    corridor, orders, took, pending = house.flow.corridor, Orders(house.app_id), [], set()

    async def post(due: float) -> None:
        await corridor.execute(orders.says(room))
        took.append((time.perf_counter() - due) * 1000)

    began = due = time.perf_counter()
    while going_on() and due < began + MOST_S:
        task = asyncio.ensure_future(post(due))
        pending.add(task)
        task.add_done_callback(pending.discard)
        due += 1 / RATE
        await asyncio.sleep(due - time.perf_counter())
    await asyncio.gather(*pending)
    return took


def told(took: Sequence[float]) -> dict[str, float]:
    in_order = sorted(took)
    points = {f"p{part * 100:g}": in_order[int(len(in_order) * part)] for part in (0.5, 0.9, 0.99, 0.999)}
    return {
        "commits": len(in_order),
        **{name: round(it, 1) for name, it in points.items()},
        "max": round(in_order[-1], 1),
    }


def kept(database: Path) -> int:
    with closing(sqlite3.connect(database)) as db:
        return int(db.execute("SELECT count(*) FROM outbox INDEXED BY outbox_by_end WHERE ended_at < 9").fetchone()[0])


async def measured(plan: Plan, data: Path, seconds: float) -> dict[str, Any]:
    await laid_up(data, NOWHERE, plan)
    async with opened(data, webhook_history_s=FOR_EVER_S) as house:
        room = await house.group()
        ends = time.perf_counter() + seconds
        without = await committed(house, room, lambda: time.perf_counter() < ends)
    began = time.perf_counter()
    async with opened(data) as house:
        left = [plan.rows]

        async def watch() -> None:
            while left[0]:
                await asyncio.sleep(1)
                left[0] = await asyncio.to_thread(kept, data / DATABASE)

        watching = asyncio.ensure_future(watch())
        during = await committed(house, room, lambda: bool(left[0]))
        watching.cancel()
    purged_s = time.perf_counter() - began
    return {
        "rows": plan.rows,
        "left": left[0],
        "purged_s": round(purged_s, 1),
        "rows_per_s": round((plan.rows - left[0]) / purged_s),
        "commit_ms": {"without": told(without), "during": told(during)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="events that were delivered long ago")
    parser.add_argument("--lanes", type=int, default=10_000, help="conversations that they belong to")
    parser.add_argument("--seconds", type=float, default=20, help="how long is measured without a purge")
    chosen = parser.parse_args()
    if not (0 < chosen.lanes <= chosen.rows <= 2_000_000 and 0 < chosen.seconds <= 60):
        parser.error("lanes and rows should ascend, up to two million, and seconds be between 0 and 60")
    logging_to_stderr("error")
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(chosen.rows, chosen.lanes, ended_at=LONG_AGO)
        print(json.dumps(uvloop.run(measured(plan, Path(folder), chosen.seconds))))  # noqa: T201


if __name__ == "__main__":
    main()
