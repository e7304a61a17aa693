"""How webhooks are called, what they were told, and telling it again. The API has nothing of this."""

from typing import Any

from gateway.domain import access, errors
from gateway.domain.commands import RotateSigningSecret, UpdateDelivery
from gateway.domain.model import Webhook
from gateway.domain.views import Sought
from gateway.edge.call import Call, Operation
from gateway.edge.routes.webhooks import HOOK, UNKNOWN, named, webhook_of
from gateway.flow.repairs import call_of
from gateway.wire import answers, cursor, mirror, requests, times
from gateway.wire.v2 import Json


async def get_webhook_delivery(call: Call) -> Json:
    """Get how a webhook is called, and what waits for it."""
    return await _shown(call, await webhook_of(call))


async def update_webhook_delivery(call: Call) -> Json:
    """Change how a webhook is called."""
    body = call.body(requests.DeliveryUpdate)
    changes = {"one_per_call": body.one_per_call, "standard": body.standard_webhooks, "schedule": body.schedule}
    return await _shown(call, await _changed(call, **changes))


async def pause_webhook(call: Call) -> Json:
    """Call a webhook no more until it is resumed: what happens meanwhile waits."""
    return await _shown(call, await _changed(call, paused=True))


async def resume_webhook(call: Call) -> Json:
    """Call a webhook again, also one whose endpoint was gone, with all that waits for its next attempt."""
    webhook = await _changed(call, paused=False)
    call.flow.deliverer.try_again(webhook.id)
    return await _shown(call, webhook)


async def _changed(call: Call, **changes: Any) -> Webhook:
    command = UpdateDelivery(app_id=call.app_id, integration_id=named(call), webhook_id=call["webhookId"], **changes)
    return await call.flow.corridor.execute(command)


async def rotate_signing_secret(call: Call) -> Json:
    """Sign the calls of a webhook with a new secret, and for a while with those so far."""
    command = RotateSigningSecret(
        app_id=call.app_id,
        integration_id=named(call),
        webhook_id=call["webhookId"],
        grace_s=call.body(requests.SigningSecretRotate).grace_seconds,
    )
    return await _shown(call, await call.flow.corridor.execute(command))


async def _shown(call: Call, webhook: Webhook) -> Json:
    backlog = await call.flow.store.backlog(webhook.id)
    circuit = call.flow.deliverer.circuit_of(webhook.id)
    return {"delivery": mirror.delivery(webhook, call.flow.now(), backlog, circuit)}


async def list_webhook_attempts(call: Call) -> Json:
    """List the calls of a webhook, newest first."""
    page, asked, webhook = call.page(), call.filter(requests.AttemptFilter), await webhook_of(call)
    succeeded = None if asked.status is None else asked.status == "succeeded"
    sought = Sought(succeeded=succeeded, event_id=asked.event_id)
    found, stop = await call.flow.store.attempts(webhook.id, sought, page)
    edge = [] if stop is None else [mirror.call_id(stop)]
    ids = [mirror.call_id(it.id) for it in found]
    places = [*edge, *ids] if page.before else [*ids, *edge]
    return cursor.listing("attempts", [mirror.attempt(it) for it in found], places, page, bool(edge), call.url)


async def list_webhook_events(call: Call) -> Json:
    """List what a webhook is due, was told, or what was given up."""
    page, asked, webhook = call.page(), call.filter(requests.EventFilter), await webhook_of(call)
    found, more = await call.flow.store.told(webhook.id, asked.status, page)
    shown = [mirror.event(it, webhook, _open_until(call, webhook)) for it in found]
    return cursor.listing("events", shown, [it.event.id for it in found], page, more, call.url)


async def get_webhook_event(call: Call) -> Json:
    """Get an event that a webhook is due or was told, and the call as it is sent."""
    webhook = await webhook_of(call)
    told = await call.flow.repairs.event(webhook.id, call["eventId"])
    office = await call.flow.registry.office(call.app_id)
    body = call_of(office, webhook, told)
    return {"event": mirror.event(told, webhook, _open_until(call, webhook), call=body)}


def _open_until(call: Call, webhook: Webhook) -> int | None:
    """Until when its endpoint is left alone (ms), if it is."""
    return call.flow.deliverer.circuit_of(webhook.id).open_until(call.flow.now())


async def replay_webhook_events(call: Call) -> Json:
    """Tell a webhook again: one event, all that were given up, or all since a time."""
    webhook, repairs = await webhook_of(call), call.flow.repairs
    body = call.body(requests.Replay)
    if body.event_id is not None:
        return {"replayed": await repairs.replay_event(webhook.id, body.event_id)}
    if body.since is not None:
        return {"replayed": await repairs.replay_since(webhook.id, times.ms(body.since))}
    return {"replayed": await repairs.replay_failed(webhook.id)}


async def test_webhook(call: Call) -> Json:
    """Call a webhook at once with an event of type `webhook:test`."""
    webhook = await webhook_of(call)
    office = await call.flow.registry.office(call.app_id)
    return {"attempt": mirror.attempt(await call.flow.repairs.test(office, webhook))}


_EVENTS = f"{HOOK}/events"

OPERATIONS = (
    Operation(
        "GET", f"{HOOK}/delivery", access.ANY, get_webhook_delivery, answers=answers.DeliveryAnswer, refuses=UNKNOWN
    ),
    Operation(
        "PATCH",
        f"{HOOK}/delivery",
        access.ANY,
        update_webhook_delivery,
        asks=requests.DeliveryUpdate,
        answers=answers.DeliveryAnswer,
        refuses=UNKNOWN,
    ),
    Operation("POST", f"{HOOK}/pause", access.ANY, pause_webhook, answers=answers.DeliveryAnswer, refuses=UNKNOWN),
    Operation("POST", f"{HOOK}/resume", access.ANY, resume_webhook, answers=answers.DeliveryAnswer, refuses=UNKNOWN),
    Operation(
        "POST",
        f"{HOOK}/signingSecret/rotate",
        access.ANY,
        rotate_signing_secret,
        asks=requests.SigningSecretRotate,
        answers=answers.DeliveryAnswer,
        refuses=UNKNOWN,
    ),
    Operation(
        "GET",
        f"{HOOK}/attempts",
        access.ANY,
        list_webhook_attempts,
        pages=True,
        filter=requests.AttemptFilter,
        answers=answers.AttemptList,
        refuses=UNKNOWN,
    ),
    Operation(
        "GET",
        _EVENTS,
        access.ANY,
        list_webhook_events,
        pages=True,
        filter=requests.EventFilter,
        answers=answers.WebhookEventList,
        refuses=UNKNOWN,
    ),
    Operation(
        "GET",
        f"{_EVENTS}/{{eventId}}",
        access.ANY,
        get_webhook_event,
        answers=answers.WebhookEventAnswer,
        refuses=(*UNKNOWN, errors.EVENT_NOT_FOUND),
    ),
    Operation(
        "POST",
        f"{HOOK}/replay",
        access.ANY,
        replay_webhook_events,
        202,
        asks=requests.Replay,
        answers=answers.Replayed,
        refuses=(*UNKNOWN, errors.EVENT_NOT_FOUND),
    ),
    Operation("POST", f"{HOOK}/test", access.ANY, test_webhook, answers=answers.AttemptAnswer, refuses=UNKNOWN),
)
