"""Integrations."""

from gateway.domain import access, errors
from gateway.domain.commands import CreateIntegration, DeleteIntegration, UpdateIntegration
from gateway.domain.errors import Refused
from gateway.domain.model import Integration
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.wire import requests
from gateway.wire.v1 import integrations as v1
from gateway.wire.v1 import paging
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
    head = await call.body(v1.IntegrationCreate)
    fields = requests.api_fields(await call.body(v1.shape(head.type)))
    command = CreateIntegration(
        app_id=call.app_id,
        type=head.type,
        display_name=head.display_name,
        fields={name: value for name, value in fields.items() if value is not None},
    )
    return {"integration": v1.integration(await call.flow.corridor.execute(command))}


async def list_(call: Call) -> Json:
    asked = call.asked(v1.IntegrationsQuery)
    matching = asked.matching(await call.office())
    place, more = asked.page.of([it.id for it in matching])
    return paging.listing("integrations", [v1.integration(it) for it in matching[place]], asked.page, more=more)


async def get(call: Call) -> Json:
    return {"integration": v1.integration(await _integration(call))}


async def update(call: Call) -> Json:
    """What is absent keeps its value."""
    integration = await _integration(call)
    named, shape = await call.body(requests.NameChange), requests.CHANGES.get(integration.type)
    requests.check_lasting(integration.type, await call.sent(), v1.integration(integration))
    command = UpdateIntegration(
        app_id=call.app_id,
        integration_id=integration.id,
        display_name=named.display_name,
        fields=requests.api_fields(await call.body(shape)) if shape else {},
    )
    return {"integration": v1.integration(await call.flow.corridor.execute(command))}


async def delete(call: Call) -> None:
    gone = await _integration(call)
    await call.flow.corridor.execute(DeleteIntegration(app_id=call.app_id, integration_id=gone.id))


async def elsewhere(call: Call) -> Json:
    """Not served: what WhatsApp keeps of an integration."""
    await _integration(call)
    raise Refused(errors.no_connector("whatsapp"))


async def _integration(call: Call) -> Integration:
    found = (await call.office()).integration(call["integrationId"])
    if found is None or found.type not in v1.TYPES:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    return found


_ALL = "/integrations"
_ONE = f"{_ALL}/{{integrationId}}"
_ELSEWHERE = {
    "messageTemplates": ("GET", "POST"),
    "profile": ("GET", "PUT"),
    "profile/photo": ("GET", "POST", "DELETE"),
}

ROUTES = (
    Route("POST", _ALL, access.APP, create, 201),
    Route("GET", _ALL, access.APP, list_),
    Route("GET", _ONE, access.APP, get),
    Route("PUT", _ONE, access.APP, update),
    Route("DELETE", _ONE, access.APP, delete),
    *(Route(method, f"{_ONE}/{it}", access.APP, elsewhere) for it, methods in _ELSEWHERE.items() for method in methods),
)
