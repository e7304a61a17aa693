"""Menus over v1.1: the app's, and those of its integrations."""

import pytest

from tests.house_under_test import Answer, House, Json

LINK: Json = {"type": "link", "text": "Site", "uri": "https://example.org"}
MORE: Json = {"type": "postback", "text": "More", "payload": "MORE"}
MENU: Json = {"items": [LINK, MORE, {"type": "submenu", "text": "Further", "items": [MORE, LINK]}]}
NONE: Json = {"menu": {"items": []}}


def ids(item: Json) -> list[str]:
    return [item["_id"], *(it for below in item.get("items", ()) for it in ids(below))]


def written(item: Json) -> Json:
    """An item without the ids it was given."""
    kept = {name: value for name, value in item.items() if name != "_id"}
    return {**kept, "items": [written(it) for it in kept["items"]]} if "items" in kept else kept


def shown(answer: Answer) -> list[Json]:
    return [written(it) for it in answer.body["menu"]["items"]]


@pytest.mark.parametrize("family", ["apps", "implied"])
async def test_the_menu_of_the_app(house: House, family: str) -> None:
    assert await house.v1("GET", "/menu", family=family) == (200, NONE)
    put = await house.v1("PUT", "/menu", MENU, family=family)
    assert (put.status, shown(put)) == (200, MENU["items"])
    given = [it for item in put.body["menu"]["items"] for it in ids(item)]
    assert len(set(given)) == 5
    assert await house.v1("GET", "/menu", family=family) == put
    again = await house.v1("PUT", "/menu", put.body["menu"], family=family)
    assert shown(again) == MENU["items"]
    assert await house.v1("DELETE", "/menu", family=family) == (200, NONE)
    assert await house.v1("GET", "/menu", family=family) == (200, NONE)


@pytest.mark.parametrize("family", ["apps", "implied"])
async def test_an_integration_may_have_its_own(house: House, family: str) -> None:
    path = f"/integrations/{house.integrations['web']}/menu"
    other = f"/integrations/{house.integrations['ios']}/menu"
    general = await house.v1("PUT", "/menu", {"items": [LINK]}, family=family)
    assert await house.v1("GET", path, family=family) == general
    made = await house.v1("POST", path, {"items": [MORE]}, family=family)
    assert (made.status, shown(made)) == (201, [MORE])
    changed = await house.v1("PUT", path, MENU, family=family)
    assert (changed.status, shown(changed)) == (200, MENU["items"])
    assert await house.v1("GET", path, family=family) == changed
    assert await house.v1("GET", other, family=family) == await house.v1("GET", "/menu", family=family) == general
    assert await house.v1("DELETE", path, family=family) == (200, {})
    assert await house.v1("GET", path, family=family) == general


async def test_of_no_integration(house: House) -> None:
    path = f"/integrations/{'f' * 24}/menu"
    for method, body in (("GET", None), ("POST", MENU), ("PUT", MENU), ("DELETE", None)):
        assert (await house.v1(method, path, body)).error[:2] == (404, "integration_not_found")


@pytest.mark.parametrize(
    ("menu", "field"),
    [
        ({}, "items"),
        ({"items": []}, "items"),
        ({"items": [LINK] * 4}, "items"),
        ({"items": [{"type": "submenu", "text": "x", "items": [LINK] * 6}]}, "items[0].items"),
        ({"items": [{"type": "submenu", "text": "x", "items": [MENU["items"][2]]}]}, "items[0].items[0].type"),
        ({"items": [{"type": "link", "text": "x"}]}, "uri"),
        ({"items": [LINK, {**MORE, "type": "reply"}]}, "items[1].type"),
    ],
)
async def test_what_no_menu_may_be(house: House, menu: Json, field: str) -> None:
    status, code, title = (await house.v1("PUT", "/menu", menu)).error
    assert (status, code) == (400, "bad_request")
    assert field in title
    assert await house.v1("GET", "/menu") == (200, NONE)
