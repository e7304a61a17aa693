"""Who may do what: which kinds of key open an operation, and for which app."""

from typing import Final

from gateway.domain import errors, limits
from gateway.domain.errors import Refused
from gateway.domain.model import OWN, App, ExternalId, Key, Scope, User
from gateway.domain.value import Value

OWNER: Final = frozenset({Scope.ACCOUNT})
ACCOUNT: Final = OWNER | {Scope.SERVICE_ACCOUNT}
APP: Final = ACCOUNT | {Scope.APP}
INTEGRATION: Final = frozenset({Scope.INTEGRATION})
ANY: Final = APP | INTEGRATION
USER: Final = APP | {Scope.USER}
USER_SCOPES: Final = frozenset({"user", "appUser"})  # as v2 and v1.1 name it in tokens


class Caller(Value):
    """A backend, by the key it showed; or the user with that external id, by a token that the key has signed."""

    scope: Scope
    key_id: str
    app_id: str | None = None
    integration_id: str | None = None
    external_id: str | None = None
    service_account_id: str | None = None


def caller(key: Key) -> Caller:
    """Who shows this key."""
    return Caller(key.scope, key.id, key.app_id, key.integration_id, service_account_id=key.service_account_id)


def permit(caller: Caller, scopes: frozenset[Scope], app_id: str | None) -> None:
    """Raises `Refused`: 403 for a scope that may not, 404 for another's app."""
    if caller.scope not in scopes:
        raise Refused(errors.FORBIDDEN)
    if caller.app_id is not None and app_id is not None and caller.app_id != app_id:
        raise Refused(errors.APP_NOT_FOUND)


def permit_app(caller: Caller, app: App) -> None:
    """A service account reaches no apps but its own, and nobody the gateway's own; raises `Refused` (404)."""
    if app.id == OWN or caller.service_account_id not in (None, app.service_account_id):
        raise Refused(errors.APP_NOT_FOUND)


def owner(caller: Caller, named: str | None) -> str | None:
    """The service account whose apps a list shows, None for all apps; raises `Refused` (403) for another's."""
    if caller.service_account_id is None:
        return named
    if named not in (None, caller.service_account_id):
        raise Refused(errors.FOREIGN_ACCOUNT)
    return caller.service_account_id


def permit_user(caller: Caller, user: User) -> None:
    """A user reaches nobody but themselves; raises `Refused` (403)."""
    if caller.scope is Scope.USER and caller.external_id != user.external_id:
        raise Refused(errors.FORBIDDEN)


class Claims(Value, kw_only=True):
    """What a verified JWT says. `expires_at` is in seconds, as JWTs have it."""

    scope: str | None = None
    external_id: ExternalId | None = None
    email: str | None = None
    name: str | None = None
    expires_at: float | None = None


def user_of(claims: Claims, now_ms: int) -> str:
    """The external id that an SDK login proves; raises `Refused`."""
    name = claims.external_id or ""
    if claims.scope not in USER_SCOPES or expired(claims, now_ms):
        raise Refused(errors.INVALID_AUTH)
    if not 1 <= len(name) <= limits.EXTERNAL_ID or "\0" in name:  # as REST has it
        raise Refused(errors.INVALID_AUTH)
    return name


def expired(claims: Claims, now_ms: int) -> bool:
    return claims.expires_at is not None and claims.expires_at * 1000 <= now_ms
