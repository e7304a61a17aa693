"""What a store holds of what was said, where somebody may come into control of a conversation."""

from collections.abc import Sequence
from typing import Any

import pytest

from gateway.domain import commands as cmd
from gateway.domain import limits
from gateway.domain.commands import Needs
from gateway.domain.message import Message
from gateway.domain.model import Conversation, SwitchboardIntegration
from gateway.ports import Store
from tests.contracts.clerk import Clerk


def texts(messages: Sequence[Message]) -> list[str]:
    return [getattr(it.content, "text", "") for it in messages]


@pytest.fixture
async def room(clerk: Clerk) -> str:
    """A conversation in which twelve things were said."""
    orders = clerk.orders
    _, made = await clerk.do(orders.user("ann"), orders.group("ann"))
    room = str(made.conversation.id)
    await clerk.do(*(orders.says(room, str(it)) for it in range(limits.MESSAGE_HISTORY + 2)))
    return room


async def seated(clerk: Clerk, **facts: Any) -> SwitchboardIntegration:
    """The default of a switchboard that is enabled."""
    app_id, orders = clerk.orders.app_id, clerk.orders
    board, bot = await clerk.do(cmd.CreateSwitchboard(app_id=app_id), orders.custom("conversation:message"))
    seat = cmd.CreateSwitchboardIntegration(
        app_id=app_id, switchboard_id=board.id, name="bot", integration_id=bot.id, **facts
    )
    (place,) = await clerk.do(seat)
    await clerk.do(cmd.UpdateSwitchboard(app_id=app_id, switchboard_id=board.id, default_id=place.id, enabled=True))
    assert isinstance(place, SwitchboardIntegration)
    return place


async def newest(store: Store, clerk: Clerk, room: str, **facts: Any) -> dict[str, list[str]]:
    house = await store.peek(Needs(office=clerk.orders.app_id, room=room, **facts))
    return {key: texts(said) for key, said in house.newest.items()}


LAST = [str(it) for it in range(2, limits.MESSAGE_HISTORY + 2)]


async def test_nothing_is_read_without_a_switchboard(store: Store, clerk: Clerk, room: str) -> None:
    assert await newest(store, clerk, room) == {}
    assert await newest(store, clerk, room, newest=True) == {}


async def test_the_newest_are_held_where_the_default_will_want_them(store: Store, clerk: Clerk, room: str) -> None:
    await seated(clerk, message_history_count=1)
    assert await newest(store, clerk, room) == {room: LAST}
    await clerk.do(clerk.orders.says(room, "taken up"))
    assert await newest(store, clerk, room) == {}
    assert await newest(store, clerk, room, newest=True) == {room: [*LAST[1:], "taken up"]}


async def test_nothing_is_read_for_a_default_that_does_not_ask(store: Store, clerk: Clerk, room: str) -> None:
    await seated(clerk)
    assert await newest(store, clerk, room) == {}


async def test_each_conversation_has_its_own(store: Store, clerk: Clerk, room: str) -> None:
    await seated(clerk, message_history_count=1)
    orders = clerk.orders
    (other,) = await clerk.do(orders.group("ann"))
    assert isinstance(other.conversation, Conversation)
    silent = other.conversation.id
    await clerk.do(orders.says(silent, "alone"), cmd.ReleaseControl(app_id=orders.app_id, conversation_id=silent))
    assert await newest(store, clerk, silent) == {silent: ["alone"]}
    house = await store.peek(Needs(office=orders.app_id, room=room))
    assert texts(house.newest[room]) == LAST


async def test_a_silent_conversation_has_none(store: Store, clerk: Clerk) -> None:
    await seated(clerk, message_history_count=1)
    (made,) = await clerk.do(clerk.orders.group())
    assert await newest(store, clerk, made.conversation.id, newest=True) == {made.conversation.id: []}
