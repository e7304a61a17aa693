"""A user's clients and devices."""

from gateway.domain import access, errors, reach
from gateway.domain.commands import CreateClient, DeleteClient
from gateway.domain.errors import Refused
from gateway.edge.call import Call, Operation
from gateway.wire import cursor, requests, v2
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
    body = call.body(requests.ClientCreate)
    command = CreateClient(app_id=call.app_id, user=call.user(), link=body.link())
    return {"client": v2.client(await call.flow.corridor.execute(command))}


async def list_all(call: Call) -> Json:
    page = call.page()
    person = await call.flow.queries.person(call.user())
    clients = reach.clients(person, await call.flow.registry.office(call.app_id))
    part, more = page.of([it.id for it in clients])
    found = clients[part]
    return cursor.listing("clients", [v2.client(it) for it in found], [it.id for it in found], page, more, call.url)


async def delete(call: Call) -> Json:
    await call.flow.corridor.execute(DeleteClient(app_id=call.app_id, user=call.user(), client_id=call["clientId"]))
    return {}


async def devices(call: Call) -> Json:
    return {"devices": await _devices(call)}


async def device(call: Call) -> Json:
    for shown in await _devices(call):
        if shown["id"] == call["deviceId"]:
            return {"device": shown}
    raise Refused(errors.DEVICE_NOT_FOUND)


async def _devices(call: Call) -> list[Json]:
    person = await call.flow.queries.person(call.user())
    office = await call.flow.registry.office(call.app_id)
    client_id = person.client.id if person.client else None
    return [v2.device(it, client_id) for it in reach.devices(person, office)]


_USER = "/v2/apps/{appId}/users/{userIdOrExternalId}"

OPERATIONS = (
    Operation("POST", f"{_USER}/clients", access.ANY, create, 201),
    Operation("GET", f"{_USER}/clients", access.ANY, list_all),
    Operation("DELETE", f"{_USER}/clients/{{clientId}}", access.ANY, delete),
    Operation("GET", f"{_USER}/devices", access.ANY, devices),
    Operation("GET", f"{_USER}/devices/{{deviceId}}", access.ANY, device),
)
