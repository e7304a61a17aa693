"""Decisions about menus."""

from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain.decide.decision import Decision
from gateway.domain.decide.offices import changed
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import Menu, Office
from gateway.domain.model.menus import numbered
from gateway.domain.value import Stamp


def put(house: House, command: cmd.PutMenu, stamp: Stamp) -> Decision:
    office, menu = house.office(command.app_id), numbered(command.menu, stamp)
    return changed(_with(office, command.integration_id, menu), stamp, menu)


def delete(house: House, command: cmd.DeleteMenu, stamp: Stamp) -> Decision:
    return changed(_with(house.office(command.app_id), command.integration_id, None), stamp)


def _with(office: Office, integration_id: str | None, menu: Menu | None) -> Office:
    if integration_id is None:
        return structs.replace(office, menu=menu)
    if office.integration(integration_id) is None:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    integrations = (structs.replace(it, menu=menu) if it.id == integration_id else it for it in office.integrations)
    return structs.replace(office, integrations=tuple(integrations))
