"""One device of any peer's, which looks at all that it is told: once, in order, and whole."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic_ns
from typing import Final

from clients.loadtest.histogram import Histogram
from clients.loadtest.link import Link
from clients.loadtest.witness import Witness
from tests.benchmarks.peers.wires import Seat, Wire, upgrade

OPENING_S: Final = 30.0
STAMP: Final = b"@"  # then sixteen hex digits
STAMP_DIGITS: Final = 16
NEVER: Final = 1 << 62
NUMBER: Final = re.compile(rb"\d+")


@dataclass(slots=True)
class Count:
    """What all devices of a trial count together. Latencies are kept of what was said in the given time, in us."""

    filler: bytes
    heard: int = 0
    heard_bytes: int = 0
    answered: int = 0
    garbled: int = 0
    from_ns: int = NEVER
    until_ns: int = NEVER
    to_delivery: Histogram = field(default_factory=Histogram)
    errors: Counter[str] = field(default_factory=Counter)


def nothing(device: Device) -> None:
    """What follows an answer when nothing does."""


class Device:
    """It connects once. `stood` is the number of its room's last event when it came."""

    def __init__(self, wire: Wire, seat: Seat, count: Count) -> None:
        self.seat = seat
        self.stood = 0
        self.witness = Witness()
        self.unanswered: set[int] = set()
        self.accepted = 0
        self.on_answer: Callable[[Device], None] = nothing
        self._wire = wire
        self._count = count
        self._head = wire.heard(seat)
        self._head_bytes = len(self._head)
        self._said = 0
        self._is_in = False
        self._link: Link | None = None

    async def connect(self, port: int) -> None:
        """Connects and waits until the room is open. Raises `OSError` or `TimeoutError`."""
        loop = asyncio.get_running_loop()
        self._welcomed, self._gone = loop.create_future(), loop.create_future()
        self._link = link = Link(upgrade(f"127.0.0.1:{port}", self._wire.path(self.seat)), self)
        async with asyncio.timeout(OPENING_S):
            await loop.create_connection(lambda: link, "127.0.0.1", port)
            await self._welcomed

    async def cut(self) -> None:
        """Breaks the connection."""
        if self._link is not None and not self._gone.done():
            self._link.cut()
            await self._gone

    def say(self, sent_ns: int) -> None:
        """Says the next message; `sent_ns` is when it should have gone."""
        self._said += 1
        self.unanswered.add(self._said)
        self._send(self._wire.say(self.seat, self._said, b"@%016x%s" % (sent_ns, self._count.filler)))

    # what its socket tells it

    def opened(self) -> None:
        """Begins the greeting, if there is one."""
        words = self._wire.opening(self.seat)
        if words is not None:
            self._send(words)
        if self._wire.welcome is None:
            self._enter()

    def heard(self, data: bytes, start: int, stop: int) -> None:
        """Reads a frame: an event of its room or an answer at known places."""
        if data.startswith(self._head, start):
            self._see(data, start + self._head_bytes, stop)
        elif data.startswith(self._wire.answered, start):
            self._take_answer(data, start + len(self._wire.answered))
        else:
            self._greet(data[start:stop])

    def gone(self, code: int, reason: str) -> None:
        """The connection has ended."""
        self._gone.set_result(None)
        if not self._is_in:
            self._welcomed.set_exception(ConnectionError(f"{code} {reason}"))

    def _enter(self) -> None:
        self._is_in = True
        self._welcomed.set_result(None)

    def _see(self, data: bytes, start: int, stop: int) -> None:
        """Looks at the number of an event, whether its text is whole, and when it was said."""
        count, witness = self._count, self.witness
        comma = data.index(b",", start)
        number = int(data[start:comma])
        if number == witness.last + 1:
            witness.last = number
        else:
            witness.see(number)
        count.heard += 1
        count.heard_bytes += stop - start + self._head_bytes
        at = data.find(STAMP, comma, stop) + 1
        if not at or not data.startswith(count.filler, at + STAMP_DIGITS, stop):
            count.garbled += 1
        elif count.from_ns < NEVER:
            self._measure(int(data[at : at + STAMP_DIGITS], 16))

    def _measure(self, sent_ns: int) -> None:
        count = self._count
        if count.from_ns <= sent_ns < count.until_ns:
            count.to_delivery.record((monotonic_ns() - sent_ns) // 1000)

    def _take_answer(self, data: bytes, at: int) -> None:
        found = NUMBER.match(data, at)
        assert found is not None
        self.unanswered.remove(int(found[0]))
        self.accepted += 1
        self._count.answered += 1
        self.on_answer(self)

    def _greet(self, frame: bytes) -> None:
        wire = self._wire
        if wire.welcome is not None and not self._is_in and frame.startswith(wire.welcome):
            self.stood = self.witness.last = wire.stood(self.seat, frame)
            self._enter()
            return
        for start, reply in wire.replies.items():
            if frame.startswith(start):
                self._send(reply)
                return
        self._count.errors[frame[:80].decode(errors="replace")] += 1

    def _send(self, payload: bytes) -> None:
        assert self._link is not None
        self._link.send(payload)
