"""Buttons that are pressed: replies are said, postbacks are told."""

from typing import Any

import pytest
from msgspec import structs

from gateway.domain import errors, limits
from gateway.domain import events as ev
from gateway.domain.content import AnyAction, LinkAction, PostbackAction, ReplyAction, Text, actions_of
from gateway.domain.model import AppSettings, Source
from tests.domain.town import Town

WEB = Source(type="web", integration_id="0" * 24)
RED = ReplyAction(text="Red", payload="RED", metadata={"colour": 1})
MORE = PostbackAction(text="More", payload="MORE", metadata={"page": 2})


@pytest.fixture
def town() -> Town:
    return Town()


def offered(town: Town, room: str, *buttons: AnyAction) -> list[str]:
    """The business shows buttons; gives their ids."""
    content = town.do(town.orders.posts(room, Text(text="So?", actions=buttons))).message.content
    assert content is not None
    return [it.id or "" for it in actions_of(content)]


def test_a_pressed_reply_is_said_by_the_user(town: Town) -> None:
    room = town.group("ann", "bob")
    (red,) = offered(town, room, RED)
    answer = town.do(town.orders.presses(room, "ann", red, WEB))
    event = town.last(ev.MessagePosted)
    assert answer is not None
    assert answer.message == event.message
    assert event.message.content == Text(text="Red", payload="RED")
    assert event.message.metadata == {"colour": 1}
    assert (event.message.author.user_id, event.message.source) == (town.user("ann"), WEB)
    assert set(event.audience) == {town.user("ann"), town.user("bob")}
    assert not [it for it in town.happened if isinstance(it, ev.Pressed)]


def says(town: Town, room: str, payload: str, **facts: Any) -> dict[str, Any]:
    """Ann answers in words of her own; gives the metadata of what she said."""
    content = Text(text="The red one", payload=payload)
    said = town.do(town.orders.posts(room, content, by="ann", **{"source": WEB, **facts})).message
    assert said.content == content
    return dict(said.metadata or {})


def test_what_has_the_payload_of_a_reply_has_its_metadata(town: Town) -> None:
    room = town.group("ann")
    offered(town, room, RED, MORE)
    assert says(town, room, "RED") == {"colour": 1}
    assert says(town, room, "RED", metadata={"own": 2}) == {"own": 2, "colour": 1}
    assert says(town, room, "BLUE") == says(town, room, "MORE") == {}


def test_the_newest_of_two_replies_counts(town: Town) -> None:
    room = town.group("ann")
    offered(town, room, RED)
    offered(town, room, structs.replace(RED, metadata={"colour": 2}))
    assert says(town, room, "RED") == {"colour": 2}


def test_both_kinds_of_metadata_fit_together_or_not_at_all(town: Town) -> None:
    room = town.group("ann")
    offered(town, room, RED)
    most = limits.METADATA_BYTES - len("colour1") - len("k")
    assert says(town, room, "RED", metadata={"k": "x" * most})["colour"] == 1
    order = town.orders.posts(room, Text(text="a", payload="RED"), by="ann", metadata={"k": "x" * (most + 1)})
    assert town.refusal(order) == errors.TOO_MUCH_METADATA


def test_a_pressed_postback_is_told_to_the_business_alone(town: Town) -> None:
    room = town.group("ann")
    (more,) = offered(town, room, MORE)
    happened = len(town.happened)
    assert town.do(town.orders.presses(room, "ann", more, WEB)) is None
    (event,) = town.happened[happened:]
    assert isinstance(event, ev.Pressed)
    assert (event.payload, event.metadata, event.audience) == ("MORE", {"page": 2}, ())


def test_a_postback_is_echoed_where_the_app_wants_it() -> None:
    town = Town(AppSettings(echo_postback=True))
    room = town.personal("ann")
    (more,) = offered(town, room, MORE)
    happened = len(town.happened)
    answer = town.do(town.orders.presses(room, "ann", more, WEB))
    pressed, echo = town.happened[happened:]
    assert isinstance(pressed, ev.Pressed)
    assert isinstance(echo, ev.MessagePosted)
    assert answer is not None
    assert answer.message == echo.message
    assert (echo.message.content, echo.message.author.user_id) == (Text(text="More"), town.user("ann"))


def test_other_buttons_and_those_that_are_gone_cannot_be_pressed(town: Town) -> None:
    room = town.group("ann")
    said = town.do(
        town.orders.posts(room, Text(text="So?", actions=(RED, LinkAction(text="l", uri="http://e.x"))))
    ).message
    assert said.content is not None
    red, link = [it.id or "" for it in actions_of(said.content)]
    assert town.refusal(town.orders.presses(room, "ann", link)) == errors.NO_SUCH_ACTION
    town.do(town.orders.deletes(room, said.id))
    assert town.refusal(town.orders.presses(room, "ann", red)) == errors.NO_SUCH_ACTION
    assert says(town, room, "RED") == {}
