"""A backend on the v1.1 library goes on working: with an app's key and with an account's, call by call."""

import pytest

from tests.files import PNG
from tests.guides.old_client import CALLS, Failed, Json, Key, OldClient
from tests.house_under_test import House
from tests.receiver import Receiver

TEXT = {"role": "appMaker", "type": "text", "text": "Just put some vinegar on it"}


def client(house: House, scope: str, **claims: str) -> OldClient:
    credentials = house.account if scope == "account" else house.key
    return OldClient(house.url, Key(*credentials, scope), house.app_id, house.http, **claims)


async def _people(call: OldClient) -> None:
    steve = (await call("appUsers.create", {"userId": "steveb@channel5.com", "givenName": "Steve"}))["appUser"]
    assert steve["conversationStarted"] is False
    assert (await call("appUsers.get", userId="steveb@channel5.com"))["appUser"] == steve
    changed = await call("appUsers.update", {"surname": "Brule", "properties": {"doctor": True}}, userId=steve["_id"])
    assert changed["appUser"]["givenName"] == "Steve"
    assert changed["appUser"]["properties"] == {"doctor": True}
    assert (await call("appUsers.getBusinessSystems", userId=steve["_id"]))["businessSystems"] == []
    assert (await call("appUsers.getAuthCode", userId=steve["_id"]))["authCode"].startswith("ac_")


async def _talk(call: OldClient) -> None:
    told = {**TEXT, "text": "Rate me", "actions": [{"type": "postback", "text": "Good", "payload": "GOOD"}]}
    said = await call("appUsers.sendMessage", told, userId="steveb@channel5.com")
    assert said["conversation"]["unreadCount"] == 1
    await call("appUsers.resetUnreadCount", userId="steveb@channel5.com")
    assert (await call("appUsers.getConversation", userId="steveb@channel5.com"))["conversation"]["unreadCount"] == 0
    typing = {"role": "appMaker", "type": "typing:start", "name": "Dr. Steve"}
    assert "conversation" in await call("appUsers.conversationActivity", typing, userId="steveb@channel5.com")
    button = said["message"]["actions"][0]["_id"]
    await call("appUsers.triggerPostback", {"actionId": button}, userId="steveb@channel5.com")
    page = await call("appUsers.getMessages", userId="steveb@channel5.com", query={"after": 1471995721})
    assert [it["text"] for it in page["messages"]] == ["Rate me"]
    await call("appUsers.deleteMessage", userId="steveb@channel5.com", messageId=said["message"]["_id"])
    assert (await call("appUsers.getMessages", userId="steveb@channel5.com"))["messages"] == []
    await call("appUsers.deleteMessages", userId="steveb@channel5.com")


async def _channels(call: OldClient) -> None:
    twilio = {"type": "twilio", "accountSid": "sid", "authToken": "token", "messagingServiceSid": "mid"}
    made = (await call("integrations.create", twilio))["integration"]
    link = {"type": "twilio", "phoneNumber": "+15145551234", "confirmation": {"type": "immediate"}}
    linked = await call("appUsers.linkChannel", link, userId="steveb@channel5.com")
    assert [it["platform"] for it in linked["appUser"]["pendingClients"]] == ["twilio"]
    assert "channels" in await call("appUsers.getChannels", userId="steveb@channel5.com")
    await call("appUsers.unlinkChannel", userId="steveb@channel5.com", channel="twilio")
    asked = await call("appUsers.getLinkRequests", userId="steveb@channel5.com", query={"integrationIds": made["_id"]})
    assert "linkRequests" in asked
    named = await call("integrations.update", {"displayName": "Phone"}, integrationId=made["_id"])
    assert (await call("integrations.get", integrationId=made["_id"])) == named
    listed = (await call("integrations.list", query={"types": "twilio,viber"}))["integrations"]
    assert [it["_id"] for it in listed] == [made["_id"]]
    await call("integrations.delete", integrationId=made["_id"])


async def _offices(call: OldClient) -> None:
    hook = (await call("webhooks.create", {"target": "http://127.0.0.1:9/x", "triggers": ["message:appUser"]}))[
        "webhook"
    ]
    assert hook["version"] == "v1.1"
    assert (await call("webhooks.get", webhookId=hook["_id"]))["webhook"] == hook
    changed = await call("webhooks.update", {"triggers": ["message:appMaker"]}, webhookId=hook["_id"])
    assert (await call("webhooks.list"))["webhooks"] == [changed["webhook"]]
    await call("webhooks.delete", webhookId=hook["_id"])
    items = [{"type": "link", "text": "Shop", "uri": "https://shop.example"}]
    configured = await call("menu.configure", {"items": items})
    assert (await call("menu.get")) == configured
    assert await call("menu.remove") == {"menu": {"items": []}}
    template = (await call("templates.create", {"name": "vinegar", "message": TEXT}))["template"]
    assert (await call("templates.get", templateId=template["_id"]))["template"] == template
    await call("templates.update", {"name": "more_vinegar"}, templateId=template["_id"])
    assert [it["name"] for it in (await call("templates.list"))["templates"]] == ["more_vinegar"]
    await call("templates.delete", templateId=template["_id"])


async def _goodbye(call: OldClient) -> None:
    other = (await call("appUsers.create", {"userId": "other"}))["appUser"]
    steve = (await call("appUsers.get", userId="steveb@channel5.com"))["appUser"]
    await call("appUsers.merge", {"surviving": {"_id": steve["_id"]}, "discarded": {"_id": other["_id"]}})
    with pytest.raises(Failed) as gone:
        await call("appUsers.get", userId="other")
    assert (gone.value.status, gone.value.code) == (404, "user_not_found")
    emptied = (await call("appUsers.deleteProfile", userId=steve["_id"]))["appUser"]
    assert "givenName" not in emptied
    await call("appUsers.delete", userId=steve["_id"])


async def _account(call: OldClient) -> None:
    app = (await call("apps.create", {"name": "Brule's Rules"}))["app"]
    assert (await call("apps.get", appId=app["_id"]))["app"] == app
    await call("apps.update", {"settings": {"useAnimalNames": True}}, appId=app["_id"])
    assert app["_id"] in [it["_id"] for it in (await call("apps.list", query={"limit": 100}))["apps"]]
    await call("apps.sdks", appId=app["_id"])
    await call("apps.delete", appId=app["_id"])
    key = (await call("keys.create", {"name": "key1"}))["key"]
    assert (await call("keys.get", keyId=key["_id"]))["key"] == key
    assert key in (await call("keys.list"))["keys"]
    assert (await call("keys.jwt", keyId=key["_id"]))["jwt"].count(".") == 2
    await call("keys.delete", keyId=key["_id"])
    account = (await call("serviceAccounts.create", {"name": "robots"}))["serviceAccount"]
    await call("serviceAccounts.update", {"name": "clerks"}, accountId=account["_id"])
    assert (await call("serviceAccounts.get", accountId=account["_id"]))["serviceAccount"]["name"] == "clerks"
    assert len((await call("serviceAccounts.list"))["serviceAccounts"]) == 1
    await call("serviceAccounts.delete", accountId=account["_id"])


@pytest.mark.parametrize("scope", ["app", "account"])
async def test_every_call_of_the_library_is_answered(house: House, scope: str) -> None:
    call = client(house, scope)
    await _people(call)
    await _talk(call)
    await _channels(call)
    await _offices(call)
    await _files(call)
    await _goodbye(call)
    for_accounts = {it for it in CALLS if it.split(".")[0] in ("apps", "keys", "serviceAccounts")}
    if scope == "account":
        await _account(call)
    assert call.made == (set(CALLS) if scope == "account" else set(CALLS) - for_accounts)


async def _files(call: OldClient) -> None:
    sent = await call.upload(
        "/appusers/steveb@channel5.com/images", {"role": "appMaker", "name": "Dr. Steve"}, PNG, "cat.png"
    )
    assert (sent["message"]["type"], sent["message"]["name"]) == ("image", "Dr. Steve")
    kept = await call.upload("/attachments?access=public", {}, PNG, "dog.png")
    assert kept["mediaType"] == "image/png"
    assert await call("attachments.delete", {"mediaUrl": kept["mediaUrl"]}) == {}


async def test_a_users_token_opens_their_own_talk(house: House) -> None:
    await client(house, "app")("appUsers.create", {"userId": "ann"})
    ann = client(house, "appUser", userId="ann")
    said = await ann("appUsers.sendMessage", {"role": "appUser", "type": "text", "text": "hello"}, userId="ann")
    assert said["message"]["role"] == "appUser"
    assert [it["text"] for it in (await ann("appUsers.getMessages", userId="ann"))["messages"]] == ["hello"]
    with pytest.raises(Failed) as refused:
        await ann("appUsers.create", {"userId": "bob"})
    assert (refused.value.status, refused.value.code) == (403, "forbidden")


async def test_a_bot_pre_creates_whom_it_cannot_find(house: House) -> None:
    """The vendor's own example: a message to somebody unknown is refused, and then they are made."""
    call = client(house, "app")
    with pytest.raises(Failed) as unknown:
        await call("appUsers.sendMessage", TEXT, userId="newcomer")
    assert (unknown.value.status, unknown.value.code) == (404, "user_not_found")
    await call("appUsers.create", {"userId": "newcomer"})
    assert (await call("appUsers.sendMessage", TEXT, userId="newcomer"))["message"]["text"] == TEXT["text"]


async def test_a_webhook_that_was_made_so_is_called(house: House, receiver: Receiver) -> None:
    call = client(house, "app")
    made: Json = await call("webhooks.create", {"target": receiver.url, "triggers": ["message:appUser"]})
    await call("appUsers.create", {"userId": "ann"})
    await call("appUsers.sendMessage", {"role": "appUser", "type": "text", "text": "hi"}, userId="ann")
    await call("appUsers.sendMessage", TEXT, userId="ann")
    await house.mirrored()
    (told,) = receiver.calls
    assert (told["trigger"], told["version"], told["messages"][0]["text"]) == ("message:appUser", "v1.1", "hi")
    assert receiver.keys == [made["webhook"]["secret"]]
