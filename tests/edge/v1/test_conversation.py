"""A user's default conversation over v1.1: read marks, typing, and buttons that are pressed."""

from typing import Any

import pytest

from tests.edge.v1.test_door import old_token
from tests.house_under_test import Answer, Device, House, Json
from tests.receiver import Receiver

ANN = "/appusers/ann"
POSTBACK: Json = {"type": "postback", "text": "Yes", "payload": "YES", "metadata": {"sure": True}}
REPLY: Json = {"type": "reply", "text": "Red", "payload": "RED"}


async def says(house: House, **facts: Any) -> Json:
    sent = {"role": "appMaker", "type": "text", "text": "Hello", **facts}
    answer = await house.v1("POST", f"{ANN}/messages", sent)
    assert answer.status == 201, answer
    return answer.body


@pytest.fixture
async def ann(house: House) -> Device:
    """A device of a user who was greeted twice."""
    device = await house.device("ann")
    for _ in range(2):
        await says(house)
    return device


async def acts(house: House, **body: Any) -> Answer:
    return await house.v1("POST", f"{ANN}/conversation/activity", {"role": "appMaker", **body})


async def test_its_counters_are_shown(house: House, ann: Device) -> None:
    shown = await house.v1("GET", f"{ANN}/conversation")
    conversation = shown.body["conversation"]
    assert (shown.status, conversation["unreadCount"], len(conversation["_id"])) == (200, 2, 24)
    assert shown.body["conversation"] == (await house.v1("GET", f"{ANN}/messages")).body["conversation"]


@pytest.mark.parametrize("family", ["apps", "implied"])
async def test_the_user_has_read_all(house: House, ann: Device, family: str) -> None:
    said = await says(house)
    read = await house.v1("POST", f"{ANN}/conversation/read", family=family)
    conversation = read.body["conversation"]
    assert (read.status, conversation["unreadCount"]) == (200, 0)
    assert conversation["appUserLastRead"] == said["message"]["received"]
    told = await ann.event("conversation:read")
    assert told["event"]["payload"]["activity"]["author"]["userId"] == ann.welcome["user"]["id"]


async def test_before_the_first_message_there_is_none(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    for method, path in (
        ("GET", ""), ("POST", "/read"), ("POST", "/activity"), ("POST", "/postback"),
    ):  # fmt: skip
        refused = await house.v1(method, f"{ANN}/conversation{path}")
        assert refused.error[:2] == (404, "conversation_not_found")
    for path in ("", "/x"):
        assert (await house.v1("DELETE", f"{ANN}/messages{path}")).error[:2] == (404, "conversation_not_found")


async def test_the_business_types(house: House, ann: Device) -> None:
    for activity in ("typing:start", "typing:stop"):
        acted = await acts(house, type=activity, name="Cleo", avatarUrl="https://example.org/cleo.png")
        assert (acted.status, acted.body["conversation"]["unreadCount"]) == (200, 2)
        told = (await ann.event("conversation:typing"))["event"]["payload"]["activity"]
        assert (told["type"], told["author"]["type"], told["author"]["displayName"]) == (activity, "business", "Cleo")


async def test_the_business_has_read_all(house: House, ann: Device) -> None:
    said = await ann.sends((await house.v1("GET", f"{ANN}/conversation")).body["conversation"]["_id"], "Hi")
    acted = await acts(house, type="conversation:read")
    listed = (await house.v1("GET", f"{ANN}/messages")).body["messages"]
    assert acted.body["conversation"]["appMakerLastRead"] == listed[-1]["received"]
    assert listed[-1]["_id"] == said["message"]["id"]


async def test_a_user_acts_with_their_own_token(house: House, ann: Device, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:typing")
    own = old_token(house, scope="appUser", userId="ann")
    path = f"{ANN}/conversation/activity"
    typing = {"role": "appUser", "type": "typing:start"}
    assert (await house.v1("POST", path, typing, token=own)).status == 200
    await house.mirrored()
    (told,) = receiver.events
    assert told["payload"]["activity"]["author"]["userId"] == ann.welcome["user"]["id"]
    read = await house.v1("POST", path, {"role": "appUser", "type": "conversation:read"}, token=own)
    assert read.body["conversation"]["unreadCount"] == 0
    assert (await house.v1("POST", path, {**typing, "role": "appMaker"}, token=own)).error[:2] == (403, "forbidden")
    refused = await house.v1("POST", path, typing)
    assert refused.error == (400, "bad_request", "Only a user's own token acts as role appUser")


async def test_what_is_no_activity_is_refused(house: House, ann: Device) -> None:
    for body, field in (
        ({"type": "typing:pause"}, "type"), ({}, "type"), ({"type": "typing:start", "role": "x"}, "role"),
        ({"type": "typing:start", "name": 5}, "name"), ({"type": "typing:start", "avatarUrl": []}, "avatarUrl"),
    ):  # fmt: skip
        refused = await acts(house, **body)
        assert refused.error[0] == 400
        assert field in refused.error[2]


async def test_a_button_is_pressed(house: House, ann: Device, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:postback", "conversation:message")
    asked = await says(house, text="Sure?", actions=[POSTBACK])
    (button,) = asked["message"]["actions"]
    assert await house.v1("POST", f"{ANN}/conversation/postback", {"actionId": button["_id"]}) == (200, {})
    await house.mirrored()
    told = receiver.events[-1]
    assert told["type"] == "conversation:postback"
    assert told["payload"]["postback"] == {"payload": "YES", "metadata": {"sure": True}}
    assert told["payload"]["user"]["id"] == ann.welcome["user"]["id"]


async def test_a_reply_is_said_by_the_user(house: House, ann: Device) -> None:
    asked = await says(house, text="Which?", actions=[REPLY])
    (button,) = asked["message"]["actions"]
    await house.v1("POST", f"{ANN}/conversation/postback", {"actionId": button["_id"]})
    said = (await house.v1("GET", f"{ANN}/messages")).body["messages"][-1]
    assert (said["role"], said["text"], said["payload"]) == ("appUser", "Red", "RED")


@pytest.mark.parametrize(("body", "word"), [({}, "actionId"), ({"actionId": 5}, "actionId"), ({"actionId": "x"}, "no")])
async def test_a_button_that_is_not_there_is_refused(house: House, ann: Device, body: Json, word: str) -> None:
    refused = await house.v1("POST", f"{ANN}/conversation/postback", body)
    assert refused.error[:2] == (400, "bad_request")
    assert word in refused.error[2]


async def test_a_message_is_deleted(house: House, ann: Device) -> None:
    first, second = (await house.v1("GET", f"{ANN}/messages")).body["messages"]
    assert await house.v1("DELETE", f"{ANN}/messages/{first['_id']}") == (200, {})
    page = (await house.v1("GET", f"{ANN}/messages")).body
    assert page["messages"] == [second]
    assert (await ann.event("message:delete"))["event"]["payload"]["message"]["id"] == first["_id"]
    assert (await house.v1("DELETE", f"{ANN}/messages/{'0' * 24}")).error == (404, "not_found", "Message not found")


async def test_all_messages_are_deleted(house: House, ann: Device) -> None:
    assert await house.v1("DELETE", f"{ANN}/messages") == (200, {})
    page = (await house.v1("GET", f"{ANN}/messages")).body
    assert page.keys() == {"conversation", "messages"}
    assert (page["messages"], page["conversation"]["unreadCount"]) == ([], 0)
    user = (await house.v1("GET", ANN)).body["appUser"]
    assert (user["conversationStarted"], len(user["clients"])) == (True, 1)
    assert (await house.v1("DELETE", f"{ANN}/messages")).status == 200
