"""A user's devices."""

from gateway.domain import access, errors, reach
from gateway.domain.errors import Refused
from gateway.edge.call import Call, Operation
from gateway.wire import answers, requests, v2
from gateway.wire.v2 import Json


async def list_devices(call: Call) -> Json:
    """A user's devices, the one seen last first."""
    return {"devices": await _devices(call)}


async def get_device(call: Call) -> Json:
    """One device of a user."""
    for shown in await _devices(call):
        if shown["id"] == call["deviceId"]:
            return {"device": shown}
    raise Refused(errors.DEVICE_NOT_FOUND)


async def _devices(call: Call) -> list[Json]:
    person = await call.flow.queries.person(call.user())
    office = await call.flow.registry.office(call.app_id)
    client_id = person.client.id if person.client else None
    return [v2.device(it, client_id) for it in reach.devices(person, office)]


_ALL = "/v2/apps/{appId}/users/{userIdOrExternalId}/devices"

OPERATIONS = (
    Operation(
        "GET",
        _ALL,
        access.ANY,
        list_devices,
        query=requests.BrandQuery,
        answers=answers.DeviceList,
        refuses=(errors.USER_NOT_FOUND,),
    ),
    Operation(
        "GET",
        f"{_ALL}/{{deviceId}}",
        access.ANY,
        get_device,
        query=requests.BrandQuery,
        answers=answers.DeviceAnswer,
        refuses=(errors.USER_NOT_FOUND, errors.DEVICE_NOT_FOUND),
    ),
)
