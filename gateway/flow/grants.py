"""OAuth: an app's owner agrees by a code, and the partner changes the code for a token."""

import hmac

from gateway.domain import access, errors, limits
from gateway.domain.commands import Admit
from gateway.domain.errors import Refused
from gateway.domain.model import Grant, Key, Partner
from gateway.flow.floor import Flow
from gateway.wire import tokens


async def partner(flow: Flow, partner_id: str, secret: str | None) -> Partner:
    """The partner with these credentials; raises `Refused` (401)."""
    known = await flow.store.partner(partner_id)
    if known is None or secret is None or not hmac.compare_digest(secret.encode(), known.secret.encode()):
        raise Refused(errors.INVALID_CLIENT)
    return known


def code(flow: Flow, key: Key, app_id: str, partner_id: str, redirect_uri: str) -> str:
    """An authorization code by which the owner of `key` lets a partner in.

    It is signed with that key, which the partner does not know: nobody else can write one, and it ends with the key.
    """
    until = (flow.now() // 1000 + limits.OAUTH_CODE_S) * 1000
    grant = Grant(id=flow.new_secret(), partner_id=partner_id, app_id=app_id, redirect_uri=redirect_uri, until=until)
    return tokens.code(key, grant)


async def redeem(flow: Flow, partner: Partner, code: str, redirect_uri: str | None) -> str:
    """The access token for a code; raises `Refused` (400)."""
    grant = await _grant(flow, code)
    if grant.partner_id != partner.id or redirect_uri not in (None, grant.redirect_uri):
        raise Refused(errors.INVALID_GRANT)
    key = await flow.corridor.execute(Admit(app_id=grant.app_id, partner=partner, grant=grant))
    return tokens.sign(key.id, key.secret, {"scope": key.scope})


async def _grant(flow: Flow, code: str) -> Grant:
    """What a code says that somebody signed who may say it."""
    try:
        key = await flow.identity.named(tokens.bearer(code))
        grant = tokens.grant(code, key)
        await flow.identity.permit(access.caller(key), access.APP, grant.app_id)
    except Refused:
        raise Refused(errors.INVALID_GRANT) from None
    return grant
