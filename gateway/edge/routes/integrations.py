"""Integrations and their webhooks."""

from gateway.domain import access, errors
from gateway.domain.commands import (
    CreateIntegration,
    CreateWebhook,
    DeleteIntegration,
    DeleteWebhook,
    UpdateIntegration,
    UpdateWebhook,
)
from gateway.domain.errors import Refused
from gateway.domain.model import Integration, Office, Webhook
from gateway.domain.views import Page
from gateway.edge.call import Call, Operation
from gateway.wire import cursor, requests, v2
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
    head = call.body(requests.IntegrationHead)
    fields = call.body(_shape(head.type))
    command = CreateIntegration(
        app_id=call.app_id,
        type=head.type,
        display_name=head.display_name,
        fields={name: value for name, value in requests.api_fields(fields).items() if value is not None},
        webhooks=tuple(it.draft for it in head.webhooks or ()),
    )
    return {"integration": v2.integration(await call.flow.corridor.execute(command))}


def _shape(kind: str) -> type[requests.Body]:
    if kind not in requests.FIELDS:
        raise Refused(errors.INVALID_INTEGRATION_TYPE)
    return requests.FIELDS[kind]


async def list_all(call: Call) -> Json:
    page = call.page()
    types = call.filter(requests.IntegrationFilter).types
    wanted = set(types.split(",")) if types else None
    office = await call.flow.registry.office(call.app_id)
    matching = [it for it in office.integrations if wanted is None or it.type in wanted]
    found, more = _part(matching, page)
    return cursor.listing(
        "integrations", [v2.integration(it) for it in found], [it.id for it in found], page, more, call.url
    )


def _part(matching: list[Integration], page: Page) -> tuple[list[Integration], bool]:
    """Integrations are few and at hand: a page of them is a slice."""
    if page.before is not None:
        earlier = [it for it in matching if it.id < page.before]
        return earlier[-page.size :], len(earlier) > page.size
    later = [it for it in matching if it.id > (page.after or "")]
    return later[: page.size], len(later) > page.size


async def get(call: Call) -> Json:
    return {"integration": v2.integration(await _integration(call))}


async def update(call: Call) -> Json:
    integration = await _integration(call)
    command = UpdateIntegration(
        app_id=call.app_id,
        integration_id=integration.id,
        display_name=call.body(requests.IntegrationChanges).display_name,
        fields=requests.api_fields(call.body(_shape(integration.type))),
    )
    return {"integration": v2.integration(await call.flow.corridor.execute(command))}


async def delete(call: Call) -> Json:
    await call.flow.corridor.execute(DeleteIntegration(app_id=call.app_id, integration_id=call["integrationId"]))
    return {}


async def create_webhook(call: Call) -> Json:
    command = CreateWebhook(
        app_id=call.app_id, integration_id=_named(call), draft=call.body(requests.WebhookCreate).draft
    )
    return {"webhook": v2.webhook(await call.flow.corridor.execute(command))}


async def list_webhooks(call: Call) -> Json:
    return {"webhooks": [v2.webhook(it) for it in (await _custom(call)).webhooks]}


async def get_webhook(call: Call) -> Json:
    return {"webhook": v2.webhook(await _webhook(call))}


async def update_webhook(call: Call) -> Json:
    body = call.body(requests.WebhookUpdate)
    command = UpdateWebhook(
        app_id=call.app_id,
        integration_id=_named(call),
        webhook_id=call["webhookId"],
        **requests.changes(body),
    )
    return {"webhook": v2.webhook(await call.flow.corridor.execute(command))}


async def delete_webhook(call: Call) -> Json:
    await call.flow.corridor.execute(
        DeleteWebhook(app_id=call.app_id, integration_id=_named(call), webhook_id=call["webhookId"])
    )
    return {}


def _named(call: Call) -> str:
    """The integration the path names; `me` is the caller's own, and others are closed to an integration's key."""
    own = call.caller.integration_id
    named = own if call["integrationId"] == "me" else call["integrationId"]
    if named is None:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    if own is not None and named != own:
        raise Refused(errors.FORBIDDEN)
    return named


async def _integration(call: Call) -> Integration:
    return _found(await call.flow.registry.office(call.app_id), call["integrationId"])


def _found(office: Office, integration_id: str) -> Integration:
    integration = office.integration(integration_id)
    if integration is None:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    return integration


async def _custom(call: Call) -> Integration:
    integration = _found(await call.flow.registry.office(call.app_id), _named(call))
    if integration.type != "custom":
        raise Refused(errors.CUSTOM_ONLY)
    return integration


async def _webhook(call: Call) -> Webhook:
    for webhook in (await _custom(call)).webhooks:
        if webhook.id == call["webhookId"]:
            return webhook
    raise Refused(errors.NOT_FOUND)


_ONE = "/v2/apps/{appId}/integrations/{integrationId}"

OPERATIONS = (
    Operation("POST", "/v2/apps/{appId}/integrations", access.APP, create, 201),
    Operation("GET", "/v2/apps/{appId}/integrations", access.APP, list_all),
    Operation("GET", _ONE, access.APP, get),
    Operation("PATCH", _ONE, access.APP, update),
    Operation("DELETE", _ONE, access.APP, delete),
    Operation("POST", f"{_ONE}/webhooks", access.ANY, create_webhook, 201),
    Operation("GET", f"{_ONE}/webhooks", access.ANY, list_webhooks),
    Operation("GET", f"{_ONE}/webhooks/{{webhookId}}", access.ANY, get_webhook),
    Operation("PATCH", f"{_ONE}/webhooks/{{webhookId}}", access.ANY, update_webhook),
    Operation("DELETE", f"{_ONE}/webhooks/{{webhookId}}", access.ANY, delete_webhook),
)
