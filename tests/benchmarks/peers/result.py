"""What a comparison was asked, and what it found. It is kept as JSON."""

from __future__ import annotations

from typing import Any

import msgspec


class Plan(msgspec.Struct, frozen=True, rename="camel"):
    """How much load: the same for every peer."""

    sockets: int = 1000
    room_size: int = 10
    text_bytes: int = 200
    in_flight: int = 1  # messages of each sender
    warm_seconds: float = 1.0  # before each of them
    seconds: float = 4.0  # of each measured time
    rounds: int = 3
    rate: float = 20_000.0  # deliveries a second, of all, in the steady part
    idle_sockets: int = 3000


class Talk(msgspec.Struct, frozen=True, rename="camel"):
    """One round of one peer. Processor time is the server's, in us a delivery; the generator's a share of one core."""

    deliveries_per_second: float
    messages_per_second: float
    cpu_us: float
    generator: float
    frame_bytes: int
    p50_ms: float | None
    p99_ms: float | None
    steady_cpu_us: float | None
    faults: dict[str, int] = {}


class Idle(msgspec.Struct, frozen=True, rename="camel"):
    """Sockets that say nothing."""

    kib_per_socket: float


class Found(msgspec.Struct, frozen=True, rename="camel"):
    """All of one peer: its rounds, or why there are none."""

    key: str
    name: str
    kind: str
    promise: str
    made: tuple[str, ...] = ()
    rounds: tuple[Talk, ...] = ()
    idle: Idle | None = None
    skipped: str | None = None

    @property
    def best(self) -> Talk:
        """The round with the most deliveries: other work on the machine only takes away."""
        return max(self.rounds, key=lambda it: it.deliveries_per_second)

    @property
    def p99_ms(self) -> float | None:
        """The best of the rounds."""
        return min((it.p99_ms for it in self.rounds if it.p99_ms is not None), default=None)

    @property
    def p50_ms(self) -> float | None:
        """The best of the rounds."""
        return min((it.p50_ms for it in self.rounds if it.p50_ms is not None), default=None)

    @property
    def cpu_us(self) -> float:
        """The best of the rounds."""
        return min(it.cpu_us for it in self.rounds)

    @property
    def faults(self) -> dict[str, int]:
        """Of all rounds together."""
        found: dict[str, int] = {}
        for it in self.rounds:
            for kind, number in it.faults.items():
                found[kind] = found.get(kind, 0) + number
        return found


class Result(msgspec.Struct, frozen=True, rename="camel"):
    """A whole comparison. `date` is ISO 8601, in UTC; `load` is how many other processes ran at the start."""

    date: str
    machine: str
    load: float
    command: str
    plan: Plan
    took_seconds: float
    peers: tuple[Found, ...]

    @property
    def measured(self) -> tuple[Found, ...]:
        """Those that took part."""
        return tuple(it for it in self.peers if it.rounds)

    @property
    def rounds(self) -> int:
        """How many rounds everybody had."""
        return min((len(it.rounds) for it in self.measured), default=0)

    @property
    def ok(self) -> bool:
        """Whether all that was measured came once, in order and whole, and the gateway held out."""
        held_out = not any(it.skipped for it in self.peers if it.kind == "product")
        return held_out and bool(self.measured) and not any(it.faults for it in self.measured)


def decoded(text: bytes) -> Result:
    """A result from its JSON."""
    return msgspec.json.decode(text, type=Result)


def encoded(result: Any) -> bytes:
    """Its JSON, for people to read too."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n"
