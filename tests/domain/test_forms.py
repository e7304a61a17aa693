"""Forms: answered in full, once, in words that fit."""

from typing import Any

import pytest
from msgspec import convert, structs

from gateway.domain import errors, limits
from gateway.domain import events as ev
from gateway.domain.content import Content, Form, FormResponse
from gateway.domain.message import Message
from gateway.domain.model import Source
from tests.domain.town import NOBODY, Town

Json = dict[str, Any]

WEB = Source(type="web", integration_id="0" * 24)
TEA, COFFEE = {"name": "tea", "label": "Tea"}, {"name": "coffee", "label": "Coffee"}
FIELDS: list[Json] = [
    {"type": "text", "name": "name", "label": "Your name", "minSize": 2, "maxSize": 5},
    {"type": "email", "name": "mail", "label": "E-mail"},
    {"type": "select", "name": "drink", "label": "Drink", "options": [TEA, COFFEE]},
]
ANSWERS: list[Json] = [
    {"type": "text", "name": "name", "label": "?", "text": "Ann"},
    {"type": "email", "name": "mail", "label": "?", "email": "ann@example.org"},
    {"type": "select", "name": "drink", "label": "?", "select": [{"name": "tea", "label": "Poison"}]},
]


@pytest.fixture
def town() -> Town:
    return Town()


def asks(town: Town, room: str, fields: list[Json]) -> str:
    """The business sends a form; gives its id."""
    return town.do(town.orders.posts(room, convert({"type": "form", "fields": fields}, Content))).message.id


def answer(town: Town, room: str, form: str | None, fields: list[Json], **facts: Any) -> Any:
    named = {} if form is None else {"quotedMessageId": form}
    said = convert({"type": "formResponse", "fields": fields, **named}, Content)
    return town.orders.posts(room, said, by="ann", **{"source": WEB, **facts})


def kept(town: Town, room: str, message_id: str) -> Message:
    return town.house.messages[room, message_id]


def test_an_answer_quotes_its_form_in_the_words_of_the_form(town: Town) -> None:
    room = town.group("ann", "bob")
    form = asks(town, room, FIELDS)
    said = town.do(answer(town, room, form, ANSWERS[::-1])).message
    assert isinstance(said.content, FormResponse)
    assert said.content.text_fallback == "Your name: Ann\nE-mail: ann@example.org\nDrink: Tea"
    assert said.content.quoted_message_id is None
    assert said.quoted is not None
    assert said.quoted.id == form
    for asked in (said.quoted, kept(town, room, form)):
        assert isinstance(asked.content, Form)
        assert asked.content.submitted is True
    assert set(town.last(ev.MessagePosted).audience) == {town.user("ann"), town.user("bob")}


def test_the_form_may_be_named_in_each_answer(town: Town) -> None:
    room = town.group("ann")
    form = asks(town, room, FIELDS)
    said = town.do(answer(town, room, None, [{**it, "quotedMessageId": form} for it in ANSWERS])).message
    assert isinstance(said.content, FormResponse)
    assert {it.quoted_message_id for it in said.content.fields} == {None}


def test_a_form_is_submitted_once(town: Town) -> None:
    room = town.group("ann", "bob")
    order = answer(town, room, asks(town, room, FIELDS), ANSWERS)
    town.do(order)
    assert town.refusal(order) == errors.FORM_SUBMITTED
    assert town.refusal(structs.replace(order, author=town.orders.speaker("bob"))) == errors.FORM_SUBMITTED


def test_a_repeated_submit_is_answered_with_the_first(town: Town) -> None:
    room = town.group("ann")
    order = answer(town, room, asks(town, room, FIELDS), ANSWERS, client_message_id="one")
    order = structs.replace(order, author=town.orders.speaker(town.user("ann")))
    first = town.do(order)
    again = town.do(order)
    assert (again.duplicate, again.message) == (True, first.message)


def test_only_forms_of_the_conversation_can_be_answered(town: Town) -> None:
    room, elsewhere = town.group("ann"), town.group("ann")
    text = town.do(town.orders.says(room)).message.id
    gone = asks(town, room, FIELDS)
    town.do(town.orders.deletes(room, gone))
    for named in (None, NOBODY, text, gone, asks(town, elsewhere, FIELDS)):
        assert town.refusal(answer(town, room, named, ANSWERS)) == errors.NO_SUCH_FORM


TEXT = FIELDS[0]


def text(words: str, **field: Any) -> tuple[list[Json], list[Json]]:
    asked = {"type": "text", "name": "n", "label": "l", **field}
    return [asked], [{"type": "text", "name": "n", "label": "l", "text": words}]


def mail(address: str) -> tuple[list[Json], list[Json]]:
    asked = {"type": "email", "name": "n", "label": "l"}
    return [asked], [{**asked, "email": address}]


def choice(*names: str) -> tuple[list[Json], list[Json]]:
    asked = {"type": "select", "name": "n", "label": "l"}
    chosen = [{"name": it, "label": it} for it in names]
    return [{**asked, "options": [TEA, COFFEE]}], [{**asked, "select": chosen}]


FIT = [
    text("xx", minSize=2, maxSize=5),
    text("xxxxx", minSize=2, maxSize=5),
    text("x" * limits.FORM_ANSWER_DEFAULT),
    text("x" * limits.FORM_ANSWER, maxSize=limits.FORM_ANSWER),
    text("x" * 200, minSize=200),
    text("-12", format="integer"),
    text("12.5", format="decimal"),
    text("12,5", format="decimal"),
    text("12", format="decimal"),
    mail("a@b.c"),
    choice("tea"),
    choice("coffee", "tea"),
]
MISFIT = [
    (text("x", minSize=2, maxSize=5), "2 to 5 characters"),
    (text("xxxxxx", minSize=2, maxSize=5), "2 to 5 characters"),
    (text("x" * (limits.FORM_ANSWER_DEFAULT + 1)), "1 to 128 characters"),
    (text("12.5", format="integer"), "integer"),
    (text("twelve", format="integer"), "integer"),
    (text("1.2.3", format="decimal"), "decimal"),
    (text("٣", format="integer"), "integer"),
    (mail("ann"), "e-mail"),
    (mail("a@b"), "e-mail"),
    (mail("a b@c.d"), "e-mail"),
    (choice("water"), "options"),
    (choice("tea", "water"), "options"),
    (choice(), "options"),
    ((FIELDS, ANSWERS[:2]), "'drink' needs an answer"),
    ((FIELDS[:2], ANSWERS), "'drink' is not in the form"),
    ((mail("a@b.c")[0], text("x")[1]), "'n' should be of type email"),
]


@pytest.mark.parametrize(("fields", "answers"), FIT)
def test_an_answer_that_fits(town: Town, fields: list[Json], answers: list[Json]) -> None:
    room = town.group("ann")
    assert town.refusal(answer(town, room, asks(town, room, fields), answers)) is None


@pytest.mark.parametrize(("pair", "why"), MISFIT)
def test_an_answer_that_does_not_fit_leaves_the_form_open(
    town: Town, pair: tuple[list[Json], list[Json]], why: str
) -> None:
    room = town.group("ann")
    form = asks(town, room, pair[0])
    problem = town.refusal(answer(town, room, form, pair[1]))
    assert problem is not None
    assert problem.title.startswith("content.fields: ")
    assert why in problem.title
    asked = kept(town, room, form).content
    assert isinstance(asked, Form)
    assert asked.submitted is False


def test_a_deleted_form_is_gone_from_its_answer_too(town: Town) -> None:
    room = town.group("ann")
    form = asks(town, room, FIELDS)
    said = town.do(answer(town, room, form, ANSWERS)).message
    town.do(town.orders.deletes(room, form))
    quoted = kept(town, room, said.id).quoted
    assert quoted is not None
    assert (quoted.id, quoted.deleted) == (form, True)
    assert kept(town, room, said.id).content == said.content


def test_a_deleted_answer_takes_its_quote_along(town: Town) -> None:
    room = town.group("ann")
    form = asks(town, room, FIELDS)
    said = town.do(answer(town, room, form, ANSWERS)).message
    town.do(town.orders.deletes(room, said.id))
    assert kept(town, room, said.id).quoted is None
    assert town.refusal(answer(town, room, form, ANSWERS)) == errors.FORM_SUBMITTED
