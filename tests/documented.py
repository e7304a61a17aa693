"""Every answer is held to what its operation says of itself, and so to the API's own document."""

import re
from typing import Any

import msgspec

from gateway.edge.call import Operation
from gateway.edge.http import OPERATIONS

# What an app that speaks as in early access, too, is told beside what is documented; "" is an answer itself.
FORMER = {
    "": {"error", "hasMore", "offset"},
    "author": {"name", "role"},
    "conversation": {"appMakerLastRead"},
    "integration": {"webhook"},
    "key": {"name"},
    "payload": {"surviving", "discarded", "discardedConversationId"},
}

PATHS = [(it, re.compile(re.sub(r"\{\w+\}", "[^/]+", it.path))) for it in OPERATIONS]


def operation_of(method: str, path: str) -> Operation | None:
    """The operation that a path with or without a query is for."""
    bare = path.partition("?")[0]
    return next((it for it, form in PATHS if it.method == method and form.fullmatch(bare)), None)


def undocumented(method: str, path: str, status: int, body: Any) -> list[str]:
    """What an answer has that its operation does not speak of, or lacks; nothing where the two agree."""
    operation = operation_of(method, path)
    if operation is None:
        return []
    if status >= 400:
        known = {(it.status, it.code) for it in operation.refusals}
        said = {(status, it["code"]) for it in body["errors"]}
        return [f"{operation.act.__name__} does not document {it}" for it in said - known]
    if status != operation.status:
        return [f"{operation.act.__name__} does not document {status}"]
    return _drift(body, operation.answers)


def without_former(said: Any, name: str = "") -> Any:
    """An answer without what is told in early access only."""
    if isinstance(said, list):
        return [without_former(it, name.removesuffix("s")) for it in said]
    if not isinstance(said, dict):
        return said
    left = {key: it for key, it in said.items() if key not in FORMER.get(name, ())}
    return {key: without_former(it, key) for key, it in left.items()}


def _drift(body: Any, kind: Any) -> list[str]:
    """A body says exactly what its type can say."""
    try:
        told = msgspec.json.decode(msgspec.json.encode(msgspec.convert(body, kind)))
    except msgspec.ValidationError as error:
        return [str(error)]
    return [] if told == body else [f"documented: {told}, answered: {body}"]
