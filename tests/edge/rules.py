"""What an answer must be so that the official clients can read it: closed enums, exact forms, no empty words."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.edge.examples import CHANNELS
from tests.house_under_test import Answer

ID = re.compile(r"((app|act|int)_)?[0-9a-f]{24}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

TIMES = {"received", "signedUpAt", "createdAt", "lastUpdatedAt", "businessLastRead", "lastRead", "lastSeen", "linkedAt"}
IDS = {
    "id",
    "userId",
    "integrationId",
    "defaultSwitchboardIntegrationId",
    "nextSwitchboardIntegrationId",
    "clientId",
    "beforeCursor",
    "afterCursor",
}
WORDS = {"displayName", "avatarUrl", "iconUrl", "givenName", "surname", "email", "externalId"}
FLAGS = {"hasMore", "isDefault", "authenticated", "toBeRetained", "deleted", "includeFullUser", "includeFullSource"}
CHOICES = {
    "author": {"business", "user"},
    "conversation": {"personal", "sdkGroup"},
    "integration": {"custom", *CHANNELS},
    "clientAssociations": {"sdk", "mailgun", "messagebird", "twilio", "whatsapp"},
    "client": {"sdk", "mailgun", "messagebird", "twilio", "whatsapp"},
    "device": {"web", "ios", "android"},
    "source": {"api:conversations", "web", "ios", "android", "unity"},
    "content": {"text", "image", "file", "carousel", "list", "location", "form", "formResponse", "template"},
    "actions": {"link", "postback", "reply", "buy", "webview", "locationRequest"},
}
PLURALS = {
    "conversations": "conversation",
    "integrations": "integration",
    "clients": "client",
    "devices": "device",
    "users": "user",
    "switchboardIntegrations": "switchboardIntegration",
}
REQUIRED = {
    "app": {"id", "displayName", "settings", "metadata"},
    "user": {"id", "authenticated", "profile", "metadata", "identities"},
    "conversation": {"id", "type", "isDefault", "lastUpdatedAt", "createdAt"},
    "participant": {"id", "userId", "unreadCount", "clientAssociations"},
    "integration": {"id", "type", "status"},
    "client": {"id", "type", "status"},
    "device": {"id", "type", "guid", "clientId", "status", "integrationId", "lastSeen"},
    "webhook": {"id", "version", "target", "triggers", "secret"},
    "key": {"id", "displayName", "secret"},
    "switchboard": {"id", "enabled"},
    "switchboardIntegration": {"id", "name", "integrationId", "integrationType", "deliverStandbyEvents"},
    "author": {"type"},
    "source": {"type"},
}
FREE = {"metadata", "extraChannelOptions", "template", "info", "raw"}
OURS = {"delivery", "attempt", "attempts", "event", "events", "replayed"}  # that the official clients do not know
OAUTH = {"error", "error_description"}  # what a refusal has there besides


def broken(answer: Answer) -> list[str]:
    """Where an answer is not what a client can read; nothing where it is."""
    if answer.status >= 400:
        return _broken_refusal(answer.body)
    problems = [] if answer.status in (200, 201) or answer.body.keys() & OURS else [f"status {answer.status}"]
    return problems + [f"{'.'.join(path)}: {said}" for path, said in _walk((), answer.body)]


def _broken_refusal(body: Any) -> list[str]:
    match body:
        case {"errors": [{"code": str(code), "title": str(title), **more}], **others} if not (
            more or set(others) - OAUTH
        ):
            return [] if re.fullmatch("[a-z_]+", code) and title else [f"not a refusal: {body}"]
        case _:
            return [f"not a refusal: {body}"]


def _walk(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    name = path[-1] if path else ""
    if value is None:
        yield path, "null"
    if not _well_formed(name, value):
        yield path, f"has the wrong form: {value!r}"
    if isinstance(value, list):
        for element in value:
            yield from _walk((*path[:-1], PLURALS.get(name, name)), element)
    if isinstance(value, dict):
        yield from ((path, said) for said in _incomplete(name, value))
        for key, inner in value.items():
            if key not in FREE | OURS:
                yield from _walk((*path, key), inner)


def _well_formed(name: str, value: Any) -> bool:
    """Whether a value is what its name promises."""
    forms: tuple[tuple[set[str], Callable[[], object]], ...] = (
        (TIMES, lambda: TIME.fullmatch(str(value))),
        (IDS, lambda: ID.fullmatch(str(value))),
        (WORDS, lambda: isinstance(value, str) and value),
        (FLAGS, lambda: isinstance(value, bool)),
        ({"unreadCount", "mediaSize"}, lambda: type(value) is int),
        ({"text", "htmlText"}, lambda: isinstance(value, str) and len(value) <= 4096),
        ({"mediaUrl", "target"}, lambda: value.startswith("http")),
        ({"title"}, lambda: 1 <= len(value) <= 128),
        ({"triggers"}, lambda: value and all(isinstance(it, str) for it in value)),
        ({"lat", "long"}, lambda: type(value) in (int, float)),
    )
    return all(holds() for names, holds in forms if name in names)


def _incomplete(name: str, value: dict[str, Any]) -> Iterator[str]:
    missing = REQUIRED.get(name, set()) - value.keys()
    if missing:
        yield f"lacks {sorted(missing)}"
    if name in CHOICES and value.get("type") not in CHOICES[name]:
        yield f"has the unknown type {value.get('type')!r}"
    if name == "integration" and value.get("type") == "custom" and len(value.get("webhooks", ())) != 1:
        yield "has not exactly one webhook"
    if name == "conversation" and value.get("description") == "":
        yield "has an empty description"
    if name == "items" and not 1 <= len(value.get("actions", ())) <= 3:
        yield "has not one to three actions"
    if name == "content" and value.get("type") in ("carousel", "list") and not value.get("items"):
        yield "has no items"
    if name == "content" and value.get("type") in ("image", "file") and not value.get("mediaUrl"):
        yield "has no mediaUrl"
