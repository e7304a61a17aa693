"""Pages of a list: `page[after]=…` or the whole `page` as one JSON value in, `meta` and `links` out."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import quote

from msgspec import Meta

from gateway.domain import errors, limits
from gateway.domain.errors import Refused
from gateway.domain.value import Shape
from gateway.domain.views import Page
from gateway.wire.json import read, shape
from gateway.wire.v2 import Json

Id = Annotated[str, Meta(min_length=24, max_length=24)]


class PageQuery(Shape, kw_only=True):
    """Up to `size` records, after or before the record with that id; without either, from the start."""

    after: Id | None = None
    before: Id | None = None
    size: Annotated[int, Meta(ge=1, le=limits.PAGE)] = limits.PAGE_DEFAULT

    def page(self, fixed: int | None) -> Page:
        """The page meant, of a list whose pages may have a `fixed` size; raises `Refused`."""
        if self.after and self.before:
            raise Refused(errors.BAD_PAGE)
        return Page(size=fixed or self.size, after=self.after, before=self.before)


def is_page(name: str) -> bool:
    """Whether a query parameter says which page is asked for."""
    return name == "page" or name.startswith("page[")


def deep_object(query: Mapping[str, str], name: str) -> dict[str, str]:
    """`name[key]=value` pairs, or `name={"key":"value"}` as some clients write it; raises `Refused`."""
    found = {key[len(name) + 1 : -1]: value for key, value in query.items() if key.startswith(f"{name}[")}
    if name in query:
        written = read(query[name].encode(), dict[str, str | int | None])
        found |= {key: str(value) for key, value in written.items() if value is not None}
    return found


def page(query: Mapping[str, str], fixed: int | None = None, kind: type[PageQuery] = PageQuery) -> Page:
    """The page a query asks for, in the words of `kind`; raises `Refused`."""
    try:
        asked = shape(deep_object(query, "page"), kind)
    except Refused:
        raise Refused(errors.BAD_PAGE) from None
    return asked.page(fixed)


def listing(name: str, shown: list[Json], ids: Sequence[str], asked: Page, more: bool, url: str) -> Json:
    """The answer to a list: the records, and where to go on. `url` is absolute and says all but the page."""
    backwards = asked.before is not None
    after = ids[-1] if ids and (backwards or more) else None
    before = ids[0] if ids and (more if backwards else asked.after is not None or asked.skip) else None
    return _with_links({name: shown, "meta": {"hasMore": more}}, after, before, asked.size, url)


def history(shown: list[Json], ids: Sequence[str], asked: Page, more: bool, url: str) -> Json:
    """A page of messages, which is read backwards: without a cursor it is the newest, and nothing comes after it."""
    forwards = asked.after is not None
    after = ids[-1] if ids and (more if forwards else asked.before is not None or asked.skip) else None
    before = ids[0] if ids and (forwards or more) else None
    return _with_links({"messages": shown, "meta": {"hasMore": more}}, after, before, asked.size, url)


def _with_links(body: Json, after: str | None, before: str | None, size: int, url: str) -> Json:
    """A cursor and a link for each direction there is something in."""
    links: Json = {}
    if after is not None:
        body["meta"]["afterCursor"] = after
        links["next"] = _link(url, "after", after, size)
    if before is not None:
        body["meta"]["beforeCursor"] = before
        links["prev"] = _link(url, "before", before, size)
    return {**body, "links": links} if links else body


def _link(url: str, way: str, cursor: str, size: int) -> str:
    return f"{url}{'&' if '?' in url else '?'}page[{way}]={quote(cursor)}&page[size]={size}"
