"""Menus: the app's, and those of its integrations, which take its place."""

from gateway.domain import access, errors
from gateway.domain.commands import DeleteMenu, PutMenu
from gateway.domain.errors import Refused
from gateway.domain.model import Menu
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.wire.v1 import menus as v1
from gateway.wire.v2 import Json


async def get(call: Call) -> Json:
    return {"menu": v1.menu((await call.office()).menu)}


async def put(call: Call) -> Json:
    made = await call.flow.corridor.execute(PutMenu(app_id=call.app_id, menu=await call.body(Menu)))
    return {"menu": v1.menu(made)}


async def delete(call: Call) -> Json:
    await call.flow.corridor.execute(DeleteMenu(app_id=call.app_id))
    return {"menu": v1.menu(None)}


async def get_of_integration(call: Call) -> Json:
    """What its users are shown: without a menu of its own, the app's."""
    office = await call.office()
    integration = office.integration(call["integrationId"])
    if integration is None:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    return {"menu": v1.menu(office.menu_of(integration))}


async def put_of_integration(call: Call) -> Json:
    menu = await call.body(Menu)
    made = await call.flow.corridor.execute(
        PutMenu(app_id=call.app_id, integration_id=call["integrationId"], menu=menu)
    )
    return {"menu": v1.menu(made)}


async def delete_of_integration(call: Call) -> None:
    await call.flow.corridor.execute(DeleteMenu(app_id=call.app_id, integration_id=call["integrationId"]))


_APPS = "/menu"
_INTEGRATIONS = "/integrations/{integrationId}/menu"

ROUTES = (
    Route("GET", _APPS, access.APP, get),
    Route("PUT", _APPS, access.APP, put),
    Route("DELETE", _APPS, access.APP, delete),
    Route("GET", _INTEGRATIONS, access.APP, get_of_integration),
    Route("POST", _INTEGRATIONS, access.APP, put_of_integration, 201),
    Route("PUT", _INTEGRATIONS, access.APP, put_of_integration),
    Route("DELETE", _INTEGRATIONS, access.APP, delete_of_integration),
)
