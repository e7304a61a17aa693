"""What a message says in plain words, as the API's own examples have it."""

from typing import Any

import pytest
from msgspec import convert, json

from gateway.domain import limits
from gateway.domain.content import Content
from gateway.domain.fallbacks import with_fallbacks

Json = dict[str, Any]


def told(**content: Any) -> Json:
    shown: Json = json.decode(json.encode(with_fallbacks(convert(content, Content))))
    return shown


def dish(title: str, payload: str) -> Json:
    """An item of the API's example."""
    return {
        "title": title,
        "description": f"Get your {title.lower()} today!",
        "actions": [
            {"type": "postback", "text": "Select", "payload": payload},
            {"type": "link", "text": "More info", "uri": "https://example.org"},
        ],
    }


TACOS = "1. Tacos\nGet your tacos today!\nMore info: https://example.org"
RAMEN = "2. Ramen\nGet your ramen today!\nMore info: https://example.org"


@pytest.mark.parametrize("kind", ["carousel", "list"])
def test_items_are_numbered_and_links_can_be_followed(kind: str) -> None:
    shown = told(type=kind, items=[dish("Tacos", "TACOS"), dish("Ramen", "RAMEN")], text="not theirs to say")
    assert shown["text"] == f"{TACOS}\n\n{RAMEN}"


def test_an_item_with_little_to_say() -> None:
    actions = [
        {"type": "buy", "text": "Buy", "amount": 1},
        {"type": "webview", "text": "Open", "uri": "https://e.x/a", "fallback": "https://e.x/b"},
    ]
    assert told(type="carousel", items=[{"title": "Tea", "actions": actions}])["text"] == "1. Tea\nOpen: https://e.x/b"


def test_the_links_of_a_list_itself_come_last() -> None:
    more = [{"type": "link", "text": "All", "uri": "https://e.x"}, {"type": "postback", "text": "a", "payload": "b"}]
    assert told(type="list", items=[dish("Tacos", "T")], actions=more)["text"] == f"{TACOS}\n\nAll: https://e.x"
    assert told(type="list", items=[dish("Tacos", "T")], actions=more[1:])["text"] == TACOS


def test_a_location_is_an_address_of_a_map() -> None:
    shown = told(type="location", coordinates={"lat": 45.5261583, "long": -73.595346})
    assert shown["text"] == "Location shared:\nhttps://maps.google.com/maps?q=45.5261583,-73.595346"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/a/FAQ.pdf?x=1#y", "FAQ.pdf"),
        ("https://example.org/caf%C3%A9%20menu.png", "café menu.png"),
        ("https://example.org/" + "x" * 1_000, "x" * limits.LABEL),
        ("https://example.org/", None),
        ("https://example.org", None),
        ("https://[half/a.png", None),
    ],
)
def test_a_picture_is_called_by_its_file(url: str, name: str | None) -> None:
    for kind in ("image", "file"):
        assert told(type=kind, mediaUrl=url).get("altText") == name
        assert told(type=kind, mediaUrl=url, altText="Mine")["altText"] == "Mine"
    (item,) = told(type="list", items=[{**dish("a", "b"), "mediaUrl": url}])["items"]
    assert item.get("altText") == name


def test_a_form_has_not_been_submitted_and_says_what_it_asks() -> None:
    fields = [{"type": "text", "name": "a", "label": "Name"}, {"type": "email", "name": "b", "label": "E-mail"}]
    shown = told(type="form", fields=fields, submitted=True)
    assert (shown["submitted"], shown["text"]) == (False, "Name\nE-mail")
    assert told(type="form", fields=fields, text="Who are you?")["text"] == "Who are you?"
