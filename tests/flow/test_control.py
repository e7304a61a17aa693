"""Control of conversations through the corridor: one commit for what changes, and one answer for what fails."""

from pathlib import Path
from typing import Any

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain import events as ev
from gateway.domain.triggers import TRIGGERS
from tests.flow.building import Building, running


async def board(building: Building, *names: str, **facts: Any) -> list[str]:
    """An enabled switchboard, the first of these its default; gives the ids of their integrations."""
    app_id, orders = building.orders.app_id, building.orders
    made = await building.one(cmd.CreateSwitchboard(app_id=app_id))
    bots = [await building.one(orders.custom(*TRIGGERS.values())) for _ in names]
    places = [
        await building.one(
            cmd.CreateSwitchboardIntegration(
                app_id=app_id, switchboard_id=made.id, name=name, integration_id=bot.id, **facts
            )
        )
        for name, bot in zip(names, bots, strict=True)
    ]
    on = cmd.UpdateSwitchboard(app_id=app_id, switchboard_id=made.id, default_id=places[0].id, enabled=True)
    await building.one(on)
    return [it.id for it in bots]


def passes(building: Building, room: str, target: str) -> cmd.PassControl:
    return cmd.PassControl(app_id=building.orders.app_id, conversation_id=room, target=target)


async def test_what_was_said_in_the_same_group_is_shown(tmp_path: Path) -> None:
    async with running(tmp_path / "db") as building:
        room = await building.group("ann")
        await building.one(building.orders.says(room, "before"))
        _, desk = await board(building, "bot", "desk", message_history_count=2)
        says = building.orders.says
        *_, last = await building.at_once(
            says(room, "one"), says(room, "two"), passes(building, room, "desk"), says(room, "three")
        )
        (passed,) = [it for it in building.said() if isinstance(it, ev.ControlPassed)]
        shown = passed.shown
        assert shown is not None
        assert shown.integration_id == desk
        assert [getattr(it.content, "text", "") for it in shown.messages] == ["one", "two"]
        assert last.message.seq == 5
        taken_up = next(it.shown for it in building.said() if isinstance(it, ev.MessagePosted) and it.shown)
        assert [getattr(it.content, "text", "") for it in taken_up.messages] == ["before"]


async def test_what_fails_is_in_the_outbox_and_answered(tmp_path: Path) -> None:
    async with running(tmp_path / "db") as building:
        (bot,) = await board(building, "bot")
        room = await building.group("ann")
        before = await building.room(room)
        assert await building.at_once(passes(building, room, "nobody")) == [errors.INVALID_TARGET]
        assert [it.event.lane for it in building.due if isinstance(it.event, ev.PassFailed)] == [room]
        assert "switchboard:passControl:failure" in str(building.rows("SELECT body FROM outbox ORDER BY id DESC")[0])
        assert await building.room(room) == before
        assert bot


async def test_the_history_keeps_nothing_of_what_newcomers_were_shown(tmp_path: Path) -> None:
    """What was said stands in the history once, where it can be deleted."""
    async with running(tmp_path / "db") as building:
        room = await building.group("ann", "bob")
        await building.one(building.orders.says(room, "a secret"))
        await board(building, "bot", message_history_count=2)
        await building.one(building.orders.leaves(room, "bob"))
        left = next(it for it in building.said() if isinstance(it, ev.Left))
        assert left.shown
        assert "a secret" not in str(building.rows("SELECT body FROM events"))
