"""The same load with webhooks and without, in turn."""

from typing import Any

from clients.loadtest.comparison import compare, page
from clients.loadtest.options import Scenario


class Machine:
    """One that delivers less and less, and even less with webhooks."""

    def __init__(self, faulty: str = "") -> None:
        self.played: list[Scenario] = []
        self._faulty = faulty

    def play(self, scenario: Scenario) -> dict[str, Any]:
        self.played.append(scenario)
        left = 1.0 if scenario == "rooms" else 0.9
        return {"ok": scenario != self._faulty, "deliveries": {"perSecond": 1000 / len(self.played) * left}}


def test_each_side_begins_in_turn() -> None:
    machine = Machine()
    compare(machine.play, 3)
    assert machine.played == ["rooms", "webhooks", "webhooks", "rooms", "rooms", "webhooks"]


def test_the_ratio_is_of_the_rates_in_the_middle() -> None:
    found = compare(Machine().play, 3)
    assert found["deliveriesPerSecond"] == {"without": [1000, 250, 200], "with": [450, 300, 150]}
    assert (found["ratios"], found["ratio"]) == ([0.45, 1.2, 0.75], 1.2)
    assert found["ok"]
    assert "120%" in page(found).splitlines()[-2]


def test_a_fault_on_either_side_spoils_it() -> None:
    for side in ("rooms", "webhooks"):
        found = compare(Machine(faulty=side).play, 1)
        assert not found["ok"]
        assert "FAULTY" in page(found)


def test_nothing_delivered_is_no_division_by_zero() -> None:
    assert compare(lambda _: {"ok": True, "deliveries": {"perSecond": 0.0}}, 1)["ratio"] == 0
