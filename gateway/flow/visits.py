"""Who comes through an integration: over its socket, or with a single request beside it."""

from gateway.domain import errors
from gateway.domain.channels import SDK_TYPES
from gateway.domain.commands import Needs, Ref
from gateway.domain.errors import Refused
from gateway.domain.model import Integration, Office, Person
from gateway.flow.floor import Flow
from gateway.wire import tokens
from gateway.wire.tokens import Basic


async def integration(flow: Flow, integration_id: str, origin: str | None) -> tuple[Office, Integration]:
    """An SDK integration that pages of this origin may use; raises `Refused` (403, 404)."""
    office, found = await flow.registry.integration(integration_id)
    if found.type not in SDK_TYPES:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    allowed = found.fields.get("originWhitelist")
    if allowed and origin is not None and origin not in allowed:
        raise Refused(errors.FORBIDDEN)
    return office, found


def check_uploads(integration: Integration) -> None:
    """Raises `Refused` (403) where users may not send files through the integration."""
    if integration.fields.get("attachmentsEnabled") is False:
        raise Refused(errors.NO_ATTACHMENTS)


async def user(flow: Flow, app_id: str, authorization: str | None) -> Person:
    """Who a request's header proves its user to be: by a JWT, or by an anonymous user's id and session token.

    Raises `Refused` (401), also for a user who has not said hello yet.
    """
    shown = tokens.credentials(authorization)
    if isinstance(shown, Basic):
        ref = Ref(app_id, shown.key_id, "id")
    else:
        ref = Ref(app_id, (await flow.identity.user(app_id, shown.token)).external_id, "external")
    found = (await flow.store.peek(Needs(people=(ref,)))).find(ref)
    if found is None or (isinstance(shown, Basic) and tokens.digest(shown.secret) not in found.user.session_hashes):
        raise Refused(errors.INVALID_AUTH)
    return found
