"""Every documented limit of what is asked: the last that is taken, and the first that is not."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from gateway.domain import limits
from tests.edge.conftest import Rest
from tests.edge.examples import BUSINESS, EMAIL_FIELD, ITEM, POSTBACK, SELECT_FIELD, TEXT_FIELD
from tests.edge.premises import HOOK
from tests.house_under_test import House, Json

Asked = tuple[str, str, Any]
ROOM = "/conversations/{room}/messages"


class Bound(NamedTuple):
    """A request of a size: taken from `least` to `most`, and refused with a sentence that has `word` beyond."""

    name: str
    ask: Callable[[int], Asked]
    most: int
    word: str
    least: int = 0


def user(field: str, of: Callable[[int], Any]) -> Callable[[int], Asked]:
    return lambda size: ("POST", "/users", {"externalId": "somebody", field: of(size)})


def profile(field: str, of: Callable[[int], Any] = lambda size: "x" * size) -> Callable[[int], Asked]:
    return user("profile", lambda size: {field: of(size)})


def conversation(field: str, of: Callable[[int], Any] = lambda size: "x" * size) -> Callable[[int], Asked]:
    return lambda size: ("POST", "/conversations", {"type": "sdkGroup", field: of(size)})


def content(of: Callable[[int], Json], **facts: Any) -> Callable[[int], Asked]:
    return lambda size: ("POST", ROOM, {**BUSINESS, "content": of(size), **facts})


def said(**fields: Any) -> Callable[[int], Asked]:
    """A text message; what is a function is given the size."""
    return content(lambda size: {"type": "text", **{k: v(size) if callable(v) else v for k, v in fields.items()}})


def item(field: str, of: Callable[[int], Any] = lambda size: "x" * size) -> Callable[[int], Asked]:
    return content(lambda size: {"type": "carousel", "items": [{**ITEM, field: of(size)}]})


def field(kind: Json, name: str, of: Callable[[int], Any] = lambda size: "x" * size) -> Callable[[int], Asked]:
    return content(lambda size: {"type": "form", "fields": [{**kind, name: of(size)}]})


def reference(name: str, of: Callable[[int], Any] = lambda size: "x" * size) -> Callable[[int], Asked]:
    def ask(size: int) -> Asked:
        source = {"uri": "https://example.com/", name: of(size)}
        return "POST", ROOM, {**BUSINESS, "content": {"type": "text", "text": "hi"}, "references": [source]}

    return ask


def flat(size: int) -> Json:
    """Metadata of so many bytes, keys and values, where a character may take two."""
    return {"k": "é" * ((size - 1) // 2) + "x" * ((size - 1) % 2)}


def url(size: int) -> str:
    return "https://example.com/".ljust(size, "x")


def named(size: int) -> list[Json]:
    return [{**TEXT_FIELD, "name": f"field {number}"} for number in range(size)]


def options(size: int) -> list[Json]:
    return [{"name": f"o{number}", "label": f"O{number}"} for number in range(size)]


def custom(**facts: Any) -> Json:
    return {"type": "custom", "webhooks": [HOOK], **facts}


def action(of: Callable[[int], Json]) -> Callable[[int], Asked]:
    return said(text="So?", actions=lambda size: [{**POSTBACK, **of(size)}])


META = limits.METADATA_BYTES
BOUNDS = [
    Bound("user externalId", lambda size: ("POST", "/users", {"externalId": "x" * size}), 1024, "externalId", 1),
    Bound("user brandId", user("brandId", lambda size: "x" * size), 24, "brandId", 1),
    *(Bound(f"profile {it}", profile(it), 128, it, 1) for it in ("givenName", "surname", "email")),
    Bound("profile avatarUrl", profile("avatarUrl", url), 2048, "avatarUrl", 20),
    Bound("profile locale", profile("locale"), 64, "locale", 1),
    Bound("user metadata", user("metadata", flat), META, "metadata"),
    Bound("conversation displayName", conversation("displayName"), 100, "displayName", 1),
    Bound("conversation description", conversation("description"), 100, "description", 1),
    Bound("conversation iconUrl", conversation("iconUrl", url), 2048, "iconUrl", 20),
    Bound("conversation metadata", conversation("metadata", flat), META, "metadata"),
    Bound("integration displayName", lambda n: ("POST", "/integrations", custom(displayName="x" * n)), 100, "displayN"),
    Bound("app displayName", lambda n: ("PATCH", "", {"displayName": "x" * n}), 100, "displayName", 1),
    Bound("app metadata", lambda n: ("PATCH", "", {"metadata": flat(n)}), META, "App metadata is limited to 4096"),
    *(Bound(f"message {it}", said(**{it: lambda size: "x" * size}), 4096, it, 1) for it in ("text", "htmlText")),
    Bound("message markdownText", said(markdownText=lambda size: "x" * size), 4089, "markdownText", 1),  # <p>…</p>
    Bound("message metadata", content(lambda _: {"type": "text", "text": "hi"}), META, "metadata"),
    Bound("image altText", content(lambda n: image(altText="x" * n)), 128, "altText"),
    Bound("image mediaUrl", content(lambda n: image(mediaUrl=url(n))), 2048, "mediaUrl", 20),
    Bound("carousel items", content(lambda n: {"type": "carousel", "items": [ITEM] * n}), 10, "items", 1),
    Bound("list items", content(lambda n: {"type": "list", "items": [ITEM] * n}), 10, "items", 1),
    Bound("list actions", content(lambda n: listed(actions=[POSTBACK] * n)), 10, "actions", 1),
    Bound("item actions", item("actions", lambda n: [POSTBACK] * n), 3, "actions", 1),
    Bound("item title", item("title"), 128, "title", 1),
    Bound("item description", item("description"), 128, "description"),
    Bound("item mediaUrl", item("mediaUrl", url), 2048, "mediaUrl", 20),
    Bound("item mediaType", item("mediaType"), 128, "mediaType"),
    Bound("item altText", item("altText"), 128, "altText"),
    Bound("item metadata", item("metadata", flat), META, "metadata"),
    Bound("action metadata", action(lambda size: {"metadata": flat(size)}), META, "metadata"),
    Bound("form fields", content(lambda size: {"type": "form", "fields": named(size)}), 20, "fields", 1),
    *(Bound(f"form field {it}", field(TEXT_FIELD, it), 128, it, 1) for it in ("name", "label", "placeholder")),
    Bound("form minSize", field({**TEXT_FIELD, "maxSize": 256}, "minSize", int), 256, "minSize", 1),
    Bound("form maxSize", field({**TEXT_FIELD, "minSize": 1}, "maxSize", int), 256, "maxSize", 1),
    Bound("form e-mail label", field(EMAIL_FIELD, "label"), 128, "label", 1),
    Bound("form options", field(SELECT_FIELD, "options", options), 200, "options", 1),
    Bound(
        "form option", field(SELECT_FIELD, "options", lambda n: [{"name": "x" * n, "label": "l"}]), 128, "options", 1
    ),
    Bound(
        "references",
        lambda n: (
            "POST",
            ROOM,
            {**BUSINESS, "content": {"type": "text", "text": "hi"}, "references": [{"uri": url(20)}] * n},
        ),
        10,
        "references",
        1,
    ),
    Bound("reference uri", reference("uri", url), 2048, "uri", 20),
    Bound("reference title", reference("title"), 128, "title", 1),
    Bound("reference description", reference("description"), 256, "description", 1),
]


def image(**facts: Any) -> Json:
    return {"type": "image", "mediaUrl": "https://example.com/a.png", **facts}


def listed(**facts: Any) -> Json:
    return {"type": "list", "items": [ITEM], **facts}


async def call(rest: Rest, room: str, bound: Bound, size: int) -> Any:
    method, path, body = bound.ask(size)
    if bound.name == "message metadata":
        body["metadata"] = flat(size)
    return await rest(method, path.format(room=room), body)


@pytest.mark.parametrize("bound", BOUNDS, ids=lambda it: it.name)
async def test_up_to_the_limit_and_not_one_more(house: House, rest: Rest, bound: Bound) -> None:
    room = await house.group()
    taken = await call(rest, room, bound, bound.most)
    assert taken.status in (200, 201), taken
    refused = await call(rest, room, bound, bound.most + 1)
    assert refused.status == 400
    assert bound.word in refused.title, refused


@pytest.mark.parametrize("bound", [it for it in BOUNDS if it.least == 1], ids=lambda it: it.name)
async def test_one_is_taken_and_none_is_not(house: House, rest: Rest, bound: Bound) -> None:
    room = await house.group()
    refused = await call(rest, room, bound, 0)
    assert refused.status == 400, refused
    taken = await call(rest, room, bound, 1)
    assert taken.status in (200, 201), taken


async def test_a_request_of_100_kb(rest: Rest) -> None:
    body = b'{"externalId":"ann"}'.ljust(limits.REQUEST_BYTES)
    assert limits.REQUEST_BYTES == 100_000
    refused = await rest("POST", "/users", data=body + b" ")
    assert (refused.status, refused.code) == (413, "payload_too_large")
    assert (await rest("POST", "/users", data=body)).status == 201


async def counted(rest: Rest, method: str, path: str, bodies: list[Any], **options: Any) -> Any:
    """All are taken but the last, whose answer this is."""
    answers = [await rest(method, path, body, **options) for body in bodies]
    assert {it.status for it in answers[:-1]} == {201}, answers
    return answers[-1]


async def test_ten_keys_per_app(house: House, rest: Rest) -> None:
    made = await counted(rest, "POST", "/keys", [{"displayName": "x"}] * 10, key=house.account)  # one is there
    assert (made.status, made.code) == (400, "bad_request")


@pytest.mark.parametrize("size", [0, 101])
async def test_the_name_of_a_key(house: House, rest: Rest, size: int) -> None:
    refused = await rest("POST", "/keys", {"displayName": "x" * size}, key=house.account)
    assert refused.status == 400
    assert "displayName" in refused.title
    assert (await rest("POST", "/keys", {"displayName": "x" * 100}, key=house.account)).status == 201


async def test_ten_keys_per_integration(rest: Rest) -> None:
    bot = (await rest("POST", "/integrations", custom())).body["integration"]["id"]
    made = await counted(rest, "POST", f"/integrations/{bot}/keys", [{"displayName": "x"}] * 11)
    assert (made.status, made.code) == (400, "bad_request")


async def test_ten_webhooks_per_app(rest: Rest) -> None:
    bot = (await rest("POST", "/integrations", custom())).body["integration"]["id"]
    made = await counted(rest, "POST", f"/integrations/{bot}/webhooks", [HOOK] * 10)
    assert (made.status, made.code) == (400, "bad_request")
    assert (await rest("POST", "/integrations", custom())).status == 400


async def test_one_switchboard_per_app_and_ten_integrations_of_it(rest: Rest) -> None:
    board = (await rest("POST", "/switchboards")).body["switchboard"]["id"]
    again = await rest("POST", "/switchboards")
    assert (again.status, again.title) == (400, "Only one switchboard can be created per app")
    bot = (await rest("POST", "/integrations", custom())).body["integration"]["id"]
    seats = [{"name": f"seat-{number}", "integrationId": bot} for number in range(11)]
    made = await counted(rest, "POST", f"/switchboards/{board}/switchboardIntegrations", seats)
    assert (made.status, made.code) == (400, "too_many_switchboard_integrations")


@pytest.mark.parametrize(
    ("fact", "taken", "refused"),
    [
        ("name", "x" * 128, "x" * 129),
        ("name", "a-b_C9", "a b"),
        ("name", "x", ""),
        ("messageHistoryCount", 10, 11),
        ("messageHistoryCount", 1, 0),
    ],
)
async def test_what_a_switchboard_integration_is_named(rest: Rest, fact: str, taken: Any, refused: Any) -> None:
    board = (await rest("POST", "/switchboards")).body["switchboard"]["id"]
    bot = (await rest("POST", "/integrations", custom())).body["integration"]["id"]
    path, seat = f"/switchboards/{board}/switchboardIntegrations", {"name": "seat", "integrationId": bot}
    wrong = await rest("POST", path, {**seat, fact: refused})
    assert wrong.status == 400
    assert fact in wrong.title
    assert (await rest("POST", path, {**seat, fact: taken})).status == 201


@pytest.mark.parametrize("action", ["passControl", "offerControl", "acceptControl", "releaseControl"])
async def test_metadata_of_control(house: House, rest: Rest, action: str) -> None:
    room = await house.personal("ann")
    body = {"switchboardIntegration": "desk", "metadata": flat(META + 1)}
    refused = await rest("POST", f"/conversations/{room}/{action}", body)
    assert (refused.status, "metadata" in refused.title) == (400, True), refused


@pytest.mark.parametrize("guests", [10, 11])
async def test_ten_participants(house: House, rest: Rest, guests: int) -> None:
    names = [f"guest{number}" for number in range(guests)]
    for name in names:
        await house.user(name)
    seats = [{"userExternalId": it, "subscribeSDKClient": False} for it in names]
    made = await rest("POST", "/conversations", {"type": "sdkGroup", "participants": seats})
    assert made.status == (201 if guests == 10 else 400), made
    if guests > 10:
        assert made.title == "Too many participants"


@pytest.mark.parametrize(("size", "status"), [(0, 400), (1, 200), (100, 200), (101, 400)])
async def test_the_size_of_a_page(rest: Rest, size: int, status: int) -> None:
    assert (await rest("GET", f"/integrations?page[size]={size}")).status == status
