"""Users' messages that are judged before they are said: no other gets past the decision, and only they are judged."""

from typing import Any

import pytest
from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain.commands import Command, Speaker
from gateway.domain.content import Answer, Content, Field, Form, FormResponse, Image, PostbackAction, ReplyAction, Text
from gateway.domain.events import MessagePosted
from gateway.domain.judging import Reply, judged, may_say
from gateway.domain.model import AppSettings, Source
from tests.domain.town import Town

PHONE = Source(type="web", integration_id="0" * 24)


def moderated(**settings: Any) -> tuple[Town, str]:
    """A town whose users' messages are judged, and a room with ann and bob."""
    town = Town(AppSettings(multi_convo_enabled=True, **settings))
    room = town.group("ann", "bob")
    town.do(town.orders.moderates())
    return town, room


def button(town: Town, room: str, action: ReplyAction | PostbackAction) -> cmd.Press:
    asked = town.do(town.orders.posts(room, Text(text="So?", actions=(action,)))).message.content
    assert isinstance(asked, Text)
    assert asked.actions
    return town.orders.presses(room, "ann", asked.actions[0].id or "")


def first_words(town: Town, *said: Content) -> cmd.CreateConversation:
    """Of somebody who comes to the town."""
    cat = town.orders.ref(town.user("cat"))
    return town.orders.personal(cat.value, opened_by=Speaker(user=cat), messages=said, source=PHONE)


def default(town: Town, text: str, by: str | None = "ann") -> cmd.Say:
    post = structs.replace(town.orders.says("", text, by=by), conversation_id="")
    return cmd.Say(app_id=town.app_id, user=town.orders.ref("ann"), post=post)


def sayings(town: Town, room: str) -> dict[str, Command[Any]]:
    """Every way in which a user says something."""
    return {
        "a message": town.orders.says(room, "hello", by="ann"),
        "a device's": town.orders.says(room, "hello", by="ann", source=PHONE),
        "in the default conversation": default(town, "hello"),
        "first words": first_words(town, Text(text="hello")),
        "a reply": button(town, room, ReplyAction(text="hello", payload="HELLO")),
        "an echo": button(town, room, PostbackAction(text="hello", payload="HELLO")),
    }


def said(town: Town, command: Command[Any]) -> list[Content | None]:
    """The contents of the messages that it makes."""
    before = len(town.happened)
    town.do(command)
    return [it.message.content for it in town.happened[before:] if isinstance(it, MessagePosted)]


WAYS = tuple(sayings(*moderated(echo_postback=True)))


@pytest.mark.parametrize("way", WAYS)
def test_a_user_says_nothing_that_was_not_judged(way: str) -> None:
    town, room = moderated(echo_postback=True)
    command = sayings(town, room)[way]
    assert may_say(command)
    assert town.refusal(command) == errors.NOT_JUDGED
    (content,) = said(town, judged(command))
    assert isinstance(content, Text)
    assert content.text == "hello"


@pytest.mark.parametrize("way", WAYS)
def test_other_words_are_said_instead(way: str) -> None:
    town, room = moderated(echo_postback=True)
    command = sayings(town, room)[way]
    assert said(town, judged(command, (Text(text="adieu"),))) == [Text(text="adieu")]


@pytest.mark.parametrize("way", WAYS)
def test_other_words_are_held_to_what_users_may_say(way: str) -> None:
    town, room = moderated(echo_postback=True)
    command = sayings(town, room)[way]
    choosing = Text(text="Choose", actions=(ReplyAction(text="Red", payload="RED"),))
    assert town.refusal(judged(command, (choosing,))) is not None


def test_first_words_keep_their_places() -> None:
    town, _ = moderated()
    command = judged(first_words(town, Text(text="one"), Text(text="two")), (None, Text(text="2")))
    assert said(town, command) == [Text(text="one"), Text(text="2")]


def test_the_business_is_not_judged() -> None:
    town, room = moderated()
    asked = town.orders.says(room, "hello")
    assert not any(may_say(it) for it in (asked, default(town, "hello", by=None), town.orders.group("ann")))
    assert said(town, asked) == [Text(text="hello")]
    assert said(town, default(town, "hello", by=None)) == [Text(text="hello")]


def test_what_is_no_message_is_not_judged() -> None:
    town, room = moderated()
    press = button(town, room, PostbackAction(text="Yes", payload="YES"))
    acts = (press, town.orders.reads(room, "ann"), town.orders.types(room, "ann"))
    assert [said(town, it) for it in acts] == [[], [], []]


def test_what_was_said_once_is_answered_again_without_being_judged() -> None:
    town, room = moderated()
    command = town.orders.says(room, "hello", by=town.user("ann"), client_message_id="1")
    first = town.do(judged(command))
    again = town.do(command)
    assert (again.duplicate, again.messages) == (True, first.messages)


def test_an_answer_answers_its_form_in_other_words_too() -> None:
    town, room = moderated()
    field = Field(type="text", name="name", label="Your name")
    form = town.do(town.orders.posts(room, Form(fields=(field,)))).message

    def answers(text: str, quoted: str) -> FormResponse:
        return FormResponse(fields=(Answer(type="text", name="name", label="x", text=text, quoted_message_id=quoted),))

    command = town.orders.posts(room, answers("Ann", form.id), "ann", source=PHONE)
    (content,) = said(town, judged(command, (answers("A.", "f" * 24),)))
    assert isinstance(content, FormResponse)
    assert [(it.label, it.text) for it in content.fields] == [("Your name", "A.")]


def test_a_picture_may_be_shown_in_another_light() -> None:
    town, room = moderated()
    command = town.orders.posts(room, Image(media_url="https://x.y/a.png"), "ann")
    instead = Image(media_url="https://x.y/b.png", alt_text="B")
    (content,) = said(town, judged(command, (instead,)))
    assert isinstance(content, Image)
    assert (content.media_url, content.alt_text) == ("https://x.y/b.png", "B")


def test_card_numbers_are_hidden_in_other_words_too() -> None:
    town, room = moderated()
    command = judged(town.orders.says(room, "hello", by="ann"), (Text(text="4111 1111 1111 1111"),))
    assert said(town, command) == [Text(text="**** **** **** 1111")]


def test_a_change_keeps_the_secrets_and_a_new_beginning_does_not() -> None:
    town = Town()
    first = town.do(town.orders.moderates())
    assert len(first.secret) == 86
    assert town.do(town.orders.moderates()) == first
    signed = town.do(cmd.RotateModerationSecret(app_id=town.app_id, grace_s=60))
    assert signed == structs.replace(first, signing=signed.signing)
    assert [it.secret for it in signed.signing][1:] == [first.signing[0].secret]
    changed = town.do(town.orders.moderates("accept", "https://example.com/other"))
    assert (changed.id, changed.secret, changed.signing) == (first.id, first.secret, signed.signing)
    assert (changed.target, changed.unanswered) == ("https://example.com/other", "accept")
    assert town.house.office(town.app_id).moderation == changed
    town.do(cmd.DeleteModeration(app_id=town.app_id))
    assert town.house.office(town.app_id).moderation is None
    again = town.do(town.orders.moderates())
    assert again.id != first.id
    assert again.secret != first.secret


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        ("Not here.", "Not here."),
        ("  Not here. ", "Not here."),
        (None, errors.MESSAGE_REFUSED.title),
        ("", errors.MESSAGE_REFUSED.title),
        (" \n", errors.MESSAGE_REFUSED.title),
        ("x" * limits.REASON, "x" * limits.REASON),
        ("x" * (limits.REASON + 1), "x" * (limits.REASON - 1) + "…"),
    ],
)
def test_a_refusal_is_in_the_words_of_the_business(reason: str | None, title: str) -> None:
    problem = errors.message_refused(reason)
    assert (problem.status, problem.code, problem.title) == (403, "message_refused", title)


@pytest.mark.parametrize(
    ("status", "well", "said"),
    [
        (200, True, b"x"),
        (204, True, b"x"),
        (299, True, b"x"),
        (300, True, None),
        (307, True, None),
        (400, True, None),
        (429, False, None),
        (499, True, None),
        (500, False, None),
        (503, False, None),
        (None, False, None),
    ],
)
def test_what_an_answer_says_of_the_endpoint(status: int | None, well: bool, said: bytes | None) -> None:
    reply = Reply(status, b"x")
    assert (reply.well, reply.said) == (well, said)
    assert Reply(status).said is None
