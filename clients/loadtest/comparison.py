"""What webhooks cost devices: the same load with them and without, in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, Final

from clients.loadtest.options import Scenario

SIDES: Final[tuple[Scenario, ...]] = ("rooms", "webhooks")
Play = Callable[[Scenario], dict[str, Any]]


def compare(play: Play, rounds: int) -> dict[str, Any]:
    """Plays both in turn, so that a machine that drifts does so under both; their results and the ratio of their rates.

    The side that begins changes with every round.
    """
    found: list[dict[str, Any]] = []
    for number in range(rounds):
        sides = SIDES if number % 2 == 0 else SIDES[::-1]
        found.append({side: play(side) for side in sides})
    rates = {side: [rate(each[side]) for each in found] for side in SIDES}
    without, with_webhooks = (rates[side] for side in SIDES)
    return {
        "scenario": "compare",
        "ok": all(each[side]["ok"] for each in found for side in SIDES),
        "deliveriesPerSecond": {"without": without, "with": with_webhooks},
        "ratios": [ratio(*pair) for pair in zip(with_webhooks, without, strict=True)],
        "ratio": ratio(median(with_webhooks), median(without)),
        "rounds": found,
    }


def rate(result: dict[str, Any]) -> float:
    """What devices were delivered in a second."""
    per_second: float = result["deliveries"]["perSecond"]
    return per_second


def ratio(with_webhooks: float, without: float) -> float:
    """How much of it is left."""
    return round(with_webhooks / without, 3) if without else 0.0


def page(found: dict[str, Any]) -> str:
    """The comparison as a person reads it, a line for each round."""
    rates = found["deliveriesPerSecond"]
    rows: Sequence[tuple[float, float, float]] = list(
        zip(rates["without"], rates["with"], found["ratios"], strict=True)
    )
    lines = [
        f"  {'deliveries/s':<12} {'without':>11} {'with':>11} {'ratio':>7}",
        *(
            f"  {number:<12} {bare:>11,.0f} {told:>11,.0f} {left:>7.0%}"
            for number, (bare, told, left) in enumerate(rows, 1)
        ),
        f"  {'median':<12} {median(rates['without']):>11,.0f} {median(rates['with']):>11,.0f} {found['ratio']:>7.0%}",
        "Every event came once and in order." if found["ok"] else "FAULTY: some event did not come once and in order.",
    ]
    return "\n".join(lines)
