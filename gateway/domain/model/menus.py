"""Menus: what stays in sight of a conversation, to be pressed at any time."""

from typing import Annotated

from msgspec import Meta, structs

from gateway.domain import limits
from gateway.domain.content import Label, Payload, Url, check_link, check_metadata
from gateway.domain.value import Metadata, Shape, Stamp


class MenuItem(Shape, kw_only=True, tag_field="type"):
    """`id` is given by the gateway."""

    text: Label
    id: str | None = None


class MenuLink(MenuItem, kw_only=True, tag="link"):
    uri: Url

    def __post_init__(self) -> None:
        check_link(self.uri, "uri")


class MenuPostback(MenuItem, kw_only=True, tag="postback"):
    payload: Payload
    metadata: Metadata | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata)


class Submenu(MenuItem, kw_only=True, tag="submenu"):
    """One level below the menu, and none below itself."""

    items: Annotated[tuple[MenuLink | MenuPostback, ...], Meta(min_length=1, max_length=limits.SUBMENU_ITEMS)]


AnyMenuItem = MenuLink | MenuPostback | Submenu


class Menu(Shape, kw_only=True):
    items: Annotated[tuple[AnyMenuItem, ...], Meta(min_length=1, max_length=limits.MENU_ITEMS)]


def numbered(menu: Menu, stamp: Stamp) -> Menu:
    """The menu with an id for every item."""
    return structs.replace(menu, items=tuple(_numbered(it, stamp) for it in menu.items))


def _numbered(item: AnyMenuItem, stamp: Stamp) -> AnyMenuItem:
    item = structs.replace(item, id=stamp.new_id())
    if isinstance(item, Submenu):
        return structs.replace(item, items=tuple(structs.replace(it, id=stamp.new_id()) for it in item.items))
    return item
