"""Users, whom v1.1 calls appUsers."""

from msgspec import structs

from gateway.domain import access
from gateway.domain.commands import DeleteUser, ForgetUser
from gateway.domain.model import Person
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.flow import auth_codes
from gateway.wire.v1 import people
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
    user = await call.flow.corridor.execute((await call.body(people.AppUserCreate)).command(call.app_id))
    return await _shown(call, Person(user=user))


async def get(call: Call) -> Json:
    return await _shown(call, await call.person())


async def update(call: Call) -> Json:
    before = await call.person()
    user = await call.flow.corridor.execute((await call.body(people.AppUserUpdate)).command(call.ref))
    return await _shown(call, structs.replace(before, user=user))


async def delete(call: Call) -> None:
    await call.flow.corridor.execute(DeleteUser(app_id=call.app_id, user=call.ref))


async def forget(call: Call) -> Json:
    """Who they are, also on their clients; what they said stays."""
    await call.flow.corridor.execute(ForgetUser(app_id=call.app_id, user=call.ref))
    return await get(call)


async def merge(call: Call) -> None:
    """Two users are one person."""
    await call.flow.corridor.execute((await call.body(people.Merge)).command(call.app_id))


async def auth_code(call: Call) -> Json:
    """A code by which a device comes in as the user."""
    return {"authCode": await auth_codes.auth_code(call.flow, call.ref)}


async def _shown(call: Call, person: Person) -> Json:
    return {"appUser": people.app_user(person, await call.office())}


_ALL = "/appusers"
_ONE = f"{_ALL}/{{userId}}"

ROUTES = (
    Route("POST", _ALL, access.APP, create, 201),
    Route("POST", f"{_ALL}/merge", access.APP, merge),
    Route("GET", _ONE, access.USER, get),
    Route("PUT", _ONE, access.USER, update),
    Route("DELETE", _ONE, access.APP, delete),
    Route("DELETE", f"{_ONE}/profile", access.APP, forget),
    Route("GET", f"{_ONE}/authcode", access.APP, auth_code),
)
