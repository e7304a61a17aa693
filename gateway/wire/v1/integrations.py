"""Integrations of v1.1: of each type as v2 has it, but for custom ones, which are webhooks here."""

from typing import Final

from gateway.domain import errors
from gateway.domain.channels import CHANNELS, CUSTOM
from gateway.domain.errors import Refused
from gateway.domain.model import Integration, Office
from gateway.wire import requests, v2
from gateway.wire.frames import Name
from gateway.wire.requests import Body
from gateway.wire.v1.paging import PageQuery
from gateway.wire.v2 import Json

TYPES: Final = frozenset(CHANNELS) - {CUSTOM}
PARTS: Final = {"apn": "ios", "fcm": "android"}  # had types of their own once, for what is now a part of another
NOT_IN_V1: Final = frozenset({"id", "attachmentsEnabled", "showAIDisclaimer"})


class IntegrationCreate(Body, kw_only=True):
    """What every integration says; its `shape` reads the fields of its own type."""

    type: str
    display_name: Name | None = None


class IntegrationsQuery(PageQuery, kw_only=True):
    types: str | None = None

    def matching(self, office: Office) -> list[Integration]:
        wanted = {it.strip() for it in self.types.split(",")} if self.types else TYPES
        return [it for it in office.integrations if it.type in wanted & TYPES]


def shape(kind: str) -> type[Body]:
    """What an integration of a type is made with; raises `Refused` (400) for a type that is none."""
    if kind in PARTS:
        raise Refused(errors.part_of(kind, PARTS[kind]))
    if kind not in TYPES:
        raise Refused(errors.INVALID_INTEGRATION_TYPE)
    return requests.FIELDS[kind]


def integration(it: Integration) -> Json:
    shown = v2.integration(it)
    return {"_id": it.id, **{name: value for name, value in shown.items() if name not in NOT_IN_V1}}
