"""How an app's backends are spoken with: as the API is, or also as it was in its early access."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from gateway.domain.model import App, Office, Webhook
from gateway.domain.views import Page
from gateway.wire import cursor, json
from gateway.wire.cursor import PageQuery
from gateway.wire.early_access.table import TABLE, Row
from gateway.wire.early_access.writing import Where
from gateway.wire.v2 import Json

FORMER_METHODS: Final = {former: now for row in TABLE for former, now in row.methods.items()}


class Asked(NamedTuple):
    """What a body is for: an operation, by its id, and the parts of the path."""

    operation: str
    parts: Mapping[str, str]


class Manner:
    """Speaks as the API is, and as `rows` have it that it was."""

    def __init__(self, rows: tuple[Row, ...], office: Office) -> None:
        self._rows = rows
        self._office = office
        self.methods = {former: now for row in rows for former, now in row.methods.items()}

    def allowed(self, methods: Iterable[str]) -> list[str]:
        """Of the methods that a path knows, those that are understood."""
        known = set(methods)
        past = {former for former, now in FORMER_METHODS.items() if now in known and former not in self.methods}
        return sorted(known - past)

    def query(self, query: Mapping[str, str]) -> Mapping[str, str]:
        """Query parameters under the names of now."""
        names = {former: now for row in self._rows for former, now in row.query.items()}
        return {names.get(name, name): value for name, value in query.items()} if names else query

    def page(self, query: Mapping[str, str], fixed: int | None = None) -> Page:
        """The page that such a query asks for; raises `Refused`."""
        return cursor.page(query, fixed, next((row.pages for row in self._rows if row.pages), PageQuery))

    def part(self, name: str, value: str) -> str:
        """A part of a path."""
        for row in self._rows:
            if name in row.parts:
                value = row.parts[name](self._office, value)
        return value

    def asked(self, asked: Asked, body: bytes) -> bytes:
        """A request's body as it is written now; raises `Refused`."""
        writers = [row.asks[asked.operation] for row in self._rows if asked.operation in row.asks]
        if not writers:
            return body
        said: Json = json.read(body, Json)
        for write in writers:
            write(said, Where(self._office, asked.parts))
        return json.encode(said)

    def formerly(self, body: bytes) -> bytes:
        """Of that body, what the API of now does not take."""
        return body if self._rows else b"{}"

    def answered(self, body: Json, query: Mapping[str, str]) -> Json:
        """What REST answers, be it a refusal, to such a query."""
        if not self._rows:
            return body
        told: Json = json.plain(body)
        _add([row.answers for row in self._rows], told)
        if "meta" in told:
            _add([row.lists for row in self._rows], told, self.page(query))
        return told

    def called(self, envelope: Json, webhook: Webhook) -> Json:
        """What a webhook is sent."""
        if not self._rows:
            return envelope
        told: Json = json.plain(envelope)
        for event in told["events"]:
            _add([row.payloads for row in self._rows], event["payload"])
        _add([row.calls for row in self._rows], told, webhook)
        return told


def _add(additions: Iterable[Callable[..., None] | None], *told: Any) -> None:
    for add in additions:
        if add is not None:
            add(*told)


NOW: Final = Manner((), Office(app=App(id="", display_name="")))


def manner(office: Office) -> Manner:
    """How the backends of an app are spoken with."""
    return Manner(TABLE, office) if office.app.settings.early_access_compatibility else NOW
