"""Rooms that talk: as fast as the answers come, then at a steady rate. What came is looked at in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic, monotonic_ns
from typing import Final

from tests.benchmarks.peers.device import Count, Device

SECOND_NS: Final = 1_000_000_000
TICK_S: Final = 0.001
LATE_NS: Final = 5_000_000  # what timers cost without anything being wrong
BURST: Final = 200  # most messages in one go
DRAIN_S: Final = 15.0
POLL_S: Final = 0.02


@dataclass(slots=True)
class Eager:
    """Every device has so many messages unanswered; the next one goes when one is answered."""

    devices: Sequence[Device]
    in_flight: int
    is_over: bool = False

    async def begin(self) -> None:
        """Lets everybody speak; from then on the answers keep it going."""
        for device in self.devices:
            device.on_answer = self._answered
        for _ in range(self.in_flight):
            for device in self.devices:
                device.say(monotonic_ns())
                await asyncio.sleep(0)

    def _answered(self, device: Device) -> None:
        if not self.is_over:
            device.say(monotonic_ns())


async def speak_steadily(devices: Sequence[Device], rate: float, seconds: float) -> int:
    """So many messages a second in all, in turn. Returns how many were said too late.

    Such a message counts from when it was due, so that a stall is not hidden.
    """
    began_ns, sent, late = monotonic_ns(), 0, 0
    total = int(rate * seconds)
    while sent < total:
        now_ns = monotonic_ns()
        due = min(int((now_ns - began_ns) * rate / SECOND_NS) + 1, sent + BURST, total)
        for number in range(sent, due):
            due_ns = began_ns + int(number * SECOND_NS / rate)
            is_late = now_ns - due_ns > LATE_NS
            late += is_late
            devices[number % len(devices)].say(due_ns if is_late else monotonic_ns())
        sent = max(sent, due)
        await asyncio.sleep(TICK_S)
    return late


async def drained(devices: Sequence[Device]) -> None:
    """Waits until all that was said is answered and heard, but not for ever."""
    until = monotonic() + DRAIN_S
    while monotonic() < until:
        if not any(device.unanswered for device in devices) and not lost(devices):
            return
        await asyncio.sleep(POLL_S)


def lost(devices: Sequence[Device]) -> int:
    """How much of what was answered never came to somebody in its room: every answer is one event for each."""
    rooms: dict[str, list[Device]] = {}
    for device in devices:
        rooms.setdefault(device.seat.room, []).append(device)
    missing = 0
    for room in rooms.values():
        said = sum(device.accepted for device in room)
        missing += sum(device.witness.lost(device.stood + said) for device in room)
    return missing


def faults(devices: Sequence[Device], count: Count) -> dict[str, int]:
    """What was wrong with what came, by kind; empty when nothing was."""
    found = {
        "lost": lost(devices),
        "repeated": sum(device.witness.duplicates for device in devices),
        "out of order": sum(device.witness.reordered for device in devices),
        "garbled": count.garbled,
        "never answered": sum(len(device.unanswered) for device in devices),
        **count.errors,
    }
    return {kind: number for kind, number in found.items() if number}
