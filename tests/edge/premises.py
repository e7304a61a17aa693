"""One app with one of everything, by the names that paths use."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import jwt as pyjwt
from yarl import URL

from gateway.domain.commands import CreateServiceAccount, CreateServiceAccountKey, DeleteIntegration
from gateway.domain.model import Client, Device, Partner
from gateway.edge.call import Operation
from gateway.flow import provision
from tests.domain.town import Orders
from tests.house_under_test import House

HOOK = {"target": "https://example.com/hook", "triggers": ["conversation:message"]}
NOBODY = "http://127.0.0.1:9/hook"  # listens there: it cannot be reached
CALLBACK = "https://partner.example/back?from=shop"


class Premises:
    """`parts` has a value for every `{part}` of a path; an integration's `{keyId}` is `integration_key`."""

    def __init__(self, key: tuple[str, str], parts: dict[str, str], integration_key: tuple[str, str]) -> None:
        self.key = key
        self.parts = parts
        self.integration_key = integration_key

    def path(self, operation: Operation, **others: str) -> str:
        """The operation's path with these parts; some may be given otherwise."""
        own = {"keyId": self.integration_key[0]} if "{integrationId}" in operation.path else {}
        return operation.path.format(**{**self.parts, **own, **others})


async def furnished(house: House, app_id: str, key: tuple[str, str], name: str) -> Premises:
    """Fill an app with a group of `name` and a guest, a message, a device, a client, a webhook and a second key."""

    async def make(path: str, body: Any, noun: str, by: tuple[str, str] = key) -> Any:
        answer = await house.rest("POST", f"/v2/apps/{app_id}{path}", body, key=by)
        assert answer.status == 201, answer
        return answer.body[noun]

    user = await make("/users", {"externalId": name}, "user")
    await make("/users", {"externalId": f"{name}'s guest"}, "user")
    seats = [{"userId": user["id"]}, {"userExternalId": f"{name}'s guest"}]
    room = await make("/conversations", {"type": "sdkGroup", "participants": seats}, "conversation")
    said = {"author": {"type": "business"}, "content": {"type": "text", "text": "hi"}}
    (message,) = await make(f"/conversations/{room['id']}/messages", said, "messages")
    integration = await make("/integrations", {"type": "custom", "webhooks": [HOOK]}, "integration")
    hooks = f"/integrations/{integration['id']}/webhooks"
    extra = await make(hooks, {"target": NOBODY, "triggers": ["conversation:read"]}, "webhook")
    event = await _waiting(house, app_id, key, f"{hooks}/{extra['id']}", room["id"], user["id"])
    door = await make(f"/integrations/{integration['id']}/keys", {"displayName": "door"}, "key")
    board, seated = await _switchboard(house, app_id, key, integration["id"], room["id"])
    spare = await make("/keys", {"displayName": "spare"}, "key", house.account)
    device, client = await _reached(house, app_id, user["id"])
    parts = {
        "appId": app_id,
        "keyId": spare["id"],
        "integrationId": integration["id"],
        "webhookId": extra["id"],
        "eventId": event,
        "userIdOrExternalId": user["id"],
        "conversationId": room["id"],
        "messageId": message["id"],
        "deviceId": device.id,
        "clientId": client.id,
        "personalId": client.link.conversation_id if client.link else "",
        "twilioId": client.integration_id or "",
        "switchboardId": board,
        "switchboardIntegrationId": seated,
        "zendeskId": "35436",
    }
    return Premises(key, parts, (door["id"], door["secret"]))


async def _waiting(house: House, app_id: str, key: tuple[str, str], hook: str, room_id: str, user_id: str) -> str:
    """The id of an event that waits for a webhook, since it is paused."""
    app = f"/v2/apps/{app_id}"
    await house.rest("POST", f"{app}{hook}/pause", key=key)
    read = {"author": {"type": "user", "userId": user_id}, "type": "conversation:read"}
    await house.rest("POST", f"{app}/conversations/{room_id}/activity", read, key=key)
    waiting = await house.rest("GET", f"{app}{hook}/events?filter[status]=waiting", key=key)
    return str(waiting.body["events"][0]["id"])


async def _reached(house: House, app_id: str, user_id: str) -> tuple[Device, Client]:
    """A device and a channel client of a user, who gets a personal conversation for it."""
    orders, do = Orders(app_id), house.flow.corridor.execute
    web, twilio = await do(orders.integration()), await do(orders.integration("twilio"))
    person = await do(orders.connects(web.id, external_id=(await do(orders.changes(user_id))).external_id))
    room = await do(orders.personal(user_id))
    client = await do(orders.links(user_id, room.conversation.id, twilio.id))
    await do(DeleteIntegration(app_id=app_id, integration_id=twilio.id))
    return person.devices[0], client


async def _switchboard(
    house: House, app_id: str, key: tuple[str, str], integration_id: str, room_id: str
) -> tuple[str, str]:
    """An enabled switchboard with two seats, the second of which is offered control of a room; gives its and its id."""
    app = f"/v2/apps/{app_id}"
    path = f"{app}/switchboards"
    board = (await house.rest("POST", path, key=key)).body["switchboard"]["id"]
    seats = []
    for name in ("bot", "desk"):
        asked = {"name": name, "integrationId": integration_id}
        made = await house.rest("POST", f"{path}/{board}/switchboardIntegrations", asked, key=key)
        seats.append(made.body["switchboardIntegration"]["id"])
    on = {"enabled": True, "defaultSwitchboardIntegrationId": seats[0]}
    await house.rest("PATCH", f"{path}/{board}", on, key=key)
    offer = {"switchboardIntegration": "desk"}
    offered = await house.rest("POST", f"{app}/conversations/{room_id}/offerControl", offer, key=key)
    assert offered.status == 200, offered
    return board, seats[1]


async def service_account(house: House, name: str = "agency") -> tuple[str, tuple[str, str]]:
    """A new service account; gives its id, and a key of its own."""
    account = await house.flow.corridor.execute(CreateServiceAccount(name=name))
    key = await house.flow.corridor.execute(CreateServiceAccountKey(service_account_id=account.id, display_name=name))
    return account.id, (key.id, key.secret)


async def admitted(house: House, key: tuple[str, str]) -> str:
    """A new OAuth client is let into the app of a key; gives its access token."""
    partner = await provision.new_partner(house.flow, "Partner", (CALLBACK,))
    code = await code_for(house, partner, key)
    asked = {"grant_type": "authorization_code", "code": code}
    answer = await house.rest("POST", "/oauth/token", asked, key=(partner.id, partner.secret))
    assert answer.status == 200, answer
    return str(answer.body["access_token"])


async def code_for(house: House, partner: Partner, key: tuple[str, str], **query: str) -> str:
    """The code by which the owner of an app's key lets an OAuth client in."""
    token = pyjwt.encode({"scope": "app"}, key[1], headers={"kid": key[0]})
    asked = {"client_id": partner.id, "response_type": "code", **query}
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{house.url}/oauth/authorize"
    async with house.http.get(url, params=asked, headers=headers, allow_redirects=False) as answer:
        assert answer.status == 302, await answer.text()
        return URL(answer.headers["Location"]).query["code"]


def on_disk(data: Path) -> dict[str, list[Any]]:
    """Every row of every table: what a refusal may not change."""
    with closing(sqlite3.connect(data / "gateway.db")) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: sorted(db.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in tables}
