"""What readers of the early access find beside what stands in an answer, or in an event's payload, by now."""

from typing import Final

from gateway.domain.model import Webhook
from gateway.domain.views import Page
from gateway.wire.early_access import places
from gateway.wire.v2 import Json

ROLES: Final = {"user": "appUser", "business": "appMaker"}
AT_ROOT: Final = ("givenName", "surname", "email", "avatarUrl")
CODES: Final = {"invalid_file": "bad_request"}  # what was less specific once


def merge(payload: Json) -> None:
    if "mergedUsers" in payload:
        payload.update(payload["mergedUsers"])
    if "mergedConversations" in payload:
        payload["discardedConversationId"] = payload["mergedConversations"]["discarded"]["id"]


def error(body: Json) -> None:
    if "errors" in body:
        first = body["errors"][0]
        body["error"] = {**first, "description": first["title"]}


def user_at_root(payload: Json) -> None:
    for user in places.users(payload):
        profile = user.get("profile", {})
        user.update({name: profile[name] for name in AT_ROOT if name in profile})


def key_name(body: Json) -> None:
    for key in places.integration_keys(body):
        key["name"] = key["displayName"]


def one_webhook(body: Json) -> None:
    for integration in places.custom_integrations(body):
        integration["webhook"] = dict(integration["webhooks"][0])


def webhook_of_integration(body: Json) -> None:
    """The webhook had no id of its own."""
    for integration in places.custom_integrations(body):
        integration["webhook"]["id"] = integration["id"]


def called_by_integration(envelope: Json, webhook: Webhook) -> None:
    envelope["webhook"]["id"] = webhook.integration_id


def author(body: Json) -> None:
    for it in places.authors(body):
        it["role"] = ROLES[it["type"]]
        if "displayName" in it:
            it["name"] = it["displayName"]


def last_read(body: Json) -> None:
    for conversation in places.shown(body, "conversation", "conversations"):
        if "businessLastRead" in conversation:
            conversation["appMakerLastRead"] = conversation["businessLastRead"]


def offset(body: Json, page: Page) -> None:
    """Whoever goes by cursors has no offset."""
    if page.after is None and page.before is None:
        body["hasMore"] = body["meta"]["hasMore"]
        body["offset"] = page.skip


def bad_media(body: Json) -> None:
    if "error" in body:
        body["error"]["code"] = CODES.get(body["error"]["code"], body["error"]["code"])
