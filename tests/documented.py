"""Every answer is held to what its operation says of itself, and so to the API's own document."""

import re
from typing import Any

import msgspec

from gateway.edge.call import Operation
from gateway.edge.http import OPERATIONS

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


def _drift(body: Any, kind: Any) -> list[str]:
    """A body says exactly what its type can say."""
    try:
        told = msgspec.json.decode(msgspec.json.encode(msgspec.convert(body, kind)))
    except msgspec.ValidationError as error:
        return [str(error)]
    return [] if told == body else [f"documented: {told}, answered: {body}"]
