"""Users, whom v1.1 calls appUsers."""

from gateway.domain import access
from gateway.domain.commands import CreateUser
from gateway.domain.model import Person, Profile
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.wire.times import ms
from gateway.wire.v1 import people
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
    body = await call.body(people.AppUserCreate)
    command = CreateUser(
        app_id=call.app_id,
        external_id=body.user_id,
        signed_up_at=ms(body.signed_up_at) if body.signed_up_at else None,
        profile=Profile(given_name=body.given_name, surname=body.surname, email=body.email),
        metadata=body.properties or {},
    )
    user = await call.flow.corridor.execute(command)
    return {"appUser": people.app_user(Person(user=user), await call.office())}


async def get(call: Call) -> Json:
    return {"appUser": people.app_user(await call.person(), await call.office())}


_ALL = "/appusers"
_ONE = f"{_ALL}/{{userId}}"

ROUTES = (
    Route("POST", _ALL, access.APP, create, 201),
    Route("GET", _ONE, access.USER, get),
)
