"""Users."""

from msgspec import UNSET, UnsetType

from gateway.domain import access
from gateway.domain.commands import CreateUser, DeleteUser, UpdateUser
from gateway.domain.model import Profile
from gateway.edge.call import Call, Operation
from gateway.wire import requests, v2
from gateway.wire.requests import Moment
from gateway.wire.times import ms
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
    body = call.body(requests.UserCreate)
    command = CreateUser(
        app_id=call.app_id,
        external_id=body.external_id,
        signed_up_at=ms(body.signed_up_at) if body.signed_up_at else None,
        to_be_retained=bool(body.to_be_retained),
        profile=Profile(**requests.changes(body.profile)) if body.profile else Profile(),
        metadata=body.metadata or {},
    )
    return {"user": v2.user(await call.flow.corridor.execute(command))}


async def get(call: Call) -> Json:
    return {"user": v2.user((await call.flow.queries.person(call.user())).user)}


async def update(call: Call) -> Json:
    body = call.body(requests.UserUpdate)
    command = UpdateUser(
        app_id=call.app_id,
        user=call.user(),
        signed_up_at=_moment(body.signed_up_at),
        to_be_retained=UNSET if body.to_be_retained is UNSET else bool(body.to_be_retained),
        profile=requests.changes(body.profile) if body.profile else UNSET,
        metadata=body.metadata,
    )
    return {"user": v2.user(await call.flow.corridor.execute(command))}


def _moment(value: Moment | None | UnsetType) -> int | None | UnsetType:
    return ms(value) if value else UNSET if value is UNSET else None


async def delete(call: Call) -> Json:
    await call.flow.corridor.execute(DeleteUser(app_id=call.app_id, user=call.user()))
    return {}


_ONE = "/v2/apps/{appId}/users/{userIdOrExternalId}"

OPERATIONS = (
    Operation("POST", "/v2/apps/{appId}/users", access.ANY, create, 201),
    Operation("GET", _ONE, access.ANY, get),
    Operation("PATCH", _ONE, access.ANY, update),
    Operation("DELETE", _ONE, access.ANY, delete),
)
