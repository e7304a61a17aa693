"""JSON, both ways: orjson writes, msgspec reads into typed values. The one door to either."""

import json
import re
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final, TypeVar

import msgspec
import orjson

from gateway.domain import errors, limits
from gateway.domain.errors import Refused

T = TypeVar("T")
Written = msgspec.Raw  # JSON that stands within other JSON as it is

MISSING: Final = re.compile(r"Object missing required field `([^`]+)`(?: - at `(.*)`)?")
STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
BRACKET: Final = re.compile(rb"[\[\]{}]")
STEP: Final = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}
LOCATED: Final = re.compile(r"(.*?)(?: - at `(?:key in )?\$?\.?(.*)`)?", re.DOTALL)


def _written(value: Any) -> orjson.Fragment:
    """What orjson does not know by itself."""
    return orjson.Fragment(msgspec.json.encode(value))


def encode(value: Any) -> bytes:
    """Compact JSON of dicts, lists, scalars and the house's own values."""
    try:
        return orjson.dumps(value, default=_written, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # integers beyond 64 bits, which orjson refuses
        return msgspec.json.encode(value)


def store(value: Any) -> str:
    """A value, or a list of them, as it is kept: every field under its own name."""
    return msgspec.json.encode(value).decode()


def plain(value: Any) -> Any:
    """A value as JSON has it: dicts, lists and scalars."""
    return msgspec.to_builtins(value)


def load(data: bytes | str, kind: Any) -> Any:
    """A value as `store` kept it."""
    return _decoder(kind).decode(data)


def read(data: bytes, kind: Any) -> Any:
    """JSON from outside as a `kind`; raises `Refused` (400) with a sentence that names the field."""
    if _too_deep(data):
        raise Refused(errors.TOO_DEEP)
    try:
        if not data.isascii():
            data.decode()  # the decoder does not look at the text of what it skips
        return _decoder(kind).decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(errors.bad_request(explain(error))) from None


def glance(data: bytes) -> Any:
    """JSON that was refused, as far as it is any; None where it is not."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _too_deep(data: bytes) -> bool:
    """Whether it nests beyond the limit: what is just shallow enough to be read may be too deep to be written."""
    if data.count(b"{") + data.count(b"[") <= limits.NESTING:
        return False
    depth = accumulate(STEP[bracket] for bracket in BRACKET.findall(STRING.sub(b"", data)))
    return max(depth, default=0) > limits.NESTING


def shape(value: Any, kind: type[T]) -> T:
    """Already parsed JSON, or query strings, as a `kind`; raises `Refused` (400)."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(errors.bad_request(explain(error))) from None


def schemas(kinds: list[Any], reference: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Types as JSON Schema: each of them, and by name what they refer to; `reference` has `{name}` in it."""
    return msgspec.json.schema_components(kinds, ref_template=reference)


def explain(error: Exception) -> str:
    """The decoder's complaint as one sentence for people that names the field."""
    if not isinstance(error, msgspec.ValidationError):
        return "The body should be valid JSON in UTF-8"
    missing = MISSING.fullmatch(str(error))
    if missing:
        name, place = missing.groups()
        where = f" in {place.removeprefix('$.')}" if place and place != "$" else ""
        return f"should have required property '{name}'{where}"
    located = LOCATED.fullmatch(str(error))
    said, place = located.groups() if located else (str(error), None)
    return f"{place}: {_lower(said)}" if place and place.strip("[.]") else said


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


@lru_cache(maxsize=256)
def _decoder(kind: Any) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(kind)
