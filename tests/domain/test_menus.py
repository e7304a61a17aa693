"""Menus: the app's, and those of its integrations, which take its place."""

from typing import Any

import pytest
from msgspec import ValidationError, convert, to_builtins

from gateway.domain import commands as cmd
from gateway.domain import limits
from gateway.domain.model import Menu
from gateway.domain.model.menus import Submenu
from tests.domain.town import Town

LINK = {"type": "link", "text": "Site", "uri": "https://example.org"}
MORE = {"type": "postback", "text": "More", "payload": "MORE", "metadata": {"a": 1}}


def menu(*items: dict[str, Any]) -> Menu:
    return convert({"items": items}, Menu)


def submenu(*items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "submenu", "text": "Further", "items": list(items)}


def test_every_item_gets_an_id_of_its_own() -> None:
    town = Town()
    made = town.do(cmd.PutMenu(app_id=town.app_id, menu=menu(LINK, MORE, submenu(LINK, MORE))))
    ids = [it.id for it in made.items]
    last = made.items[2]
    assert isinstance(last, Submenu)
    ids += [it.id for it in last.items]
    assert None not in ids
    assert len(set(ids)) == 5
    assert to_builtins(made.items[1]) == {**MORE, "id": ids[1]}
    assert town.house.office(town.app_id).menu == made


def test_an_integration_shows_its_own_menu_or_the_apps() -> None:
    town = Town()
    web = town.do(town.orders.integration())

    def shown() -> Menu | None:
        office = town.house.office(town.app_id)
        integration = office.integration(web.id)
        assert integration is not None
        return office.menu_of(integration)

    assert shown() is None
    general = town.do(cmd.PutMenu(app_id=town.app_id, menu=menu(LINK)))
    assert shown() == general
    own = town.do(cmd.PutMenu(app_id=town.app_id, integration_id=web.id, menu=menu(MORE)))
    assert shown() == own
    town.do(cmd.DeleteMenu(app_id=town.app_id))
    assert (shown(), town.house.office(town.app_id).menu) == (own, None)
    town.do(cmd.DeleteMenu(app_id=town.app_id, integration_id=web.id))
    assert shown() is None


@pytest.mark.parametrize(
    "items",
    [
        (),
        (LINK,) * (limits.MENU_ITEMS + 1),
        (submenu(),),
        (submenu(*(LINK,) * (limits.SUBMENU_ITEMS + 1)),),
        (submenu(submenu(LINK)),),
        ({**LINK, "type": "reply"},),
        ({**LINK, "uri": "javascript:alert(1)"},),
        ({"type": "link", "text": "Site"},),
        ({"type": "postback", "text": "More"},),
        ({**MORE, "text": ""},),
        ({**MORE, "metadata": {"a": "x" * limits.METADATA_BYTES}},),
    ],
)
def test_what_no_menu_may_hold(items: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(ValidationError):
        menu(*items)


def test_as_much_as_a_menu_may_hold() -> None:
    full = submenu(*(MORE,) * limits.SUBMENU_ITEMS)
    assert len(menu(*(full,) * limits.MENU_ITEMS).items) == limits.MENU_ITEMS
