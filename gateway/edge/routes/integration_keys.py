"""The keys of custom integrations."""

from gateway.domain import access, errors
from gateway.domain.channels import CUSTOM
from gateway.domain.commands import CreateKey, DeleteKey
from gateway.domain.errors import Refused
from gateway.domain.model import Key
from gateway.edge.call import Call, Operation
from gateway.wire import requests, v2
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
    body = call.body(requests.KeyCreate)
    command = CreateKey(app_id=call.app_id, display_name=body.display_name, integration_id=call["integrationId"])
    return {"key": v2.key(await call.flow.corridor.execute(command))}


async def list_all(call: Call) -> Json:
    return {"keys": [v2.key(it) for it in await _keys(call)]}


async def get(call: Call) -> Json:
    for key in await _keys(call):
        if key.id == call["keyId"]:
            return {"key": v2.key(key)}
    raise Refused(errors.NOT_FOUND)


async def delete(call: Call) -> Json:
    await call.flow.corridor.execute(
        DeleteKey(app_id=call.app_id, key_id=call["keyId"], integration_id=call["integrationId"])
    )
    return {}


async def _keys(call: Call) -> list[Key]:
    office = await call.flow.registry.office(call.app_id)
    integration = office.integration(call["integrationId"])
    if integration is None:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    if integration.type != CUSTOM:
        raise Refused(errors.KEYS_FOR_CUSTOM)
    return [key for key in office.keys if key.integration_id == integration.id]


_ALL = "/v2/apps/{appId}/integrations/{integrationId}/keys"

OPERATIONS = (
    Operation("POST", _ALL, access.APP, create, 201),
    Operation("GET", _ALL, access.APP, list_all),
    Operation("GET", f"{_ALL}/{{keyId}}", access.APP, get),
    Operation("DELETE", f"{_ALL}/{{keyId}}", access.APP, delete),
)
