"""The v1.1 webhook dialect: one event a call, and a form for every trigger."""

from typing import Any, Final

import orjson
import pytest
from msgspec import structs

from gateway.domain import events as ev
from gateway.domain import triggers
from gateway.domain.model import App, Client, Office, Webhook
from gateway.domain.triggers import v1_trigger
from gateway.wire.json import load, store
from gateway.wire.webhook_v1 import RENDERERS, envelope
from tests.domain import default_life
from tests.domain.default_life import events

Json = dict[str, Any]

HOOK: Final = Webhook(
    id="h" * 24,
    integration_id="i" * 24,
    target="https://example.org",
    triggers=default_life.TOLD,
    secret="s",
    version="v1.1",
)
FULL: Final = structs.replace(HOOK, include_full_user=True, include_full_source=True)
OFFICE: Final = Office(app=App(id="a" * 24, display_name="Shop"))

ENVELOPE: Final = {"trigger", "app", "version", "appUser", "conversation"}
FORMS: Final[dict[str, set[str]]] = {
    "client:add": {"client", "timestamp"},
    "conversation:start": {"source", "timestamp"},
    "message:appUser": {"messages"},
    "message:appMaker": {"messages"},
    "message:delivery:channel": {"message", "destination", "isFinalEvent", "timestamp"},
    "message:delivery:user": {"message", "destination", "isFinalEvent", "timestamp"},
    "message:delivery:failure": {"message", "destination", "isFinalEvent", "error", "timestamp"},
    "postback": {"postbacks", "timestamp"},
    "conversation:read": {"source", "timestamp"},
    "typing:appUser": {"activity", "timestamp"},
    "link:failure": {"channel", "criteria", "error"},
    "merge:appUser": {"surviving", "discarded"},
    "appUser:delete": set(),
}
WITHOUT: Final = {"client:add": {"conversation"}, "merge:appUser": {"appUser", "conversation"}}
WITH_A_CLIENT: Final = {"client:add", "message:appUser", "postback", "conversation:read"}  # as they come from devices


def told(event: ev.Event, webhook: Webhook = HOOK) -> Json:
    return dict(orjson.loads(envelope(OFFICE, webhook, [event])))


def first(trigger: str) -> ev.Event:
    return next(it for it in events() if v1_trigger(it) == trigger)


def test_every_trigger_has_a_renderer() -> None:
    assert set(RENDERERS) == {it for names in triggers.V1_TRIGGERS.values() for it in names}
    assert set(RENDERERS) == set(FORMS) | {"client:remove"}


@pytest.mark.parametrize("trigger", FORMS)
def test_a_call_has_the_parts_of_the_api(trigger: str) -> None:
    shown = told(first(trigger))
    assert set(shown) == (ENVELOPE | FORMS[trigger]) - WITHOUT.get(trigger, set())
    assert (shown["trigger"], shown["version"], set(shown["app"])) == (trigger, "v1.1", {"_id"})


@pytest.mark.parametrize("trigger", FORMS)
def test_the_client_comes_where_it_is_asked_for(trigger: str) -> None:
    shown = told(first(trigger), FULL)
    assert ("client" in shown) is (trigger in WITH_A_CLIENT)
    if "client" in shown:
        assert (shown["client"]["id"], shown["client"]["platform"]) == ("guid", "web")


@pytest.mark.parametrize("event", [it for it in events() if not isinstance(it, ev.UserMerged)], ids=v1_trigger)
def test_users_come_truncated_unless_asked_in_full(event: ev.Event) -> None:
    short, full = told(event)["appUser"], told(event, FULL)["appUser"]
    assert set(short) == {"_id", "userId", "conversationStarted"}
    assert {name: full[name] for name in short} == short
    gone = isinstance(event, ev.UserRemoved)
    assert ("clients" in full) is not gone
    assert short["conversationStarted"] is not isinstance(event, ev.DeviceSeen)


@pytest.mark.parametrize("event", events(), ids=v1_trigger)
def test_the_outbox_tells_the_same_as_the_event_itself(event: ev.Event) -> None:
    assert told(load(store(event), ev.AnyEvent), FULL) == told(event, FULL)


def test_a_merge_names_both_users_and_nobody_else() -> None:
    merged = next(it for it in events() if isinstance(it, ev.UserMerged))
    shown = told(merged, FULL)
    assert shown["surviving"] == {"_id": merged.user.id, "userId": "ann", "conversationStarted": True}
    assert shown["discarded"] == [{"_id": merged.discarded.id, "userId": "eve", "conversationStarted": False}]


def test_a_channels_client_that_is_removed() -> None:
    """Nothing here links one yet; where it was linked, it is a client that goes, and no link that failed."""
    client = Client(id="k" * 24, type="twilio", external_id="+15550001234")
    failed = next(it for it in events() if isinstance(it, ev.ClientRemoved))
    removed = structs.replace(failed, client=client, error=None, conversation=None, reason="api")
    shown = told(removed)
    assert shown["trigger"] == "client:remove"
    assert shown["client"] == {
        "id": client.id,
        "platform": "twilio",
        "externalId": "+15550001234",
        "status": "active",
        "active": True,
        "displayName": "+15550001234",
    }


def test_a_button_of_no_message_is_told_without_one() -> None:
    pressed = next(it for it in events() if isinstance(it, ev.Pressed))
    (postback,) = told(structs.replace(pressed, message=None))["postbacks"]
    assert set(postback) == {"action"}


@pytest.mark.parametrize("webhook", [HOOK, FULL], ids=["short", "full"])
def test_nothing_secret_leaves(webhook: Webhook) -> None:
    for event in events():
        body = envelope(OFFICE, webhook, [event])
        assert b"session" not in body
        assert b"Hash" not in body
