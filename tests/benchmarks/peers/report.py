"""A comparison as a page of text: the table that the README shows, with what it takes to read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tests.benchmarks.peers.result import Found, Plan, Result

BUSY: Final = 0.9  # of a core: from there on the generator may be what limits
LOADED: Final = 0.7  # processes that ran beside it
NONE: Final = "–"


@dataclass(frozen=True, slots=True)
class Measure:
    """Something measured of every server, and how it is shown. `value` is None where there is nothing to show."""

    title: str
    unit: str
    better: str
    digits: int
    value: Callable[[Found], float | None]
    missing: str = "not measured"

    def shown(self, found: Found) -> str:
        """The value as people read it."""
        value = self.value(found)
        return self.missing if value is None else f"{value:,.{self.digits}f}"


def measures(plan: Plan) -> tuple[Measure, Measure, Measure, Measure]:
    """What is shown, in this order."""
    return (
        Measure(
            "Deliveries at saturation", "deliveries/s", "more", 0, lambda it: round(it.best.deliveries_per_second, -2)
        ),
        Measure("Processor time", "µs per delivery", "less", 1, lambda it: it.cpu_us),
        Measure(f"p99 at {plan.rate:,.0f} deliveries/s", "ms", "less", 1, lambda it: it.p99_ms, "does not reach it"),
        Measure(
            "Memory", "KiB per idle socket", "less", 1, lambda it: it.idle.kib_per_socket if it.idle else None, NONE
        ),
    )


def limited(found: Found) -> bool:
    """Whether the generator, and not the server, may have been at its end."""
    return found.best.generator >= BUSY


def rows(result: Result) -> list[list[str]]:
    """The table, its head first."""
    plan = result.plan
    speed, cost, wait, memory = measures(plan)
    head = [
        "server", "an answer means", "deliveries/s", "processor µs per delivery",
        f"p50 / p99 at {plan.rate:,.0f} /s, ms", "KiB per idle socket", "bytes of a delivery",
    ]  # fmt: skip
    return [head] + [
        [
            it.name,
            it.promise,
            ("≥ " if limited(it) else "") + speed.shown(it),
            cost.shown(it),
            wait.missing if it.p50_ms is None else f"{it.p50_ms:.1f} / {wait.shown(it)}",
            memory.shown(it),
            str(it.best.frame_bytes),
        ]
        for it in result.measured
    ]  # fmt: skip


def made_of(result: Result) -> str:
    """Everything that took part, with its version, once."""
    return ", ".join(dict.fromkeys(part for it in result.measured for part in it.made))


def verdict(result: Result) -> str:
    """What came, in one sentence for each that something was wrong with."""
    wrong = [
        f"{it.name}: {', '.join(f'{number:,} {kind}' for kind, number in it.faults.items())}."
        for it in result.measured
        if it.faults
    ]
    return " ".join(wrong) or "Every message came once, in order and whole to everybody in its room, from every server."


def sentences(result: Result) -> list[str]:
    """What has to be known to read the figures."""
    plan = result.plan
    said = [
        f"Measured {result.date[:10]} on {result.machine}, generator and server on it together, with "
        f"`{result.command}`: rooms of {plan.room_size}, texts of {plan.text_bytes} bytes, {plan.sockets:,} sockets "
        f"({plan.idle_sockets:,} idle ones for memory), {count(plan.in_flight, 'message')} of each sender unanswered, "
        f"{plan.seconds:g} s measured; the best of {count(result.rounds, 'round')}, of each figure.",
        f"{made_of(result)}.",
        verdict(result),
    ]
    if result.load > LOADED:
        said.append(f"Other work ran beside it (load {result.load:.1f} at the start): only ratios mean something.")
    if any(limited(it) for it in result.measured):
        said.append("≥: the generator had no processor time left, so the server may do more.")
    said += [f"{it.name} did not take part: {it.skipped}" for it in result.peers if it.skipped]
    return said


def count(number: int, noun: str) -> str:
    """`1 round`, `2 rounds`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def markdown(result: Result) -> list[str]:
    """The lines of the README."""
    head, *body = rows(result)
    lines = [table_line(head), "|---|---|" + "--:|" * (len(head) - 2), *(table_line(row) for row in body)]
    return [*lines, "", *(f"{sentence}\n" for sentence in sentences(result)[:-1]), sentences(result)[-1]]


def table_line(cells: Sequence[str]) -> str:
    """One line of a table."""
    return f"| {' | '.join(cells)} |"


def progress(found: Found) -> str:
    """The last round of a peer, while it goes on."""
    if found.skipped:
        return f"{found.name}: {found.skipped}"
    talk = found.rounds[-1]
    wait = f"p99 {talk.p99_ms:.1f} ms" if talk.p99_ms is not None else "below the steady rate"
    return f"{found.name}: {talk.deliveries_per_second:,.0f} deliveries/s, {talk.cpu_us:.1f} µs each, {wait}"
