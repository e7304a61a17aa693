"""Channels as v1.1 knows them: flat, with what a user is called there under a name of the channel's own."""

from typing import Final, Literal

from gateway.domain import errors
from gateway.domain.errors import Refused
from gateway.domain.model import AnyCriteria, Client, Confirmation, Link, Office
from gateway.wire.json import shape
from gateway.wire.requests import Body
from gateway.wire.v2 import Json, without_none

NAMES: Final = {
    "mailgun": "address",
    "messagebird": "phoneNumber",
    "twilio": "phoneNumber",
    "whatsapp": "phoneNumber",
    "telegram": "chatId",
    "twitter": "username",
}  # what the rest of them call userId


class LinkDraft(Body, kw_only=True):
    """Whom to look for on a channel, and how to ask them. Other channels cannot look for anybody."""

    type: Literal["mailgun", "messagebird", "twilio", "whatsapp"]
    confirmation: Confirmation
    integration_id: str | None = None
    phone_number: str | None = None
    address: str | None = None
    subject: str | None = None
    primary: bool | None = None

    def link(self, office: Office) -> Link:
        """The link, to a conversation that is still to be named; raises `Refused` (400, 404)."""
        asked = without_none(
            type=self.type,
            integrationId=self.integration_id if self.integration_id is not None else _first(office, self.type),
            phoneNumber=self.phone_number,
            address=self.address,
            subject=self.subject,
            primary=self.primary,
        )
        criteria: AnyCriteria = shape(asked, AnyCriteria)  # type: ignore[arg-type]
        return Link(conversation_id="", criteria=criteria, confirmation=self.confirmation)


def _first(office: Office, kind: str) -> str:
    """The channel of that type where none is named: the first that was made."""
    for integration in office.integrations:
        if integration.type == kind:
            return integration.id
    raise Refused(errors.INTEGRATION_NOT_FOUND)


def channel(it: Client) -> Json:
    """A channel that has found its user."""
    named = {NAMES.get(it.type, "userId"): it.external_id}
    return without_none(type=it.type, integrationId=it.integration_id, **named)


class Invited(Body, kw_only=True):
    """The channels to which a user is to be invited, by ids with commas between."""

    integration_ids: str

    @property
    def integrations(self) -> list[str]:
        return [it.strip() for it in self.integration_ids.split(",") if it.strip()]
