"""The app's switchboard, and the integrations in it."""

from gateway.domain import access, errors
from gateway.domain.commands import (
    CreateSwitchboard,
    CreateSwitchboardIntegration,
    DeleteSwitchboard,
    DeleteSwitchboardIntegration,
    UpdateSwitchboard,
    UpdateSwitchboardIntegration,
)
from gateway.domain.errors import Refused
from gateway.edge.call import Call, Operation
from gateway.wire import answers, requests, v2
from gateway.wire.v2 import Json


async def create_switchboard(call: Call) -> Json:
    """Give the app its switchboard."""
    made = await call.flow.corridor.execute(CreateSwitchboard(app_id=call.app_id))
    return {"switchboard": v2.switchboard(made)}


async def list_switchboards(call: Call) -> Json:
    """List the app's switchboard, if there is one."""
    board = (await call.flow.registry.office(call.app_id)).switchboard
    return {"switchboards": [v2.switchboard(board)] if board else []}


async def update_switchboard(call: Call) -> Json:
    """Switch a switchboard on or off, or choose its default."""
    body = call.body(requests.SwitchboardUpdate)
    command = UpdateSwitchboard(
        app_id=call.app_id,
        switchboard_id=call["switchboardId"],
        enabled=body.enabled,
        default_id=body.default_switchboard_integration_id,
    )
    return {"switchboard": v2.switchboard(await call.flow.corridor.execute(command))}


async def delete_switchboard(call: Call) -> Json:
    """Delete a switchboard and the switchboard integrations in it."""
    await call.flow.corridor.execute(DeleteSwitchboard(app_id=call.app_id, switchboard_id=call["switchboardId"]))
    return {}


async def create_switchboard_integration(call: Call) -> Json:
    """Give an integration a place in a switchboard."""
    body = call.body(requests.SwitchboardIntegrationCreate)
    command = CreateSwitchboardIntegration(
        app_id=call.app_id,
        switchboard_id=call["switchboardId"],
        name=body.name,
        integration_id=body.integration_id,
        integration_type=body.integration_type,
        deliver_standby_events=body.deliver_standby_events is not False,
        next_id=body.next_switchboard_integration_id,
        message_history_count=body.message_history_count,
    )
    return {"switchboardIntegration": v2.switchboard_integration(await call.flow.corridor.execute(command))}


async def list_switchboard_integrations(call: Call) -> Json:
    """List the integrations in a switchboard."""
    board = (await call.flow.registry.office(call.app_id)).switchboard
    if board is None or board.id != call["switchboardId"]:
        raise Refused(errors.SWITCHBOARD_NOT_FOUND)
    return {"switchboardIntegrations": [v2.switchboard_integration(it) for it in board.integrations]}


async def update_switchboard_integration(call: Call) -> Json:
    """Change an integration's place in a switchboard."""
    body = call.body(requests.SwitchboardIntegrationUpdate)
    command = UpdateSwitchboardIntegration(
        app_id=call.app_id,
        switchboard_id=call["switchboardId"],
        switchboard_integration_id=call["switchboardIntegrationId"],
        name=body.name,
        integration_id=body.integration_id,
        integration_type=body.integration_type,
        deliver_standby_events=body.deliver_standby_events,
        next_id=body.next_switchboard_integration_id,
        message_history_count=body.message_history_count,
    )
    return {"switchboardIntegration": v2.switchboard_integration(await call.flow.corridor.execute(command))}


async def delete_switchboard_integration(call: Call) -> Json:
    """Take an integration out of a switchboard."""
    command = DeleteSwitchboardIntegration(
        app_id=call.app_id,
        switchboard_id=call["switchboardId"],
        switchboard_integration_id=call["switchboardIntegrationId"],
    )
    await call.flow.corridor.execute(command)
    return {}


_ALL = "/v2/apps/{appId}/switchboards"
_ONE = f"{_ALL}/{{switchboardId}}"
_PLACES = f"{_ONE}/switchboardIntegrations"
_PLACE = f"{_PLACES}/{{switchboardIntegrationId}}"

_UNKNOWN = (errors.SWITCHBOARD_NOT_FOUND,)
_NO_SUCH_PLACE = (*_UNKNOWN, errors.SWITCHBOARD_INTEGRATION_NOT_FOUND)
_NOT_LINKED = (errors.INTEGRATION_NOT_FOUND, errors.AMBIGUOUS_INTEGRATION_TYPE, errors.NOT_FOR_SWITCHBOARDS)

OPERATIONS = (
    Operation(
        "POST",
        _ALL,
        access.APP,
        create_switchboard,
        201,
        answers=answers.SwitchboardAnswer,
        refuses=(errors.ONE_SWITCHBOARD,),
    ),
    Operation("GET", _ALL, access.APP, list_switchboards, answers=answers.SwitchboardList),
    Operation(
        "PATCH",
        _ONE,
        access.APP,
        update_switchboard,
        asks=requests.SwitchboardUpdate,
        answers=answers.SwitchboardAnswer,
        refuses=(*_NO_SUCH_PLACE, errors.ENABLED_WITHOUT_DEFAULT),
    ),
    Operation("DELETE", _ONE, access.APP, delete_switchboard, refuses=_UNKNOWN),
    Operation(
        "POST",
        _PLACES,
        access.APP,
        create_switchboard_integration,
        201,
        asks=requests.SwitchboardIntegrationCreate,
        answers=answers.SwitchboardIntegrationAnswer,
        refuses=(*_NO_SUCH_PLACE, *_NOT_LINKED, errors.TOO_MANY_SWITCHBOARD_INTEGRATIONS),
    ),
    Operation(
        "GET",
        _PLACES,
        access.APP,
        list_switchboard_integrations,
        answers=answers.SwitchboardIntegrationList,
        refuses=_UNKNOWN,
    ),
    Operation(
        "PATCH",
        _PLACE,
        access.APP,
        update_switchboard_integration,
        asks=requests.SwitchboardIntegrationUpdate,
        answers=answers.SwitchboardIntegrationAnswer,
        refuses=(*_NO_SUCH_PLACE, *_NOT_LINKED, errors.NEXT_IS_ANOTHER),
    ),
    Operation(
        "DELETE",
        _PLACE,
        access.APP,
        delete_switchboard_integration,
        refuses=(*_NO_SUCH_PLACE, errors.DEFAULT_RESPONDER_STAYS, errors.NEXT_STAYS),
    ),
)
