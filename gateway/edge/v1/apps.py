"""Apps."""

from msgspec import UNSET, structs

from gateway.domain import access
from gateway.domain.commands import CreateApp, DeleteApp, UpdateApp
from gateway.domain.model import AppSettings
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.wire import requests
from gateway.wire.v1 import offices, paging
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
    body = await call.body(offices.AppCreate)
    settings = structs.replace(AppSettings(), **requests.changes(body.settings)) if body.settings else AppSettings()
    command = CreateApp(
        display_name=body.name,
        settings=settings,
        metadata=body.metadata or {},
        service_account_id=call.caller.service_account_id,
    )
    return {"app": offices.app(await call.flow.corridor.execute(command))}


async def list_(call: Call) -> Json:
    asked = call.asked(offices.AppsQuery)
    found, more = await call.flow.queries.apps(call.caller, asked.page, asked.service_account_id)
    return paging.listing("apps", [offices.app(it) for it in found], asked.page, more=more)


async def get(call: Call) -> Json:
    return {"app": offices.app((await call.office()).app)}


async def update(call: Call) -> Json:
    body = await call.body(offices.AppUpdate)
    command = UpdateApp(
        app_id=call.app_id,
        display_name=body.name,
        settings=requests.changes(body.settings) if body.settings else UNSET,
        metadata=UNSET if body.metadata is UNSET else body.metadata or {},
    )
    return {"app": offices.app(await call.flow.corridor.execute(command))}


async def delete(call: Call) -> None:
    await call.flow.corridor.execute(DeleteApp(app_id=call.app_id))


async def sdks(call: Call) -> Json:
    return offices.sdks(await call.office())


_ONE = "/apps/{appId}"

ROUTES = (
    Route("POST", "/apps", access.ACCOUNT, create, 201, whole=True),
    Route("GET", "/apps", access.ACCOUNT, list_, whole=True),
    Route("GET", _ONE, access.APP, get, whole=True),
    Route("PUT", _ONE, access.APP, update, whole=True),
    Route("DELETE", _ONE, access.ACCOUNT, delete, whole=True),
    Route("GET", f"{_ONE}/sdks", access.APP, sdks, whole=True),
)
