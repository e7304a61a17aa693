"""JSON, in and out: the only door to the library that does it."""

from __future__ import annotations

from typing import Any, TypeAlias

import orjson

Json: TypeAlias = dict[str, Any]
"""An object of the API as it came: a message, a conversation, a user. Unknown fields stay in."""


def encode(value: Json) -> bytes:
    """The value as compact UTF-8 JSON."""
    return orjson.dumps(value)


def decode(text: bytes) -> Json:
    """The object in `text`. Raises `ValueError` when it is anything else."""
    value = orjson.loads(text)
    if not isinstance(value, dict):
        message = "not a JSON object"
        raise ValueError(message)  # noqa: TRY004 - one kind of error for all that is malformed
    return value
