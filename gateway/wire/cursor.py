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


class _PageQuery(Shape, kw_only=True):
    after: Id | None = None
    before: Id | None = None
    size: Annotated[int, Meta(ge=1, le=limits.PAGE)] = limits.PAGE_DEFAULT


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


def page(query: Mapping[str, str]) -> Page:
    """The page a query asks for; raises `Refused`."""
    try:
        asked = shape(deep_object(query, "page"), _PageQuery)
    except Refused:
        raise Refused(errors.BAD_PAGE) from None
    if asked.after and asked.before:
        raise Refused(errors.BAD_PAGE)
    return Page(size=asked.size, after=asked.after, before=asked.before)


def listing(name: str, shown: list[Json], ids: Sequence[str], asked: Page, more: bool, url: str) -> Json:
    """The answer to a list: the records, and where to go on. `url` is absolute and says all but the page."""
    body: Json = {name: shown, "meta": {"hasMore": more}}
    if not ids:
        return body
    forwards = more if asked.before is None else True
    backwards = more if asked.before is not None else asked.after is not None
    links: dict[str, str] = {}
    if forwards:
        body["meta"]["afterCursor"] = ids[-1]
        links["next"] = _link(url, "after", ids[-1], asked.size)
    if backwards:
        body["meta"]["beforeCursor"] = ids[0]
        links["prev"] = _link(url, "before", ids[0], asked.size)
    return {**body, "links": links} if links else body


def history(shown: list[Json], ids: Sequence[str], asked: Page, more: bool, url: str) -> Json:
    """A page of messages, which is read backwards: without a cursor it is the newest."""
    if asked.after is None:
        asked = Page(size=asked.size, before=asked.before or "newest")
    body = listing("messages", shown, ids, asked, more, url)
    if asked.before == "newest":
        body["meta"].pop("afterCursor", None)
        body.get("links", {}).pop("next", None)
        if not body.get("links", True):
            del body["links"]
    return body


def _link(url: str, way: str, cursor: str, size: int) -> str:
    return f"{url}{'&' if '?' in url else '?'}page[{way}]={quote(cursor)}&page[size]={size}"
