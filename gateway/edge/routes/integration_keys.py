"""The keys of custom integrations."""

from gateway.domain import access, errors
from gateway.domain.channels import CUSTOM
from gateway.domain.commands import CreateKey, DeleteKey
from gateway.domain.errors import Refused
from gateway.domain.model import Key
from gateway.edge.call import Call, Operation
from gateway.wire import answers, requests, v2
from gateway.wire.v2 import Json


async def create_custom_integration_key(call: Call) -> Json:
    """Create a key of a custom integration."""
    body = call.body(requests.KeyCreate)
    command = CreateKey(app_id=call.app_id, display_name=body.display_name, integration_id=call["integrationId"])
    return {"key": v2.key(await call.flow.corridor.execute(command))}


async def list_custom_integration_keys(call: Call) -> Json:
    """List the keys of a custom integration."""
    return {"keys": [v2.key(it) for it in await _keys(call)]}


async def get_custom_integration_key(call: Call) -> Json:
    """Get a key of a custom integration."""
    for key in await _keys(call):
        if key.id == call["keyId"]:
            return {"key": v2.key(key)}
    raise Refused(errors.NOT_FOUND)


async def delete_custom_integration_key(call: Call) -> Json:
    """Delete a key of a custom integration: it opens nothing from now on."""
    await call.flow.corridor.execute(
        DeleteKey(app_id=call.app_id, key_id=call["keyId"], integration_id=call["integrationId"])
    )
    return {}


async def _keys(call: Call) -> tuple[Key, ...]:
    office = await call.flow.registry.office(call.app_id)
    integration = office.integration(call["integrationId"])
    if integration is None:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    if integration.type != CUSTOM:
        raise Refused(errors.KEYS_FOR_CUSTOM)
    return office.keys_of(integration.id)


_ALL = "/v2/apps/{appId}/integrations/{integrationId}/keys"
_ONE = f"{_ALL}/{{keyId}}"
_NOT_CUSTOM = (errors.INTEGRATION_NOT_FOUND, errors.KEYS_FOR_CUSTOM)
_UNKNOWN = (*_NOT_CUSTOM, errors.NOT_FOUND)

OPERATIONS = (
    Operation(
        "POST",
        _ALL,
        access.APP,
        create_custom_integration_key,
        201,
        asks=requests.KeyCreate,
        answers=answers.KeyAnswer,
        refuses=(*_NOT_CUSTOM, errors.TOO_MANY_INTEGRATION_KEYS),
    ),
    Operation("GET", _ALL, access.APP, list_custom_integration_keys, answers=answers.KeyList, refuses=_NOT_CUSTOM),
    Operation("GET", _ONE, access.APP, get_custom_integration_key, answers=answers.KeyAnswer, refuses=_UNKNOWN),
    Operation("DELETE", _ONE, access.APP, delete_custom_integration_key, refuses=_UNKNOWN),
)
