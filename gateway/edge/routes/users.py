"""Users."""

from msgspec import UNSET, UnsetType

from gateway.domain import access, errors
from gateway.domain.commands import CreateUser, DeleteUser, ForgetUser, UpdateUser
from gateway.domain.model import Profile
from gateway.edge.call import Call, Operation
from gateway.wire import answers, requests, v2
from gateway.wire.requests import Moment
from gateway.wire.times import ms
from gateway.wire.v2 import Json


async def create_user(call: Call) -> Json:
    """Create a user."""
    body = call.body(requests.UserCreate)
    command = CreateUser(
        app_id=call.app_id,
        external_id=body.external_id,
        brand_id=body.brand_id,
        signed_up_at=ms(body.signed_up_at) if body.signed_up_at else None,
        to_be_retained=bool(body.to_be_retained),
        profile=Profile(**requests.changes(body.profile)) if body.profile else Profile(),
        metadata=body.metadata or {},
    )
    return {"user": v2.user(await call.flow.corridor.execute(command))}


async def list_users(call: Call) -> Json:
    """The users who were proven to have an e-mail address; what a profile says of it does not count."""
    brand = call.query(requests.BrandQuery).brand_id
    found = await call.flow.store.people_by_email(call.app_id, call.filter(requests.UserFilter).email)
    return {"users": [v2.user(it) for it in found if brand in (None, it.brand_id)]}


async def get_user(call: Call) -> Json:
    """Get a user."""
    return {"user": v2.user((await call.flow.queries.person(call.user())).user)}


async def update_user(call: Call) -> Json:
    """Change what is known of a user."""
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


async def delete_user(call: Call) -> Json:
    """Delete a user with their personal conversations."""
    await call.flow.corridor.execute(DeleteUser(app_id=call.app_id, user=call.user()))
    return {}


async def delete_user_personal_information(call: Call) -> Json:
    """Remove who a user is, also from what is kept of them; what they said stays."""
    return {"user": v2.user(await call.flow.corridor.execute(ForgetUser(app_id=call.app_id, user=call.user())))}


_ONE = "/v2/apps/{appId}/users/{userIdOrExternalId}"
_UNKNOWN = (errors.USER_NOT_FOUND,)

OPERATIONS = (
    Operation(
        "POST",
        "/v2/apps/{appId}/users",
        access.ANY,
        create_user,
        201,
        asks=requests.UserCreate,
        answers=answers.UserAnswer,
        refuses=(errors.USER_EXISTS,),
    ),
    Operation(
        "GET",
        "/v2/apps/{appId}/users",
        access.ANY,
        list_users,
        filter=requests.UserFilter,
        query=requests.BrandQuery,
        answers=answers.UserList,
    ),
    Operation(
        "GET", _ONE, access.ANY, get_user, query=requests.BrandQuery, answers=answers.UserAnswer, refuses=_UNKNOWN
    ),
    Operation(
        "PATCH",
        _ONE,
        access.ANY,
        update_user,
        query=requests.BrandQuery,
        asks=requests.UserUpdate,
        answers=answers.UserAnswer,
        refuses=_UNKNOWN,
    ),
    Operation("DELETE", _ONE, access.ANY, delete_user, query=requests.BrandQuery, refuses=_UNKNOWN),
    Operation(
        "DELETE",
        f"{_ONE}/personalinformation",
        access.ANY,
        delete_user_personal_information,
        query=requests.BrandQuery,
        answers=answers.UserAnswer,
        refuses=_UNKNOWN,
    ),
)
