"""Where a text calls templates: the app's own by name, and WhatsApp's, for which their fallback stands."""

import re
from collections.abc import Sequence
from typing import Final

from gateway.domain import errors
from gateway.domain.errors import Refused
from gateway.domain.shorthand.forms import Forms, words

_CALL: Final = re.compile(
    r"(?P<escape>\\?)(?:%\(\(template:(?P<round>[^\n]*?)\)\)%|%\{\{template:(?P<curly>[^\n]*?)\}\}%)"
)
_AND: Final = "&(?:amp;)?"  # HTML writes it out
_WHATSAPP: Final = re.compile(rf"(?P<escape>\\?){_AND}\(\((?P<said>(?:(?!{_AND}\(\(|\)\)&).)*)\)\){_AND}", re.DOTALL)
_CLOSED_BEFORE: Final = re.compile(r"\A(?:\s*</[^>]*>)+")
_FALLBACK: Final = re.compile(r"fallback=\[\[(.*?)\]\]", re.DOTALL)


def cut(forms: Forms) -> tuple[Sequence[Forms], Sequence[str]]:
    """The pieces of a text and the names that are called between them, one less.

    Raises `Refused` where its forms call different templates, and where WhatsApp's have no fallback.
    """
    text, html, markdown = (_cut(it) if it else None for it in (forms.text, forms.html, forms.markdown))
    if html:
        html[1::2] = map(words, html[1::2])
        html[2::2] = (_CLOSED_BEFORE.sub("", it) for it in html[2::2])
    called = [[it.strip() for it in form[1::2]] for form in (text, html, markdown) if form]
    if any(it != called[0] for it in called):
        raise Refused(errors.DIFFERENT_TEMPLATES)
    names = called[0] if called else []
    return [
        Forms(*(_piece(form, place) if form else None for form in (text, html, markdown)))
        for place in range(len(names) + 1)
    ], names


def _piece(form: Sequence[str], place: int) -> str | None:
    """A text without calls stays as it is written."""
    return form[2 * place].strip() or None if len(form) > 1 else form[0]


def _cut(text: str) -> list[str]:
    """Pieces and names by turns: a piece is first and last."""
    found = [""]
    end = 0
    for call in _CALL.finditer(text := _WHATSAPP.sub(_without_whatsapp, text)):
        found[-1] += text[end : call.start()]
        end = call.end()
        if call["escape"]:
            found[-1] += call[0][1:]
        else:
            found += (call["round"] or call["curly"] or "", "")
    found[-1] += text[end:]
    return found


def _without_whatsapp(call: re.Match[str]) -> str:
    if "[[" not in call["said"]:
        return call[0]
    if call["escape"]:
        return call[0][1:]
    fallback = _FALLBACK.search(call["said"])
    if fallback is None or not fallback[1].strip():
        raise Refused(errors.NO_FALLBACK)
    return fallback[1]
