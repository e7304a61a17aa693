"""What the two guides print is what happens here, but for ids, hosts and secrets."""

from typing import Any

from tests.guides.old_client import Key, OldClient
from tests.house_under_test import House
from tests.receiver import Receiver

Json = dict[str, Any]


def _backend(house: House) -> OldClient:
    return OldClient(house.url, Key(*house.key, "app"), house.app_id, house.http)


async def test_the_payload_when_a_user_sends_a_message(house: House, receiver: Receiver) -> None:
    """The guide to receiving messages; `conversation` was added to it later."""
    backend = _backend(house)
    await backend("webhooks.create", {"target": receiver.url, "triggers": ["message:appUser"]})
    web = await house.device(auth={})
    await house.rest("PATCH", f"/users/{web.welcome['user']['id']}", {"profile": {"givenName": "Steve"}})
    room = (await web.ask("conversation:create"))["result"]["conversation"]["id"]
    said = await web.sends(room, "Hi! Do you have time to chat?")
    (told,) = await receiver.until(lambda: receiver.calls)
    message = said["message"]
    (shown,) = told["messages"]
    assert isinstance(shown["received"], float)
    assert told == {
        "trigger": "message:appUser",
        "app": {"_id": house.app_id},
        "version": "v1.1",
        "messages": [
            {
                "text": "Hi! Do you have time to chat?",
                "type": "text",
                "role": "appUser",
                "received": shown["received"],
                "name": "Steve",
                "authorId": web.welcome["user"]["id"],
                "_id": message["id"],
                "source": {"type": "web"},
            }
        ],
        "appUser": {"_id": web.welcome["user"]["id"], "conversationStarted": True},
        "conversation": {"_id": room},
    }


async def test_the_history_before_a_time(house: House) -> None:
    """The last 100 messages as of 1471995721, which is 23 August 2016, 23:42:01 UTC: long before any was sent here."""
    backend = _backend(house)
    await backend("appUsers.create", {"userId": "steve"})
    text = {"role": "appMaker", "type": "text", "text": "hello"}
    said = (await backend("appUsers.sendMessage", text, userId="steve"))["message"]
    before = await backend("appUsers.getMessages", userId="steve", query={"before": 1471995721})
    assert before["messages"] == []
    later = await backend("appUsers.getMessages", userId="steve", query={"after": 1471995721})
    assert [it["_id"] for it in later["messages"]] == [said["_id"]]


async def test_a_webhook_of_v1_is_a_custom_integration_of_v2(house: House) -> None:
    """The guide to conversations between many prints one and the same webhook as both APIs list it."""
    wanted = {"target": "https://example.org", "triggers": ["message:appUser"], "includeFullAppUser": True}
    await _backend(house)("webhooks.create", wanted)
    (old,) = (await house.v1("GET", "/webhooks")).body["webhooks"]
    assert old == {
        "_id": old["_id"],
        "version": "v1.1",
        "target": "https://example.org",
        "secret": old["secret"],
        "triggers": ["message:appUser"],
        "includeFullAppUser": True,
        "includeClient": False,
    }
    (new,) = (await house.rest("GET", "/integrations?filter[types]=custom")).body["integrations"]
    (hook,) = new["webhooks"]
    assert new == {
        "id": old["_id"],
        "type": "custom",
        "status": "active",
        "webhooks": [
            {
                "id": hook["id"],
                "version": "v2",
                "target": "https://example.org",
                "secret": old["secret"],
                "triggers": ["conversation:message"],
                "includeFullUser": True,
                "includeFullSource": False,
            }
        ],
    }
    assert hook["id"] != old["_id"]
