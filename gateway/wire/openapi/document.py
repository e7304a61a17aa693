"""The API's own description, OpenAPI 3.1, from the table of operations that it is served by."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol

from gateway.domain.errors import Problem
from gateway.domain.model import Scope
from gateway.wire.answers import Errors
from gateway.wire.cursor import PageQuery
from gateway.wire.openapi.examples import ANY_PART, EXAMPLES, PARTS
from gateway.wire.openapi.refusals import Refusals
from gateway.wire.openapi.schemas import Schemas
from gateway.wire.v2 import Json

JSON: Final = "application/json"
ABOUT: Final = """\
Conversations between a business and its users, as the Sunshine Conversations API v2 has them.

Show a key's id and secret as Basic user name and password, or as a Bearer JWT (HS256) with the key's id as `kid` and
the `scope` of the key. Times are UTC, `YYYY-MM-DDThh:mm:ss.SSSZ`. A field without a value is left out."""


class Reply(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def shape(self) -> Any: ...
    @property
    def media(self) -> str: ...


class Described(Protocol):
    """An operation, as far as the document speaks of it: `gateway.edge.call.Operation`."""

    @property
    def id(self) -> str: ...
    @property
    def tag(self) -> str: ...
    @property
    def about_tag(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def scopes(self) -> frozenset[Scope]: ...
    @property
    def asked(self) -> tuple[Any, ...]: ...
    @property
    def media(self) -> tuple[str, ...]: ...
    @property
    def pages(self) -> bool: ...
    @property
    def filter(self) -> Any: ...
    @property
    def query(self) -> Any: ...
    @property
    def gives(self) -> str: ...
    @property
    def replies(self) -> tuple[Any, ...]: ...
    @property
    def refusals(self) -> tuple[Problem, ...]: ...


def document(operations: Iterable[Described], version: str, server: str) -> Json:
    """The whole document; `server` is the path, or address, that the operations' paths come after."""
    table = tuple(operations)
    asked = {kind for it in table for kind in (it.filter, it.query) if kind is not None} | {PageQuery}
    schemas = Schemas(_kinds(table), asked)
    refusals = Refusals(schemas.of(Errors))
    paths: Json = {}
    for operation in table:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _Page(operation, schemas, refusals).written()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Heliograph",
            "version": version,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "tags": [{"name": tag, "description": about} for tag, about in _tags(table).items()],
        "paths": paths,
        "components": {
            "schemas": {name: it for name, it in schemas.components.items() if name not in _spelled(table)},
            "responses": refusals.components,
            "securitySchemes": SECURITY,
        },
    }


def _spelled(operations: Iterable[Described]) -> set[str]:
    """The types whose fields are query parameters one by one, so that nothing refers to them."""
    return {it.query.__name__ for it in operations if it.query is not None}


SECURITY: Final[Json] = {
    "basic": {"type": "http", "scheme": "basic", "description": "A key's id and its secret."},
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Signed by a key's secret with HS256; `kid` is the key's id, `scope` that of the key.",
    },
}


def _kinds(operations: Iterable[Described]) -> Iterator[Any]:
    """Every type that is spoken of."""
    yield Errors
    yield PageQuery
    for it in operations:
        named = (*it.asked[:1], it.filter, it.query, *(reply.shape for reply in it.replies))
        yield from (kind for kind in named if kind is not None)


def _tags(operations: Iterable[Described]) -> dict[str, str]:
    return {it.tag: it.about_tag for it in operations}


class _Page:
    """One operation's part of the document."""

    def __init__(self, operation: Described, schemas: Schemas, refusals: Refusals) -> None:
        self._it = operation
        self._schemas = schemas
        self._refused = refusals

    def written(self) -> Json:
        parameters = [*self._path(), *self._query()]
        return {
            "operationId": self._it.id,
            "tags": [self._it.tag],
            "summary": self._it.summary,
            **({"parameters": parameters} if parameters else {}),
            **({"requestBody": self._body()} if self._it.asked else {}),
            "responses": {str(status): said for status, said in (*self._replies(), *self._refusals())},
            "security": self._security(),
        }

    def _security(self) -> list[Json]:
        roles = sorted(self._it.scopes - {Scope.SERVICE_ACCOUNT})  # whose tokens name the account's
        return [{scheme: roles} for scheme in SECURITY] if roles else []

    def _path(self) -> Iterator[Json]:
        for name in re.findall(r"\{(\w+)\}", self._it.path):
            yield {"name": name, "in": "path", "required": True, **PARTS.get(name, ANY_PART)}

    def _query(self) -> Iterator[Json]:
        if self._it.filter is not None:
            yield self._deep("filter", self._it.filter)
        if self._it.pages:
            yield self._deep("page", PageQuery)
        if self._it.query is not None:
            inside = self._schemas.inside(self._it.query)
            for name, schema in inside["properties"].items():
                yield {"name": name, "in": "query", "required": name in inside.get("required", ()), "schema": schema}

    def _deep(self, name: str, kind: Any) -> Json:
        """`name[field]=…`"""
        inside = self._schemas.inside(kind)
        needed = bool(inside.get("required") or inside.get("oneOf"))
        return {
            "name": name,
            "in": "query",
            "required": needed,
            "style": "deepObject",
            "explode": True,
            "schema": self._schemas.of(kind),
        }

    def _body(self) -> Json:
        schema = self._schemas.of(self._it.asked[0])
        said: Json = {"schema": schema}
        examples = EXAMPLES.get(self._it.asked[0])
        if examples:
            said["examples"] = {name: {"value": value} for name, value in examples.items()}
        inside = self._schemas.inside(self._it.asked[0])
        needed = bool(inside.get("required") or inside.get("oneOf"))
        return {"required": needed, "content": dict.fromkeys(self._it.media, said)}

    def _replies(self) -> Iterator[tuple[int, Json]]:
        for reply in self._it.replies:
            said: Json = {"description": SAYS.get(reply.status, "Done.")}
            if reply.shape is not None:
                said["content"] = {reply.media: {"schema": self._schemas.of(reply.shape)}}
            if reply.status in MOVED:
                said["headers"] = {"Location": {"schema": {"type": "string"}, "description": "Where to go on."}}
            yield reply.status, said

    def _refusals(self) -> Iterator[tuple[int, Json]]:
        for status in sorted({it.status for it in self._it.refusals}):
            problems = [it for it in self._it.refusals if it.status == status]
            yield status, self._refused.of(problems, page=self._it.gives != JSON)


MOVED: Final = frozenset({301, 302, 303, 307, 308})
SAYS: Final = {201: "Made.", 302: "Found elsewhere."}
