"""A group of commands is as good as the same commands one by one, whatever they are."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain import errors
from gateway.domain.content import Text
from gateway.domain.triggers import TRIGGERS
from tests.effort import examples
from tests.flow.building import Building, running
from tests.properties.moves import FORM, NAMES, YES, Cast, Move, command, moves, red

pytestmark = pytest.mark.timeout(600)  # a failure is made small before it is shown


async def _staged(building: Building) -> Cast:
    """Some people, two rooms with something said, and a webhook that is due everything."""
    orders = building.orders
    web = await building.one(orders.integration())
    await building.one(orders.custom(*TRIGGERS.values()))
    cast = Cast(orders, web.id)
    cast.rooms = [await building.group(*NAMES[:9]), await building.group(*NAMES[9:11])]
    for name in NAMES[:11]:
        person = await building.person(name)
        assert person is not None
        cast.ids[name] = person.user.id
    for room, name in zip(cast.rooms, ("a", "j"), strict=True):
        cast.messages.append((await building.one(orders.posts(room, FORM))).message.id)
        for number in range(2):
            said = (await building.one(orders.posts(room, Text(text="Tea?", actions=(YES, red(number)))))).message
            cast.messages.append(said.id)
            cast.buttons += [it.id for it in said.content.actions]
        await building.one(orders.says(room, by=cast.ids[name], client_message_id="mine 0"))
    return cast


async def _played(folder: Path, batch: list[Move], *, at_once: bool) -> tuple[list[Any], Any, Any]:
    async with running(folder / "gateway.db") as building:
        cast = await _staged(building)
        play = building.at_once if at_once else building.one_by_one
        answers = await play(*(command(cast, it) for it in batch))
        await building.corridor.drained()
        return answers, building.said(), building.file()


@given(st.lists(moves(), min_size=2, max_size=10))
@settings(max_examples=examples(100), deadline=None)
def test_at_once_is_as_good_as_one_by_one(batch: list[Move]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        together = asyncio.run(_played(Path(folder) / "together", batch, at_once=True))
        apart = asyncio.run(_played(Path(folder) / "apart", batch, at_once=False))
    assert together == apart
    assert errors.UNAVAILABLE not in together[0]
