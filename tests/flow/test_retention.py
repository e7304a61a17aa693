"""Messages that an app keeps for a time only."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.domain import commands as cmd
from gateway.domain.events import MessagesCleared
from gateway.domain.model import AppSettings
from gateway.flow import retention
from gateway.flow.retention import Retention
from tests.flow.building import Building, running

HOUR_S = 3_600
KEPT_AN_HOUR = AppSettings(multi_convo_enabled=True, conversation_retention_seconds=HOUR_S)


@pytest.fixture
async def building(tmp_path: Path) -> AsyncIterator[Building]:
    """An app that keeps messages for an hour."""
    async with running(tmp_path / "gateway.db", KEPT_AN_HOUR) as building:
        yield building


def sweeper(building: Building) -> Retention:
    return Retention(building.store, building.corridor, building.clock.now)


async def swept(building: Building) -> None:
    await sweeper(building).step()


def texts(building: Building, room: str) -> list[Any]:
    found = building.rows("SELECT body ->> '$.content.text' FROM messages WHERE conversation_id = ? ORDER BY seq", room)
    return [text for (text,) in found]


async def keeps(building: Building, seconds: int) -> None:
    """The app changes its mind."""
    settings = {"conversation_retention_seconds": seconds}
    await building.one(cmd.UpdateApp(app_id=building.orders.app_id, settings=settings))


async def test_messages_of_a_quiet_conversation_go_and_the_rest_stays(building: Building) -> None:
    quiet, busy = await building.group("ann", "bob"), await building.group("ann")
    await building.at_once(building.orders.says(quiet, "old"), building.orders.says(busy, "old"))
    building.clock.wind(HOUR_S - 60)
    await building.one(building.orders.says(busy, "new"))
    building.clock.wind(61)
    await swept(building)
    assert (texts(building, quiet), texts(building, busy)) == ([], ["old", "new"])
    room = await building.room(quiet)
    assert room is not None
    assert len(room.participants) == 2
    assert [room.unread(it) for it in room.participants] == [0, 0]
    (told,) = [it for it in building.said() if isinstance(it, MessagesCleared)]
    assert (told.conversation.id, set(told.audience)) == (quiet, {it.user_id for it in room.participants})


async def test_a_millisecond_early_is_early(building: Building) -> None:
    room = await building.group("ann")
    await building.one(building.orders.says(room))
    held = await building.room(room)
    assert held is not None
    building.clock.at = held.conversation.last_updated_at + HOUR_S * 1000 - 1
    await swept(building)
    assert texts(building, room) == ["hello"]
    building.clock.at += 1
    await swept(building)
    assert texts(building, room) == []


async def test_once_they_are_gone_nothing_more_happens(building: Building) -> None:
    room = await building.group("ann")
    await building.one(building.orders.says(room))
    building.clock.wind(HOUR_S + 1)
    await swept(building)
    happened = len(building.said())
    building.clock.wind(HOUR_S)
    await swept(building)
    await building.one(cmd.ExpireMessages(app_id=building.orders.app_id, conversation_id=room))
    assert len(building.said()) == happened


async def test_what_was_said_before_the_setting_stays_until_there_is_activity(building: Building) -> None:
    await keeps(building, 0)
    old, woken = await building.group("ann"), await building.group("ann")
    await building.at_once(building.orders.says(old, "old"), building.orders.says(woken, "old"))
    building.clock.wind(10 * HOUR_S)
    await swept(building)
    await keeps(building, HOUR_S)
    await building.one(building.orders.says(woken, "new"))
    building.clock.wind(HOUR_S + 1)
    await swept(building)
    assert (texts(building, old), texts(building, woken)) == (["old"], [])


async def test_whoever_speaks_just_in_time_keeps_all(building: Building) -> None:
    """It was quiet when it was looked for, and is not when it is decided."""
    room = await building.group("ann")
    await building.one(building.orders.says(room, "old"))
    building.clock.wind(HOUR_S + 1)
    expire = cmd.ExpireMessages(app_id=building.orders.app_id, conversation_id=room)
    await building.at_once(building.orders.says(room, "new"), expire)
    assert texts(building, room) == ["old", "new"]


async def test_without_the_setting_all_is_kept(building: Building) -> None:
    room = await building.group("ann")
    await building.one(building.orders.says(room))
    await keeps(building, 0)
    building.clock.wind(100 * HOUR_S)
    await swept(building)
    await building.one(cmd.ExpireMessages(app_id=building.orders.app_id, conversation_id=room))
    assert texts(building, room) == ["hello"]


async def test_every_conversation_is_looked_at(building: Building, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ROOMS", 2)
    rooms = [await building.group("ann") for _ in range(5)]
    await building.at_once(*(building.orders.says(it) for it in rooms))
    building.clock.wind(HOUR_S + 1)
    await swept(building)
    assert [texts(building, it) for it in rooms] == [[]] * 5


async def test_a_conversation_removed_meanwhile_stops_nothing(
    building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, room = await building.group("ann"), await building.group("ann")
    await building.at_once(building.orders.says(gone), building.orders.says(room))
    building.clock.wind(HOUR_S + 1)
    found = await building.store.quiet(building.orders.app_id, 0, building.clock.at, "", 10)
    await building.one(building.orders.removes(gone))

    async def as_before(*_: object) -> object:
        return found

    monkeypatch.setattr(building.store, "quiet", as_before)
    await swept(building)
    assert texts(building, room) == []
