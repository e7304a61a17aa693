"""One REST request as its operation sees it, and the table that operations stand in."""

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, TypeVar

from aiohttp import web

from gateway.domain import errors
from gateway.domain.access import Caller
from gateway.domain.commands import Ref
from gateway.domain.errors import Refused
from gateway.domain.model import Scope
from gateway.domain.views import Page
from gateway.flow.floor import Flow
from gateway.wire import cursor, json
from gateway.wire.v2 import Json

T = TypeVar("T")

JSON_TYPES: Final = ("application/json", "application/octet-stream")  # the second is what is said by saying nothing


class Call:
    """A request by a known caller."""

    def __init__(self, flow: Flow, request: web.Request, caller: Caller, body: bytes) -> None:
        self.flow = flow
        self.caller = caller
        self._request = request
        self._body = body

    @property
    def app_id(self) -> str:
        return self["appId"]

    def __getitem__(self, name: str) -> str:
        """A part of the path."""
        return self._request.match_info[name]

    @property
    def url(self) -> str:
        """The absolute address of the list asked for, without its page; raises `Refused` (400)."""
        kept = [(name, value) for name, value in self._request.query.items() if not cursor.is_page(name)]
        try:
            return str(self._request.url.with_query(kept))
        except ValueError:
            raise Refused(errors.BAD_HOST) from None

    def body(self, kind: type[T]) -> T:
        """The body as a `kind`; none is `{}`. Raises `Refused`: 415, or 400 with a sentence that names the field."""
        if self._body and self._request.content_type not in JSON_TYPES:
            raise Refused(errors.NOT_JSON)
        read: T = json.read(self._body or b"{}", kind)
        return read

    def page(self) -> Page:
        return cursor.page(self._request.query)

    def filter(self, kind: type[T]) -> T:
        """`filter[…]` as a `kind`; raises `Refused` (400)."""
        return json.shape(cursor.deep_object(self._request.query, "filter"), kind)

    def user(self) -> Ref:
        """The user the path names, by either id."""
        return Ref(self.app_id, self["userIdOrExternalId"])

    def named(self, user_id: str | None, external_id: str | None) -> Ref:
        """The user a body names, by one of two ids."""
        if user_id is not None:
            return Ref(self.app_id, user_id, "id")
        if external_id is not None:
            return Ref(self.app_id, external_id, "external")
        raise Refused(errors.USER_NOT_FOUND)


class Operation(NamedTuple):
    """A method and path, who may call it, what it does, and its status when it succeeds."""

    method: str
    path: str
    scopes: frozenset[Scope]
    act: Callable[[Call], Awaitable[Json]]
    status: int = 200
