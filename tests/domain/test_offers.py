"""Which channels a web integration offers: one of each type, in the order that it chooses."""

from typing import Any

import pytest

from gateway.domain.model import App, Integration, Office
from gateway.domain.offers import offered

CHANNELS = [
    ("m1", "messenger"),
    ("t1", "twilio"),
    ("hook", "custom"),
    ("m2", "messenger"),
    ("ios", "ios"),
    ("v1", "viber"),
    ("partner", "6f0c39ab01d2e4f5a6b7c8d9"),
]


@pytest.mark.parametrize(
    ("order", "ids"),
    [
        (None, ["m1", "t1", "v1"]),
        ([], []),
        (["v1", "m2"], ["v1", "m2"]),
        (["m2", "m1", "t1"], ["m2", "t1"]),
        (["gone", "hook", "ios", "partner", "t1"], ["t1"]),
    ],
)
def test_one_of_each_type_is_offered(order: list[str] | None, ids: list[str]) -> None:
    fields: dict[str, Any] = {} if order is None else {"integrationOrder": order}
    web = Integration(id="web", type="web", fields=fields)
    others = tuple(Integration(id=it, type=kind) for it, kind in CHANNELS)
    office = Office(app=App(id="app", display_name="app"), integrations=(*others, web))
    assert [it.id for it in offered(office, web)] == ids
