"""Who speaks when: as fast as the answers come, or at a steady rate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic_ns
from typing import Final

from clients.loadtest.guest import SECOND_NS, Guest, Scene
from clients.loadtest.room import Room

TICK_NS: Final = SECOND_NS // 1000
LATE_NS: Final = 5 * TICK_NS  # what timers and other tasks may cost without anything being wrong
BURST: Final = 500  # most messages in one go, so that the answers are read in between
LATER_S: Final = 0.05


class Eager:
    """Keeps some messages of every room unanswered: the next goes when one is answered.

    The guests of a room speak in turn, each no faster than the gateway's limit for a device.
    """

    def __init__(self, rooms: Sequence[Room], scene: Scene, in_flight: int) -> None:
        self._rooms = rooms
        self._scene = scene
        self._in_flight = in_flight

    async def speak(self) -> None:
        """Begins; from then on the answers keep it going until the scene ends."""
        for room in self._rooms:
            for guest in room.guests:
                guest.on_answer = partial(self._answered, room)
            for _ in range(self._in_flight):
                self._next(room)
            await asyncio.sleep(0)

    def _answered(self, room: Room, _: Guest) -> None:
        self._next(room)

    def _next(self, room: Room) -> None:
        now_ns = monotonic_ns()
        guest = room.next_speaker()
        if guest is None:
            self._wait(LATER_S, self._next, room)
        elif (due_ns := guest.turn_ns(now_ns)) > now_ns:
            self._wait((due_ns - now_ns) / SECOND_NS, self._say, guest)
        else:
            self._say(guest)

    def _wait(self, seconds: float, then: Callable[..., None], who: Room | Guest) -> None:
        asyncio.get_running_loop().call_later(seconds, then, who)

    def _say(self, guest: Guest) -> None:
        now_ns = monotonic_ns()
        if now_ns < self._scene.until_ns:
            guest.say(now_ns)


class Steady:
    """Sends so many messages a second in all, whether or not the answers keep up.

    A message that goes late counts from when it was due, so that a stall is not hidden.
    """

    def __init__(self, rooms: Sequence[Room], scene: Scene, rate: float) -> None:
        self._rooms = rooms
        self._scene = scene
        self._rate = rate
        self._sent = 0

    async def speak(self) -> None:
        """Speaks until the scene ends."""
        began_ns = monotonic_ns()
        while (now_ns := monotonic_ns()) < self._scene.until_ns:
            self._say_due(began_ns, now_ns)
            await asyncio.sleep(TICK_NS / SECOND_NS)

    def _say_due(self, began_ns: int, now_ns: int) -> None:
        due = min(int((now_ns - began_ns) * self._rate / SECOND_NS) + 1, self._sent + BURST)
        for number in range(self._sent, due):
            due_ns = began_ns + int(number * SECOND_NS / self._rate)
            is_late = now_ns - due_ns > LATE_NS
            speaker = self._rooms[number % len(self._rooms)].next_speaker()
            if speaker is not None:
                speaker.say(due_ns if is_late else monotonic_ns())
        self._sent = max(self._sent, due)
