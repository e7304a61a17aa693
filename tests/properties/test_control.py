"""Whatever is tried with the control of a conversation: it has its order, and a group of tries is as good as each."""

import asyncio
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain import events as ev
from gateway.domain.commands import Command
from gateway.domain.triggers import TRIGGERS
from tests.effort import examples
from tests.flow.building import Building, running

pytestmark = pytest.mark.timeout(600)  # a failure is made small before it is shown

LISTENS: Final = {"bot": tuple(TRIGGERS.values()), "desk": ("conversation:message",), "ear": ("conversation:read",)}
Try = tuple[str, str, str | None]  # what, to whom, by whom


def tries() -> st.SearchStrategy[Try]:
    actions = st.sampled_from(("pass", "offer", "accept", "release", "say", "say", "read", "type", "delete", "clear"))
    targets = st.sampled_from(("bot", "desk", "ear", "next", "custom", "nobody"))
    return st.tuples(actions, targets, st.sampled_from((None, "bot", "desk", "ear")))


class Stage:
    """A conversation with something said, under a switchboard of three who are deaf on standby."""

    def __init__(self, building: Building, room: str, first: str, integrations: dict[str, str]) -> None:
        self.building = building
        self.room = room
        self.first = first
        self.integrations = integrations

    def command(self, it: Try, turn: int) -> Command[Any]:
        what, target, by = it
        facts: dict[str, Any] = {"app_id": self.building.orders.app_id, "conversation_id": self.room}
        control = {**facts, "by": self.integrations[by] if by else None}
        orders = self.building.orders
        everything: dict[str, Command[Any]] = {
            "pass": cmd.PassControl(target=target, **control),
            "offer": cmd.OfferControl(target=target, **control),
            "accept": cmd.AcceptControl(**control),
            "release": cmd.ReleaseControl(**control),
            "say": orders.says(self.room, f"{turn}"),
            "read": orders.reads(self.room),
            "type": orders.types(self.room, "ann"),
            "delete": orders.deletes(self.room, self.first),
            "clear": orders.clears(self.room),
        }
        return everything[what]


async def _staged(building: Building) -> Stage:
    app_id, orders = building.orders.app_id, building.orders
    room = await building.group("ann")
    first = (await building.one(orders.says(room, "before"))).message.id
    board = await building.one(cmd.CreateSwitchboard(app_id=app_id))
    integrations: dict[str, str] = {}
    places: dict[str, str] = {}
    for name, triggers in LISTENS.items():
        integrations[name] = (await building.one(orders.custom(*triggers))).id
        place = cmd.CreateSwitchboardIntegration(
            app_id=app_id,
            switchboard_id=board.id,
            name=name,
            integration_id=integrations[name],
            deliver_standby_events=False,
            next_id=next(iter(places.values()), None),
            message_history_count=2,
        )
        places[name] = (await building.one(place)).id
    await building.one(
        cmd.UpdateSwitchboard(app_id=app_id, switchboard_id=board.id, default_id=places["bot"], enabled=True)
    )
    return Stage(building, room, first, integrations)


async def _played(folder: Path, batch: list[Try], *, at_once: bool) -> tuple[list[Any], list[ev.Event], Any]:
    async with running(folder / "gateway.db") as building:
        stage = await _staged(building)
        play = building.at_once if at_once else building.one_by_one
        answers = await play(*(stage.command(it, turn) for turn, it in enumerate(batch)))
        await building.corridor.drained()
        return answers, building.said(), building.file()


@given(st.lists(tries(), min_size=2, max_size=12))
@settings(max_examples=examples(60), deadline=None)
def test_at_once_is_as_good_as_one_by_one(batch: list[Try]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        together = asyncio.run(_played(Path(folder) / "together", batch, at_once=True))
        apart = asyncio.run(_played(Path(folder) / "apart", batch, at_once=False))
    assert together == apart
    assert errors.UNAVAILABLE not in together[0]
    _is_in_order([it for it in together[1] if isinstance(it, ev.ConversationEvent)])


def _is_in_order(told: list[ev.ConversationEvent]) -> None:
    """One in control at most, one asked at most; the history has no gap; nobody is shown twice what was said."""
    seqs = [it.seq for it in told if it.seq]
    assert seqs == list(range(1, len(seqs) + 1))
    for before, event in pairwise(told[1:]):
        active, pending = event.conversation.active, event.conversation.pending
        assert (active is None) is isinstance(event, ev.ControlReleased)
        assert pending is None or (active is not None and pending.id != active.id)
        assert isinstance(event, ev.ControlEvent) <= (event.seq == 0)
        if event.shown is not None:
            assert 1 <= len(event.shown.messages) <= 2
            newcomer = pending if isinstance(event, ev.ControlOffered) else active
            assert newcomer is not None
            assert event.shown.integration_id == newcomer.integration_id
            if before.shown is not None and before.shown.integration_id == event.shown.integration_id:
                assert isinstance(event, ev.ControlOffered | ev.ControlAccepted | ev.ControlPassed)
