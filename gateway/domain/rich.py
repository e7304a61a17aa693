"""Rich text: what may be shown of the HTML and markdown that strangers write, and the same in plain words."""

import re
from html.parser import HTMLParser
from typing import Final

import nh3
from markdown_it import MarkdownIt

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPHS: Final = _HEADINGS | {"p", "blockquote", "pre", "ul", "ol", "table", "hr"}
_LINES: Final = frozenset({"div", "li", "tr"})
_WORDS: Final = frozenset({"a", "b", "br", "code", "del", "em", "i", "s", "strong", "sub", "sup", "u"})
_TABLE: Final = frozenset({"thead", "tbody", "th", "td"})

_BULLET: Final = re.compile(r"(?:-|[0-9]+\.) ")

# What a chat shows: no pictures, no styles, no forms, nothing that runs or loads.
_CLEANER: Final = nh3.Cleaner(
    tags=set(_PARAGRAPHS | _LINES | _WORDS | _TABLE),
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
)

# A picture is not shown in rich text: its words and its address are. A line break in a chat is meant.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "breaks": True})
_MARKDOWN.enable(["table", "strikethrough"]).disable("image")


def safe(html: str) -> str:
    """The HTML without anything that a chat does not show; its text stays."""
    return _CLEANER.clean(html).strip()


def from_markdown(markdown: str) -> str:
    """The HTML of markdown (CommonMark, tables, strikethrough); HTML in it is text."""
    return safe(_MARKDOWN.render(markdown))


def plain(html: str) -> str:
    """The text of safe HTML, a line for a line; a link shows where it leads."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Writes down what a person would read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._owed = 0  # newlines before the next word
        self._lists: list[int | None] = []  # the next number of each open list; None where it has none
        self._links: list[tuple[str, int]] = []  # where each open link leads, and where its words begin
        self._verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        match tag:
            case "br":
                self._owed += 1
            case "li":
                self._break(1)
                self._say(self._bullet())
            case "a":
                self._links.append((facts.get("href") or "", len(self._parts)))
            case "ul" | "ol":
                self._break(1 if self._lists else 2)
                self._lists.append(_first(facts.get("start")) if tag == "ol" else None)
            case _:
                self._verbatim += tag == "pre"
                self._edge(tag)

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "td" | "th":
                self._say(" ")
            case "a" if self._links:
                self._leads(*self._links.pop())
            case "ul" | "ol" if self._lists:
                self._lists.pop()
                self._break(1 if self._lists else 2)
            case _:
                self._verbatim -= tag == "pre"
                self._edge(tag)

    def handle_data(self, data: str) -> None:
        words = data if self._verbatim else re.sub(r"[ \t\r\n\f]+", " ", data)
        if words.strip() or not self._owed:
            self._say(words)

    def text(self) -> str:
        lines = (line.strip(" \t") for line in "".join(self._parts).split("\n"))
        return "\n".join(lines).strip()

    def _say(self, words: str) -> None:
        if self._owed:
            self._parts.append("\n" * self._owed)
            self._owed = 0
        self._parts.append(words)

    def _edge(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self._break(2)
        elif tag in _LINES:
            self._break(1)

    def _break(self, newlines: int) -> None:
        """Owe a new line, or a paragraph; the first words of an item stand beside its bullet."""
        if self._parts and not _BULLET.fullmatch(self._parts[-1]):
            self._owed = max(self._owed, newlines)

    def _bullet(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _leads(self, href: str, begun: int) -> None:
        said = "".join(self._parts[begun:]).strip()
        if href and said not in (href, href.removeprefix("mailto:"), href.removeprefix("tel:")):
            self._say(f" ({href})" if said else href)


def _first(start: str | None) -> int:
    return int(start) if start and re.fullmatch(r"[0-9]{1,6}", start) else 1
