"""Webhooks of custom integrations and OAuth clients."""

from gateway.domain import access, errors
from gateway.domain.commands import CreateWebhook, DeleteWebhook, UpdateWebhook
from gateway.domain.errors import Refused
from gateway.domain.model import Integration, Webhook
from gateway.edge.call import Call, Operation
from gateway.edge.routes.integrations import found
from gateway.wire import answers, requests, v2
from gateway.wire.v2 import Json


async def create_webhook(call: Call) -> Json:
    """Create a further webhook of a custom integration."""
    command = CreateWebhook(
        app_id=call.app_id, integration_id=named(call), draft=call.body(requests.WebhookCreate).draft
    )
    return {"webhook": v2.webhook(await call.flow.corridor.execute(command))}


async def list_webhooks(call: Call) -> Json:
    """List the webhooks of a custom integration."""
    return {"webhooks": [v2.webhook(it) for it in (await _hooked(call)).webhooks]}


async def get_webhook(call: Call) -> Json:
    """Get a webhook."""
    return {"webhook": v2.webhook(await webhook_of(call))}


async def update_webhook(call: Call) -> Json:
    """Change a webhook."""
    body = call.body(requests.WebhookUpdate)
    command = UpdateWebhook(
        app_id=call.app_id,
        integration_id=named(call),
        webhook_id=call["webhookId"],
        **requests.changes(body),
    )
    return {"webhook": v2.webhook(await call.flow.corridor.execute(command))}


async def delete_webhook(call: Call) -> Json:
    """Delete a webhook."""
    await call.flow.corridor.execute(
        DeleteWebhook(app_id=call.app_id, integration_id=named(call), webhook_id=call["webhookId"])
    )
    return {}


def named(call: Call) -> str:
    """The integration the path names; `me` is the caller's own, and others are closed to an integration's key."""
    own = call.caller.integration_id
    named = own if call["integrationId"] == "me" else call["integrationId"]
    if named is None:
        raise Refused(errors.ME_IS_NOBODY)
    if own is not None and named != own:
        raise Refused(errors.FORBIDDEN)
    return named


async def _hooked(call: Call) -> Integration:
    integration = found(await call.flow.registry.office(call.app_id), named(call))
    if not integration.by_webhooks:
        raise Refused(errors.CUSTOM_ONLY)
    return integration


async def webhook_of(call: Call) -> Webhook:
    for webhook in (await _hooked(call)).webhooks:
        if webhook.id == call["webhookId"]:
            return webhook
    raise Refused(errors.NOT_FOUND)


HOOKS = "/v2/apps/{appId}/integrations/{integrationId}/webhooks"
HOOK = f"{HOOKS}/{{webhookId}}"
_NOT_YOURS = (errors.INTEGRATION_NOT_FOUND, errors.ME_IS_NOBODY, errors.CUSTOM_ONLY)
UNKNOWN = (*_NOT_YOURS, errors.NOT_FOUND)

OPERATIONS = (
    Operation(
        "POST",
        HOOKS,
        access.ANY,
        create_webhook,
        201,
        asks=requests.WebhookCreate,
        answers=answers.WebhookAnswer,
        refuses=(*_NOT_YOURS, errors.TOO_MANY_WEBHOOKS),
    ),
    Operation("GET", HOOKS, access.ANY, list_webhooks, answers=answers.WebhookList, refuses=_NOT_YOURS),
    Operation("GET", HOOK, access.ANY, get_webhook, answers=answers.WebhookAnswer, refuses=UNKNOWN),
    Operation(
        "PATCH",
        HOOK,
        access.ANY,
        update_webhook,
        asks=requests.WebhookUpdate,
        answers=answers.WebhookAnswer,
        refuses=UNKNOWN,
    ),
    Operation(
        "DELETE",
        HOOK,
        access.ANY,
        delete_webhook,
        refuses=(*UNKNOWN, errors.ONE_WEBHOOK_STAYS),
    ),
)
