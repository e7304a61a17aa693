"""Every way to spoil a body, from the types it is read into: a new field is spoilt without another word."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import inspect
from msgspec.inspect import Field, StructType

Json = dict[str, Any]

SCALARS: dict[str, Any] = {
    "null": None,
    "boolean": True,
    "integer": 7,
    "number": 0.5,
    "string": "https://example.com",
    "array": [],
    "object": {},
}
TAKES: dict[type[inspect.Type], set[str]] = {
    inspect.NoneType: {"null"},
    inspect.BoolType: {"boolean"},
    inspect.IntType: {"integer"},
    inspect.FloatType: {"integer", "number"},
    inspect.StrType: {"string"},
    inspect.LiteralType: {"string"},
    inspect.EnumType: {"string"},
    inspect.DateTimeType: {"string"},
    inspect.VarTupleType: {"array"},
    inspect.StructType: {"object"},
    inspect.DictType: {"object"},
    inspect.AnyType: set(SCALARS),
}
WRONG_TAGS: tuple[Any, ...] = ("nonsense", "", 5, None, [])
ENDLESS = "<1e400>"  # becomes a number too large for any float
MALFORMED = "valid JSON"  # said of what is no JSON at all: no field is to blame


class Spoilt(NamedTuple):
    """What is sent, and a word that its refusal has to hold."""

    value: Any
    word: str


def written(value: Any) -> bytes:
    """As it goes out: with numbers and strings that are wrong in themselves."""
    return json.dumps(value).replace(f'"{ENDLESS}"', "1e400").encode()


def spoilt(kind: type, example: Json) -> Iterator[Spoilt]:
    """A good example with one thing wrong, in every way there is."""
    info = inspect.type_info(kind)
    assert isinstance(info, StructType)
    yield from _struct(info, example)


def _struct(info: StructType, example: Json) -> Iterator[Spoilt]:
    if info.tag_field is not None:
        untagged = {key: value for key, value in example.items() if key != info.tag_field}
        yield Spoilt(untagged, info.tag_field)
        yield from (Spoilt({info.tag_field: tag, **untagged}, info.tag_field) for tag in WRONG_TAGS)
    for field in info.fields:
        yield from _field(field, {key: value for key, value in example.items() if key != field.encode_name})


def _field(field: Field, others: Json) -> Iterator[Spoilt]:
    """The bad value stands first, so that nothing else is blamed."""
    if field.required:
        yield Spoilt(others, field.encode_name)
    for value, word in _wrong(field.type):
        yield Spoilt({field.encode_name: value, **others}, word or field.encode_name)


def _wrong(info: inspect.Type) -> Iterator[Spoilt]:
    """Values that the type does not take; the word is empty where it is the field's own name."""
    taken = set().union(*map(_takes, _members(info)))
    yield from (Spoilt(value, "") for name, value in SCALARS.items() if name not in taken)
    if taken != set(SCALARS):
        yield from (Spoilt(value, MALFORMED) for value in (float("nan"), float("-inf"), "\ud800"))
    for member in _members(info):
        yield from _wrong_within(member)


def _members(info: inspect.Type) -> tuple[inspect.Type, ...]:
    return info.types if isinstance(info, inspect.UnionType) else (info,)


def _takes(info: inspect.Type) -> set[str]:
    """The names of the scalars that a type takes."""
    return TAKES[type(info)]


def _wrong_within(info: inspect.Type) -> Iterator[Spoilt]:
    """Values of the right type that break its bounds, or are wrong further inside."""
    match info:
        case inspect.StrType():
            yield from _beyond(info.min_length, info.max_length, lambda count: "x" * count)
            if info.pattern is not None:
                yield Spoilt("\x00", "")
        case inspect.IntType() | inspect.FloatType():
            yield Spoilt(ENDLESS, "")
            if info.ge is not None:
                yield from (Spoilt(info.ge - 1, ""), Spoilt(-(10**40), ""))
            if info.le is not None:
                yield from (Spoilt(info.le + 1, ""), Spoilt(10**40, ""))
        case inspect.LiteralType() | inspect.EnumType() | inspect.DateTimeType():
            yield from (Spoilt(value, "") for value in ("", "nonsense", "2020-01-01T00:00:00", "x" * 5_000))
        case inspect.VarTupleType():
            yield from _beyond(info.min_length, info.max_length, lambda count: [_example(info.item_type)] * count)
            yield from (Spoilt([value], word) for value, word in _wrong(info.item_type))
        case inspect.DictType():
            yield from (Spoilt({"key": value}, word) for value, word in _wrong(info.value_type))
        case inspect.StructType():
            yield from _struct(info, _example(info))


def _beyond(low: int | None, high: int | None, make: Any) -> Iterator[Spoilt]:
    if low:
        yield Spoilt(make(low - 1), "")
    if high is not None:
        yield Spoilt(make(high + 1), "")


def _example(info: inspect.Type) -> Any:
    """The least that the type takes."""
    match _members(info)[0]:
        case inspect.StructType() as struct:
            tag = {struct.tag_field: struct.tag} if struct.tag_field else {}
            return {**tag, **{it.encode_name: _example(it.type) for it in struct.fields if it.required}}
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.VarTupleType() as many:
            return [_example(many.item_type)] * (many.min_length or 0)
        case other:
            return SCALARS[min(_takes(other) - {"null"})]
