"""One REST request as its operation sees it, and the table that operations stand in."""

import sys
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import parse_qsl

from aiohttp import web
from yarl import URL

from gateway.domain import errors
from gateway.domain.access import Caller
from gateway.domain.commands import Ref
from gateway.domain.errors import Problem, Refused
from gateway.domain.model import Scope
from gateway.domain.views import Page
from gateway.edge.addresses import ADDRESSES
from gateway.edge.multipart import Part, file_part
from gateway.flow.floor import Flow
from gateway.wire import cursor, json
from gateway.wire.answers import Nothing
from gateway.wire.early_access import NOW, Asked, Manner
from gateway.wire.requests import BrandQuery
from gateway.wire.v2 import Json

T = TypeVar("T")

MANNER: Final = web.RequestKey("manner", Manner)

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
HTML: Final = "text/html"
BAD_BODY: Final = errors.bad_request("should have required property 'displayName'")  # for example
BAD_QUERY: Final = errors.bad_request("size: expected `int` <= 100")
UNSAID: Final = "application/octet-stream"  # what a request is that says nothing of its body; it is read as JSON


def manner(request: web.Request) -> Manner:
    """How the app that the path names is spoken with."""
    spoken: Manner = request.get(MANNER, NOW)
    return spoken


class Call:
    """A request by a known caller, for an operation. What is read of it is what the operation declares."""

    def __init__(
        self, flow: Flow, operation: "Operation", request: web.Request, caller: Caller | None, body: bytes
    ) -> None:
        self.flow = flow
        self._operation = operation
        self._request = request
        self._caller = caller
        self._body = body
        self._addresses = request.app[ADDRESSES]
        self._manner = manner(request)
        self._query = self._manner.query(request.query)

    @property
    def caller(self) -> Caller:
        assert self._caller is not None, "an operation that is open to all has no caller"
        return self._caller

    @property
    def authorization(self) -> str:
        """The credential that is shown, for an operation that is open to all."""
        return self._request.headers.get("Authorization", "")

    @property
    def app_id(self) -> str:
        return self["appId"]

    def __getitem__(self, name: str) -> str:
        """A part of the path."""
        return self._manner.part(name, self._request.match_info[name])

    @property
    def url(self) -> str:
        """The absolute address of the list asked for, without its page; raises `Refused` (400)."""
        kept = [(name, value) for name, value in self._query.items() if not cursor.is_page(name)]
        try:
            return str(URL(self._addresses.of(self._request), encoded=True).with_query(kept))
        except ValueError:
            raise Refused(errors.BAD_HOST) from None

    @property
    def base(self) -> str:
        """The address that all paths of this gateway follow; raises `Refused` (400)."""
        try:
            return self._addresses.base(self._request)
        except ValueError:
            raise Refused(errors.BAD_HOST) from None

    async def file(self, field: str) -> Part:
        """The file in a field of a body that streams; raises `Refused` (400, 413)."""
        return await file_part(self._request, field)

    def body(self, kind: type[T]) -> T:
        """The body as a `kind`; none is `{}`. Raises `Refused`: 415, or 400 with a sentence that names the field."""
        assert kind in self._operation.asked, "the body is read as the operation declares it"
        if self._body and self._request.content_type not in (*self._operation.media, UNSAID):
            raise Refused(errors.NOT_JSON)
        if self._request.content_type == FORM:
            return json.shape(dict(parse_qsl(self._body.decode(errors="replace"), keep_blank_values=True)), kind)
        read: T = json.read(self._said, kind)
        return read

    @cached_property
    def _said(self) -> bytes:
        """The body as it is written now."""
        return self._manner.asked(Asked(self._operation.id, self._request.match_info), self._body or b"{}")

    def sent(self) -> Json:
        """The body, which was read as some kind already, with all that it names."""
        return json.read(self._said, Json)  # type: ignore[no-any-return]

    def formerly(self, kind: type[T]) -> T:
        """What the body says that only apps in early access may say; raises `Refused` (400)."""
        read: T = json.read(self._manner.formerly(self._said), kind)
        return read

    def page(self, fixed: int | None = None) -> Page:
        """The page asked for, of a list whose pages may have a `fixed` size; raises `Refused` (400)."""
        assert self._operation.pages
        return self._manner.page(self._query, fixed)

    def filter(self, kind: type[T]) -> T:
        """`filter[…]` as a `kind`; raises `Refused` (400)."""
        assert kind is self._operation.filter
        return json.shape(cursor.deep_object(self._query, "filter"), kind)

    def query(self, kind: type[T]) -> T:
        """The other query parameters as a `kind`; raises `Refused` (400)."""
        assert kind is self._operation.query
        return json.shape(dict(self._query), kind)

    def user(self) -> Ref:
        """The user the path names, by either id, within a brand where the query names one."""
        return Ref(self.app_id, self["userIdOrExternalId"], brand=self.query(BrandQuery).brand_id)

    def named(self, user_id: str | None, external_id: str | None, brand: str | None = None) -> Ref:
        """The user a body names, by one of two ids."""
        if user_id is not None:
            return Ref(self.app_id, user_id, "id")
        if external_id is not None:
            return Ref(self.app_id, external_id, "external", brand)
        raise Refused(errors.USER_NOT_FOUND)


class Reply(NamedTuple):
    """A further way in which an operation may succeed. `shape` is the type of its body, None for an empty one."""

    status: int
    shape: Any = None
    media: str = HTML


class Operation(NamedTuple):
    """A method and path, who may call it, what it does, and all that the API's own document says of it.

    The act's name is the operation's id, its docstring the summary; its module is the tag. No scopes: open to all.
    `asks`, `filter` and `query` are the types that the act reads, `answers` that of what it gives (of `gives`, when
    that is not JSON; None is no body). `refuses` are its own problems; those of any operation go without saying.
    """

    method: str
    path: str
    scopes: frozenset[Scope]
    act: Callable[[Call], Awaitable[Json | web.StreamResponse]]
    status: int = 200
    asks: Any = None  # a type; or several: the whole as the document shows it, then the parts that the act reads
    media: tuple[str, ...] = (JSON,)  # of the body
    pages: bool = False
    filter: Any = None
    query: Any = None
    answers: Any = Nothing
    gives: str = JSON
    also: tuple[Reply, ...] = ()
    refuses: tuple[Problem, ...] = ()

    @property
    def asked(self) -> tuple[Any, ...]:
        return () if self.asks is None else self.asks if isinstance(self.asks, tuple) else (self.asks,)

    @property
    def id(self) -> str:
        """`createApp`"""
        first, *more = self.act.__name__.split("_")
        return first + "".join(it.capitalize() for it in more)

    @property
    def summary(self) -> str:
        return (self.act.__doc__ or "").partition("\n")[0].removesuffix(".")

    @property
    def tag(self) -> str:
        """`Apps`, from the module that the act is in."""
        return self.act.__module__.rpartition(".")[2].replace("_", " ").capitalize().replace("Oauth", "OAuth")

    @property
    def about_tag(self) -> str:
        return (sys.modules[self.act.__module__].__doc__ or "").strip()

    @property
    def replies(self) -> tuple[Reply, ...]:
        """All ways in which it may succeed."""
        return (Reply(self.status, self.answers, self.gives), *self.also)

    @property
    def reads(self) -> bool:
        """Whether its body is read before it acts. A multipart body is left to the act, to read piece by piece."""
        return self.asks is not None and MULTIPART not in self.media

    @property
    def refusals(self) -> tuple[Problem, ...]:
        """All that it may refuse."""
        usual = (
            (self.scopes, (errors.UNAUTHORIZED, errors.FORBIDDEN, errors.TOO_MANY_REQUESTS)),
            ("{appId}" in self.path, (errors.APP_NOT_FOUND,)),
            (self.asks, (BAD_BODY, errors.TOO_DEEP, errors.BAD_PAYLOAD, errors.TOO_LARGE)),
            (self.asks, (errors.NOT_JSON,)),
            (self.filter or self.query, (BAD_QUERY,)),
            (self.pages, (errors.BAD_PAGE, errors.BAD_HOST)),
            (True, (errors.UNAVAILABLE,)),
        )
        return (*self.refuses, *(problem for applies, problems in usual if applies for problem in problems))
