"""What a message can hold: at each limit it is accepted; one past it is refused, and the sentence names the field."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from gateway.domain import content as contents
from gateway.domain import limits
from gateway.domain.content import Content, Reference, check_metadata, metadata_bytes

Json = dict[str, Any]
Shape = Callable[[int], Json]

HERE = "https://example.org/"


def url(size: int) -> str:
    return HERE + "x" * (size - len(HERE))


def text(**fields: Any) -> Json:
    return {"type": "text", "text": "hi", **fields}


def link(**fields: Any) -> Json:
    return {"type": "link", "text": "Look", "uri": HERE, **fields}


def webview(**fields: Any) -> Json:
    return {"type": "webview", "text": "Look", "uri": HERE, "fallback": HERE, **fields}


def image(**fields: Any) -> Json:
    return {"type": "image", "mediaUrl": HERE, **fields}


def file(**fields: Any) -> Json:
    return {"type": "file", "mediaUrl": HERE, **fields}


def item(**fields: Any) -> Json:
    return {"title": "Tea", "actions": [link()], **fields}


def carousel(**fields: Any) -> Json:
    return {"type": "carousel", "items": [item(**fields)]}


def location(**fields: Any) -> Json:
    return {"type": "location", "coordinates": {"lat": 0, "long": 0}, **fields}


def form(**fields: Any) -> Json:
    return {"type": "form", "fields": [{"type": "text", "name": "n", "label": "l", **fields}]}


def answer(**fields: Any) -> Json:
    return {"type": "formResponse", "fields": [{"name": "n", "label": "l", **fields}]}


def option(**fields: Any) -> Json:
    return {"name": "n", "label": "l", **fields}


def select(options: list[Json]) -> Json:
    return form(type="select", options=options)


def named(size: int) -> list[Json]:
    return [{"type": "text", "name": f"n{it}", "label": "l"} for it in range(size)]


# The limit, the field that is as long or as many as it says, and content with so much of it.
LONGEST: Final[list[tuple[str, str, Shape]]] = [
    ("TEXT", "text", lambda n: text(text="x" * n)),
    ("TEXT", "htmlText", lambda n: text(htmlText="x" * n)),
    ("TEXT", "markdownText", lambda n: text(markdownText="x" * n)),
    ("TEXT", "text", lambda n: image(text="x" * n)),
    ("TEXT", "htmlText", lambda n: image(htmlText="x" * n)),
    ("TEXT", "markdownText", lambda n: image(markdownText="x" * n)),
    ("TEXT", "text", lambda n: file(text="x" * n)),
    ("TEXT", "text", lambda n: {**form(), "text": "x" * n}),
    ("TEXT", "location.name", lambda n: location(location={"name": "x" * n})),
    ("TEXT", "location.address", lambda n: location(location={"address": "x" * n})),
    ("PAYLOAD", "payload", lambda n: text(payload="x" * n)),
    (
        "PAYLOAD",
        "actions[0].payload",
        lambda n: text(actions=[{"type": "postback", "text": "Yes", "payload": "x" * n}]),
    ),
    ("PAYLOAD", "actions[0].payload", lambda n: text(actions=[{"type": "reply", "text": "Yes", "payload": "x" * n}])),
    ("TEXT_ACTIONS", "actions", lambda n: text(actions=[link()] * n)),
    ("TEXT_ACTIONS", "actions", lambda n: image(actions=[link()] * n)),
    ("LABEL", "actions[0].text", lambda n: text(actions=[link(text="x" * n)])),
    ("URL", "actions[0].uri", lambda n: text(actions=[link(uri=url(n))])),
    ("URL", "actions[0].fallback", lambda n: text(actions=[webview(fallback=url(n))])),
    (
        "URL",
        "actions[0].iconUrl",
        lambda n: text(actions=[{"type": "reply", "text": "Yes", "payload": "", "iconUrl": url(n)}]),
    ),
    ("URL", "mediaUrl", lambda n: image(mediaUrl=url(n))),
    ("URL", "mediaUrl", lambda n: file(mediaUrl=url(n))),
    ("LABEL", "mediaType", lambda n: image(mediaType="x" * n)),
    ("LABEL", "altText", lambda n: image(altText="x" * n)),
    ("LABEL", "altText", lambda n: file(altText="x" * n)),
    ("ITEMS", "items", lambda n: {"type": "carousel", "items": [item()] * n}),
    ("ITEMS", "items", lambda n: {"type": "list", "items": [item()] * n}),
    ("ITEM_ACTIONS", "items[0].actions", lambda n: carousel(actions=[link()] * n)),
    ("LIST_ACTIONS", "actions", lambda n: {"type": "list", "items": [item()], "actions": [link()] * n}),
    ("LABEL", "items[0].title", lambda n: carousel(title="x" * n)),
    ("LABEL", "items[0].description", lambda n: carousel(description="x" * n)),
    ("LABEL", "items[0].altText", lambda n: carousel(altText="x" * n)),
    ("LABEL", "items[0].mediaType", lambda n: carousel(mediaType="x" * n)),
    ("URL", "items[0].mediaUrl", lambda n: carousel(mediaUrl=url(n))),
    ("METADATA_BYTES", "items[0]", lambda n: carousel(metadata={"k": "x" * (n - 1)})),
    ("METADATA_BYTES", "actions[0]", lambda n: text(actions=[link(metadata={"k": "x" * (n - 1)})])),
    ("METADATA_BYTES", "actions[0]", lambda n: text(actions=[webview(metadata={"k": "x" * (n - 1)})])),
    ("FIELDS", "fields", lambda n: {"type": "form", "fields": named(n)}),
    (
        "FIELDS",
        "fields",
        lambda n: {"type": "formResponse", "fields": [{**it, "text": "t"} for it in named(n)]},
    ),
    ("LABEL", "fields[0].name", lambda n: form(name="x" * n)),
    ("LABEL", "fields[0].label", lambda n: form(label="x" * n)),
    ("LABEL", "fields[0].placeholder", lambda n: form(placeholder="x" * n)),
    ("FORM_ANSWER", "fields[0].minSize", lambda n: form(minSize=n, maxSize=256)),
    ("FORM_ANSWER", "fields[0].maxSize", lambda n: form(maxSize=n)),
    ("FORM_ANSWER", "fields[0].text", lambda n: answer(type="text", text="x" * n)),
    ("EMAIL_ANSWER", "fields[0].email", lambda n: answer(type="email", email="x" * n)),
    ("OPTIONS", "fields[0].select", lambda n: answer(type="select", select=[option()] * n)),
    ("OPTIONS", "fields[0].options", lambda n: select([option()] * n)),
    ("LABEL", "fields[0].options[0].name", lambda n: select([option(name="x" * n)])),
    ("LABEL", "fields[0].options[0].label", lambda n: select([option(label="x" * n)])),
]

REFERENCES: Final[list[tuple[str, str, Shape]]] = [
    ("URL", "uri", lambda n: {"uri": url(n)}),
    ("LABEL", "title", lambda n: {"uri": HERE, "title": "x" * n}),
    ("REFERENCE_TEXT", "description", lambda n: {"uri": HERE, "description": "x" * n}),
]

EMPTY: Final[list[tuple[str, Json]]] = [
    ("text", {"type": "text"}),
    ("text", text(text="")),
    ("actions[0].text", text(actions=[link(text="")])),
    ("actions[0].uri", text(actions=[link(uri="")])),
    ("mediaUrl", image(mediaUrl="")),
    ("items", {"type": "carousel", "items": []}),
    ("items", {"type": "list", "items": []}),
    ("items[0].actions", carousel(actions=[])),
    ("actions", {"type": "list", "items": [item()], "actions": []}),
    ("items[0].title", carousel(title="")),
    ("fields", {"type": "form", "fields": []}),
    ("fields", {"type": "formResponse", "fields": []}),
    ("fields[0].label", form(label="")),
    ("fields[0].minSize", form(minSize=0)),
    ("fields[0].text", answer(type="text", text="")),
    ("fields[0].email", answer(type="email", email="")),
    ("fields[0].options", select([])),
]

WRONG: Final[list[tuple[str, Json]]] = [
    ("htmlText and markdownText exclude each other", text(htmlText="a", markdownText="b")),
    ("htmlText and markdownText exclude each other", image(htmlText="a", markdownText="b")),
    ("htmlText and markdownText exclude each other", file(htmlText="a", markdownText="b")),
    (
        "openOnReceive can be true for one action only",
        text(actions=[webview(openOnReceive=True), webview(openOnReceive=True)]),
    ),
    (
        "openOnReceive can be true for one action only",
        image(actions=[webview(openOnReceive=True), webview(openOnReceive=True)]),
    ),
    ("mediaUrl should be an http or https URL", image(mediaUrl="ftp://example.org/a.png")),
    ("mediaUrl should be an http or https URL", file(mediaUrl="javascript:alert(1)")),
    ("mediaUrl should be an http or https URL", carousel(mediaUrl="data:image/png;base64,")),
    ("uri should be a URL that is safe to follow", text(actions=[link(uri="javascript:alert(1)")])),
    ("uri should be a URL that is safe to follow", text(actions=[link(uri="JavaScript:alert(1)")])),
    ("uri should be a URL that is safe to follow", text(actions=[link(uri=" java\nscript:alert(1)")])),
    ("uri should be a URL that is safe to follow", text(actions=[link(uri="data:text/html,x")])),
    ("uri should be a URL that is safe to follow", text(actions=[link(uri="example.org")])),
    ("uri should be a URL that is safe to follow", text(actions=[webview(uri="vbscript:x")])),
    ("fallback should be a URL that is safe to follow", text(actions=[webview(fallback="javascript:x")])),
    ("options belong to fields of type select", form(options=[option()])),
    ("options belong to fields of type select", form(type="select")),
    ("minSize should not be above maxSize", form(minSize=3, maxSize=2)),
    ("minSize should not be above maxSize", form(minSize=256, maxSize=255)),
    ("should have exactly the answer text", answer(type="text", email="a@example.org")),
    ("should have exactly the answer email", answer(type="email", email="a@example.org", text="a")),
    ("fields should have different names", {"type": "form", "fields": named(1) * 2}),
    (
        "fields should have different names",
        {"type": "formResponse", "fields": [{**it, "text": "t"} for it in named(1) * 2]},
    ),
    ("coordinates.lat", {"type": "location", "coordinates": {"lat": 90.1, "long": 0}}),
    ("coordinates.lat", {"type": "location", "coordinates": {"lat": -90.1, "long": 0}}),
    ("coordinates.long", {"type": "location", "coordinates": {"lat": 0, "long": 180.1}}),
    ("currency", text(actions=[{"type": "buy", "text": "Pay", "amount": 1, "currency": "EUR"}])),
    ("actions[0]", carousel(actions=[{"type": "reply", "text": "a", "payload": "b"}])),
    ("metadata", text(actions=[link(metadata={"a": {"b": 1}})])),
    ("type", {"type": "video", "mediaUrl": HERE}),
    ("type", {"text": "hi"}),
]

RIGHT: Final[list[Json]] = [
    text(htmlText="<b>hi</b>"),
    {"type": "text", "actions": [link()]},
    {"type": "text", "markdownText": "*hi*"},
    text(actions=[webview(openOnReceive=True), webview(openOnReceive=False)]),
    text(actions=[link(uri="mailto:ann@example.org"), link(uri="tel:+3112345"), link(uri="myapp://open")]),
    image(mediaUrl="HTTPS://example.org/a.png"),
    location(coordinates={"lat": 90, "long": -180}),
    form(minSize=2, maxSize=2),
    {"type": "template", "template": {"anything": {"nested": [1]}}},
    text(somethingNew=True),
]


def read(content: Json) -> Content:
    made: Content = msgspec.convert(content, Content)
    return made


def refused(content: Json, kind: Any = Content) -> str:
    """Why content is refused."""
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.convert(content, kind)
    return str(error.value)


def ids(rows: list[tuple[str, str, Shape]]) -> list[str]:
    return [f"{shape(1).get('type', 'reference')} {field} {limit}" for limit, field, shape in rows]


@pytest.mark.parametrize(("limit", "field", "shape"), LONGEST, ids=ids(LONGEST))
def test_the_limit_is_accepted_and_one_more_is_refused(limit: str, field: str, shape: Shape) -> None:
    most = getattr(limits, limit)
    read(shape(most))
    assert refused(shape(most + 1)).endswith(f"`$.{field}`") or limit == "METADATA_BYTES"


@pytest.mark.parametrize(("limit", "field", "shape"), REFERENCES, ids=[it[1] for it in REFERENCES])
def test_so_it_is_with_references(limit: str, field: str, shape: Shape) -> None:
    most = getattr(limits, limit)
    msgspec.convert(shape(most), Reference)
    assert refused(shape(most + 1), Reference).endswith(f"`$.{field}`")


def test_every_limit_of_content_is_tried() -> None:
    used = set(re.findall(r"limits\.([A-Z_]+)", Path(contents.__file__).read_text()))
    assert used == {limit for limit, _, _ in LONGEST + REFERENCES}


@pytest.mark.parametrize(("field", "content"), EMPTY, ids=[f"{it['type']} {field}" for field, it in EMPTY])
def test_what_must_say_something_is_not_empty(field: str, content: Json) -> None:
    assert field in refused(content)


@pytest.mark.parametrize(("why", "content"), WRONG)
def test_what_does_not_fit_is_refused(why: str, content: Json) -> None:
    assert why in refused(content)


@pytest.mark.parametrize("content", RIGHT)
def test_what_fits_is_accepted(content: Json) -> None:
    assert read(content) == read(msgspec.to_builtins(read(content)))


def test_metadata_counts_keys_and_values_in_utf_8() -> None:
    assert metadata_bytes({"é": "€", "n": 12, "b": True, "f": 1.5}) == 2 + 3 + 1 + 2 + 1 + 4 + 1 + 3


def test_metadata_at_its_limit() -> None:
    check_metadata(None)
    check_metadata({"k": "x" * (limits.METADATA_BYTES - 1)})
    with pytest.raises(ValueError, match="info is limited to 4096 bytes in size"):
        check_metadata({"k": "x" * limits.METADATA_BYTES}, "info")


def test_what_is_not_said_is_not_written() -> None:
    assert msgspec.json.encode(read(text())) == b'{"type":"text","text":"hi"}'
