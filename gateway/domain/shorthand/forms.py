"""The forms in which one text is written: plain, and rich by HTML or markdown."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from gateway.domain.content import File, Image, Text
from gateway.domain.value import Value

_HTML_TAG: Final = re.compile(r"<[^<>]*>")


class Forms(Value):
    """What both texts of a message say is one text; None where it is not written in that form."""

    text: str | None
    html: str | None
    markdown: str | None

    def __iter__(self) -> Iterator[str]:
        """Those in which it is written."""
        return (it for it in (self.text, self.html, self.markdown) if it)

    @property
    def blank(self) -> bool:
        return not any(it.strip() for it in (self.text or "", words(self.html or ""), self.markdown or ""))


def forms_of(content: Text | Image | File) -> Forms:
    return Forms(content.text, content.html_text, content.markdown_text)


def words(html: str) -> str:
    """What is left to read of HTML."""
    return unescape(_HTML_TAG.sub("", html))
