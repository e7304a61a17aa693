"""Buttons and pictures that stand in a text: `%[label](target)`, `$[label](price)` and `![](address)`."""

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from gateway.domain import limits
from gateway.domain.content import (
    AnyAction,
    BuyAction,
    LinkAction,
    LocationRequestAction,
    PostbackAction,
    ReplyAction,
    check_link,
    check_web_url,
)
from gateway.domain.shorthand.forms import Forms, words

_TARGET: Final = r"\((?P<{}>(?:[^()\n]|\([^()\n]*\))+)\)"
_BUTTON: Final = r"(?P<sign>[%$])\[(?P<label>[^\[\]\n]+)\]" + _TARGET.format("target")
_PICTURE: Final = r"!\[\]" + _TARGET.format("picture")
_MARK: Final = re.compile(rf"(?P<gap>(?<![ \t])[ \t]*|)(?P<escape>\\?)(?:{_BUTTON}|{_PICTURE})")
_PRICE: Final = re.compile(r"\$?([0-9]{1,7})(?:\.([0-9]{1,2}))?")
_HINTS: Final = ("%[", "$[", "![](")
CURRENCY: Final = "usd"


class Form(NamedTuple):
    """How words in a form are read, and what guards those that stay text."""

    read: Callable[[str], str] = str
    guard: str = ""


PLAIN: Final = Form()
HTML: Final = Form(read=words)
MARKDOWN: Final = Form(guard="\\")  # without its sign, a button is a link there


class Marks:
    """What was written in shorthand, each once: a text and its rich form may say the same."""

    def __init__(self, own: Sequence[AnyAction]) -> None:
        self.actions = list(own)
        self.pictures: list[str] = []

    def taken_from(self, forms: Forms) -> Forms:
        """The text without its marks; None where nothing is left."""
        return Forms(self._left(forms.text, PLAIN), self._left(forms.html, HTML), self._left(forms.markdown, MARKDOWN))

    def _left(self, text: str | None, form: Form) -> str | None:
        if text is None or not any(it in text for it in _HINTS):
            return text
        lines = (self._line(line, form) for line in text.split("\n"))
        return "\n".join(it for it in lines if it is not None).strip("\n") or None

    def _line(self, line: str, form: Form) -> str | None:
        """A line that held nothing else is gone."""

        def seen(mark: re.Match[str]) -> str:
            if mark["escape"]:
                sign, rest = mark[0][len(mark["gap"]) + 1], mark[0][len(mark["gap"]) + 2 :]
                return mark["gap"] + sign + form.guard + rest
            return "" if self._taken(mark, form.read) else mark[0]

        left = _MARK.sub(seen, line)
        return None if left != line and not left.strip() else left

    def _taken(self, mark: re.Match[str], read: Callable[[str], str]) -> bool:
        if mark["picture"] is not None:
            return self._picture(read(mark["picture"]).strip())
        label, target = read(mark["label"]).strip(), read(mark["target"]).strip()
        return self._button(_offer(label, target) if mark["sign"] == "$" else _action(label, target))

    def _picture(self, url: str) -> bool:
        try:
            check_web_url(url, "url")
        except ValueError:
            return False
        if len(url) > limits.URL or " " in url:
            return False
        if url not in self.pictures:
            self.pictures.append(url)
        return True

    def _button(self, action: AnyAction | None) -> bool:
        if action is None:
            return False
        if action not in self.actions:
            self.actions.append(action)
        return True


def _offer(label: str, price: str) -> BuyAction | None:
    found = _PRICE.fullmatch(price)
    if found is None or len(label) > limits.LABEL or not label:
        return None
    amount = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    return BuyAction(text=label, amount=amount, currency=CURRENCY) if amount else None


def _action(label: str, target: str) -> AnyAction | None:
    if not 1 <= len(label) <= limits.LABEL:
        return None
    kind, _, payload = target.partition(":")
    if target == "location":
        return LocationRequestAction(text=label)
    if kind not in ("reply", "postback"):
        return _link(label, target)
    made = ReplyAction if kind == "reply" else PostbackAction
    return made(text=label, payload=payload) if 1 <= len(payload) <= limits.PAYLOAD else None


def _link(label: str, target: str) -> LinkAction | None:
    try:
        check_link(target, "uri")
    except ValueError:
        return None
    has_end = bool(target.partition(":")[2])
    return LinkAction(text=label, uri=target) if has_end and len(target) <= limits.URL and " " not in target else None
