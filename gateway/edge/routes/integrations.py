"""Integrations."""

from gateway.domain import access, errors
from gateway.domain.channels import CHANNELS, CUSTOM
from gateway.domain.commands import (
    CreateIntegration,
    DeleteIntegration,
    UpdateIntegration,
    WebhookChanges,
)
from gateway.domain.errors import Refused
from gateway.domain.model import Integration, Office
from gateway.edge.call import Call, Operation
from gateway.wire import answers, cursor, requests, v2
from gateway.wire.v2 import Json


async def create_integration(call: Call) -> Json:
    """Create an integration."""
    head = call.body(requests.IntegrationHead)
    fields = call.body(_shape(head.type))
    command = CreateIntegration(
        app_id=call.app_id,
        type=head.type,
        display_name=head.display_name,
        fields={name: value for name, value in requests.api_fields(fields).items() if value is not None},
        show_ai_disclaimer=head.show_ai_disclaimer is not False,
        default_responder_id=head.default_responder_id if head.type != CUSTOM else None,
        webhooks=tuple(it.draft for it in head.webhooks or ()),
    )
    return await _shown(call, await call.flow.corridor.execute(command))


async def _shown(call: Call, integration: Integration) -> Json:
    board = (await call.flow.registry.office(call.app_id)).switchboard
    return {"integration": v2.integration(integration, board)}


def _shape(kind: str) -> type[requests.Body]:
    if kind not in requests.FIELDS:
        raise Refused(errors.INVALID_INTEGRATION_TYPE)
    return requests.FIELDS[kind]


async def list_integrations(call: Call) -> Json:
    """List an app's integrations."""
    page = call.page()
    types = call.filter(requests.IntegrationFilter).types
    known = CHANNELS.keys()  # and official clients know no other types
    wanted = {it.strip() for it in types.split(",")} if types else known
    office = await call.flow.registry.office(call.app_id)
    matching = [it for it in office.integrations if it.type in wanted]
    part, more = page.of([it.id for it in matching])
    found = matching[part]
    return cursor.listing(
        "integrations",
        [v2.integration(it, office.switchboard) for it in found],
        [it.id for it in found],
        page,
        more,
        call.url,
    )


async def get_integration(call: Call) -> Json:
    """Get an integration."""
    return await _shown(call, await _integration(call))


async def update_integration(call: Call) -> Json:
    """Change an integration."""
    integration = await _integration(call)
    call.body(requests.IntegrationUpdate)  # fields of other types are let pass, but not in a wrong form
    shape = requests.CHANGES.get(integration.type)
    changes = call.body(requests.NameChange if integration.by_webhooks else requests.IntegrationChanges)
    requests.check_lasting(integration.type, call.sent(), (await _shown(call, integration))["integration"])
    webhook = call.formerly(requests.WebhookOfIntegration).webhook
    command = UpdateIntegration(
        app_id=call.app_id,
        integration_id=integration.id,
        webhook=WebhookChanges(**requests.changes(webhook)) if webhook else None,
        fields=requests.api_fields(call.body(shape)) if shape else {},
        **requests.changes(changes),
    )
    return await _shown(call, await call.flow.corridor.execute(command))


async def delete_integration(call: Call) -> Json:
    """Delete an integration."""
    await call.flow.corridor.execute(DeleteIntegration(app_id=call.app_id, integration_id=call["integrationId"]))
    return {}


async def _integration(call: Call) -> Integration:
    return found(await call.flow.registry.office(call.app_id), call["integrationId"])


def found(office: Office, integration_id: str) -> Integration:
    integration = office.integration(integration_id)
    if integration is None:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    return integration


_ONE = "/v2/apps/{appId}/integrations/{integrationId}"
_UNKNOWN = (errors.INTEGRATION_NOT_FOUND,)

OPERATIONS = (
    Operation(
        "POST",
        "/v2/apps/{appId}/integrations",
        access.APP,
        create_integration,
        201,
        asks=(requests.IntegrationCreate, requests.IntegrationHead, *requests.FIELDS.values()),
        answers=answers.IntegrationAnswer,
        refuses=(
            errors.INVALID_INTEGRATION_TYPE,
            errors.WEBHOOK_WITH_CUSTOM,
            errors.TOO_MANY_WEBHOOKS,
            errors.SWITCHBOARD_INTEGRATION_NOT_FOUND,
        ),
    ),
    Operation(
        "GET",
        "/v2/apps/{appId}/integrations",
        access.APP,
        list_integrations,
        pages=True,
        filter=requests.IntegrationFilter,
        answers=answers.IntegrationList,
    ),
    Operation("GET", _ONE, access.APP, get_integration, answers=answers.IntegrationAnswer, refuses=_UNKNOWN),
    Operation(
        "PATCH",
        _ONE,
        access.APP,
        update_integration,
        asks=(requests.IntegrationUpdate, requests.IntegrationChanges, requests.NameChange, *requests.CHANGES.values()),
        answers=answers.IntegrationAnswer,
        refuses=(*_UNKNOWN, errors.lasting("type"), errors.SWITCHBOARD_INTEGRATION_NOT_FOUND),
    ),
    Operation(
        "DELETE",
        _ONE,
        access.APP,
        delete_integration,
        refuses=(*_UNKNOWN, errors.DEFAULT_RESPONDER_STAYS, errors.NEXT_STAYS),
    ),
)
