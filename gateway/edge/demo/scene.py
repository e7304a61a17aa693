"""The scene, made over the public REST API. Making it again on the same data finds what is there."""

from dataclasses import dataclass
from typing import Any, Final

from gateway.edge.demo import script
from gateway.edge.demo.rest import Declined, Rest
from gateway.edge.demo.script import Part
from gateway.wire import tokens

Json = dict[str, Any]

CONFLICT: Final = 409
TRIGGERS: Final = (
    "conversation:create",
    "conversation:join",
    "conversation:leave",
    "conversation:remove",
    "conversation:message",
    "conversation:read",
    "conversation:typing",
    "conversation:postback",
    "client:add",
    "user:update",
    "user:remove",
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose place a visitor of the page takes; `jwt` lets them in."""

    external_id: str
    user_id: str
    display_name: str
    jwt: str


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the page and the business need to know."""

    base_url: str
    app_id: str
    key_id: str
    secret: str
    web_integration_id: str
    webhook_secret: str
    people: tuple[Person, ...]
    conversations: tuple[Json, ...]

    def rest(self) -> Rest:
        return Rest(self.base_url, self.app_id, self.key_id, self.secret)


async def prepare(base_url: str, app_id: str, key_id: str, secret: str, web_integration_id: str) -> Scene:
    """Make the people, their conversations and the webhook; raises `Declined` where the API refuses."""
    async with Rest(base_url, app_id, key_id, secret) as rest:
        await rest.patch("", {"settings": {"multiConvoEnabled": True}})
        people = [await _person(rest, part, key_id, secret) for part in script.CAST]
        webhook = await _webhook(rest, f"{base_url}/demo/webhook")
        shops = [await _shop(rest, part) for part in script.CAST]
        garden = await _garden(rest, people, base_url)  # last, so that it stands first
    return Scene(
        base_url=base_url,
        app_id=app_id,
        key_id=key_id,
        secret=secret,
        web_integration_id=web_integration_id,
        webhook_secret=webhook["secret"],
        people=tuple(people),
        conversations=(garden, *shops),
    )


async def _person(rest: Rest, part: Part, key_id: str, secret: str) -> Person:
    profile = {"givenName": part.given_name, "surname": part.surname}
    try:
        answer = await rest.post("users", {"externalId": part.external_id, "profile": profile})
    except Declined as declined:
        if declined.status != CONFLICT:
            raise
        answer = await rest.get(f"users/{part.external_id}")
    claims = {"scope": "user", "external_id": part.external_id}
    return Person(
        external_id=part.external_id,
        user_id=answer["user"]["id"],
        display_name=f"{part.given_name} {part.surname}",
        jwt=tokens.sign(key_id, secret, claims),
    )


async def _webhook(rest: Rest, target: str) -> Json:
    """The webhook of the demo's custom integration, pointed at where the page is served today."""
    wanted = {"target": target, "triggers": list(TRIGGERS), "includeFullUser": True}
    listed = await rest.get("integrations", **{"filter[types]": "custom"})
    found = next((it for it in listed["integrations"] if it.get("displayName") == script.WEBHOOK), None)
    if found is None:
        body = {"type": "custom", "displayName": script.WEBHOOK, "webhooks": [wanted]}
        made: Json = (await rest.post("integrations", body))["integration"]["webhooks"][0]
        return made
    webhook = found["webhooks"][0]
    changed: Json = (await rest.patch(f"integrations/{found['id']}/webhooks/{webhook['id']}", wanted))["webhook"]
    return changed


async def _garden(rest: Rest, people: list[Person], base_url: str) -> Json:
    seats = [{"userExternalId": part.external_id, "subscribeSDKClient": True} for part in script.CAST]
    body = {"type": "sdkGroup", "displayName": script.GARDEN, "participants": seats}
    garden, fresh = await _conversation(rest, script.ANN, body)
    if fresh:
        users = {person.external_id: {"type": "user", "userId": person.user_id} for person in people}
        for part, said in (*script.WATERING_LOG, *script.CHATTER):
            await rest.say(garden["id"], users[part.external_id], script.text(said))
        await rest.say(garden["id"], script.SHOP, script.trellis(base_url))
        part, said = script.LAST_WORD
        await rest.say(garden["id"], users[part.external_id], script.text(said))
    return garden


async def _shop(rest: Rest, part: Part) -> Json:
    """One person's own conversation with the business."""
    seats = [{"userExternalId": part.external_id, "subscribeSDKClient": True}]
    body = {"type": "personal", "displayName": script.SHOP["displayName"], "participants": seats}
    conversation, fresh = await _conversation(rest, part, body)
    if fresh:
        await rest.say(conversation["id"], script.SHOP, script.welcome(part))
    return conversation


async def _conversation(rest: Rest, part: Part, body: Json) -> tuple[Json, bool]:
    """The person's conversation of that type and name, and whether it had to be made."""
    listed = await rest.get("conversations", **{"filter[userExternalId]": part.external_id, "page[size]": "100"})
    for known in listed["conversations"]:
        if (known["type"], known.get("displayName")) == (body["type"], body["displayName"]):
            return known, False
    made: Json = (await rest.post("conversations", body))["conversation"]
    return made, True
