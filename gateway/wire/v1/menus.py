"""Menus as v1.1 writes them: every item with its `_id`."""

from typing import Any

from gateway.domain.model import Menu
from gateway.wire.json import plain
from gateway.wire.v2 import Json


def menu(it: Menu | None) -> Json:
    """A menu that is not there has no items."""
    return {"items": [_item(item) for item in plain(it)["items"]] if it else []}


def _item(it: dict[str, Any]) -> Json:
    shown = {"_id" if name == "id" else name: value for name, value in it.items()}
    if "items" in shown:
        shown["items"] = [_item(below) for below in shown["items"]]
    return shown
