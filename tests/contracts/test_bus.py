"""The contract of every bus: events reach every node in order, and nobody keeps them from anybody."""

from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from gateway.domain.events import Event, OfficeEvent
from gateway.ports import Bus
from tests.domain.story import everything

EVENTS = everything()


class Ear:
    def __init__(self) -> None:
        self.heard: list[Event] = []

    def __call__(self, events: Sequence[Event]) -> None:
        self.heard += events


@pytest.fixture
def ears(bus: Bus) -> tuple[Ear, Ear]:
    ears = Ear(), Ear()
    for ear in ears:
        bus.subscribe(ear)
    return ears


async def test_everybody_hears_everything_in_order(bus: Bus, ears: tuple[Ear, Ear]) -> None:
    for event in EVENTS:
        await bus.publish((event,))
    await bus.publish(EVENTS[:3])
    for ear in ears:
        assert tuple(ear.heard) == EVENTS + EVENTS[:3]


async def test_who_comes_late_hears_what_comes_then(bus: Bus, ears: tuple[Ear, Ear]) -> None:
    await bus.publish(EVENTS[:2])
    late = Ear()
    bus.subscribe(late)
    await bus.publish(EVENTS[2:3])
    assert tuple(late.heard) == EVENTS[2:3]


async def test_who_cannot_hear_does_not_keep_it_from_the_others(bus: Bus) -> None:
    def deaf(events: Sequence[Event]) -> None:
        raise RuntimeError("too loud")

    ear = Ear()
    bus.subscribe(deaf)
    bus.subscribe(ear)
    with capture_logs() as logged:
        await bus.publish(EVENTS[:2])
    assert tuple(ear.heard) == EVENTS[:2]
    assert [it["log_level"] for it in logged] == ["error"]


async def test_a_closed_bus_is_silent(bus: Bus, ears: tuple[Ear, Ear]) -> None:
    await bus.close()
    await bus.publish(EVENTS[:1])
    assert ears[0].heard == []


async def test_who_wants_some_kinds_hears_those_alone_and_nothing_where_there_are_none(bus: Bus) -> None:
    wanted = type(EVENTS[1])
    calls: list[Sequence[Event]] = []
    bus.subscribe(calls.append, wanted, OfficeEvent)
    await bus.publish([it for it in EVENTS if not isinstance(it, wanted | OfficeEvent)])
    await bus.publish(EVENTS)
    assert [list(it) for it in calls] == [[it for it in EVENTS if isinstance(it, wanted | OfficeEvent)]]
    assert any(isinstance(it, OfficeEvent) for it in calls[0])
