"""Channels over v1.1: what is asked of one stays pending, since none is connected here."""

import pytest

from gateway.domain.model import Client
from gateway.wire.v1 import channels
from tests.edge.examples import CHANNELS
from tests.house_under_test import House, Json

LINK: Json = {"type": "twilio", "phoneNumber": "+1 212-555-2368", "confirmation": {"type": "prompt"}}


@pytest.fixture
async def twilio(house: House) -> str:
    """A channel of the app, and a user to link to it; gives the channel's id."""
    await house.v1("POST", "/appusers", {"userId": "ann"})
    made = await house.rest("POST", "/integrations", {"type": "twilio", **CHANNELS["twilio"]})
    return str(made.body["integration"]["id"])


async def test_a_link_is_pending(house: House, twilio: str) -> None:
    linked = await house.v1("POST", "/appusers/ann/channels", {**LINK, "integrationId": twilio})
    user = linked.body["appUser"]
    assert (linked.status, user["clients"], user["conversationStarted"]) == (200, [], True)
    (client,) = user["pendingClients"]
    assert client == {
        "id": client["id"],
        "platform": "twilio",
        "integrationId": twilio,
        "externalId": "+12125552368",
        "displayName": "+12125552368",
        "status": "pending",
        "active": False,
    }
    assert await house.v1("GET", "/appusers/ann/channels") == (200, {"channels": []})
    asked = (await house.rest("GET", "/users/ann/clients")).body["clients"]
    assert [it["id"] for it in asked] == [client["id"]]


async def test_the_first_channel_of_a_type_is_meant_where_none_is_named(house: House, twilio: str) -> None:
    await house.rest("POST", "/integrations", {"type": "twilio", **CHANNELS["twilio"], "accountSid": "another"})
    linked = await house.v1("POST", "/appusers/ann/channels", LINK)
    assert linked.body["appUser"]["pendingClients"][0]["integrationId"] == twilio


async def test_a_conversation_that_is_there_takes_the_link(house: House, twilio: str) -> None:
    said = await house.v1("POST", "/appusers/ann/messages", {"role": "appMaker", "type": "text", "text": "Hi"})
    await house.v1("POST", "/appusers/ann/channels", LINK)
    room = said.body["conversation"]["_id"]
    (seat,) = await house.participants(room)
    assert [it["type"] for it in seat["clientAssociations"]] == ["twilio"]
    assert (await house.v1("GET", "/appusers/ann/messages")).body["conversation"]["_id"] == room


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"type": "messenger"}, 400, "type"),
        ({"type": None}, 400, "type"),
        ({"phoneNumber": None}, 400, "phoneNumber"),
        ({"phoneNumber": "212"}, 400, "phoneNumber"),
        ({"phoneNumber": 12125552368}, 400, "phoneNumber"),
        ({"confirmation": None}, 400, "confirmation"),
        ({"confirmation": {"type": "later"}}, 400, "confirmation"),
        ({"confirmation": {"type": "prompt", "message": {"type": "carousel"}}}, 400, "confirmation.message"),
        (
            {
                "confirmation": {
                    "type": "immediate",
                    "message": {"type": "text", "actions": [{"type": "reply", "text": "a", "payload": "b"}]},
                }
            },
            400,
            "type link only",
        ),
        ({"integrationId": "0" * 24}, 404, "Integration not found"),
        ({"integrationId": ""}, 404, "Integration not found"),
        ({"type": "whatsapp"}, 404, "Integration not found"),
        ({"type": "mailgun", "address": "ann"}, 404, "Integration not found"),
        ({"subject": 5}, 400, "subject"),
        ({"primary": "x"}, 400, "primary"),
    ],
)
async def test_a_wrong_link_is_refused(house: House, twilio: str, change: Json, status: int, words: str) -> None:
    refused = await house.v1("POST", "/appusers/ann/channels", {**LINK, **change})
    assert refused.error[0] == status
    assert words in refused.error[2]
    assert (await house.v1("GET", "/appusers/ann")).body["appUser"]["conversationStarted"] is False


async def test_a_channel_of_another_type_is_refused_in_words_of_v1(house: House, twilio: str) -> None:
    draft = {**LINK, "type": "whatsapp", "integrationId": twilio}
    refused = await house.v1("POST", "/appusers/ann/channels", draft)
    assert refused.error == (400, "bad_request", "integrationId should name an integration of the same type")


async def test_a_question_may_have_links(house: House, twilio: str) -> None:
    link = {"type": "link", "text": "Terms", "uri": "https://example.org"}
    question = {"role": "appMaker", "type": "text", "text": "Join us?", "actions": [link]}
    draft = {**LINK, "confirmation": {"type": "userActivity", "message": question}}
    assert (await house.v1("POST", "/appusers/ann/channels", draft)).status == 200
    assert (await house.v1("GET", "/appusers/ann/messages")).body["messages"] == []


async def test_a_channel_is_unlinked_by_its_type(house: House, twilio: str) -> None:
    for phone in ("+12125552368", "+12125552369"):
        await house.v1("POST", "/appusers/ann/channels", {**LINK, "phoneNumber": phone})
    assert await house.v1("DELETE", "/appusers/ann/channels/twilio") == (200, {})
    assert (await house.v1("GET", "/appusers/ann")).body["appUser"]["pendingClients"] == []
    for channel in ("twilio", "nonsense"):
        refused = await house.v1("DELETE", f"/appusers/ann/channels/{channel}")
        assert refused.error[:2] == (404, "client_not_found")
    assert (await house.v1("DELETE", "/appusers/ann/channels/web")).error[0] == 400


async def test_nobody_is_invited_to_channels_that_are_not_connected(house: House, twilio: str) -> None:
    path = "/appusers/ann/linkrequest"
    assert await house.v1("GET", f"{path}?integrationIds={twilio}") == (200, {"linkRequests": []})
    unknown = await house.v1("GET", f"{path}?integrationIds={twilio},{'0' * 24}")
    assert unknown.error[:2] == (404, "integration_not_found")
    assert (await house.v1("GET", path)).error == (400, "bad_request", "should have required property 'integrationIds'")


async def test_no_other_system_reads_along(house: House, twilio: str) -> None:
    assert await house.v1("GET", "/appusers/ann/businessSystems") == (200, {"businessSystems": []})
    assert (await house.v1("GET", "/appusers/bob/businesssystems")).error[:2] == (404, "user_not_found")


@pytest.mark.parametrize(
    ("kind", "name"),
    [("twilio", "phoneNumber"), ("mailgun", "address"), ("telegram", "chatId"), ("messenger", "userId")],
)
def test_a_channel_calls_its_users_in_its_own_way(kind: str, name: str) -> None:
    client = Client(id="c", type=kind, integration_id="i", external_id="x")
    assert channels.channel(client) == {"type": kind, "integrationId": "i", name: "x"}
