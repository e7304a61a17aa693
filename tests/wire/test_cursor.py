"""Pages of a list: both forms in, cursors and absolute links out."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.domain import errors
from gateway.domain.errors import Refused
from gateway.domain.views import Page
from gateway.wire import cursor

A, B, C = (letter * 24 for letter in "abc")
URL = "https://chat.example.org/sc/v2/apps"


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ({}, Page(size=25)),
        ({"page[size]": "10"}, Page(size=10)),
        ({"page[size]": "1"}, Page(size=1)),
        ({"page[size]": "100"}, Page(size=100)),
        ({"page[after]": A}, Page(size=25, after=A)),
        ({"page[before]": B, "page[size]": "3"}, Page(size=3, before=B)),
        ({"page": f'{{"after": "{A}", "size": 10}}'}, Page(size=10, after=A)),
        ({"page": f'{{"before": "{B}"}}'}, Page(size=25, before=B)),
        ({"page": f'{{"after": null, "before": "{B}", "size": "7"}}'}, Page(size=7, before=B)),
        ({"page": "{}", "filter[userId]": "u", "pages[size]": "0"}, Page(size=25)),
        ({"page[new]": "x"}, Page(size=25)),
    ],
)
def test_both_forms_ask_for_a_page(query: dict[str, str], page: Page) -> None:
    assert cursor.page(query) == page


@pytest.mark.parametrize(
    "query",
    [
        {"page[after]": A, "page[before]": B},
        {"page": f'{{"after": "{A}", "before": "{B}"}}'},
        {"page": f'{{"after": "{A}"}}', "page[before]": B},
        {"page[size]": "0"},
        {"page[size]": "101"},
        {"page[size]": "-1"},
        {"page[size]": "ten"},
        {"page[size]": ""},
        {"page[after]": "short"},
        {"page[after]": A + "a"},
        {"page[before]": ""},
        {"page": ""},
        {"page": "25"},
        {"page": "[]"},
        {"page": '{"size": 0}'},
        {"page": '{"size": [1]}'},
        {"page": "{"},
    ],
)
def test_a_page_that_cannot_be_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        cursor.page(query)
    assert refused.value.problem == errors.BAD_PAGE
    assert refused.value.problem.title == "Invalid page query parameters"


def test_a_filter_comes_in_both_forms() -> None:
    assert cursor.deep_object({"filter[userId]": "u"}, "filter") == {"userId": "u"}
    assert cursor.deep_object({"filter": '{"userId": "u", "types": null}'}, "filter") == {"userId": "u"}


def asked_by(link: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(link).query)


@pytest.mark.parametrize(
    ("asked", "more", "after", "before"),
    [
        (Page(size=2), False, None, None),
        (Page(size=2), True, B, None),
        (Page(size=2, after=C), False, None, A),
        (Page(size=2, after=C), True, B, A),
        (Page(size=2, before=C), False, B, None),
        (Page(size=2, before=C), True, B, A),
    ],
)
def test_a_list_says_where_to_go_on(asked: Page, more: bool, after: str | None, before: str | None) -> None:
    body = cursor.listing("apps", [{"id": A}, {"id": B}], [A, B], asked, more, URL)
    links = body.get("links", {})
    assert body["apps"] == [{"id": A}, {"id": B}]
    assert body["meta"]["hasMore"] is more
    assert (body["meta"].get("afterCursor"), body["meta"].get("beforeCursor")) == (after, before)
    assert {"next": after, "prev": before} == {
        way: asked_by(links[way])[f"page[{name}]"][0] if way in links else None
        for way, name in (("next", "after"), ("prev", "before"))
    }
    assert all(link.startswith(f"{URL}?") for link in links.values())
    assert all(asked_by(link)["page[size]"] == ["2"] for link in links.values())


def test_a_link_keeps_the_filter_that_was_asked() -> None:
    body = cursor.listing("apps", [{}], [A], Page(size=1), True, f"{URL}?filter[userId]=u")
    assert asked_by(body["links"]["next"]) == {"filter[userId]": ["u"], "page[after]": [A], "page[size]": ["1"]}


@pytest.mark.parametrize("asked", [Page(size=25), Page(size=25, after=A), Page(size=25, before=A)])
def test_an_empty_page_leads_nowhere(asked: Page) -> None:
    assert cursor.listing("apps", [], [], asked, False, URL) == {"apps": [], "meta": {"hasMore": False}}


@pytest.mark.parametrize(
    ("asked", "more", "meta"),
    [
        (Page(size=100), False, {"hasMore": False}),
        (Page(size=100), True, {"hasMore": True, "beforeCursor": A}),
        (Page(size=100, before=C), False, {"hasMore": False, "afterCursor": B}),
        (Page(size=100, before=C), True, {"hasMore": True, "afterCursor": B, "beforeCursor": A}),
        (Page(size=100, after=C), False, {"hasMore": False, "beforeCursor": A}),
        (Page(size=100, after=C), True, {"hasMore": True, "afterCursor": B, "beforeCursor": A}),
    ],
)
def test_messages_are_read_backwards_from_the_newest(asked: Page, more: bool, meta: dict[str, Any]) -> None:
    body = cursor.history([{"id": A}, {"id": B}], [A, B], asked, more, URL)
    assert body["meta"] == meta
    named = {"afterCursor": "next", "beforeCursor": "prev"}
    assert set(body.get("links", {})) == {link for name, link in named.items() if name in meta}
    assert "links" not in body or body["links"]


def test_an_empty_history() -> None:
    assert cursor.history([], [], Page(size=100), False, URL) == {"messages": [], "meta": {"hasMore": False}}
