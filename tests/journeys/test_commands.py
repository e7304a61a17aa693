"""Every command of the device socket: what it does, and the shape of its answer."""

import pytest

from tests.house_under_test import Device, House, Json
from tests.receiver import Receiver


async def asked(device: Device, command: str, **fields: object) -> Json:
    """The result of a command that succeeds."""
    answer = await device.ask(command, **fields)
    assert answer["type"] == "ok", answer
    return dict(answer["result"])


def texts(messages: list[Json]) -> list[str]:
    return [it["content"]["text"] for it in messages]


# Messages


async def test_message_send(house: House) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    content = {"type": "text", "text": "hi"}
    result = await asked(
        ann, "message:send", conversationId=room, content=content, clientMessageId="m1", metadata={"mood": "good"}
    )
    assert set(result) == {"message", "seq"}
    assert result["seq"] == 2
    assert result["message"]["content"] == content
    assert result["message"]["metadata"] == {"mood": "good"}
    assert result["message"]["author"]["displayName"] == "Ann"
    assert result["message"] in await house.messages(room)


@pytest.mark.parametrize(
    "content",
    [
        {"type": "image", "mediaUrl": "https://files.example/a.png", "altText": "a roof"},
        {"type": "file", "mediaUrl": "https://files.example/a.pdf"},
        {"type": "location", "coordinates": {"lat": 48.1, "long": 11.6}},
    ],
    ids=lambda it: str(it["type"]),
)
async def test_message_send_of_other_content(house: House, content: Json) -> None:
    room = await house.group("ann")
    result = await asked(await house.device("ann"), "message:send", conversationId=room, content=content)
    assert result["message"]["content"].items() >= content.items()


async def test_message_list_from_both_ends(house: House) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    for number in range(7):
        await ann.sends(room, str(number))

    newest = await asked(ann, "message:list", conversationId=room, limit=3)
    assert (texts(newest["messages"]), newest["hasMore"]) == (["4", "5", "6"], True)
    assert [it["seq"] for it in newest["messages"]] == [6, 7, 8]
    before = await asked(ann, "message:list", conversationId=room, limit=3, beforeSeq=6)
    assert (texts(before["messages"]), before["hasMore"]) == (["1", "2", "3"], True)
    first = await asked(ann, "message:list", conversationId=room, limit=3, beforeSeq=3)
    assert (texts(first["messages"]), first["hasMore"]) == (["0"], False)
    after = await asked(ann, "message:list", conversationId=room, limit=3, afterSeq=2)
    assert (texts(after["messages"]), after["hasMore"]) == (["1", "2", "3"], True)
    last = await asked(ann, "message:list", conversationId=room, limit=3, afterSeq=6)
    assert (texts(last["messages"]), last["hasMore"]) == (["5", "6"], False)
    whole = await asked(ann, "message:list", conversationId=room, afterSeq=0)
    assert (len(whole["messages"]), whole["hasMore"]) == (7, False)


async def test_events_since_repairs_a_gap_with_the_frames_that_were_missed(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await ann.sends(room, "one", "m1")
    await bob.ask("conversation:read", conversationId=room)
    await house.rest("PATCH", f"/conversations/{room}", {"displayName": "Crew"})
    await house.joins("cyd", room)
    await house.says(room, "two")
    await house.leaves("cyd", room)
    live = [await ann.frame() for _ in range(6)]
    assert [it["seq"] for it in live] == [2, 3, 4, 5, 6, 7]
    assert await asked(ann, "events:since", conversationId=room, seq=1) == {"events": live, "recovered": True}
    assert await asked(ann, "events:since", conversationId=room, seq=5) == {"events": live[4:], "recovered": True}
    assert await asked(ann, "events:since", conversationId=room, seq=7) == {"events": [], "recovered": True}
    assert await asked(ann, "events:since", conversationId=room, seq=8) == {"events": [], "recovered": False}


async def test_events_since_gives_the_whole_conversation_with_ones_own_joining(house: House) -> None:
    room = await house.group("bob", displayName="Crew")
    ann = await house.device("ann")
    await house.joins("ann", room)
    live = await ann.event("conversation:join")
    assert live["event"]["payload"]["conversation"]["displayName"] == "Crew"
    assert (await asked(ann, "events:since", conversationId=room, seq=1))["events"] == [live]


async def test_a_repaired_gap_says_the_same_bytes(house: House) -> None:
    room = await house.group("ann")
    ann, pocket = await house.device("ann"), await house.device("ann", "pocket")
    await ann.sends(room, "é is one letter", "m1")
    live = str(await pocket.socket.recv())
    await pocket.socket.send(f'{{"type":"events:since","id":1,"conversationId":"{room}","seq":1}}')
    assert f'"events":[{live}]' in str(await pocket.socket.recv())


async def test_a_deleted_message_is_not_said_again(house: House) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    sent = await ann.sends(room, "a slip")
    await house.rest("DELETE", f"/conversations/{room}/messages/{sent['message']['id']}")
    gone = await ann.event("message:delete")
    assert gone["event"]["payload"]["message"] == {"id": sent["message"]["id"], "deleted": True}
    since = await asked(ann, "events:since", conversationId=room, seq=1)
    assert since["recovered"] is True
    said, deleted = since["events"]
    assert deleted == gone
    assert said["event"]["payload"]["message"]["deleted"] is True
    assert "content" not in said["event"]["payload"]["message"]
    (placeholder,) = (await asked(ann, "message:list", conversationId=room))["messages"]
    assert placeholder["deleted"] is True


async def test_all_messages_are_deleted(house: House) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    await ann.sends(room, "one")
    await ann.sends(room, "two")
    assert (await house.rest("DELETE", f"/conversations/{room}/messages")).status == 200
    assert (await ann.event("message:delete"))["event"]["payload"]["all"] is True
    assert (await asked(ann, "message:list", conversationId=room))["messages"] == []
    assert (await asked(ann, "events:since", conversationId=room, seq=1)) == {"events": [], "recovered": False}
    assert (await ann.sends(room, "three"))["seq"] == 5


# Conversations


async def test_conversation_get(house: House) -> None:
    room = await house.group("ann", "bob", displayName="Crew", metadata={"order": 7})
    ann = await house.device("ann")
    sent = await ann.sends(room, "hi")
    state = await asked(ann, "conversation:get", conversationId=room)
    assert set(state) == {"conversation", "participants", "seq"}
    assert state["seq"] == sent["seq"]
    stored = (await house.rest("GET", f"/conversations/{room}")).body["conversation"]
    assert state["conversation"] == stored
    seats = await house.participants(room)
    assert [(it["id"], it["unreadCount"]) for it in state["participants"]] == [
        (it["id"], it["unreadCount"]) for it in seats
    ]
    assert [it["displayName"] for it in state["participants"]] == ["Ann", "Bob"]


async def test_conversation_list_most_recently_active_first(house: House) -> None:
    rooms = [await house.group("ann", displayName=f"Room {number}") for number in range(5)]
    ann = await house.device("ann")
    await ann.sends(rooms[1], "wake up")
    first = await asked(ann, "conversation:list", limit=2)
    assert [it["conversation"]["id"] for it in first["conversations"]] == [rooms[1], rooms[4]]
    assert first["hasMore"] is True
    assert first["conversations"][0]["lastMessage"]["content"]["text"] == "wake up"
    rest = await asked(ann, "conversation:list", limit=3, after=rooms[4])
    assert [it["conversation"]["id"] for it in rest["conversations"]] == [rooms[3], rooms[2], rooms[0]]
    assert rest["hasMore"] is False


async def test_a_welcome_says_when_there_are_more_conversations(house: House) -> None:
    rooms = [await house.group("ann") for _ in range(12)]
    ann = await house.device("ann")
    assert [it["conversation"]["id"] for it in ann.welcome["conversations"]] == rooms[:1:-1]
    assert ann.welcome["hasMoreConversations"] is True
    more = await asked(ann, "conversation:list", after=rooms[2])
    assert [it["conversation"]["id"] for it in more["conversations"]] == [rooms[1], rooms[0]]


async def test_conversation_create(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:create", "conversation:message")
    ann, pocket = await house.device("ann"), await house.device("ann", "pocket")
    opened = await asked(
        ann,
        "conversation:create",
        displayName="Order 7",
        description="A question",
        iconUrl="https://files.example/i.png",
        metadata={"order": 7},
        messages=[{"type": "text", "text": "Where"}, {"type": "text", "text": "is it?"}],
    )
    conversation = opened["conversation"]
    assert (conversation["type"], conversation["isDefault"]) == ("personal", True)
    assert conversation["displayName"] == "Order 7"
    assert conversation["metadata"] == {"order": 7}
    assert opened["seq"] == 3
    assert texts(await house.messages(conversation["id"])) == ["Where", "is it?"]
    assert (await pocket.event("conversation:create"))["conversationId"] == conversation["id"]
    assert [it["seq"] for it in await pocket.events("conversation:message", 2)] == [2, 3]
    told = await receiver.until(lambda: receiver.events if len(receiver.events) == 3 else None)
    assert [it["type"] for it in told] == ["conversation:create", "conversation:message", "conversation:message"]
    assert told[0]["payload"]["creationReason"] == "startConversation"
    assert told[0]["payload"]["user"]["externalId"] == "ann"


async def allowed(house: House, allowed: bool) -> None:
    body = {"canUserCreateMoreConversations": allowed}
    answer = await house.rest("PATCH", f"/integrations/{house.integrations['web']}", body)
    assert answer.status == 200


async def test_a_further_conversation_only_where_the_integration_allows_it(house: House) -> None:
    ann = await house.device("ann")
    first = await asked(ann, "conversation:create")
    refused = await ann.ask("conversation:create")
    assert (refused["error"]["status"], refused["error"]["code"]) == (403, "forbidden")
    await allowed(house, True)
    second = await asked(ann, "conversation:create")
    assert (first["conversation"]["isDefault"], second["conversation"]["isDefault"]) == (True, False)
    await allowed(house, False)
    assert (await ann.ask("conversation:create"))["error"]["status"] == 403
    assert len((await asked(ann, "conversation:list"))["conversations"]) == 2


async def test_a_further_conversation_only_where_the_app_allows_it(house: House) -> None:
    made = await house.rest("POST", "/v2/apps", {"displayName": "single"}, key=house.account)
    app = f"/v2/apps/{made.body['app']['id']}"
    integration = {"type": "web", "canUserCreateMoreConversations": True}
    web = (await house.rest("POST", f"{app}/integrations", integration, key=house.account)).body["integration"]
    ann = await house.device(guid="phone", integration=web["id"])
    await asked(ann, "conversation:create")
    refused = await ann.ask("conversation:create")
    assert (refused["error"]["status"], refused["error"]["code"]) == (400, "bad_request")
    assert "multiConvoEnabled" in refused["error"]["title"]


async def test_conversation_update(house: House) -> None:
    room = await house.group("ann", "bob", displayName="Before", description="Here")
    ann, bob = await house.device("ann"), await house.device("bob")
    changed = await asked(ann, "conversation:update", conversationId=room, displayName="After", description=None)
    assert changed["conversation"]["displayName"] == "After"
    assert "description" not in changed["conversation"]
    assert (await bob.event("conversation:update"))["event"]["payload"] == changed
    again = await asked(ann, "conversation:update", conversationId=room, displayName="After")
    assert again == changed
    await bob.nothing_more()


# Buttons


async def test_postback_by_action_id(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:postback")
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    buttons = [
        {"type": "postback", "text": "Yes", "payload": "YES", "metadata": {"order": 7}},
        {"type": "link", "text": "More", "uri": "https://shop.example"},
    ]
    await house.says(room, "", content={"type": "text", "text": "Shall we?", "actions": buttons})
    message = (await ann.event("conversation:message"))["event"]["payload"]["message"]
    yes, more = message["content"]["actions"]
    assert await asked(ann, "postback", conversationId=room, actionId=yes["id"]) == {}
    (event,) = await receiver.until(lambda: receiver.events)
    assert event["payload"]["postback"] == {"payload": "YES", "metadata": {"order": 7}}
    assert event["payload"]["user"]["externalId"] == "ann"
    for wrong in (more["id"], "0" * 24):
        refused = await ann.ask("postback", conversationId=room, actionId=wrong)
        assert refused["error"]["status"] == 400
    await bob.event("conversation:message")
    await bob.nothing_more()


async def test_a_button_of_a_deleted_message_is_gone(house: House) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    content = {"type": "text", "text": "Now?", "actions": [{"type": "postback", "text": "Yes", "payload": "YES"}]}
    said = (await house.says(room, "", content=content)).body["messages"][0]
    await house.rest("DELETE", f"/conversations/{room}/messages/{said['id']}")
    button = said["content"]["actions"][0]["id"]
    assert (await ann.ask("postback", conversationId=room, actionId=button))["error"]["status"] == 400


# Oneself


async def test_user_update(house: House) -> None:
    await house.user("ann")
    ann = await house.device("ann")
    changed = await asked(ann, "user:update", profile={"surname": "Lee", "locale": "de"}, metadata={"vip": True})
    assert changed["user"]["profile"] == {"givenName": "Ann", "surname": "Lee", "locale": "de"}
    unset = await asked(ann, "user:update", profile={"surname": None})
    assert unset["user"]["profile"] == {"givenName": "Ann", "locale": "de"}
    assert unset["user"]["metadata"] == {"vip": True}
    assert (await house.rest("GET", "/users/ann")).body["user"] == unset["user"]


async def test_device_update(house: House) -> None:
    ann = await house.device("ann")
    changed = await asked(ann, "device:update", pushNotificationToken="push-1")
    assert changed["device"]["pushNotificationToken"] == "push-1"
    assert changed["device"]["id"] == ann.welcome["device"]["id"]
    unset = await asked(ann, "device:update", pushNotificationToken=None, state="background")
    assert "pushNotificationToken" not in unset["device"]


async def test_ping(house: House) -> None:
    assert await asked(await house.device("ann"), "ping") == {}
