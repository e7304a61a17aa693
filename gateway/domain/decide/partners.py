"""Decisions about OAuth clients and the apps that let them in."""

from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain import events as ev
from gateway.domain.decide.decision import Decision
from gateway.domain.decide.offices import changed, new_key
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import Integration, Office, Partner, Scope, SpentCode
from gateway.domain.value import Stamp


def create(_: House, command: cmd.CreatePartner, stamp: Stamp) -> Decision:
    partner = Partner(
        id=stamp.new_id(), secret=stamp.new_secret(), name=command.name, redirect_uris=command.redirect_uris
    )
    return Decision((ev.PartnerCreated(id=stamp.new_id(), at=stamp.at, app_id="", partner=partner),), partner)


def admit(house: House, command: cmd.Admit, stamp: Stamp) -> Decision:
    """A code is spent by its own commit. The app remembers that: the integration may go before the code ends."""
    office, grant = house.office(command.app_id), command.grant
    spent = tuple(it for it in office.spent_codes if it.until > stamp.at)
    if grant.until <= stamp.at or any(it.id == grant.id for it in spent):
        raise Refused(errors.INVALID_GRANT)
    office = structs.replace(office, spent_codes=(*spent, SpentCode(id=grant.id, until=grant.until)))
    known = next((it for it in office.integrations if it.type == command.partner.id), None)
    if known is not None:
        return changed(office, stamp, next(key for key in office.keys if key.integration_id == known.id))
    return _newly_admitted(office, command.partner, stamp)


def _newly_admitted(office: Office, partner: Partner, stamp: Stamp) -> Decision:
    integration = Integration(id=stamp.new_id(), type=partner.id, display_name=partner.name)
    key = new_key(Scope.INTEGRATION, partner.name, stamp, app_id=office.app.id, integration_id=integration.id)
    office = structs.replace(office, integrations=(*office.integrations, integration), keys=(*office.keys, key))
    return changed(office, stamp, key)
