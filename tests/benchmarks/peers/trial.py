"""What is measured of one server, once."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic_ns, process_time
from typing import Final

from clients.loadtest.lanes import each
from clients.loadtest.meter import Meter
from tests.benchmarks.peers.device import Count, Device
from tests.benchmarks.peers.result import Idle, Plan, Talk
from tests.benchmarks.peers.roster import Peer
from tests.benchmarks.peers.stand import LANES, Stand
from tests.benchmarks.peers.talking import SECOND_NS, Eager, drained, faults, speak_steadily

WEIGHED_AFTER_S: Final = 2.0  # until a collector has let go of what connecting took
STAMP_BYTES: Final = 17


@dataclass(frozen=True, slots=True)
class Pace:
    """What happened in a measured time, per second; processor time in us per delivery."""

    deliveries: float
    messages: float
    cpu_us: float
    generator: float


async def talk(peer: Peer, stand: Stand, plan: Plan) -> Talk:
    """Saturation, then the steady rate if the server can keep up with it."""
    count = Count(b"x" * (plan.text_bytes - STAMP_BYTES))
    devices = await connected(peer, stand, plan, count)
    meter = meter_of(stand)
    with undisturbed():
        eager = Eager(devices, plan.in_flight)
        await eager.begin()
        await asyncio.sleep(plan.warm_seconds)
        full = await pace(count, meter, plan.seconds)
        eager.is_over = True
        await drained(devices)
        steady = await steadily(devices, count, meter, plan) if full.deliveries > plan.rate else None
    found = Talk(
        deliveries_per_second=full.deliveries,
        messages_per_second=full.messages,
        cpu_us=full.cpu_us,
        generator=full.generator,
        frame_bytes=round(count.heard_bytes / max(count.heard, 1)),
        p50_ms=count.to_delivery.percentile(50) / 1000 if steady else None,
        p99_ms=count.to_delivery.percentile(99) / 1000 if steady else None,
        steady_cpu_us=steady.cpu_us if steady else None,
        faults=faults(devices, count),
    )
    await asyncio.gather(*(device.cut() for device in devices))
    return found


async def idle(peer: Peer, stand: Stand, plan: Plan) -> Idle:
    """What a socket weighs that is in a room and says nothing: the growth of the server's resident memory, in KiB."""
    seats = await stand.seats(plan.idle_sockets, plan.room_size)
    await asyncio.sleep(plan.warm_seconds)
    meter = meter_of(stand)
    before = meter.read().rss_bytes
    count = Count(b"x")
    devices = [Device(peer.wire(stand), seat, count) for seat in seats]
    await each(devices, LANES, lambda device: device.connect(stand.port))
    await asyncio.sleep(WEIGHED_AFTER_S)
    grown = meter.read().rss_bytes - before
    await asyncio.gather(*(device.cut() for device in devices))
    return Idle(kib_per_socket=grown / 1024 / len(devices))


async def connected(peer: Peer, stand: Stand, plan: Plan, count: Count) -> list[Device]:
    """Everybody, in their rooms. Neighbours in the list sit in different rooms, so that all rooms go on speaking."""
    wire = peer.wire(stand)
    devices = [Device(wire, seat, count) for seat in await stand.seats(plan.sockets, plan.room_size)]
    await each(devices, LANES, lambda device: device.connect(stand.port))
    await asyncio.sleep(plan.warm_seconds)
    return [device for place in range(plan.room_size) for device in devices[place :: plan.room_size]]


async def steadily(devices: Sequence[Device], count: Count, meter: Meter, plan: Plan) -> Pace:
    """So many deliveries a second for the measured time, after a while in which nothing is measured."""
    now_ns = monotonic_ns()
    count.from_ns = now_ns + int(plan.warm_seconds * SECOND_NS)
    count.until_ns = count.from_ns + int(plan.seconds * SECOND_NS)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(speak_steadily(devices, plan.rate / plan.room_size, plan.warm_seconds + plan.seconds))
        await asyncio.sleep(plan.warm_seconds)
        found = await pace(count, meter, plan.seconds)
    await drained(devices)
    return found


async def pace(count: Count, meter: Meter, seconds: float) -> Pace:
    """What happens from now on in so many seconds."""
    heard, answered, began_ns = count.heard, count.answered, monotonic_ns()
    used_s, own_s = meter.read().cpu_s, process_time()
    await asyncio.sleep(seconds)
    took_s = (monotonic_ns() - began_ns) / SECOND_NS
    deliveries = count.heard - heard
    return Pace(
        deliveries / took_s,
        (count.answered - answered) / took_s,
        (meter.read().cpu_s - used_s) * 1_000_000 / max(deliveries, 1),
        (process_time() - own_s) / took_s,
    )


def meter_of(stand: Stand) -> Meter:
    """The meter of the server's process."""
    meter = Meter.of_port(stand.port)
    assert meter is not None
    return meter


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keeps the collector away from what stays."""
    gc.collect()
    gc.freeze()
    thresholds = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()
