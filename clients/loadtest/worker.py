"""One generator process."""

from __future__ import annotations

import asyncio
import gc
from multiprocessing.connection import Connection

import uvloop

from clients.loadtest.cues import Done, Failed
from clients.loadtest.guest import Scene
from clients.loadtest.plan import Plan
from clients.loadtest.scenarios import SCENARIOS
from clients.loadtest.stage import Stage
from clients.loadtest.tally import Tally


def work(plan: Plan, line: Connection) -> None:
    """Plays the plan's scenario and tells the conductor what came of it."""
    gc.set_threshold(50_000, 20, 100)  # a crowd of live objects makes the default pauses long
    try:
        uvloop.run(_play(plan, line))
    except Exception as failed:  # noqa: BLE001 - whatever it is, the conductor must not wait for it
        line.send(Failed.because(failed))


async def _play(plan: Plan, line: Connection) -> None:
    scene = Scene(plan.target, plan.filler, Tally())
    stage = Stage(plan, scene, line)
    async with asyncio.TaskGroup() as tasks:
        reporting = tasks.create_task(stage.report())
        await SCENARIOS[plan.scenario](stage)
        reporting.cancel()
    line.send(Done(stage.tally, stage.cpu_s, stage.minutes))
    await asyncio.gather(*(guest.cut() for guest in stage.guests if guest.online))
