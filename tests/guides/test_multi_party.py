"""The rules of conversations between many, each test named after the sentence that it holds us to."""

from typing import Any

import pytest

from gateway.domain import limits
from tests.house_under_test import Device, House
from tests.receiver import Receiver

Json = dict[str, Any]

FLOOD = {"type": "twilio", "accountSid": "sid", "authToken": "token", "messagingServiceSid": "mid"}


async def test_a_personal_conversation_involves_a_single_user(house: House) -> None:
    ann, bob = await house.user("ann"), await house.user("bob")
    body = {"type": "personal", "participants": [{"userId": it, "subscribeSDKClient": False} for it in (ann, bob)]}
    refused = await house.rest("POST", "/conversations", body)
    assert (refused.status, refused.title) == (400, "A personal conversation has exactly one participant")
    room = await house.personal("ann")
    assert (await house.joins("bob", room)).status == 400


async def test_many_users_communicate_with_or_without_a_business_actor(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.sends(room, "just us")
    assert (await bob.event("conversation:message"))["event"]["payload"]["message"]["author"]["type"] == "user"
    await house.says(room, "and us")
    assert (await bob.event("conversation:message"))["event"]["payload"]["message"]["author"]["type"] == "business"


async def test_a_maximum_of_10_participants_at_a_time(house: House) -> None:
    names = [f"guest{number}" for number in range(limits.PARTICIPANTS)]
    room = await house.group(*names)
    assert (await house.joins("late", room)).title == "Too many participants"
    await house.leaves(names[0], room)
    assert (await house.joins("late", room)).status == 201


async def test_a_user_does_not_have_the_ability_to_join_conversations_themselves(house: House) -> None:
    room = await house.group("ann")
    eve = await house.device("eve")
    answer = await eve.ask("conversation:join", conversationId=room)
    assert (answer["type"], answer["error"]["status"]) == ("error", 400)
    for kind in ("conversation:get", "message:list", "conversation:read"):
        assert (await eve.ask(kind, conversationId=room))["error"]["code"] == "conversation_not_found"
    over_rest = await house.rest(
        "POST", f"/conversations/{room}/join", {"userExternalId": "eve"}, headers=_as(house, "eve")
    )
    assert over_rest.status == 403


def _as(house: House, external_id: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {house.token(external_id)}"}


async def test_a_user_can_be_removed_from_conversations_at_any_time(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.ask("typing:start", conversationId=room)
    await house.leaves("ann", room)
    content = {"type": "text", "text": "still here"}
    assert (await ann.ask("message:send", conversationId=room, content=content))["error"]["status"] == 404
    assert (await bob.event("conversation:leave"))["event"]["payload"]["user"]["externalId"] == "ann"


async def test_the_sdks_do_not_create_new_conversations_unless_their_integration_says_so(house: House) -> None:
    await house.personal("ann")
    ann = await house.device("ann")
    refused = await ann.ask("conversation:create", displayName="another")
    assert (refused["error"]["status"], refused["error"]["code"]) == (403, "forbidden")
    more = await house.rest("POST", "/integrations", {"type": "web", "canUserCreateMoreConversations": True})
    elsewhere = await house.device("ann", "second", integration=more.body["integration"]["id"])
    assert (await elsewhere.ask("conversation:create", displayName="another"))["type"] == "ok"


async def test_all_users_have_the_same_level_of_permissions(house: House) -> None:
    room = await house.group("ann", "bob")
    for name in ("ann", "bob"):
        device = await house.device(name)
        await device.sends(room, f"{name} speaks")
        named = await device.ask("conversation:update", conversationId=room, displayName=f"named by {name}")
        assert named["result"]["conversation"]["displayName"] == f"named by {name}"
        assert (await device.ask("conversation:read", conversationId=room))["type"] == "ok"
        assert (await device.ask("typing:start", conversationId=room))["type"] == "ok"


async def test_conversations_between_many_are_limited_to_sdk_integrations(house: House) -> None:
    """No third-party channel is linked into a group; into a personal conversation it is."""
    twilio = (await house.rest("POST", "/integrations", FLOOD)).body["integration"]["id"]
    group, own = await house.group("ann", "bob"), await house.personal("ann")
    for room, status in ((group, 400), (own, 201)):
        link = {
            "matchCriteria": {"type": "twilio", "integrationId": twilio, "phoneNumber": "+15145551234"},
            "confirmation": {"type": "immediate"},
            "target": {"conversationId": room},
        }
        assert (await house.rest("POST", "/users/ann/clients", link)).status == status


async def test_buttons_of_type_buy_will_be_rejected_at_the_api_level(house: House) -> None:
    group, own = await house.group("ann", "bob"), await house.personal("ann")
    content = {"type": "text", "text": "Pay", "actions": [{"type": "buy", "text": "Buy", "amount": 100}]}
    for room, status in ((group, 400), (own, 201)):
        body = {"author": {"type": "business"}, "content": content}
        assert (await house.rest("POST", f"/conversations/{room}/messages", body)).status == status


async def test_a_user_can_take_part_in_multiple_conversations_in_parallel(house: House, receiver: Receiver) -> None:
    """Messages and activities are targeted per conversation, and webhooks say which one, and who."""
    await house.webhook(receiver.url, "conversation:message", "conversation:read")
    first, second = await house.personal("ann"), await house.personal("ann")
    group = await house.group("ann", "bob")
    ann = await house.device("ann")
    for room in (first, second, group):
        await ann.sends(room, f"in {room}")
    await house.says(second, "unread")
    await ann.ask("conversation:read", conversationId=second)
    await house.mirrored()
    said = receiver.heard("conversation:message")
    by_ann = [it["payload"] for it in said if it["payload"]["message"]["author"]["type"] == "user"]
    assert {it["conversation"]["id"]: it["message"]["content"]["text"] for it in by_ann} == {
        room: f"in {room}" for room in (first, second, group)
    }
    assert {it["message"]["author"]["userId"] for it in by_ann} == {ann.welcome["user"]["id"]}
    (read,) = receiver.heard("conversation:read")
    assert read["payload"]["conversation"]["id"] == second


async def test_an_app_needs_multi_convo_enabled_for_several_conversations(house: House) -> None:
    app = (await house.rest("POST", "/v2/apps", {"displayName": "plain"}, key=house.account)).body["app"]
    assert app["settings"]["multiConvoEnabled"] is False
    inside = f"/v2/apps/{app['id']}"
    await house.rest("POST", f"{inside}/users", {"externalId": "ann"}, key=house.account)
    room = {"type": "personal", "participants": [{"userExternalId": "ann", "subscribeSDKClient": False}]}
    assert (await house.rest("POST", f"{inside}/conversations", room, key=house.account)).status == 201
    assert (await house.rest("POST", f"{inside}/conversations", room, key=house.account)).status == 400
    await house.rest("PATCH", inside, {"settings": {"multiConvoEnabled": True}}, key=house.account)
    assert (await house.rest("POST", f"{inside}/conversations", room, key=house.account)).status == 201


async def test_the_default_conversation_is_the_first_personal_one(house: House) -> None:
    await house.group("ann", "bob")
    first, second = await house.personal("ann"), await house.personal("ann")
    shown = {it: (await house.rest("GET", f"/conversations/{it}")).body["conversation"] for it in (first, second)}
    assert [shown[it]["isDefault"] for it in (first, second)] == [True, False]
    said = await house.v1("POST", "/appusers/ann/messages", {"role": "appMaker", "type": "text", "text": "hello"})
    assert said.body["conversation"]["_id"] == first


async def test_history_is_not_separated_across_sdk_integrations(house: House) -> None:
    """Whoever is a buyer here and a seller there sees the same conversations in both."""
    sellers = (await house.rest("POST", "/integrations", {"type": "ios"})).body["integration"]["id"]
    room = await house.group("ann", "bob")
    buyer = await house.device("ann", "buyer", integration="ios")
    seller = await house.device("ann", "seller", integration=sellers)
    await buyer.sends(room, "said as a buyer")
    heard = await seller.event("conversation:message")
    assert heard["event"]["payload"]["message"]["source"]["integrationId"] == house.integrations["ios"]
    for device in (buyer, seller):
        (only,) = device.welcome["conversations"]
        assert only["conversation"]["id"] == room
        assert [it["content"]["text"] for it in await _said(device, room)] == ["said as a buyer"]


async def _said(device: Device, room: str) -> list[Json]:
    return list((await device.ask("message:list", conversationId=room))["result"]["messages"])


@pytest.mark.parametrize("kind", ["ios", "whatsapp"])
async def test_multiple_instances_of_a_channel_can_be_connected(house: House, kind: str) -> None:
    fields = {"whatsapp": {"deploymentId": "d"}}.get(kind, {})
    made = [
        await house.rest("POST", "/integrations", {"type": kind, "displayName": it, **fields}) for it in ("EU", "US")
    ]
    assert [it.status for it in made] == [201, 201]
    listed = (await house.rest("GET", f"/integrations?filter[types]={kind}")).body["integrations"]
    assert {"EU", "US"} <= {it.get("displayName") for it in listed}


async def test_the_same_person_on_two_instances_is_two_users(house: House) -> None:
    """Nobody is taken for somebody else because of a phone number; merging is for the business to ask for."""
    numbers = [
        (await house.rest("POST", "/integrations", {**FLOOD, "displayName": it})).body["integration"]["id"]
        for it in "XY"
    ]
    for name, integration in zip(("one", "two"), numbers, strict=True):
        link = {
            "matchCriteria": {"type": "twilio", "integrationId": integration, "phoneNumber": "+15145551234"},
            "confirmation": {"type": "immediate"},
            "target": {"conversationId": await house.personal(name)},
        }
        assert (await house.rest("POST", f"/users/{name}/clients", link)).status == 201
    users = [(await house.rest("GET", f"/users/{it}")).body["user"]["id"] for it in ("one", "two")]
    assert users[0] != users[1]


async def test_the_first_created_instance_is_offered_unless_integration_order_says_otherwise(house: House) -> None:
    first, second = [(await house.rest("POST", "/integrations", FLOOD)).body["integration"]["id"] for _ in range(2)]
    assert await _offered(house) == [first]
    web = house.integrations["web"]
    changed = await house.rest("PATCH", f"/integrations/{web}", {"integrationOrder": [second]})
    assert changed.status == 200
    assert await _offered(house) == [second]


async def _offered(house: House) -> list[str]:
    async with house.http.get(f"{house.url}/sdk/v2/integrations/{house.integrations['web']}/config") as response:
        return [it["_id"] for it in (await response.json())["config"]["integrations"]]


async def test_each_app_can_be_connected_to_an_unlimited_number_of_channel_integrations(house: House) -> None:
    """Those beyond the first 250 may be queried like the others."""
    made = {(await house.rest("POST", "/integrations", FLOOD)).body["integration"]["id"] for _ in range(260)}
    found: set[str] = set()
    query = "?page[size]=100&filter[types]=twilio"
    after: str | None = ""
    while after is not None:
        page = (await house.rest("GET", f"/integrations{query}{after}")).body
        found |= {it["id"] for it in page["integrations"]}
        after = f"&page[after]={page['meta']['afterCursor']}" if page["meta"]["hasMore"] else None
    assert found == made


async def test_all_eligible_devices_hear_at_the_same_time_regardless_of_platform(house: House) -> None:
    room = await house.group("ann", "bob")
    devices = [await house.device("ann", kind, integration=kind) for kind in ("web", "ios", "android")]
    bob = await house.device("bob")
    said = await bob.sends(room, "to all of them")
    for device in devices:
        assert (await device.event("conversation:message"))["seq"] == said["seq"]
    clients = (await house.rest("GET", "/users/ann/clients")).body["clients"]
    assert [it["type"] for it in clients] == ["sdk"]
    assert len((await house.rest("GET", "/users/ann/devices")).body["devices"]) == 3
