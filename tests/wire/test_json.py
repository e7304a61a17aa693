"""JSON, both ways: what is refused names the field, what is kept comes back the same."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import errors, limits
from gateway.domain.content import Text
from gateway.domain.errors import Refused
from gateway.domain.events import AnyEvent, Event
from gateway.domain.model import Author, Kind
from gateway.wire import json
from gateway.wire.frames import AnyFrame
from gateway.wire.requests import ConversationCreate, MessageCreate, UserCreate
from tests.domain.story import everything


def refusal(data: bytes, kind: Any) -> str:
    """The sentence with which a body is refused."""
    with pytest.raises(Refused) as refused:
        json.read(data, kind)
    assert (refused.value.problem.status, refused.value.problem.code) == (400, "bad_request")
    return refused.value.problem.title


@pytest.mark.parametrize(
    ("data", "kind", "title"),
    [
        (b"{}", ConversationCreate, "should have required property 'type'"),
        (b'{"author":{"type":"business"}}', MessageCreate, "should have required property 'content'"),
        (
            b'{"author":{"type":"business"},"content":{}}',
            MessageCreate,
            "should have required property 'type' in content",
        ),
        (b'{"type":"hello","id":1,"device":{}}', AnyFrame, "should have required property 'guid' in device"),
        (b'{"a":{"b":1e400}}', dict[str, Any], "Number out of range"),
        (b'{"externalId":7}', UserCreate, "externalId: expected `str | null`, got `int`"),
        (b'{"profile":{"email":7}}', UserCreate, "profile.email: expected `str | null`, got `int`"),
        (b'{"metadata":{"a":null}}', UserCreate, "metadata[...]: expected `bool | int | float | str`, got `null`"),
        (b'{"type":"chat"}', ConversationCreate, "type: invalid enum value 'chat'"),
        (b"[]", UserCreate, "Expected `object`, got `array`"),
        (b"null", UserCreate, "Expected `object`, got `null`"),
        (b"", UserCreate, "The body should be valid JSON in UTF-8"),
        (b"{", UserCreate, "The body should be valid JSON in UTF-8"),
        (b"{} {}", UserCreate, "The body should be valid JSON in UTF-8"),
        (b'{"externalId":"\xff"}', UserCreate, "The body should be valid JSON in UTF-8"),
        (b'{"externalId":"\\ud800"}', UserCreate, "The body should be valid JSON in UTF-8"),
        (b'{"metadata":{"a":NaN}}', UserCreate, "The body should be valid JSON in UTF-8"),
        (b'{"metadata":{"a":1e999}}', UserCreate, "metadata[...]: number out of range"),
        (
            b'{"type":"personal","participants":[{"userId":"u","userExternalId":"e"}]}',
            ConversationCreate,
            "participants[0]: should have exactly one of userId and userExternalId",
        ),
        (b'{"type":"dance","id":1}', AnyFrame, "type: invalid value 'dance'"),
    ],
)
def test_a_refusal_names_the_field(data: bytes, kind: Any, title: str) -> None:
    assert refusal(data, kind) == title


def test_what_is_not_the_decoders_complaint_is_about_the_whole_body() -> None:
    assert json.explain(RecursionError()) == "The body should be valid JSON in UTF-8"


def test_json_is_nested_as_deep_as_the_limit_and_not_deeper() -> None:
    assert limits.NESTING == 100
    deep = b"[" * 100 + b"]" * 100
    assert json.encode(json.read(deep, Any)) == deep
    with pytest.raises(Refused) as refused:
        json.read(b"[" * 101 + b"]" * 101, Any)
    assert refused.value.problem == errors.TOO_DEEP


@pytest.mark.parametrize("text", [b'"' + b"[" * 500 + b'"', b'"\\"' + b"{" * 500 + b'"', b"[" + b"[]," * 200 + b"1]"])
def test_brackets_that_do_not_nest_are_let_pass(text: bytes) -> None:
    assert json.read(text, Any)


def test_query_strings_are_read_as_what_they_mean() -> None:
    class Asked(msgspec.Struct):
        size: int

    assert json.shape({"size": "7"}, Asked).size == 7
    with pytest.raises(Refused):
        json.shape({"size": "seven"}, Asked)


@pytest.mark.parametrize("event", everything(), ids=lambda it: type(it).__name__)
def test_every_event_comes_back_as_it_was_stored(event: Event) -> None:
    assert json.load(json.store(event), AnyEvent) == event


@given(
    st.dictionaries(
        st.text(), st.text() | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
    )
)
def test_metadata_comes_back_as_it_was_stored(metadata: dict[str, Any]) -> None:
    text = msgspec.json.encode({"metadata": metadata}).decode()
    again = json.load(json.store(json.load(text, dict[str, Any])), dict[str, Any])
    assert again == {"metadata": metadata}


def test_the_houses_values_are_written_in_the_words_of_the_api() -> None:
    assert json.encode({"content": Text(text="é", html_text="<b>"), "kind": Kind.GROUP, "subtypes": ("AI",)}) == (
        '{"content":{"type":"text","text":"é","htmlText":"<b>"},"kind":"sdkGroup","subtypes":["AI"]}'.encode()
    )


def test_integers_of_any_size_are_written() -> None:
    assert json.encode({"metadata": {"big": 2**70}}) == b'{"metadata":{"big":1180591620717411303424}}'


def test_what_is_stored_keeps_its_own_field_names() -> None:
    assert json.store(Author(type="user", user_id="u")).count('"user_id"') == 1


@pytest.mark.parametrize(
    ("data", "seen"), [(b'{"id":1', None), (b"\xff", None), (b"[" * 100_000, None), (b'{"id":1}', {"id": 1})]
)
def test_a_glance_never_fails(data: bytes, seen: Any) -> None:
    assert json.glance(data) == seen
