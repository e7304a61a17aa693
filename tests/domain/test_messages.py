"""Messages, read marks, typing and postbacks."""

from typing import Any

import pytest
from msgspec import convert, structs

from gateway.domain import errors, limits
from gateway.domain import events as ev
from gateway.domain.content import (
    Carousel,
    Content,
    Item,
    List,
    PostbackAction,
    Text,
    actions_of,
)
from gateway.domain.model import Source
from tests.domain.town import Town

WEB = Source(type="web", integration_id="0" * 24)
YES = PostbackAction(text="Yes", payload="YES", metadata={"answer": True})


@pytest.fixture
def town() -> Town:
    return Town()


def ids_of(content: Content | None) -> list[str | None]:
    assert content is not None
    return [it.id for it in actions_of(content)]


def test_a_message_knows_its_place_and_its_author(town: Town) -> None:
    room = town.group("ann")
    said = town.do(town.orders.says(room, "hi", by="ann", metadata={"a": 1})).message
    event = town.last(ev.MessagePosted)
    assert (said.seq, said.metadata, said.content) == (2, {"a": 1}, Text(text="hi"))
    assert (said.author.type, said.author.user_id, said.author.display_name) == ("user", town.user("ann"), "Ann")
    assert (event.id, event.at, event.seq) == (said.id, said.received, said.seq)
    assert event.conversation.last_updated_at == said.received


def test_a_repeated_send_is_answered_with_the_first_and_nothing_happens(town: Town) -> None:
    room = town.group("ann")
    send = town.orders.says(room, "hi", by=town.user("ann"), client_message_id="one")
    first = town.do(send)
    happened = len(town.happened)
    again = town.do(send)
    assert (first.duplicate, again.duplicate) == (False, True)
    assert again.message == first.message
    assert len(town.happened) == happened


def test_client_message_ids_are_each_authors_own(town: Town) -> None:
    room = town.group("ann", "bob")
    for name in ("ann", "bob"):
        said = town.do(town.orders.says(room, by=town.user(name), client_message_id="one"))
        assert not said.duplicate


def test_what_was_cleared_may_be_said_again(town: Town) -> None:
    room = town.group("ann")
    send = town.orders.says(room, by=town.user("ann"), client_message_id="one")
    town.do(send)
    town.do(town.orders.clears(room))
    assert not town.do(send).duplicate


def test_posting_reads_everything_before(town: Town) -> None:
    room = town.group("ann", "bob")
    town.do(town.orders.says(room))
    said = town.do(town.orders.says(room, by="ann")).message
    assert (town.unread(room, "ann"), town.unread(room, "bob")) == (0, 2)
    seat = town.house.room(town.app_id, room).seat(town.user("ann"))
    assert seat is not None
    assert seat.last_read == said.received


def test_reading_marks_the_newest_message_once(town: Town) -> None:
    room = town.group("ann")
    newest = town.do(town.orders.says(room)).message
    mark = town.do(town.orders.reads(room, "ann"))
    happened = len(town.happened)
    assert (mark.last_read, mark.unread) == (newest.received, 0)
    assert town.do(town.orders.reads(room, "ann")) == mark
    assert len(town.happened) == happened
    assert town.last(ev.HasRead).audience == (town.user("ann"),)


def test_there_is_nothing_to_read_in_an_empty_room(town: Town) -> None:
    room = town.group("ann")
    for reader in ("ann", None):
        assert town.do(town.orders.reads(room, reader)).last_read is None
    assert not [it for it in town.happened if isinstance(it, ev.HasRead)]


def test_the_business_reads_by_asking_and_by_answering(town: Town) -> None:
    room = town.group("ann")
    said = town.do(town.orders.says(room, by="ann")).message
    town.do(town.orders.reads(room))
    assert town.last(ev.HasRead).conversation.business_last_read == said.received
    answered = town.do(town.orders.says(room)).message
    assert town.last(ev.MessagePosted).conversation.business_last_read == answered.received


def test_a_deleted_message_keeps_its_place_and_loses_the_rest(town: Town) -> None:
    room = town.group("ann")
    said = town.do(town.orders.posts(room, Text(text="Tea?", actions=(YES,)), metadata={"a": 1})).message
    town.do(town.orders.deletes(room, said.id))
    kept = town.house.messages[room, said.id]
    assert (kept.id, kept.seq, kept.received, kept.author) == (said.id, said.seq, said.received, said.author)
    assert (kept.content, kept.metadata, kept.references, kept.deleted) == (None, None, None, True)
    assert town.refusal(town.orders.presses(room, "ann", ids_of(said.content)[0] or "")) == errors.NO_SUCH_ACTION


def test_deleting_twice_is_no_news(town: Town) -> None:
    room = town.group("ann")
    said = town.do(town.orders.says(room)).message
    town.do(town.orders.deletes(room, said.id))
    happened = len(town.happened)
    town.do(town.orders.deletes(room, said.id))
    assert len(town.happened) == happened


def test_clearing_empties_the_room_and_its_unread_counts(town: Town) -> None:
    room = town.group("ann")
    said = [town.do(town.orders.says(room)).message for _ in range(3)]
    town.do(town.orders.clears(room))
    assert town.unread(room, "ann") == 0
    assert town.refusal(town.orders.deletes(room, said[0].id)) == errors.MESSAGE_NOT_FOUND
    town.do(town.orders.says(room))
    assert town.unread(room, "ann") == 1


def test_a_full_room_takes_messages_again_once_it_is_cleared(town: Town) -> None:
    room = town.group("ann")
    held = town.house.room(town.app_id, room)
    nearly = structs.replace(held.conversation, posted=limits.MESSAGES - 1)
    town.house.rooms[room] = structs.replace(held, conversation=nearly)
    assert town.refusal(town.orders.says(room)) is None
    assert town.refusal(town.orders.says(room)) == errors.LOCKED
    town.do(town.orders.clears(room))
    assert town.refusal(town.orders.says(room)) is None


def test_every_button_gets_an_id_of_its_own(town: Town) -> None:
    room = town.group("ann")
    item = Item(title="Tea", actions=(YES, YES))
    listed = town.do(town.orders.posts(room, List(items=(item, item), actions=(YES,)))).message
    shown = town.do(town.orders.posts(room, Carousel(items=(item,)))).message
    ids = ids_of(listed.content) + ids_of(shown.content)
    assert len(set(ids)) == 7
    assert None not in ids


def test_a_pressed_button_tells_the_business_alone(town: Town) -> None:
    room = town.group("ann")
    asked = town.do(town.orders.posts(room, Text(text="Tea?", actions=(YES,)))).message
    town.do(town.orders.presses(room, "ann", ids_of(asked.content)[0] or "", WEB))
    pressed = town.last(ev.Pressed)
    assert (pressed.payload, pressed.metadata, pressed.source) == ("YES", {"answer": True}, WEB)
    assert (pressed.audience, pressed.seq) == ((), 0)


def test_nobody_is_told_that_they_type_themselves(town: Town) -> None:
    room = town.group("ann", "bob")
    town.do(town.orders.types(room, "ann"))
    typing = town.last(ev.Typing)
    assert (typing.audience, typing.seq, typing.display_name) == ((town.user("bob"),), 0, "Ann")
    town.do(town.orders.types(room))
    assert town.last(ev.Typing).audience == (town.user("ann"), town.user("bob"))


@pytest.mark.parametrize(
    "content",
    [
        {"type": "text", "text": "hi"},
        {"type": "image", "mediaUrl": "https://example.org/a.png"},
        {"type": "file", "mediaUrl": "https://example.org/a.pdf"},
        {"type": "location", "coordinates": {"lat": 0, "long": 0}},
    ],
    ids=lambda it: str(it["type"]),
)
def test_what_a_user_may_say(town: Town, content: dict[str, Any]) -> None:
    room = town.group("ann")
    assert town.refusal(town.orders.posts(room, convert(content, Content), by="ann")) is None


def test_a_message_keeps_its_source_in_short_and_the_event_whole(town: Town) -> None:
    room = town.group("ann")
    source = town.device("ann")
    said = town.do(town.orders.says(room, by="ann", source=source)).message
    assert said.source == Source(type="web", integration_id=source.integration_id)
    assert town.last(ev.MessagePosted).source == source
