"""Apps and their keys."""

from msgspec import UNSET, structs

from gateway.domain import access, errors
from gateway.domain.commands import CreateApp, CreateKey, DeleteApp, DeleteKey, UpdateApp
from gateway.domain.errors import Refused
from gateway.domain.model import AppSettings, Key
from gateway.edge.call import Call, Operation
from gateway.wire import cursor, requests, v2
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
    body = call.body(requests.AppCreate)
    settings = structs.replace(AppSettings(), **requests.changes(body.settings)) if body.settings else AppSettings()
    command = CreateApp(display_name=body.display_name, settings=settings, metadata=body.metadata or {})
    return {"app": v2.app(await call.flow.corridor.execute(command))}


async def list_all(call: Call) -> Json:
    page = call.page()
    found, more = await call.flow.store.apps(page)
    return cursor.listing("apps", [v2.app(it) for it in found], [it.id for it in found], page, more, call.url)


async def get(call: Call) -> Json:
    return {"app": v2.app((await call.flow.registry.office(call.app_id)).app)}


async def update(call: Call) -> Json:
    body = call.body(requests.AppUpdate)
    command = UpdateApp(
        app_id=call.app_id,
        display_name=body.display_name,
        settings=requests.changes(body.settings) if body.settings else UNSET,
        metadata=UNSET if body.metadata is UNSET else body.metadata or {},
    )
    return {"app": v2.app(await call.flow.corridor.execute(command))}


async def delete(call: Call) -> Json:
    await call.flow.corridor.execute(DeleteApp(app_id=call.app_id))
    return {}


async def create_key(call: Call) -> Json:
    body = call.body(requests.KeyCreate)
    command = CreateKey(app_id=call.app_id, display_name=body.display_name)
    return {"key": v2.key(await call.flow.corridor.execute(command))}


async def list_keys(call: Call) -> Json:
    return {"keys": [v2.key(it) for it in await _keys(call)]}


async def get_key(call: Call) -> Json:
    for key in await _keys(call):
        if key.id == call["keyId"]:
            return {"key": v2.key(key)}
    raise Refused(errors.NOT_FOUND)


async def delete_key(call: Call) -> Json:
    await call.flow.corridor.execute(DeleteKey(app_id=call.app_id, key_id=call["keyId"]))
    return {}


async def _keys(call: Call) -> list[Key]:
    office = await call.flow.registry.office(call.app_id)
    return [key for key in office.keys if key.integration_id is None]


OPERATIONS = (
    Operation("POST", "/v2/apps", access.ACCOUNT, create, 201),
    Operation("GET", "/v2/apps", access.ACCOUNT, list_all),
    Operation("GET", "/v2/apps/{appId}", access.APP, get),
    Operation("PATCH", "/v2/apps/{appId}", access.APP, update),
    Operation("DELETE", "/v2/apps/{appId}", access.ACCOUNT, delete),
    Operation("POST", "/v2/apps/{appId}/keys", access.ACCOUNT, create_key, 201),
    Operation("GET", "/v2/apps/{appId}/keys", access.ACCOUNT, list_keys),
    Operation("GET", "/v2/apps/{appId}/keys/{keyId}", access.ACCOUNT, get_key),
    Operation("DELETE", "/v2/apps/{appId}/keys/{keyId}", access.ACCOUNT, delete_key),
)
