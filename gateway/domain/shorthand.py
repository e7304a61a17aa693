"""Shorthand: buttons and pictures that the business writes into a text, for want of another place.

    %[label](https://…)   %[label](reply:PAYLOAD)   %[label](postback:PAYLOAD)   ![](https://…)

What is not quite shorthand stays text, and so does what a backslash stands before.
"""

import re
from html import unescape
from typing import Final

from msgspec import structs

from gateway.domain import errors, limits
from gateway.domain.commands import Post
from gateway.domain.content import (
    AnyAction,
    Content,
    Image,
    LinkAction,
    PostbackAction,
    ReplyAction,
    Text,
    check_link,
    check_web_url,
)
from gateway.domain.errors import Refused
from gateway.domain.model import API

_TARGET: Final = r"\((?P<{}>(?:[^()\n]|\([^()\n]*\))+)\)"
_BUTTON: Final = r"%\[(?P<label>[^\[\]\n]+)\]" + _TARGET.format("target")
_PICTURE: Final = r"!\[\]" + _TARGET.format("picture")
_MARK: Final = re.compile(rf"(?P<gap>(?<![ \t])[ \t]*|)(?P<escape>\\?)(?:{_BUTTON}|{_PICTURE})")
_TEMPLATE: Final = re.compile(r"%\(\(template:.*?\)\)%|%\{\{template:.*?\}\}%|&\(\(.*?\[\[.*?\)\)&", re.DOTALL)
_HTML_TAG: Final = re.compile(r"<[^>]*>")


def parts(command: Post) -> tuple[Content, ...]:
    """What a post says: its content, or what shorthand in it stands for. Only the business writes it, and over REST."""
    content = command.content
    if isinstance(content, Text) and command.author.user is None and command.source == API:
        return spelled_out(content)
    return (content,)


def spelled_out(content: Text) -> tuple[Content, ...]:
    """The messages that a text stands for: itself, with its buttons; where it has pictures, the first takes the text.

    Raises `Refused` for templates, which do not exist here, and for too many buttons or pictures.
    """
    texts = (content.text, content.html_text, content.markdown_text)
    if not any(it and _may_have_marks(it) for it in texts):
        return (content,)
    marks = _Marks(list(content.actions or ()))
    text = marks.taken_from(content.text)
    html = marks.taken_from(content.html_text, html=True)
    markdown = marks.taken_from(content.markdown_text, markdown=True)
    if len(marks.actions) > limits.TEXT_ACTIONS:
        raise Refused(errors.bad_request(f"content.actions: at most {limits.TEXT_ACTIONS}, with those of shorthand"))
    if len(marks.pictures) > limits.PICTURES:
        raise Refused(errors.bad_request(f"content: at most {limits.PICTURES} pictures in shorthand"))
    actions = tuple(marks.actions) or None
    if not marks.pictures:
        return (structs.replace(content, text=text, html_text=html, markdown_text=markdown, actions=actions),)
    first, *more = marks.pictures
    told = Image(media_url=first, text=text, html_text=html, markdown_text=markdown, actions=actions)
    return _ending(content, (told, *(Image(media_url=it) for it in more)))


def _ending(content: Text, told: tuple[Image, ...]) -> tuple[Content, ...]:
    """What the text says of the newest message holds for the last of them."""
    return (*told[:-1], structs.replace(told[-1], block_chat_input=content.block_chat_input))


def _may_have_marks(text: str) -> bool:
    return "%[" in text or "![](" in text or "((" in text or "{{" in text


class _Marks:
    """What was written in shorthand, each once: a text and its rich form may say the same."""

    def __init__(self, actions: list[AnyAction]) -> None:
        self.actions = actions
        self.pictures: list[str] = []

    def taken_from(self, text: str | None, *, html: bool = False, markdown: bool = False) -> str | None:
        """The text without its marks; None where nothing is left."""
        if text is None or not _may_have_marks(text):
            return text
        if _TEMPLATE.search(text):
            raise Refused(errors.NO_TEMPLATES)
        lines = (self._line(line, html=html, markdown=markdown) for line in text.split("\n"))
        return "\n".join(it for it in lines if it is not None).strip("\n") or None

    def _line(self, line: str, *, html: bool, markdown: bool) -> str | None:
        """A line that held nothing else is gone."""

        def seen(mark: re.Match[str]) -> str:
            if mark["escape"]:
                sign, rest = mark[0][len(mark["gap"]) + 1], mark[0][len(mark["gap"]) + 2 :]
                return mark["gap"] + sign + ("\\" if markdown else "") + rest  # in markdown the rest would be a link
            return "" if self._taken(mark, html=html) else mark[0]

        left = _MARK.sub(seen, line)
        return None if left != line and not left.strip() else left

    def _taken(self, mark: re.Match[str], *, html: bool) -> bool:
        read = _words if html else str
        if mark["picture"] is not None:
            return self._picture(read(mark["picture"]).strip())
        return self._button(read(mark["label"]).strip(), read(mark["target"]).strip())

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

    def _button(self, label: str, target: str) -> bool:
        action = _action(label, target)
        if action is None:
            return False
        if action not in self.actions:
            self.actions.append(action)
        return True


def _words(html: str) -> str:
    return unescape(_HTML_TAG.sub("", html))


def _action(label: str, target: str) -> AnyAction | None:
    kind, _, payload = target.partition(":")
    if not 1 <= len(label) <= limits.LABEL or not payload:
        return None
    if kind in ("reply", "postback"):
        made = ReplyAction if kind == "reply" else PostbackAction
        return made(text=label, payload=payload) if len(payload) <= limits.PAYLOAD else None
    try:
        check_link(target, "uri")
    except ValueError:
        return None
    return LinkAction(text=label, uri=target) if len(target) <= limits.URL and " " not in target else None
