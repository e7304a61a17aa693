"""Apps and their keys."""

from msgspec import UNSET, structs

from gateway.domain import access, errors
from gateway.domain.commands import CreateApp, CreateKey, DeleteApp, DeleteKey, UpdateApp
from gateway.domain.errors import Refused
from gateway.domain.model import AppSettings, Key
from gateway.edge.call import Call, Operation
from gateway.wire import answers, cursor, requests, v2
from gateway.wire.v2 import Json


async def create_app(call: Call) -> Json:
    """Create an app."""
    body = call.body(requests.AppCreate)
    settings = structs.replace(AppSettings(), **requests.changes(body.settings)) if body.settings else AppSettings()
    command = CreateApp(
        display_name=body.display_name,
        settings=settings,
        metadata=body.metadata or {},
        service_account_id=call.caller.service_account_id,
    )
    return {"app": v2.app(await call.flow.corridor.execute(command))}


async def list_apps(call: Call) -> Json:
    """List the apps."""
    page = call.page()
    named = call.filter(requests.AppFilter).service_account_id
    found, more = await call.flow.queries.apps(call.caller, page, named)
    return cursor.listing("apps", [v2.app(it) for it in found], [it.id for it in found], page, more, call.url)


async def get_app(call: Call) -> Json:
    """Get an app."""
    return {"app": v2.app((await call.flow.registry.office(call.app_id)).app)}


async def update_app(call: Call) -> Json:
    """Change an app's name, settings or metadata."""
    body = call.body(requests.AppUpdate)
    command = UpdateApp(
        app_id=call.app_id,
        display_name=body.display_name,
        settings=requests.changes(body.settings) if body.settings else UNSET,
        metadata=UNSET if body.metadata is UNSET else body.metadata or {},
    )
    return {"app": v2.app(await call.flow.corridor.execute(command))}


async def delete_app(call: Call) -> Json:
    """Delete an app with everything that is in it."""
    await call.flow.corridor.execute(DeleteApp(app_id=call.app_id))
    return {}


async def create_app_key(call: Call) -> Json:
    """Create a key of an app."""
    body = call.body(requests.KeyCreate)
    command = CreateKey(app_id=call.app_id, display_name=body.display_name)
    return {"key": v2.key(await call.flow.corridor.execute(command))}


async def list_app_keys(call: Call) -> Json:
    """List an app's keys."""
    return {"keys": [v2.key(it) for it in await _keys(call)]}


async def get_app_key(call: Call) -> Json:
    """Get a key of an app."""
    for key in await _keys(call):
        if key.id == call["keyId"]:
            return {"key": v2.key(key)}
    raise Refused(errors.NOT_FOUND)


async def delete_app_key(call: Call) -> Json:
    """Delete a key of an app: what was signed with it is worth nothing from now on."""
    await call.flow.corridor.execute(DeleteKey(app_id=call.app_id, key_id=call["keyId"]))
    return {}


async def _keys(call: Call) -> tuple[Key, ...]:
    return (await call.flow.registry.office(call.app_id)).keys_of()


_ONE = "/v2/apps/{appId}"
_KEYS = f"{_ONE}/keys"
_KEY = f"{_KEYS}/{{keyId}}"

OPERATIONS = (
    Operation("POST", "/v2/apps", access.ACCOUNT, create_app, 201, asks=requests.AppCreate, answers=answers.AppAnswer),
    Operation(
        "GET",
        "/v2/apps",
        access.ACCOUNT,
        list_apps,
        pages=True,
        filter=requests.AppFilter,
        answers=answers.AppList,
        refuses=(errors.FOREIGN_ACCOUNT,),
    ),
    Operation("GET", _ONE, access.APP, get_app, answers=answers.AppAnswer),
    Operation(
        "PATCH",
        _ONE,
        access.APP,
        update_app,
        asks=requests.AppUpdate,
        answers=answers.AppAnswer,
        refuses=(errors.MULTI_CONVO_STAYS,),
    ),
    Operation("DELETE", _ONE, access.ACCOUNT, delete_app),
    Operation(
        "POST",
        _KEYS,
        access.ACCOUNT,
        create_app_key,
        201,
        asks=requests.KeyCreate,
        answers=answers.KeyAnswer,
        refuses=(errors.TOO_MANY_KEYS,),
    ),
    Operation("GET", _KEYS, access.ACCOUNT, list_app_keys, answers=answers.KeyList),
    Operation("GET", _KEY, access.ACCOUNT, get_app_key, answers=answers.KeyAnswer, refuses=(errors.NOT_FOUND,)),
    Operation("DELETE", _KEY, access.ACCOUNT, delete_app_key, refuses=(errors.APP_KEY_NOT_FOUND,)),
)
