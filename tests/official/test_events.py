"""Every webhook call of an app's long life, read by the official client's closed event models."""

from typing import Any

import pytest

from gateway.domain.triggers import KNOWN_TRIGGERS
from tests.edge.examples import BUSINESS, CONTENTS, POSTBACK, REPLY
from tests.house_under_test import House, Json
from tests.official.client import client
from tests.receiver import Receiver

NEVER_CAUSED = {
    "client:update": "a link is never matched or confirmed while no connector serves a channel",
    "conversation:referral": "referrals come from channels",
    "passthrough:messaging": "it carries what channels send, and has no schema",
}


def model(trigger: str) -> Any:
    """The client's model of a trigger's events."""
    name = "".join(part[:1].upper() + part[1:] for part in trigger.split(":"))
    return getattr(client, name if trigger.startswith("switchboard:") else f"{name}Event", None)


async def life(house: House, target: str, **options: bool) -> None:
    """Everything that this gateway can raise an event of."""
    await house.rest("PATCH", "", {"settings": {"multiConvoEnabled": True, "echoPostback": True}})
    bot = await house.webhook(target, *KNOWN_TRIGGERS, **options)
    desk = await house.webhook(target, *KNOWN_TRIGGERS, **options)
    await with_a_switchboard(house, bot["id"], desk["id"])
    anonymous = await house.device(guid="first")
    await anonymous.ask("login", jwt=house.token("newcomer"))
    await house.user("ann", "Ann")
    ann = await house.device("ann", "phone", integration="ios")
    bob = await house.device("bob", "browser")
    room, group = await house.personal("ann"), await house.group("ann", "bob", metadata={"order": 7})
    await ann.event("conversation:create")
    await said_by_everybody(house, ann, room, group)
    await control(house, room)
    await channels(house, room)
    await bob.ask("conversation:create", displayName="Help", messages=[{"type": "text", "text": "Hi"}])
    await a_login_of_somebody_known(house)
    await house.joins("cyd", group)
    await house.leaves("cyd", group)
    await house.rest("DELETE", f"/conversations/{group}")
    await house.rest("DELETE", "/users/bob")
    await house.mirrored()


async def a_login_of_somebody_known(house: House) -> None:
    """Both have a conversation of their own."""
    await house.personal("dan")
    visitor = await house.device(guid="visitor")
    await visitor.ask("conversation:create", messages=[{"type": "text", "text": "Hi"}])
    assert (await visitor.ask("login", jwt=house.token("dan")))["type"] == "ok"


async def with_a_switchboard(house: House, bot: str, desk: str) -> None:
    board = (await house.rest("POST", "/switchboards")).body["switchboard"]["id"]
    seats = {}
    for name, integration in (("bot", bot), ("desk", desk)):
        made = await house.rest(
            "POST",
            f"/switchboards/{board}/switchboardIntegrations",
            {"name": name, "integrationId": integration, "messageHistoryCount": 2},
        )
        seats[name] = made.body["switchboardIntegration"]["id"]
    change = {"enabled": True, "defaultSwitchboardIntegrationId": seats["bot"]}
    assert (await house.rest("PATCH", f"/switchboards/{board}", change)).status == 200


async def said_by_everybody(house: House, ann: Any, room: str, group: str) -> None:
    for name, content in CONTENTS.items():
        posted = await house.rest("POST", f"/conversations/{room}/messages", {**BUSINESS, "content": content})
        assert posted.status == 201, (name, posted)
    asked = {"type": "text", "text": "So?", "actions": [POSTBACK, {**REPLY, "metadata": {"colour": "red"}}]}
    await house.rest("POST", f"/conversations/{group}/messages", {**BUSINESS, "content": asked, "metadata": {"a": 1}})
    heard = [it["event"]["payload"]["message"] for it in await ann.events("conversation:message", len(CONTENTS) + 1)]
    for action in heard[-1]["content"]["actions"]:
        assert (await ann.ask("postback", conversationId=group, actionId=action["id"]))["type"] == "ok"
    form = next(it for it in heard if it["content"]["type"] == "form")
    answers = [
        {"type": "text", "name": "name", "label": "Your name", "text": "Ann", "quotedMessageId": form["id"]},
        {"type": "email", "name": "mail", "label": "E-mail", "email": "ann@example.com"},
        {"type": "select", "name": "size", "label": "Size", "select": [{"name": "s", "label": "Small"}]},
    ]
    response = {"type": "formResponse", "fields": answers}
    assert (await ann.ask("message:send", conversationId=room, content=response))["type"] == "ok"
    await ann.ask("typing:start", conversationId=room)
    await ann.ask("typing:stop", conversationId=room)
    await ann.ask("conversation:read", conversationId=room)
    await house.acts(room, "typing:start")
    await house.acts(room, "conversation:read")


async def control(house: House, room: str) -> None:
    for action, body in (
        ("acceptControl", {"metadata": {"try": 1}}),
        ("offerControl", {"switchboardIntegration": "bot"}),
        ("offerControl", {"switchboardIntegration": "desk", "metadata": {"why": "asked"}}),
        ("acceptControl", {}),
        ("passControl", {"switchboardIntegration": "bot"}),
        ("passControl", {"switchboardIntegration": "nobody"}),
        ("releaseControl", None),
    ):
        await house.rest("POST", f"/conversations/{room}/{action}", body)


async def channels(house: House, room: str) -> None:
    made = await house.rest("POST", "/integrations", {"type": "whatsapp", "accountId": "a"})
    asked: Json = {
        "matchCriteria": {
            "type": "whatsapp",
            "integrationId": made.body["integration"]["id"],
            "phoneNumber": "+1 212-555-2368",
        },
        "confirmation": {"type": "immediate"},
        "target": {"conversationId": room},
    }
    linked = await house.rest("POST", "/users/ann/clients", asked)
    assert linked.status == 201, linked
    await house.says(room, "over which channel?")
    await house.rest("DELETE", f"/users/ann/clients/{linked.body['client']['id']}")


@pytest.mark.parametrize("full", [False, True])
async def test_the_official_models_read_every_event(house: House, receiver: Receiver, full: bool) -> None:
    await life(house, receiver.url, includeFullUser=full, includeFullSource=full)
    await receiver.until(lambda: receiver.heard("user:remove"))
    assert set(KNOWN_TRIGGERS) - {it["type"] for it in receiver.events} == set(NEVER_CAUSED)
    for event in receiver.events:
        kind = model(event["type"])
        read = kind.from_dict(event)
        assert (read.id, read.type) == (event["id"], event["type"])


async def test_who_and_where_from_are_said_in_full_only_when_asked(house: House, receiver: Receiver) -> None:
    await life(house, receiver.url, includeFullUser=True, includeFullSource=True)
    await receiver.until(lambda: receiver.heard("user:remove"))
    by_device = [it["payload"]["message"] for it in receiver.heard("conversation:message")]
    answer = next(it for it in by_device if it["content"]["type"] == "formResponse")
    assert answer["source"]["device"]["guid"] == "phone"
    assert answer["source"]["client"]["type"] == "sdk"
    assert answer["author"]["user"]["profile"]["givenName"] == "Ann"
