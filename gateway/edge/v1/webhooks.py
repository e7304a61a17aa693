"""Webhooks."""

from gateway.domain import access, errors
from gateway.domain.commands import DeleteIntegration, UpdateWebhook
from gateway.domain.errors import Refused
from gateway.domain.model import Webhook
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.wire.v1 import webhooks as v1
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
    body = await call.body(v1.WebhookCreate)
    (made,) = (await call.flow.corridor.execute(body.command(call.app_id))).webhooks
    return {"webhook": v1.webhook(made)}


async def list_(call: Call) -> Json:
    return {"webhooks": [v1.webhook(it) for it in v1.webhooks(await call.office())]}


async def get(call: Call) -> Json:
    return {"webhook": v1.webhook(await _webhook(call))}


async def update(call: Call) -> Json:
    body, webhook = await call.body(v1.WebhookUpdate), await _webhook(call)
    command = UpdateWebhook(
        app_id=call.app_id,
        integration_id=webhook.integration_id,
        webhook_id=webhook.id,
        words=v1.VERSION,
        target=body.target,
        triggers=body.triggers,
        include_full_user=body.include_full_app_user,
        include_full_source=body.include_client,
    )
    return {"webhook": v1.webhook(await call.flow.corridor.execute(command))}


async def delete(call: Call) -> None:
    """The integration goes with it."""
    gone = await _webhook(call)
    await call.flow.corridor.execute(DeleteIntegration(app_id=call.app_id, integration_id=gone.integration_id))


async def _webhook(call: Call) -> Webhook:
    for webhook in v1.webhooks(await call.office()):
        if webhook.integration_id == call["webhookId"]:
            return webhook
    raise Refused(errors.NOT_FOUND)


_ONE = "/webhooks/{webhookId}"

ROUTES = (
    Route("POST", "/webhooks", access.APP, create, 201),
    Route("GET", "/webhooks", access.APP, list_),
    Route("GET", _ONE, access.APP, get),
    Route("PUT", _ONE, access.APP, update),
    Route("DELETE", _ONE, access.APP, delete),
)
