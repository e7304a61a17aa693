"""Decisions about forms: what fits as an answer."""

import re
from collections.abc import Iterable
from typing import Final

from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain.content import Answer, Field, Form, FormResponse, Option
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.message import Message

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_FORMATS: Final = {
    "integer": re.compile(r"[+-]?[0-9]+"),
    "decimal": re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?"),
}


def answered(house: House, command: cmd.Post, response: FormResponse) -> tuple[Message, FormResponse]:
    """The form, submitted, and its answers in its own order and words; raises `Refused` where they do not fit."""
    asked = house.messages.get((command.conversation_id, next(iter(response.named_forms), "")))
    if asked is None or not isinstance(asked.content, Form):
        raise Refused(errors.NO_SUCH_FORM)
    if asked.content.submitted:
        raise Refused(errors.FORM_SUBMITTED)
    answers = _fitting(asked.content.fields, response.fields)
    form = structs.replace(asked.content, submitted=True)
    return structs.replace(asked, content=form), FormResponse(fields=answers)


def _fitting(fields: Iterable[Field], answers: Iterable[Answer]) -> tuple[Answer, ...]:
    given = {it.name: it for it in answers}
    kept = tuple(_fits(field, given.pop(field.name, None)) for field in fields)
    for name in given:
        raise _unfit(name, "is not in the form")
    return kept


def _fits(field: Field, answer: Answer | None) -> Answer:
    if answer is None:
        raise _unfit(field.name, "needs an answer")
    if answer.type != field.type:
        raise _unfit(field.name, f"should be of type {field.type}")
    if answer.text is not None:
        _check_text(field, answer.text)
    if answer.email is not None and not _EMAIL.fullmatch(answer.email):
        raise _unfit(field.name, "should be an e-mail address")
    chosen = _chosen(field, answer.select) if answer.select is not None else None
    return structs.replace(answer, label=field.label, select=chosen, quoted_message_id=None)


def _check_text(field: Field, text: str) -> None:
    shortest, longest = field.min_size or 1, max(field.max_size or limits.FORM_ANSWER_DEFAULT, field.min_size or 1)
    if not shortest <= len(text) <= longest:
        raise _unfit(field.name, f"should have {shortest} to {longest} characters")
    if field.format and not _FORMATS[field.format].fullmatch(text):
        raise _unfit(field.name, f"should be a number, of format {field.format}")


def _chosen(field: Field, select: Iterable[Option]) -> tuple[Option, ...]:
    """The form's own options, by name."""
    known = {it.name: it for it in field.options or ()}
    names = dict.fromkeys(it.name for it in select)
    if not names or not names.keys() <= known.keys():
        raise _unfit(field.name, "should be of the options of the form")
    return tuple(known[it] for it in names)


def _unfit(name: str, why: str) -> Refused:
    return Refused(errors.bad_request(f"content.fields: the answer '{name}' {why}"))
