"""The v2 webhook dialect: every event that has a trigger is rendered, truncated or in full as the webhook asks."""

from typing import Any, Final

import orjson
import pytest
from msgspec import structs

from gateway.domain import events as ev
from gateway.domain.model import App, Office, Webhook
from gateway.domain.triggers import TRIGGERS
from gateway.wire.json import load, store
from gateway.wire.times import iso
from gateway.wire.webhook_v2 import RENDERERS, envelope
from tests.domain.story import everything, first

Json = dict[str, Any]

HOOK: Final = Webhook(
    id="h" * 24, integration_id="i" * 24, target="https://example.org", triggers=tuple(TRIGGERS.values()), secret="s"
)
FULL: Final = structs.replace(HOOK, include_full_user=True, include_full_source=True)
TOLD: Final = [it for it in everything() if type(it) in TRIGGERS]

SHORT_USER: Final = {"id", "authenticated", "externalId"}
FULL_USER: Final = {*SHORT_USER, "signedUpAt", "toBeRetained", "profile", "metadata", "identities"}

PAYLOADS: Final[dict[type[ev.Event], set[str]]] = {
    ev.ConversationCreated: {"conversation", "creationReason", "source"},
    ev.ConversationRemoved: {"conversation"},
    ev.Joined: {"conversation", "user"},
    ev.Left: {"conversation", "user"},
    ev.MessagePosted: {"conversation", "message"},
    ev.ReachedChannel: {"conversation", "user", "message", "destination", "isFinalEvent"},
    ev.ReachedUser: {"conversation", "user", "message", "destination", "isFinalEvent"},
    ev.NotDelivered: {"conversation", "user", "message", "destination", "error", "isFinalEvent"},
    ev.HasRead: {"conversation", "activity"},
    ev.Typing: {"conversation", "activity"},
    ev.Pressed: {"conversation", "user", "postback", "source"},
    ev.ControlPassed: {"conversation", "metadata", "reason"},
    ev.ControlOffered: {"conversation"},
    ev.ControlAccepted: {"conversation"},
    ev.ControlReleased: {"conversation"},
    ev.PassFailed: {"error", "conversation"},
    ev.OfferFailed: {"error", "conversation"},
    ev.AcceptFailed: {"error", "conversation"},
    ev.ClientAdded: {"user", "client", "reason", "source"},
    ev.ClientRemoved: {"conversation", "user", "client", "reason", "error", "source"},
    ev.UserUpdated: {"user", "reason", "source"},
    ev.UserMerged: {"mergedUsers", "mergedConversations", "reason"},
    ev.UserRemoved: {"user"},
}


def office(app_id: str) -> Office:
    return Office(app=App(id=app_id, display_name="app"))


def told(event: ev.Event, webhook: Webhook = HOOK) -> Json:
    """The event as the webhook's receiver reads it."""
    (read,) = orjson.loads(envelope(office(event.app_id), webhook, [event]))["events"]
    return dict(read)


def sources(value: Any) -> list[Json]:
    """Every `source` anywhere in a payload."""
    if isinstance(value, list):
        return [found for it in value for found in sources(it)]
    if not isinstance(value, dict):
        return []
    here = [value["source"]] if "source" in value else []
    return here + [found for it in value.values() for found in sources(it)]


def test_every_trigger_has_a_renderer() -> None:
    assert set(RENDERERS) == set(TRIGGERS) == set(PAYLOADS)


@pytest.mark.parametrize("event", TOLD, ids=lambda it: type(it).__name__)
@pytest.mark.parametrize("webhook", [HOOK, FULL], ids=["short", "full"])
def test_an_event_says_its_id_time_and_trigger(event: ev.Event, webhook: Webhook) -> None:
    shown = told(event, webhook)
    assert set(shown) == {"id", "createdAt", "type", "payload"}
    assert (shown["id"], shown["createdAt"], shown["type"]) == (event.id, iso(event.at), TRIGGERS[type(event)])


@pytest.mark.parametrize("kind", PAYLOADS, ids=lambda it: str(it.__name__))
def test_a_payload_has_the_parts_of_the_api(kind: type[ev.Event]) -> None:
    assert set(told(first(kind))["payload"]) == PAYLOADS[kind]


@pytest.mark.parametrize("event", TOLD, ids=lambda it: type(it).__name__)
def test_the_outbox_tells_the_same_as_the_event_itself(event: ev.Event) -> None:
    assert told(load(store(event), ev.AnyEvent), FULL) == told(event, FULL)


def test_an_envelope_keeps_the_order() -> None:
    body = orjson.loads(envelope(office("a"), HOOK, TOLD))
    assert body["app"] == {"id": "a"}
    assert body["webhook"] == {"id": HOOK.id, "version": "v2"}
    assert [it["id"] for it in body["events"]] == [it.id for it in TOLD]


def test_users_come_truncated_unless_asked_in_full() -> None:
    joined = first(ev.Joined)
    assert set(told(joined)["payload"]["user"]) == SHORT_USER
    assert set(told(joined, FULL)["payload"]["user"]) == FULL_USER


def test_who_is_gone_is_always_truncated() -> None:
    assert set(told(first(ev.UserRemoved), FULL)["payload"]["user"]) == SHORT_USER


def test_a_source_comes_with_client_and_device_where_asked() -> None:
    said = first(ev.MessagePosted)
    (short,) = sources(told(said))
    (full,) = sources(told(said, FULL))
    assert set(short) == {"type", "integrationId"}
    assert set(full) == {"type", "integrationId", "client", "device"}
    assert full["device"]["clientId"] == full["client"]["id"]


def test_the_business_api_has_no_integration() -> None:
    created = first(ev.ConversationCreated)
    assert sources(told(created, FULL)) == [{"type": "api:conversations"}]


def test_a_personal_conversation_names_its_user() -> None:
    own = next(it for it in TOLD if isinstance(it, ev.ConversationCreated) and it.conversation.type == "personal")
    assert told(own)["payload"]["user"]["externalId"] == "cat"
    assert "user" not in told(first(ev.ConversationCreated))["payload"]


def test_a_users_message_says_who_they_are() -> None:
    author = told(first(ev.MessagePosted))["payload"]["message"]["author"]
    assert author["type"] == "user"
    assert author["user"]["id"] == author["userId"]
    assert author["displayName"] == "Ann Lee"


def test_an_identified_user_is_told_with_the_reason() -> None:
    payload = told(first(ev.UserUpdated))["payload"]
    assert (payload["reason"], payload["source"]["type"]) == ("authentication", "web")
    assert payload["user"]["authenticated"] is True


def test_a_postback_says_what_the_button_carried() -> None:
    payload = told(first(ev.Pressed))["payload"]
    assert payload["postback"] == {"payload": "YES", "metadata": {"answer": True}}


@pytest.mark.parametrize(
    "event", [it for it in TOLD if isinstance(it, ev.Typing | ev.HasRead)], ids=lambda it: it.id[-4:]
)
def test_an_activity_says_who_did_it(event: ev.Typing | ev.HasRead) -> None:
    activity = told(event)["payload"]["activity"]
    assert set(activity) == {"type", "author", "source"}
    if event.user is None:
        assert activity["author"] == {"type": "business"}
    else:
        assert activity["author"]["userId"] == activity["author"]["user"]["id"] == event.user.id


@pytest.mark.parametrize("webhook", [HOOK, FULL], ids=["short", "full"])
def test_nothing_secret_leaves(webhook: Webhook) -> None:
    body = envelope(office("a"), webhook, TOLD)
    assert b"session_hash" not in body
    assert b"sessionHash" not in body
