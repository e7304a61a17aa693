"""Codes by which a device comes in as a user without their token: whoever has one may come."""

from gateway.domain import errors, limits
from gateway.domain.commands import Needs, Ref
from gateway.domain.errors import Refused
from gateway.domain.model import AuthCode, Scope
from gateway.flow.floor import Flow
from gateway.wire import tokens


async def auth_code(flow: Flow, user: Ref) -> str:
    """A code for a user of an app; raises `Refused` (404, or 400 where the app has no key to sign it with).

    It is signed with a key of the app and ends with it.
    """
    house = await flow.store.peek(Needs(office=user.app_id, people=(user,)))
    person = house.person(user)
    key = next((it for it in house.office(user.app_id).keys if it.scope is Scope.APP), None)
    if key is None:
        raise Refused(errors.NO_APP_KEY)
    until = flow.now() + limits.AUTH_CODE_S * 1000
    return tokens.auth_code(key, AuthCode(app_id=user.app_id, user_id=person.user.id, until=until))
