"""What a webhook is told of each happening, field by field, as the v2 API documents its payloads."""

import re
from typing import Any

import pytest

from gateway.domain.commands import MergeUsers, Ref
from tests.house_under_test import Device, House, Json
from tests.receiver import Receiver

ID = re.compile(r"[0-9a-f]{24}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
API = {"type": "api:conversations"}


def short_user(device: Device) -> Json:
    user = device.welcome["user"]
    return {"id": user["id"], "authenticated": user["authenticated"], "externalId": user["externalId"]}


def sdk(house: House) -> Json:
    """The source of what a web device does."""
    return {"type": "web", "integrationId": house.integrations["web"]}


async def told(receiver: Receiver, kind: str) -> Json:
    """The payload of the only event of a type."""
    (event,) = await receiver.until(lambda: receiver.heard(kind))
    assert set(event) == {"id", "createdAt", "type", "payload"}
    assert ID.fullmatch(event["id"])
    assert TIME.fullmatch(event["createdAt"])
    return dict(event["payload"])


async def test_the_envelope_names_the_app_and_the_webhook(house: House, receiver: Receiver) -> None:
    integration = await house.webhook(receiver.url)
    await house.group()
    (call,) = await receiver.until(lambda: receiver.calls)
    webhook = integration["webhooks"][0]
    assert call == {
        "app": {"id": house.app_id},
        "webhook": {"id": webhook["id"], "version": "v2"},
        "events": [receiver.events[0]],
    }
    assert receiver.keys == [webhook["secret"]]


async def test_conversation_create_of_a_group(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    room = await house.group("ann", metadata={"order": 7})
    assert await told(receiver, "conversation:create") == {
        "conversation": {"id": room, "type": "sdkGroup", "metadata": {"order": 7}},
        "creationReason": "none",
        "source": API,
    }
    assert receiver.heard("conversation:join") == []


async def test_conversation_create_of_a_personal_one(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    room = await house.personal("ann")
    assert await told(receiver, "conversation:create") == {
        "conversation": {"id": room, "type": "personal"},
        "creationReason": "none",
        "source": API,
        "user": {"id": await house.user("ann"), "authenticated": False, "externalId": "ann"},
    }


async def test_conversation_create_by_a_device(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    ann = await house.device("ann")
    made = await ann.ask("conversation:create")
    assert await told(receiver, "conversation:create") == {
        "conversation": {"id": made["result"]["conversation"]["id"], "type": "personal"},
        "creationReason": "startConversation",
        "source": sdk(house),
        "user": short_user(ann),
    }


async def test_conversation_join_and_leave(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    room, ann = await house.group(), await house.device("ann")
    await house.joins("ann", room)
    await house.leaves("ann", room)
    moved = {"conversation": {"id": room, "type": "sdkGroup"}, "user": short_user(ann)}
    assert await told(receiver, "conversation:join") == moved
    assert await told(receiver, "conversation:leave") == moved


async def test_conversation_remove(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    room = await house.group("ann")
    await house.rest("DELETE", f"/conversations/{room}")
    assert await told(receiver, "conversation:remove") == {"conversation": {"id": room, "type": "sdkGroup"}}


async def test_conversation_message_of_a_user(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    room, ann = await house.group("ann"), await house.device("ann")
    sent = await ann.sends(room, "hi", "m1")
    assert await told(receiver, "conversation:message") == {
        "conversation": {"id": room, "type": "sdkGroup"},
        "message": {
            "id": sent["message"]["id"],
            "received": sent["message"]["received"],
            "author": {"type": "user", "userId": short_user(ann)["id"], "displayName": "Ann", "user": short_user(ann)},
            "content": {"type": "text", "text": "hi"},
            "source": sdk(house),
        },
    }


async def test_conversation_message_of_the_business(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    room = await house.group("ann")
    author = {"type": "business", "displayName": "Desk", "avatarUrl": "https://a.example/d.png"}
    said = (await house.says(room, "hi", author=author, metadata={"order": 7})).body["messages"][0]
    payload = await told(receiver, "conversation:message")
    assert payload == {"conversation": {"id": room, "type": "sdkGroup"}, "message": said}
    assert said["author"] == author
    assert said["metadata"] == {"order": 7}


async def test_conversation_read(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    room, ann = await house.group("ann"), await house.device("ann")
    await house.says(room, "hi")
    await ann.ask("conversation:read", conversationId=room)
    me = short_user(ann)
    assert await told(receiver, "conversation:read") == {
        "conversation": {"id": room, "type": "sdkGroup"},
        "activity": {
            "type": "conversation:read",
            "author": {"type": "user", "userId": me["id"], "displayName": "Ann", "user": me},
            "source": sdk(house),
        },
    }


async def test_conversation_typing(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    room, ann = await house.group("ann"), await house.device("ann")
    await ann.ask("typing:start", conversationId=room)
    me = short_user(ann)
    assert await told(receiver, "conversation:typing") == {
        "conversation": {"id": room, "type": "sdkGroup"},
        "activity": {
            "type": "typing:start",
            "author": {"type": "user", "userId": me["id"], "displayName": "Ann", "user": me},
            "source": sdk(house),
        },
    }


async def test_conversation_postback(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    room, ann = await house.group("ann"), await house.device("ann")
    button = {"type": "postback", "text": "Yes", "payload": "YES", "metadata": {"order": 7}}
    said = await house.says(room, "", content={"type": "text", "text": "Shall we?", "actions": [button]})
    action = said.body["messages"][0]["content"]["actions"][0]["id"]
    await ann.ask("postback", conversationId=room, actionId=action)
    assert await told(receiver, "conversation:postback") == {
        "postback": {"payload": "YES", "metadata": {"order": 7}},
        "conversation": {"id": room, "type": "sdkGroup"},
        "user": short_user(ann),
        "source": sdk(house),
    }


async def test_client_add(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    ann = await house.device("ann")
    await house.device("ann", "pocket")
    payload = await told(receiver, "client:add")
    linked_at = payload["client"].pop("linkedAt")
    assert TIME.fullmatch(linked_at)
    assert payload == {
        "user": short_user(ann),
        "client": {"id": ann.welcome["device"]["clientId"], "type": "sdk", "status": "active"},
        "reason": "sdkLogin",
        "source": sdk(house),
    }


async def test_client_add_by_a_subscription(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    room, ann = await house.group(), await house.user("ann")
    joined = await house.rest("POST", f"/conversations/{room}/join", {"userId": ann, "subscribeSDKClient": True})
    payload = await told(receiver, "client:add")
    assert payload["user"]["id"] == ann
    assert payload["source"] == API
    seat = (await house.participants(room))[0]
    assert seat["clientAssociations"] == [{"type": "sdk", "clientId": payload["client"]["id"]}]
    assert joined.status == 201


async def test_user_update_when_somebody_is_identified(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    nobody = await house.device(guid="phone")
    answer = await nobody.ask("login", jwt=house.token("ann"))
    user = answer["result"]["user"]
    assert await told(receiver, "user:update") == {
        "user": {"id": user["id"], "authenticated": True, "externalId": "ann"},
        "reason": "authentication",
        "source": sdk(house),
    }


async def test_a_mere_change_of_the_profile_is_no_user_update(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    ann = await house.device("ann")
    await ann.ask("user:update", profile={"surname": "Lee"})
    await house.rest("PATCH", "/users/ann", {"metadata": {"vip": True}})
    await house.rest("DELETE", "/users/ann")
    await receiver.until(lambda: receiver.heard("user:remove"))
    assert receiver.heard("user:update") == []


async def test_user_merge(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    own, nobody = await house.personal("ann"), await house.device(guid="phone")
    made = await nobody.ask("conversation:create", messages=[{"type": "text", "text": "Hi"}])
    await nobody.ask("login", jwt=house.token("ann"))
    discarded = made["result"]["conversation"]["id"]
    assert await told(receiver, "user:merge") == {
        "mergedUsers": {
            "surviving": {"id": await house.user("ann"), "authenticated": True, "externalId": "ann"},
            "discarded": {"id": nobody.welcome["user"]["id"], "authenticated": False},
        },
        "mergedConversations": {
            "surviving": {"id": own, "type": "personal"},
            "discarded": {"id": discarded, "type": "personal"},
        },
        "reason": "sdkLogin",
    }


async def test_user_merge_with_metadata_that_has_no_room(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, includeFullUser=True)
    ids = []
    for name in ("ann", "bob"):
        made = await house.rest("POST", "/users", {"externalId": name, "metadata": {name: "x" * 3_000}})
        ids.append(made.body["user"]["id"])
    refs = [Ref(house.app_id, it, "id") for it in ids]
    await house.flow.corridor.execute(MergeUsers(app_id=house.app_id, surviving=refs[0], discarded=refs[1]))
    payload = await told(receiver, "user:merge")
    assert set(payload) == {"mergedUsers", "discardedMetadata", "reason"}
    assert (payload["discardedMetadata"], payload["reason"]) == ({"bob": "x" * 3_000}, "api")
    assert payload["mergedUsers"]["surviving"] == (await house.rest("GET", "/users/ann")).body["user"]
    assert payload["mergedUsers"]["discarded"]["metadata"] == {"bob": "x" * 3_000}


async def test_user_remove(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, includeFullUser=True)
    group, own, ann = await house.group("ann"), await house.personal("ann"), await house.device("ann")
    await house.rest("DELETE", "/users/ann")
    assert await told(receiver, "user:remove") == {"user": short_user(ann)}
    assert (await told(receiver, "conversation:leave"))["conversation"]["id"] == group
    assert (await told(receiver, "conversation:remove"))["conversation"]["id"] == own


@pytest.mark.parametrize("full", [True, False])
async def test_the_whole_user_where_it_is_asked_for(house: House, receiver: Receiver, full: bool) -> None:
    await house.webhook(receiver.url, includeFullUser=full)
    room, ann = await house.group("ann"), await house.device("ann")
    whole = (await ann.ask("user:update", metadata={"vip": True}))["result"]["user"]
    assert whole["profile"] == {"givenName": "Ann"}
    shown = whole if full else short_user(ann)
    await ann.sends(room, "hi")
    await ann.ask("typing:start", conversationId=room)
    await house.leaves("ann", room)
    assert (await told(receiver, "conversation:message"))["message"]["author"]["user"] == shown
    assert (await told(receiver, "conversation:typing"))["activity"]["author"]["user"] == shown
    assert (await told(receiver, "conversation:leave"))["user"] == shown


@pytest.mark.parametrize("full", [True, False])
async def test_the_whole_source_where_it_is_asked_for(house: House, receiver: Receiver, full: bool) -> None:
    await house.webhook(receiver.url, includeFullSource=full)
    room, ann = await house.group("ann"), await house.device("ann")
    await ann.sends(room, "hi")
    await ann.ask("typing:start", conversationId=room)
    await house.says(room, "hello")
    await receiver.until(lambda: len(receiver.heard("conversation:message")) == 2)
    own, businesses = (it["payload"]["message"] for it in receiver.heard("conversation:message"))
    typing = await told(receiver, "conversation:typing")
    assert businesses["source"] == API
    for source in (own["source"], typing["activity"]["source"]):
        details: dict[str, Any] = {name: source.pop(name, None) for name in ("client", "device")}
        assert source == sdk(house)
        if not full:
            assert details == {"client": None, "device": None}
            continue
        assert details["device"] == ann.welcome["device"]
        assert details["client"]["id"] == ann.welcome["device"]["clientId"]
        assert details["client"]["type"] == "sdk"
