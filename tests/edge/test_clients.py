"""A user's clients and devices over REST."""

from typing import Any

import pytest

from gateway.domain.commands import CreateIntegration
from tests.edge.conftest import Rest
from tests.house_under_test import House, Json

PHONE = "+1 212-555-2368"


async def channel(house: House, kind: str = "twilio") -> str:
    """An integration of a third-party channel."""
    made = await house.flow.corridor.execute(CreateIntegration(app_id=house.app_id, type=kind))
    return made.id


def asking(integration: str, room: str, **changes: Any) -> Json:
    criteria = {"type": "twilio", "integrationId": integration, "phoneNumber": PHONE}
    body: Json = {
        "matchCriteria": criteria,
        "confirmation": {"type": "immediate"},
        "target": {"conversationId": room},
    }
    for name, value in changes.items():
        body[name] = {**body[name], **value}
    return body


async def test_a_client_is_pending_listed_and_removed(rest: Rest, house: House) -> None:
    room, twilio = await house.personal("ann"), await channel(house)
    made = await rest("POST", "/users/ann/clients", asking(twilio, room))
    client = made.body["client"]
    assert made.status == 201
    assert client == {
        "id": client["id"],
        "type": "twilio",
        "status": "pending",
        "integrationId": twilio,
        "externalId": "+12125552368",
    }
    assert await rest("GET", "/users/ann/clients") == (200, {"clients": [client], "meta": {"hasMore": False}})
    (seat,) = await house.participants(room)
    assert seat["clientAssociations"] == [{"type": "twilio", "clientId": client["id"]}]
    assert await rest("DELETE", f"/users/ann/clients/{client['id']}") == (200, {})
    gone = await rest("DELETE", f"/users/ann/clients/{client['id']}")
    assert (gone.status, gone.code, gone.title) == (404, "client_not_found", "Client not found")
    assert (await rest("GET", "/users/ann/clients")).body["clients"] == []


async def test_the_sdks_client_stays(rest: Rest, house: House) -> None:
    device = await house.device("ann")
    (client,) = (await rest("GET", "/users/ann/clients")).body["clients"]
    assert (client["id"], client["type"], client["status"]) == (device.welcome["device"]["clientId"], "sdk", "active")
    assert client["lastSeen"] == device.welcome["device"]["lastSeen"]
    refused = await rest("DELETE", f"/users/ann/clients/{client['id']}")
    assert (refused.status, refused.title) == (400, "Cannot remove a client of type 'sdk'")


async def test_clients_come_in_pages(rest: Rest, house: House) -> None:
    room, twilio = await house.personal("ann"), await channel(house)
    made = [(await rest("POST", "/users/ann/clients", asking(twilio, room))).body["client"]["id"] for _ in range(5)]
    first = await rest("GET", "/users/ann/clients?page[size]=2")
    second = await rest("GET", f"/users/ann/clients?page[size]=2&page[after]={first.body['meta']['afterCursor']}")
    third = await rest("GET", f"/users/ann/clients?page[size]=2&page[after]={second.body['meta']['afterCursor']}")
    back = await rest("GET", f"/users/ann/clients?page[size]=2&page[before]={third.body['meta']['beforeCursor']}")
    assert [it["id"] for page in (first, second, third) for it in page.body["clients"]] == made
    assert [it.body["meta"]["hasMore"] for it in (first, second, third, back)] == [True, True, False, True]
    assert back.body["clients"] == second.body["clients"]
    assert (await rest("GET", "/users/ann/clients?page[after]=x")).title == "Invalid page query parameters"


async def test_a_client_of_an_integration_that_is_gone_is_inactive(rest: Rest, house: House) -> None:
    room, twilio = await house.personal("ann"), await channel(house)
    await rest("POST", "/users/ann/clients", asking(twilio, room))
    device = await house.device("ann")
    for integration in (twilio, house.integrations["web"]):
        await rest("DELETE", f"/integrations/{integration}")
    found = (await rest("GET", "/users/ann/clients")).body["clients"]
    assert [(it["type"], it["status"]) for it in found] == [("twilio", "inactive"), ("sdk", "active")]
    (known,) = (await rest("GET", "/users/ann/devices")).body["devices"]
    assert (known["id"], known["status"]) == (device.welcome["device"]["id"], "inactive")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"matchCriteria": {"type": "line"}}, "matchCriteria.type"),
        ({"matchCriteria": {"phoneNumber": "1 212 555 2368"}}, "phoneNumber"),
        ({"matchCriteria": {"type": "mailgun"}}, "address"),
        ({"matchCriteria": {"type": "mailgun", "address": "ann"}}, "address"),
        ({"matchCriteria": {"type": "whatsapp"}}, "matchCriteria.integrationId"),
        ({"confirmation": {"type": "never"}}, "confirmation.type"),
        ({"confirmation": {"message": {"content": {"type": "file", "mediaUrl": "https://a"}}}}, "content.type"),
        (
            {
                "confirmation": {
                    "message": {
                        "content": {"type": "text", "actions": [{"type": "reply", "text": "Yes", "payload": "Y"}]}
                    }
                }
            },
            "confirmation.message",
        ),
        (
            {
                "confirmation": {
                    "message": {"author": {"type": "user", "userId": "u"}, "content": {"type": "text", "text": "hi"}}
                }
            },
            "confirmation.message.author",
        ),
        ({"target": {"conversationId": 7}}, "target.conversationId"),
    ],
)
async def test_what_is_wrong_is_named(rest: Rest, house: House, change: Json, named: str) -> None:
    room, twilio = await house.personal("ann"), await channel(house)
    refused = await rest("POST", "/users/ann/clients", asking(twilio, room, **change))
    assert refused.status == 400
    assert named in refused.title
    assert (await rest("GET", "/users/ann/clients")).body["clients"] == []


@pytest.mark.parametrize("lacks", ["matchCriteria", "confirmation", "target"])
async def test_all_three_parts_are_needed(rest: Rest, house: House, lacks: str) -> None:
    body = asking(await channel(house), await house.personal("ann"))
    del body[lacks]
    refused = await rest("POST", "/users/ann/clients", body)
    assert (refused.status, refused.title) == (400, f"should have required property '{lacks}'")


async def test_nobody_is_linked_into_a_group_or_anothers_conversation(rest: Rest, house: House) -> None:
    twilio = await channel(house)
    group, bobs = await house.group("ann"), await house.personal("bob")
    for room in (group, bobs):
        refused = await rest("POST", "/users/ann/clients", asking(twilio, room))
        assert refused.status == 400
        assert "target.conversationId" in refused.title
    unknown = await rest("POST", "/users/ann/clients", asking(twilio, "0" * 24))
    assert unknown.code == "conversation_not_found"


async def test_an_integration_that_is_not_there(rest: Rest, house: House) -> None:
    refused = await rest("POST", "/users/ann/clients", asking("0" * 24, await house.personal("ann")))
    assert (refused.status, refused.code) == (404, "integration_not_found")


async def test_devices_newest_first(rest: Rest, house: House) -> None:
    first = await house.device("ann", "phone", integration="ios")
    second = await house.device("ann", "desk")
    await first.ask("device:update", pushNotificationToken="token")
    found = (await rest("GET", "/users/ann/devices")).body["devices"]
    assert [(it["guid"], it["type"], it["status"]) for it in found] == [
        ("phone", "ios", "active"),
        ("desk", "web", "active"),
    ]
    phone, desk = found
    assert (phone["pushNotificationToken"], phone["integrationId"]) == ("token", house.integrations["ios"])
    assert phone["clientId"] == desk["clientId"] == second.welcome["device"]["clientId"]
    assert await rest("GET", f"/users/ann/devices/{desk['id']}") == (200, {"device": desk})


async def test_a_device_that_logged_out_is_inactive(rest: Rest, house: House) -> None:
    device = await house.device("ann")
    await device.ask("logout")
    (known,) = (await rest("GET", "/users/ann/devices")).body["devices"]
    assert (known["id"], known["status"]) == (device.welcome["device"]["id"], "inactive")


async def test_devices_that_are_not_there(rest: Rest, house: House) -> None:
    await house.user("ann")
    assert await rest("GET", "/users/ann/devices") == (200, {"devices": []})
    gone = await rest("GET", f"/users/ann/devices/{'0' * 24}")
    assert (gone.status, gone.code, gone.title) == (404, "device_not_found", "Device not found")
    for path in ("devices", "clients", f"devices/{'0' * 24}"):
        assert (await rest("GET", f"/users/nobody/{path}")).code == "user_not_found"


async def test_whoever_is_added_is_told_with_which_client(house: House) -> None:
    """The device's own client stands in the frames that open a room."""
    ann, bob = await house.device("ann"), await house.device("bob")
    room = await house.group("ann")
    made = (await ann.event("conversation:create"))["event"]["payload"]
    assert made["participants"][0]["clientAssociations"] == [
        {"type": "sdk", "clientId": ann.welcome["device"]["clientId"]}
    ]
    await house.joins("bob", room)
    bobs = [{"type": "sdk", "clientId": bob.welcome["device"]["clientId"]}]
    told = (await ann.event("conversation:join"))["event"]["payload"]
    assert told["participant"]["clientAssociations"] == bobs
    own = (await bob.event("conversation:join"))["event"]["payload"]
    assert [it["clientAssociations"] for it in own["participants"]] == [
        made["participants"][0]["clientAssociations"],
        bobs,
    ]
