"""The kinds of load. Each plays in one process and counts on its stage's tally."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import cycle
from time import monotonic_ns
from typing import Final

from clients.loadtest import crowd
from clients.loadtest.desk import Desk
from clients.loadtest.guest import SECOND_NS, Guest
from clients.loadtest.lanes import each
from clients.loadtest.options import Scenario, Source
from clients.loadtest.room import Room
from clients.loadtest.scribe import Scribe
from clients.loadtest.soak import soak
from clients.loadtest.speakers import Eager, Steady
from clients.loadtest.stage import Stage

POLL_S: Final = 0.02
SETTLE_S: Final = 0.5  # until the gateway has let go of what connecting took
RETURNS: Final = 5
RETURN_S: Final = 0.2


async def rooms(stage: Stage) -> None:
    """Everybody is connected, and the rooms talk."""
    await talk(stage, await gather(stage))


async def webhooks(stage: Stage) -> None:
    """The same, or the business talks; and somebody in every room writes down what its webhooks are to hear."""
    await talk(stage, await SOURCES[stage.plan.options.source](stage))
    keepers = (guest for guest in stage.guests if isinstance(guest, Scribe | Desk))
    stage.minutes = {keeper.room_id: keeper.minutes for keeper in keepers if keeper.room_id}


async def idle(stage: Stage) -> None:
    """Everybody is connected, and nothing is said."""
    stage.guests += await invite(stage)
    await connect_all(stage)
    async with stage.measured(stage.plan.options.seconds):
        pass


async def connects(stage: Stage) -> None:
    """Devices connect, are welcomed and break off, over and over."""
    stage.guests += await invite(stage)
    lanes = min(stage.plan.options.lanes, len(stage.guests))
    await stage.reach("ready")
    async with stage.measured(stage.plan.options.seconds):
        await each(range(lanes), lanes, lambda lane: come_and_go(stage, stage.guests[lane::lanes]))


async def resume(stage: Stage) -> None:
    """All devices are cut off, their rooms go on, and all come back at once for what they missed."""
    made = await gather(stage)
    await each(stage.guests, stage.plan.options.lanes, Guest.cut)
    await post_meanwhile(stage, made)
    options = stage.plan.options
    comers = [(guest, room.posted_seq) for room in made for guest in room.guests]
    async with stage.measured(0):
        with suppress(TimeoutError):  # who has not caught up by then is judged to have lost the rest
            async with asyncio.timeout(options.drain_seconds):
                await each(comers, options.lanes, lambda comer: catch_up(stage, *comer))
    judge(stage, made)


SCENARIOS: Final[dict[Scenario, Callable[[Stage], Awaitable[None]]]] = {
    "rooms": rooms,
    "webhooks": webhooks,
    "backlog": webhooks,
    "idle": idle,
    "connects": connects,
    "resume": resume,
    "soak": soak,
}


async def devices(stage: Stage) -> list[Room]:
    """Rooms whose guests are all online, each with somebody who writes down what is said."""
    return await gather(stage, Scribe)


async def desks(stage: Stage) -> list[Room]:
    """Rooms where nobody is online but a desk of the business."""
    made = await crowd.rooms(stage.plan, stage.scene, Desk)
    stage.guests += [room.guests[0] for room in made]
    await connect_all(stage)
    return made


SOURCES: Final[dict[Source, Callable[[Stage], Awaitable[list[Room]]]]] = {"devices": devices, "rest": desks}


async def invite(stage: Stage) -> list[Guest]:
    """Guests who sit in rooms or in none, and are not online yet."""
    if not stage.plan.options.in_rooms:
        return await crowd.strangers(stage.plan, stage.scene)
    return [guest for room in await crowd.rooms(stage.plan, stage.scene) for guest in room.guests]


async def gather(stage: Stage, first: type[Guest] = Guest) -> list[Room]:
    """Makes the rooms and brings all their guests online."""
    made = await crowd.rooms(stage.plan, stage.scene, first)
    stage.guests += [guest for room in made for guest in room.guests]
    await connect_all(stage)
    return made


async def connect_all(stage: Stage) -> None:
    """Brings every guest online, between the marks `ready` and `connected`."""
    began_ns = await stage.reach("ready")
    await each(stage.guests, stage.plan.options.lanes, stage.bring_online)
    stage.tally.connect_s = (monotonic_ns() - began_ns) / SECOND_NS
    await asyncio.sleep(SETTLE_S)
    await stage.reach("connected")


async def talk(stage: Stage, made: Sequence[Room]) -> None:
    """Lets the rooms talk for the measured time and the one before it, and judges what they heard."""
    options, rate = stage.plan.options, stage.plan.rate
    eager = Eager(made, stage.scene, options.in_flight)
    speaker = eager if rate is None else Steady(made, stage.scene, rate)
    async with asyncio.TaskGroup() as tasks:
        come_back_when_gone(stage, tasks)
        tasks.create_task(speaker.speak())
        await asyncio.sleep(options.warmup_seconds)
        async with stage.measured(options.seconds):
            pass
        await drain(made, options.drain_seconds)
    judge(stage, made)


def come_back_when_gone(stage: Stage, tasks: asyncio.TaskGroup) -> None:
    """Lets every guest that loses its connection make a new one, and resume."""

    def gone(guest: Guest) -> None:
        tasks.create_task(bring_back(stage, guest))

    for guest in stage.guests:
        guest.on_gone = gone


async def bring_back(stage: Stage, guest: Guest) -> None:
    """Reconnects after the time that the goodbye asked for, a few times at most."""
    await asyncio.sleep(guest.come_back_s)
    for failures in range(RETURNS):
        if await stage.bring_online(guest):
            return
        await asyncio.sleep(RETURN_S * 2**failures)


async def come_and_go(stage: Stage, guests: Sequence[Guest]) -> None:
    """Connects and cuts one after the other until the measured time is over."""
    for guest in cycle(guests):
        if monotonic_ns() >= stage.scene.until_ns:
            return
        await stage.bring_online(guest)
        await guest.cut()


async def post_meanwhile(stage: Stage, made: Sequence[Room]) -> None:
    """Lets the business say something in every room while nobody is there."""
    missed = stage.plan.options.missed
    async with crowd.backend(stage.plan.target) as business:

        async def post(room: Room) -> None:
            for number in range(missed):
                await business.conversations.post(room.id, f"{number}{stage.plan.filler}")
            room.posted_seq = room.final_seq + missed

        await each(made, stage.plan.options.lanes, post)


async def catch_up(stage: Stage, guest: Guest, seq: int) -> None:
    """Brings a guest back, until it has heard all that it missed."""
    began_ns, stood = monotonic_ns(), guest.witness.last
    if await stage.bring_online(guest):
        await guest.caught_up(seq)
        stage.tally.to_caught_up.record((monotonic_ns() - began_ns) // 1000)
        stage.tally.deliveries += guest.witness.last - stood


async def drain(made: Sequence[Room], seconds: float) -> None:
    """Waits until all that was said is answered and heard, but not for ever."""
    until_ns = monotonic_ns() + int(seconds * SECOND_NS)
    while monotonic_ns() < until_ns and not all(room.is_quiet for room in made):  # noqa: ASYNC110
        await asyncio.sleep(POLL_S)


def judge(stage: Stage, made: Sequence[Room]) -> None:
    """Counts what was lost, said twice or out of turn."""
    for room in made:
        room.judge(stage.tally)
