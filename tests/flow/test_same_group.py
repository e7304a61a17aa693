"""What comes at once fares as if it had come one by one, and leaves the very same file."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain.commands import Command
from gateway.domain.content import PostbackAction, Text
from gateway.domain.model import AppSettings, Integration
from tests.domain.town import MULTI, Orders
from tests.flow.building import Building, problem, running

SINGLE: Final = AppSettings()
YES: Final = PostbackAction(text="Yes", payload="YES")


class Scene:
    """What the commands of a test can name: a group of two, and a message with a button that was said there."""

    def __init__(self, building: Building, room: str, ann: str, asked: cmd.Posted, web: Integration) -> None:
        self.orders: Orders = building.orders
        self.room = room
        self.ann = ann
        self.message = asked.message.id
        content = asked.message.content
        assert isinstance(content, Text)
        assert content.actions
        self.button = content.actions[0].id or ""
        self.web = web.id

    def mine(self, text: str, client_message_id: str = "mine") -> cmd.Post:
        """Something that Ann says from a device, which may send it again."""
        return self.orders.says(self.room, text, by=self.ann, client_message_id=client_message_id)


async def scene(building: Building) -> Scene:
    room = await building.group("ann", "bob")
    ann = await building.person("ann")
    assert ann is not None
    asked = await building.one(building.orders.posts(room, Text(text="Tea?", actions=(YES,))))
    web = await building.one(building.orders.integration())
    await building.one(building.orders.custom("conversation:message", "conversation:join", "user:remove"))
    await building.one(building.orders.says(room, "before", by=ann.user.id, client_message_id="before"))
    return Scene(building, room, ann.user.id, asked, web)


Commands = Callable[[Scene], Sequence[Command[Any]]]

STORIES: Final[dict[str, tuple[Commands, Sequence[Any]]]] = {
    "an external id is taken twice": (
        lambda s: [s.orders.user("new"), s.orders.user("new")],
        [None, errors.USER_EXISTS],
    ),
    "somebody new sits down and speaks": (
        lambda s: [s.orders.user("new"), s.orders.joins(s.room, "new"), s.orders.says(s.room, "hi", by="new")],
        [None, None, None],
    ),
    "somebody new opens a room": (
        lambda s: [s.orders.user("new"), s.orders.personal("new"), s.orders.group("new", "ann")],
        [None, None, None],
    ),
    "a room is removed and spoken to": (
        lambda s: [s.orders.removes(s.room), s.orders.says(s.room), s.orders.reads(s.room, "ann")],
        [None, errors.CONVERSATION_NOT_FOUND, errors.CONVERSATION_NOT_FOUND],
    ),
    "a room is spoken to and removed": (
        lambda s: [s.mine("last words"), s.orders.joins(s.room, "bob"), s.orders.removes(s.room)],
        [None, None, None],
    ),
    "a room is removed twice": (
        lambda s: [s.orders.removes(s.room), s.orders.removes(s.room)],
        [None, errors.CONVERSATION_NOT_FOUND],
    ),
    "a message is deleted twice, then all are": (
        lambda s: [s.orders.deletes(s.room, s.message), s.orders.deletes(s.room, s.message), s.orders.clears(s.room)],
        [None, None, None],
    ),
    "a message is deleted after all are": (
        lambda s: [s.orders.clears(s.room), s.orders.deletes(s.room, s.message)],
        [None, errors.MESSAGE_NOT_FOUND],
    ),
    "all are deleted between two": (
        lambda s: [s.orders.says(s.room, "one"), s.orders.clears(s.room), s.orders.says(s.room, "two")],
        [None, None, None],
    ),
    "all are deleted twice": (
        lambda s: [s.orders.clears(s.room), s.orders.says(s.room, "one"), s.orders.clears(s.room)],
        [None, None, None],
    ),
    "the same is sent twice": (lambda s: [s.mine("one"), s.mine("one again"), s.mine("two", "other")], [None] * 3),
    "the same is sent again later": (lambda s: [s.mine("again", "before"), s.mine("new")], [None, None]),
    "the same is sent before and after all are deleted": (
        lambda s: [s.mine("one"), s.orders.clears(s.room), s.mine("two"), s.mine("three")],
        [None] * 4,
    ),
    "the same is sent after all are deleted": (
        lambda s: [s.orders.clears(s.room), s.mine("after", "before")],
        [None, None],
    ),
    "a button is pressed and its message deleted": (
        lambda s: [
            s.orders.presses(s.room, "ann", s.button),
            s.orders.deletes(s.room, s.message),
            s.orders.presses(s.room, "ann", s.button),
        ],
        [None, None, errors.NO_SUCH_ACTION],
    ),
    "a button is pressed after all messages are deleted": (
        lambda s: [s.orders.clears(s.room), s.orders.presses(s.room, "ann", s.button)],
        [None, errors.NO_SUCH_ACTION],
    ),
    "eleven want to sit": (
        lambda s: [
            it
            for name in (f"guest{number}" for number in range(9))
            for it in (s.orders.user(name), s.orders.joins(s.room, name))
        ],
        [None] * 17 + [errors.TOO_MANY_PARTICIPANTS],
    ),
    "one leaves, another takes the seat": (
        lambda s: [
            s.orders.user("new"),
            s.orders.leaves(s.room, "bob"),
            s.orders.says(s.room, "hi", by="bob"),
            s.orders.joins(s.room, "new"),
            s.orders.joins(s.room, "bob"),
            s.orders.leaves(s.room, "new"),
        ],
        [None, None, errors.AUTHOR_NOT_PARTICIPANT, None, None, None],
    ),
    "somebody goes and speaks": (
        lambda s: [s.orders.forgets("ann"), s.mine("hi"), s.orders.joins(s.room, "ann")],
        [None, errors.USER_NOT_FOUND, errors.USER_NOT_FOUND],
    ),
    "somebody sits down and goes": (
        lambda s: [s.orders.user("new"), s.orders.joins(s.room, "new"), s.orders.forgets("new")],
        [None, None, None],
    ),
    "somebody known sits down elsewhere and goes": (
        lambda s: [s.orders.group("bob"), s.orders.personal("ann"), s.orders.forgets("ann"), s.orders.forgets("bob")],
        [None] * 4,
    ),
    "somebody goes and comes again": (
        lambda s: [s.orders.forgets("ann"), s.orders.user("ann"), s.orders.joins(s.room, "ann")],
        [None, None, None],
    ),
    "somebody new comes, goes, and comes again": (
        lambda s: [s.orders.user("new"), s.orders.forgets("new"), s.orders.user("new"), s.orders.personal("new")],
        [None] * 4,
    ),
    "somebody takes another's id for a name": (
        lambda s: [s.orders.user(s.ann), s.orders.changes(s.ann, metadata={"a": 1}), s.orders.joins(s.room, s.ann)],
        [None, None, None],
    ),
    "somebody with another's id for a name goes": (
        lambda s: [s.orders.user(s.ann), _goes_by_name(s), s.mine("hi"), s.orders.changes(s.ann, metadata={"a": 1})],
        [None, None, None, None],
    ),
    "a device comes twice": (
        lambda s: [s.orders.connects(s.web, external_id="new"), s.orders.connects(s.web, external_id="new")],
        [None, None],
    ),
    "two devices come, and their user goes": (
        lambda s: [
            s.orders.connects(s.web, "one", external_id="new"),
            s.orders.connects(s.web, "two", external_id="new"),
            s.orders.forgets("new"),
        ],
        [None, None, None],
    ),
    "reading and speaking": (
        lambda s: [s.orders.reads(s.room, "bob"), s.mine("one"), s.orders.reads(s.room, "bob"), s.orders.reads(s.room)],
        [None] * 4,
    ),
    "a room is renamed twice": (
        lambda s: [s.orders.alters(s.room, display_name=it) for it in ("Crew", "Crew", "Gang")],
        [None] * 3,
    ),
    "an integration goes and a device comes by it": (
        lambda s: [
            cmd.DeleteIntegration(app_id=s.orders.app_id, integration_id=s.web),
            s.orders.connects(s.web, external_id="new"),
        ],
        [None, errors.INTEGRATION_NOT_FOUND],
    ),
    "everything is said, and then the app goes": (
        lambda s: [s.mine("last words"), s.orders.user("new"), s.orders.group("new"), _goes(s)],
        [None] * 4,
    ),
    "the app goes, and somebody speaks": (
        lambda s: [
            _goes(s),
            s.mine("hi"),
            s.orders.forgets("bob"),
            s.orders.user("new"),
            s.orders.reads(s.room, "bob"),
        ],
        [
            None,
            errors.CONVERSATION_NOT_FOUND,
            errors.USER_NOT_FOUND,
            errors.APP_NOT_FOUND,
            errors.CONVERSATION_NOT_FOUND,
        ],
    ),
}


def _goes_by_name(s: Scene) -> cmd.DeleteUser:
    return cmd.DeleteUser(app_id=s.orders.app_id, user=cmd.Ref(s.orders.app_id, s.ann, "external"))


def _goes(s: Scene) -> cmd.DeleteApp:
    return cmd.DeleteApp(app_id=s.orders.app_id)


async def played(folder: Path, commands: Commands, *, at_once: bool) -> tuple[list[Any], Building, dict[str, Any]]:
    """The answers and the file that the commands leave."""
    async with running(folder / "gateway.db", MULTI) as building:
        staged = await scene(building)
        play = building.at_once if at_once else building.one_by_one
        answers = await play(*commands(staged))
        await building.corridor.drained()
        return answers, building, building.file()


@pytest.mark.parametrize("story", STORIES)
async def test_at_once_is_as_good_as_one_by_one(tmp_path: Path, story: str) -> None:
    commands, expected = STORIES[story]
    with capture_logs() as logged:
        answers, together, file = await played(tmp_path / "together", commands, at_once=True)
    same_answers, apart, same_file = await played(tmp_path / "apart", commands, at_once=False)
    assert [problem(it) for it in answers] == list(expected)
    assert answers == same_answers
    assert together.said() == apart.said()
    assert file == same_file
    assert logged == []


async def test_one_seat_is_taken_by_one(tmp_path: Path) -> None:
    """Without multi-convo a user has one conversation, whoever asks first."""
    async with running(tmp_path / "gateway.db", SINGLE) as building:
        orders = building.orders
        answers = await building.at_once(
            orders.user("ann"), orders.personal("ann"), orders.group("ann"), orders.personal("ann")
        )
        assert [problem(it) for it in answers] == [None, None, errors.MULTI_CONVO_OFF, errors.MULTI_CONVO_OFF]
        ann = await building.person("ann")
        assert ann is not None
        assert ann.user.conversations == 1


async def test_a_session_is_used_for_one_login(building: Building) -> None:
    orders = building.orders
    web = await building.one(orders.integration())
    someone = await building.one(orders.connects(web.id, new_session_hash="right"))
    login = orders.connects(web.id, external_id="ann", user_id=someone.user.id, session_hash="right")
    other = orders.connects(web.id, external_id="bob", user_id=someone.user.id, session_hash="right")
    ann, bob = await building.at_once(login, other)
    assert ann.user.id == someone.user.id
    assert bob.user.id != someone.user.id
