"""Who is calling: a backend by its key or token, a device by its user's JWT."""

import hmac
from typing import Final, NamedTuple

from gateway.domain import access, errors
from gateway.domain.access import Caller, Claims
from gateway.domain.errors import Refused
from gateway.domain.model import Key, Scope
from gateway.domain.recent import Recent
from gateway.domain.value import Value
from gateway.flow.registry import Registry
from gateway.ports import Now
from gateway.wire import tokens
from gateway.wire.tokens import Basic, Bearer

TOKENS: Final = 20_000  # of users, whose verification is remembered


class Proof(Value, kw_only=True):
    """What a user's JWT proved: who it is, by which key, until when (seconds, as JWTs have it)."""

    external_id: str
    key_id: str
    expires_at: float | None
    email: str | None = None
    name: str | None = None


class Verified(NamedTuple):
    """What a token says, and the key that has signed it."""

    key_id: str
    claims: Claims


class Identity:
    """A user's token is verified once, for who reconnects shows it again. Its key and its time are looked at anew."""

    def __init__(self, registry: Registry, now: Now) -> None:
        self._registry = registry
        self._now = now
        self._verified: Recent[str, Verified] = Recent(TOKENS)

    async def caller(self, authorization: str | None) -> Caller:
        """A backend, by its Authorization header; raises `Refused` (401, or 403 for a user's token)."""
        return access.caller(await self.shown(tokens.credentials(authorization)))

    async def anyone(self, authorization: str | None) -> Caller:
        """A backend, or a user by a token that a key of their app has signed; raises `Refused` (401)."""
        shown = tokens.credentials(authorization)
        key = await self.named(shown)
        if isinstance(shown, Basic) or key.scope is not Scope.APP:
            return access.caller(await self.shown(shown))
        claims = tokens.verify(shown.token, key.secret)
        if claims.scope not in access.USER_SCOPES:
            return access.caller(await self.shown(shown))
        external_id = access.user_of(claims, self._now())
        return Caller(Scope.USER, key.id, key.app_id, external_id=external_id)

    async def permit(self, caller: Caller, scopes: frozenset[Scope], app_id: str | None) -> None:
        """Raises `Refused` for those who may not, or for an app that is not there or is none of theirs."""
        access.permit(caller, scopes, app_id)
        if app_id is not None and caller.app_id is None:  # an app's own key goes with it, the account's stays
            access.permit_app(caller, (await self._registry.office(app_id)).app)

    async def shown(self, shown: Basic | Bearer) -> Key:
        """The key that a credential proves to have; raises `Refused`."""
        key = await self.named(shown)
        if isinstance(shown, Basic):
            if not hmac.compare_digest(shown.secret.encode(), key.secret.encode()):
                raise Refused(errors.UNAUTHORIZED)
        else:
            self._check_scope(tokens.verify(shown.token, key.secret), key)
        return key

    async def named(self, shown: Basic | Bearer) -> Key:
        """The key that a credential names and that proves nothing yet; raises `Refused`."""
        key = await self._registry.key(shown.key_id)
        if key is None:
            raise Refused(errors.UNAUTHORIZED)
        return key

    def _check_scope(self, claims: Claims, key: Key) -> None:
        if access.expired(claims, self._now()):
            raise Refused(errors.UNAUTHORIZED)
        if claims.scope in access.USER_SCOPES:
            raise Refused(errors.FORBIDDEN)
        if claims.scope != key.claim:
            raise Refused(errors.UNAUTHORIZED)

    async def admitted(self, app_id: str, code: str) -> str:
        """The id of the user as whom an auth code lets a device in; raises `Refused` (401)."""
        try:
            key = await self._app_key(app_id, tokens.auth_code_key(code))
            said = tokens.read_auth_code(code, key)
        except Refused:
            raise Refused(errors.INVALID_AUTH) from None
        if said.app_id != app_id or said.until <= self._now():
            raise Refused(errors.INVALID_AUTH)
        return said.user_id

    async def user(self, app_id: str, token: str) -> Proof:
        """What a user's JWT proves for an app; raises `Refused` (401)."""
        try:
            return await self._proof(app_id, token)
        except Refused:
            raise Refused(errors.INVALID_AUTH) from None

    async def _app_key(self, app_id: str, key_id: str) -> Key:
        key = await self._registry.key(key_id)
        if key is None or key.scope is not Scope.APP or key.app_id != app_id:
            raise Refused(errors.UNAUTHORIZED)
        return key

    async def _proof(self, app_id: str, token: str) -> Proof:
        key_id, claims = await self._said(app_id, token)
        external_id = access.user_of(claims, self._now())
        return Proof(
            external_id=external_id,
            key_id=key_id,
            expires_at=claims.expires_at,
            email=claims.email,
            name=claims.name,
        )

    async def _said(self, app_id: str, token: str) -> Verified:
        """What a token says that a key of the app has signed; raises `Refused`."""
        digest = tokens.digest(token)
        before = self._verified.get(digest)
        key = await self._app_key(app_id, before.key_id if before else tokens.bearer(token).key_id)
        if before is None:
            before = self._verified[digest] = Verified(key.id, tokens.verify(token, key.secret))
        return before
