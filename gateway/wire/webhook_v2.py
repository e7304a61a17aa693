"""The v2 webhook dialect: the envelope, and a payload for every event that has a trigger."""

from collections.abc import Callable, Sequence
from typing import Any

from gateway.domain import events as ev
from gateway.domain.model import Conversation, Office, Source, User, Webhook
from gateway.domain.triggers import TRIAL, TRIGGERS
from gateway.wire import v2
from gateway.wire.early_access import manner
from gateway.wire.json import encode
from gateway.wire.times import iso
from gateway.wire.v2 import Json, without_none


def envelope(office: Office, webhook: Webhook, events: Sequence[ev.Event]) -> bytes:
    """One call's body: the events in order, in the manner in which the app is spoken with."""
    return _enveloped(office, webhook, [render(event, webhook) for event in events])


def trial(office: Office, webhook: Webhook, event_id: str, at: int) -> bytes:
    """The body of a call that tells of nothing."""
    return _enveloped(office, webhook, [{"id": event_id, "createdAt": iso(at), "type": TRIAL, "payload": {}}])


def _enveloped(office: Office, webhook: Webhook, events: list[Json]) -> bytes:
    body: Json = {
        "app": {"id": office.app.id},
        "webhook": {"id": webhook.id, "version": webhook.version},
        "events": events,
    }
    return encode(manner(office).called(body, webhook))


def render(event: ev.Event, webhook: Webhook) -> Json:
    return {
        "id": event.id,
        "createdAt": iso(event.at),
        "type": TRIGGERS[type(event)],
        "payload": {**RENDERERS[type(event)](event, webhook), **_shown(event, webhook)},
    }


def _shown(event: ev.Event, webhook: Webhook) -> Json:
    """What was said before, for whoever comes into control with this event."""
    shown = event.shown if isinstance(event, ev.ConversationEvent) else None
    if shown is None or shown.integration_id != webhook.integration_id:
        return {}
    return {"messageHistory": [v2.message(it) for it in shown.messages]}


def _user(it: User, webhook: Webhook) -> Json:
    return v2.user(it) if webhook.include_full_user else v2.short_user(it)


def _source(it: Source, webhook: Webhook) -> Json:
    shown = v2.source(it)
    if webhook.include_full_source and it.client is not None:
        shown["client"] = v2.client(it.client)
    if webhook.include_full_source and it.device is not None:
        shown["device"] = v2.device(it.device, it.client.id if it.client else None)
    return shown


def _created(event: ev.ConversationCreated, webhook: Webhook) -> Json:
    alone = event.conversation.type == "personal"
    return without_none(
        conversation=v2.short_conversation(event.conversation),
        creationReason=event.reason,
        source=_source(event.source, webhook),
        user=_user(event.users[0], webhook) if alone else None,
    )


def _removed(event: ev.ConversationRemoved, _: Webhook) -> Json:
    return {"conversation": v2.short_conversation(event.conversation)}


def _moved(event: ev.Joined | ev.Left, webhook: Webhook) -> Json:
    return {"conversation": v2.short_conversation(event.conversation), "user": _user(event.user, webhook)}


def _message(event: ev.MessagePosted, webhook: Webhook) -> Json:
    message = v2.message(event.message)
    message["source"] = _source(event.source or event.message.source, webhook)
    if event.user is not None:
        message["author"]["user"] = _user(event.user, webhook)
    return {"conversation": v2.short_conversation(event.conversation), "message": message}


def _author(user: User | None, webhook: Webhook, display_name: str | None, avatar_url: str | None) -> Json:
    if user is None:
        return without_none(type="business", displayName=display_name, avatarUrl=avatar_url)
    return without_none(
        type="user",
        userId=user.id,
        displayName=display_name,
        avatarUrl=avatar_url,
        user=_user(user, webhook),
    )


def _delivery(event: ev.DeliveryEvent, webhook: Webhook) -> Json:
    """What has reached the channel alone is not the last word; that it has arrived, or failed, is."""
    return without_none(
        conversation=v2.short_conversation(event.conversation),
        user=_user(event.user, webhook),
        message={"id": event.message_id},
        destination=without_none(type=event.destination.type, integrationId=event.destination.integration_id),
        error=_error(event.error) if isinstance(event, ev.NotDelivered) else None,
        isFinalEvent=not isinstance(event, ev.ReachedChannel),
    )


def _read(event: ev.HasRead, webhook: Webhook) -> Json:
    picture = event.user.profile.avatar_url if event.user else None
    activity = {
        "type": "conversation:read",
        "author": _author(event.user, webhook, event.display_name, picture),
        "source": _source(event.source, webhook),
    }
    return {"conversation": v2.short_conversation(event.conversation), "activity": activity}


def _typing(event: ev.Typing, webhook: Webhook) -> Json:
    activity = {
        "type": event.activity,
        "author": _author(event.user, webhook, event.display_name, event.avatar_url),
        "source": _source(event.source, webhook),
    }
    return {"conversation": v2.short_conversation(event.conversation), "activity": activity}


def _pressed(event: ev.Pressed, webhook: Webhook) -> Json:
    return {
        "postback": without_none(payload=event.payload, metadata=event.metadata),
        "conversation": v2.short_conversation(event.conversation),
        "user": _user(event.user, webhook),
        "source": _source(event.source, webhook),
    }


def _control(event: ev.ControlEvent, _: Webhook) -> Json:
    return without_none(
        conversation=v2.short_conversation(event.conversation),
        metadata=event.metadata,
        reason=event.reason if isinstance(event, ev.ControlPassed | ev.ControlReleased) else None,
    )


def _control_failed(event: ev.ControlFailed, webhook: Webhook) -> Json:
    return {"error": {"code": event.problem.code, "message": event.problem.title}, **_control(event, webhook)}


def _client_added(event: ev.ClientAdded, webhook: Webhook) -> Json:
    return without_none(
        conversation=_short(event.conversation),
        user=_user(event.user, webhook),
        client=v2.client(event.client),
        reason=event.reason,
        source=_source(event.source, webhook),
    )


def _client_removed(event: ev.ClientRemoved, webhook: Webhook) -> Json:
    return without_none(
        conversation=_short(event.conversation),
        user=_user(event.user, webhook),
        client=v2.client(event.client),
        reason=event.reason,
        error=_error(event.error) if event.error else None,
        source=_source(event.source, webhook),
    )


def _short(it: Conversation | None) -> Json | None:
    return v2.short_conversation(it) if it else None


def _error(it: ev.Failure) -> Json:
    return {"code": it.code, "message": it.message}


def _user_updated(event: ev.UserUpdated, webhook: Webhook) -> Json:
    return without_none(
        user=_user(event.user, webhook),
        reason=event.reason,
        source=_source(event.source, webhook) if event.source else None,
    )


def _user_merged(event: ev.UserMerged, webhook: Webhook) -> Json:
    return without_none(
        mergedUsers={"surviving": _user(event.user, webhook), "discarded": _user(event.discarded, webhook)},
        mergedConversations=v2.united(event.union) if event.union else None,
        discardedMetadata=event.discarded_metadata,
        reason=event.reason,
    )


def _user_removed(event: ev.UserRemoved, _: Webhook) -> Json:
    return {"user": v2.short_user(event.user)}


RENDERERS: dict[type[ev.Event], Callable[[Any, Webhook], Json]] = {
    ev.ConversationCreated: _created,
    ev.ConversationRemoved: _removed,
    ev.Joined: _moved,
    ev.Left: _moved,
    ev.MessagePosted: _message,
    ev.ReachedChannel: _delivery,
    ev.ReachedUser: _delivery,
    ev.NotDelivered: _delivery,
    ev.HasRead: _read,
    ev.Typing: _typing,
    ev.Pressed: _pressed,
    ev.ControlPassed: _control,
    ev.ControlOffered: _control,
    ev.ControlAccepted: _control,
    ev.ControlReleased: _control,
    ev.PassFailed: _control_failed,
    ev.OfferFailed: _control_failed,
    ev.AcceptFailed: _control_failed,
    ev.ClientAdded: _client_added,
    ev.ClientRemoved: _client_removed,
    ev.UserUpdated: _user_updated,
    ev.UserMerged: _user_merged,
    ev.UserRemoved: _user_removed,
}
