"""One v1.1 request as its act sees it."""

from typing import Any, TypeVar

from aiohttp import web

from gateway.domain import access, errors
from gateway.domain.access import Caller
from gateway.domain.commands import Needs, Ref
from gateway.domain.errors import Refused
from gateway.domain.model import Office, Person, Room
from gateway.edge.addresses import ADDRESSES
from gateway.edge.multipart import Form
from gateway.edge.v1.route import Found
from gateway.flow.floor import Flow
from gateway.wire import json

T = TypeVar("T")


class Call:
    """A request by a known caller. `app_id` is empty for what belongs to no app."""

    def __init__(self, flow: Flow, request: web.Request, found: Found, caller: Caller) -> None:
        self.flow = flow
        self.caller = caller
        self.app_id = found.app_id or caller.app_id or ""
        self._request = request
        self._parts = found.parts

    def __getitem__(self, name: str) -> str:
        """A part of the path."""
        return self._parts[name]

    @property
    def query(self) -> dict[str, str]:
        return dict(self._request.query)

    def asked(self, kind: type[T]) -> T:
        """The query as a `kind`; raises `Refused` (400)."""
        return json.shape(self.query, kind)

    async def sent(self) -> dict[str, Any]:
        """The body, whatever it names and is declared as; none is `{}`. Raises `Refused` (400)."""
        read: dict[str, Any] = json.read(await self._request.read() or b"{}", dict[str, Any])
        return read

    async def body(self, kind: type[T]) -> T:
        """The body as a `kind`; raises `Refused` (400)."""
        read: T = json.read(await self._request.read() or b"{}", kind)
        return read

    def form(self, field: str) -> Form:
        """The multipart body, with a file in `field`; raises `Refused` (400, 413)."""
        return Form(self._request, field)

    @property
    def base(self) -> str:
        """The address that all paths of this gateway follow; raises `Refused` (400)."""
        try:
            return self._request.app[ADDRESSES].base(self._request)
        except ValueError:
            raise Refused(errors.BAD_HOST) from None

    @property
    def url(self) -> str:
        """The absolute address of what was asked for, without its query; raises `Refused` (400)."""
        try:
            return self._request.app[ADDRESSES].of(self._request)
        except ValueError:
            raise Refused(errors.BAD_HOST) from None

    @property
    def ref(self) -> Ref:
        """The user the path names, by either id."""
        return Ref(self.app_id, self["userId"])

    async def named(self) -> Ref:
        """The user the path names, by the id that the gateway gave them; raises `Refused` (404, 403)."""
        return Ref(self.app_id, (await self.person()).user.id, "id")

    async def office(self) -> Office:
        return await self.flow.registry.office(self.app_id)

    async def person(self) -> Person:
        """The user the path names; raises `Refused` (404, or 403 for another user)."""
        return await self.someone(self.ref)

    async def someone(self, ref: Ref) -> Person:
        """A user, whom the caller may reach; raises `Refused` (404, 403)."""
        found = await self.flow.queries.person(ref)
        access.permit_user(self.caller, found.user)
        return found

    async def room(self) -> Room:
        """The default conversation of the user the path names; raises `Refused` (404) where there is none yet."""
        here = (await self.person()).user.default_conversation_id
        if here is None:
            raise Refused(errors.CONVERSATION_NOT_FOUND)
        return (await self.flow.store.peek(Needs(room=here))).room(self.app_id, here)
