"""The v1.1 webhook dialect: one event a call, told by its user, and a form for every trigger."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from gateway.domain import events as ev
from gateway.domain.message import Message
from gateway.domain.model import Office, User, Webhook
from gateway.domain.triggers import TRIAL, v1_trigger
from gateway.wire.json import encode, plain
from gateway.wire.v1 import messages, people
from gateway.wire.v1.times import seconds
from gateway.wire.v2 import Json, without_none

OF_THE_LINK: Final = ("type", "integrationId", "primary")  # what else stands beside the criteria of one


def envelope(office: Office, webhook: Webhook, events: Sequence[ev.Event]) -> bytes:
    """One call's body: the one event."""
    (event,) = events
    return encode(render(office, webhook, event))


def trial(office: Office, webhook: Webhook, _: str, at: int) -> bytes:
    """The body of a call that tells of nothing."""
    return encode({**_frame(TRIAL, office.app.id, webhook), "timestamp": seconds(at)})


def _frame(trigger: str, app_id: str, webhook: Webhook) -> Json:
    return {"trigger": trigger, "app": {"_id": app_id}, "version": webhook.version}


def render(office: Office, webhook: Webhook, event: ev.Event) -> Json:
    trigger = v1_trigger(event)
    assert trigger is not None
    return {
        **_frame(trigger, event.app_id, webhook),
        **_whose(office, webhook, event),
        **_client(webhook, event),
        **RENDERERS[trigger](event, office),
    }


def _whose(office: Office, webhook: Webhook, event: Any) -> Json:
    """The user, in full where asked, and their default conversation. A merge names its users itself."""
    if isinstance(event, ev.UserMerged):
        return {}
    user: User = event.owner.user if event.owner else event.user
    shown = people.short_app_user(user)
    if webhook.include_full_user and event.owner:
        shown = people.app_user(event.owner, office)
    here = user.default_conversation_id
    return {"appUser": shown, "conversation": {"_id": here}} if here else {"appUser": shown}


def _client(webhook: Webhook, event: Any) -> Json:
    """The device that it came from."""
    source = getattr(event, "source", None)
    if not webhook.include_full_source or source is None or source.device is None:
        return {}
    return {"client": people.device(source.device)}


def _said(event: ev.MessagePosted, office: Office) -> Json:
    return {"messages": [_message(event.message, office)]}


def _message(it: Message, office: Office) -> Json:
    """As webhooks show it: no picture where there is none, and of its source the type."""
    shown = messages.message(it, office.app)
    shown["source"] = {"type": shown["source"]["type"]}
    if it.author.avatar_url is None:
        del shown["avatarUrl"]
    return shown


def _delivery(event: ev.DeliveryEvent, _: Office) -> Json:
    """What has reached the channel alone is not the last word; that it has arrived, or failed, is."""
    return without_none(
        message={"_id": event.message_id},
        destination=without_none(type=event.destination.type, integrationId=event.destination.integration_id),
        isFinalEvent=not isinstance(event, ev.ReachedChannel),
        error=_error(event.error) if isinstance(event, ev.NotDelivered) else None,
        timestamp=seconds(event.at),
    )


def _error(it: ev.Failure) -> Json:
    return {"code": it.code, "message": it.message}


def _from(event: ev.ConversationCreated | ev.HasRead, _: Office) -> Json:
    return {"source": {"type": messages.source(event.source)["type"]}, "timestamp": seconds(event.at)}


def _typing(event: ev.Typing, _: Office) -> Json:
    return {"activity": {"type": event.activity}, "timestamp": seconds(event.at)}


def _pressed(event: ev.Pressed, office: Office) -> Json:
    button = event.action
    assert button is not None
    action = without_none(
        _id=button.id, type="postback", text=button.text, payload=button.payload, metadata=button.metadata
    )
    message = _message(event.message, office) if event.message else None
    return {"postbacks": [without_none(message=message, action=action)], "timestamp": seconds(event.at)}


def _device_added(event: ev.DeviceSeen, _: Office) -> Json:
    """A device is what v1.1 knows as a client."""
    return {"client": people.device(event.device), "timestamp": seconds(event.at)}


def _client_removed(event: ev.ClientRemoved, _: Office) -> Json:
    return {"client": people.client(event.client), "timestamp": seconds(event.at)}


def _link_failed(event: ev.ClientRemoved, _: Office) -> Json:
    criteria = plain(event.client.link.criteria) if event.client.link else {}
    return without_none(
        channel=event.client.type,
        criteria={name: value for name, value in criteria.items() if name not in OF_THE_LINK},
        error=_error(event.error) if event.error else None,
    )


def _merged(event: ev.UserMerged, _: Office) -> Json:
    return {
        "surviving": people.short_app_user(event.user),
        "discarded": [people.short_app_user(event.discarded)],
    }


def _gone(_: ev.UserRemoved, __: Office) -> Json:
    return {}


RENDERERS: Final[dict[str, Callable[[Any, Office], Json]]] = {
    "conversation:start": _from,
    "message:appUser": _said,
    "message:appMaker": _said,
    "message:delivery:channel": _delivery,
    "message:delivery:user": _delivery,
    "message:delivery:failure": _delivery,
    "conversation:read": _from,
    "typing:appUser": _typing,
    "postback": _pressed,
    "client:add": _device_added,
    "client:remove": _client_removed,
    "link:failure": _link_failed,
    "merge:appUser": _merged,
    "appUser:delete": _gone,
}
