"""What v1.1 offers, as a table, and how a path finds its place in it: names in any case, ids as they are."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import unquote

from aiohttp import web

from gateway.domain import errors
from gateway.domain.errors import Refused
from gateway.domain.model import Scope

T = TypeVar("T")

APPS: Final = "apps"


class Route(NamedTuple):
    """A method and path, who may call it, and what it does: an act of a `Call` that gives JSON, or None for `{}`.

    The path follows `/v1.1/apps/{appId}`, or `/v1.1` alone where the app is the caller's; one that is `whole` follows
    `/v1.1` as it is.
    """

    method: str
    path: str
    scopes: frozenset[Scope]
    act: Callable[[Any], Awaitable[Any]]
    status: int = 200
    whole: bool = False


class Found(NamedTuple):
    """A route with the parts of the path that it names; `app_id` where the path named the app."""

    route: Route
    parts: dict[str, str]
    app_id: str | None


class Routes:
    """All routes, in order and by the number of segments in their paths."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = tuple(routes)
        self._by_length: dict[int, list[tuple[Sequence[str], Route]]] = {}
        for route in self._routes:
            segments = _segments(route.path)
            self._by_length.setdefault(len(segments), []).append((segments, route))

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def find(self, method: str, path: str) -> Found:
        """The route for what follows `/v1.1`; raises `Refused` (404), or `HTTPMethodNotAllowed`."""
        said = [unquote(it) for it in _segments(path)]
        fitting = [*self._fitting(said, whole=True), *self._inside(said)]
        if not fitting:
            raise Refused(errors.NOT_FOUND)
        for found in fitting:
            if found.route.method == method:
                return found
        raise web.HTTPMethodNotAllowed(method, [it.route.method for it in fitting])

    def _inside(self, said: Sequence[str]) -> list[Found]:
        """Those of an app, which the path names or leaves to the caller."""
        if len(said) > 1 and said[0].lower() == APPS:
            return [it._replace(app_id=said[1]) for it in self._fitting(said[2:], whole=False)]
        return self._fitting(said, whole=False)

    def _fitting(self, said: Sequence[str], *, whole: bool) -> list[Found]:
        known = self._by_length.get(len(said), ())
        return [
            Found(route, parts, parts.get("appId"))
            for segments, route in known
            if route.whole is whole and (parts := _parts(segments, said)) is not None
        ]


def _segments(path: str) -> list[str]:
    return [it for it in path.split("/") if it]


def _parts(segments: Sequence[str], said: Sequence[str]) -> dict[str, str] | None:
    """What `{names}` in a path stand for; None where the path does not fit."""
    parts: dict[str, str] = {}
    for segment, it in zip(segments, said, strict=True):
        if segment.startswith("{"):
            parts[segment[1:-1]] = it
        elif segment.lower() != it.lower():
            return None
    return parts
