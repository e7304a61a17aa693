"""Who a device is: by a JWT, by a session token, or somebody new."""

import time
from typing import Any

import jwt as pyjwt
import pytest

from tests.house_under_test import Device, House, Json
from tests.journeys.bare import burst
from tests.receiver import Receiver


async def said_to(house: House, auth: Json | None) -> int:
    """The close code that a hello with these credentials earns."""
    device = await house.plug()
    await device.say("hello", device={"guid": "guid"}, auth=auth)
    _, code = await device.goodbye()
    return code


def signed(house: House, **changes: Any) -> str:
    """A user's token, spoilt in one way."""
    key = {"secret": house.key[1], "kid": house.key[0], "algorithm": "HS256"}
    spoilt = {"scope": "user", "external_id": "ann", **key, **changes}
    key = {name: spoilt.pop(name) for name in key}
    claims = {name: value for name, value in spoilt.items() if value is not None}
    return pyjwt.encode(claims, key["secret"], key["algorithm"], {"kid": key["kid"]})


@pytest.mark.parametrize(
    "spoilt",
    [
        {"secret": "x" * 64},
        {"kid": "app_" + "0" * 24},
        {"algorithm": "HS512"},
        {"algorithm": "none", "secret": ""},
        {"scope": "app"},
        {"scope": None},
        {"external_id": None},
        {"external_id": 7},
        {"external_id": ""},
        {"exp": 1},
        {"exp": "soon"},
    ],
    ids=str,
)
async def test_a_token_is_refused(house: House, spoilt: dict[str, Any]) -> None:
    assert await said_to(house, {"jwt": signed(house, **spoilt)}) == 4501


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "..", "é" * 9])
async def test_what_is_no_token_is_refused(house: House, text: str) -> None:
    assert await said_to(house, {"jwt": text}) == 4501


async def test_a_key_opens_only_its_own_app(house: House) -> None:
    other = await house.rest("POST", "/v2/apps", {"displayName": "other"}, key=house.account)
    where = f"/v2/apps/{other.body['app']['id']}/keys"
    key = (await house.rest("POST", where, {"displayName": "k"}, key=house.account)).body["key"]
    assert await said_to(house, {"jwt": signed(house, kid=key["id"], secret=key["secret"])}) == 4501


async def test_only_an_app_key_signs_users(house: House) -> None:
    assert await said_to(house, {"jwt": signed(house, kid=house.account[0], secret=house.account[1])}) == 4501


async def expiring(house: House, guid: str, seconds: float) -> Device:
    """A device of ann's whose token ends soon."""
    device = await house.plug(guid=guid)
    token = house.token("ann", exp=time.time() + seconds)
    assert (await device.ask("hello", device={"guid": guid}, auth={"jwt": token}))["type"] == "welcome"
    return device


async def test_a_token_that_expires_while_connected(house: House) -> None:
    said, code = await (await expiring(house, "phone", 1)).goodbye()
    assert code == 4501
    assert said is not None
    assert (said["reason"], said["comeBack"]) == ("invalid_auth", False)


async def test_a_fresh_token_by_command_keeps_the_device(house: House) -> None:
    kept = await expiring(house, "kept", 1)
    renewed = await kept.ask("login", jwt=house.token("ann"))
    assert renewed["result"]["user"]["externalId"] == "ann"
    assert (await (await expiring(house, "lost", 1.2)).goodbye())[1] == 4501
    await kept.ask("ping")


async def only(house: House, room: str, witness: Device) -> None:
    """What the business says now is the first thing that happens in the room."""
    await house.says(room, "first")
    assert (await witness.frame())["seq"] == 2
    assert [it["content"]["text"] for it in await house.messages(room)] == ["first"]


async def test_commands_behind_a_refused_hello_are_not_taken(house: House) -> None:
    """While the token is looked at they wait; once it is refused they are nobody's."""
    room = await house.group("bob")
    bob = await house.device("bob")
    device = await house.plug()
    text = {"type": "text", "text": "as the business"}
    device.socket.transport.write(
        burst(
            {"type": "hello", "id": 1, "device": {"guid": "g"}, "auth": {"jwt": signed(house, secret="x" * 64)}},
            {"type": "message:send", "id": 2, "conversationId": room, "content": text},
            {"type": "conversation:read", "id": 3, "conversationId": room},
            {"type": "conversation:update", "id": 4, "conversationId": room, "displayName": "Mine"},
        )
    )
    assert (await device.goodbye())[1] == 4501
    await only(house, room, bob)


# Anonymous users


def session(device: Device) -> Json:
    return {"userId": device.welcome["user"]["id"], "sessionToken": device.welcome["sessionToken"]}


async def test_a_nobody_becomes_a_user_who_can_come_back(house: House) -> None:
    first = await house.device(guid="phone")
    assert first.welcome["user"]["authenticated"] is False
    assert "externalId" not in first.welcome["user"]
    made = await first.ask("conversation:create", messages=[{"type": "text", "text": "hi"}])
    await first.close()
    again = await house.device(guid="phone", auth=session(first))
    assert again.welcome["user"]["id"] == first.welcome["user"]["id"]
    assert "sessionToken" not in again.welcome
    (listed,) = again.welcome["conversations"]
    assert listed["conversation"]["id"] == made["result"]["conversation"]["id"]


async def test_two_nobodies_are_two_users(house: House) -> None:
    first, second = await house.device(guid="one"), await house.device(guid="two")
    assert first.welcome["user"]["id"] != second.welcome["user"]["id"]
    assert first.welcome["sessionToken"] != second.welcome["sessionToken"]


async def test_a_wrong_session_token_is_refused(house: House) -> None:
    nobody, other = await house.device(guid="one"), await house.device(guid="two")
    for auth in (
        {**session(nobody), "sessionToken": "wrong"},
        {**session(nobody), "sessionToken": session(other)["sessionToken"]},
        {"userId": session(nobody)["userId"]},
        {**session(nobody), "userId": "0" * 24},
    ):
        assert await said_to(house, auth) == 4501


async def test_an_identified_user_has_no_session_token(house: House) -> None:
    ann = await house.device("ann")
    assert await said_to(house, {"userId": ann.welcome["user"]["id"], "sessionToken": "any"}) == 4501
    assert await said_to(house, {"userId": ann.welcome["user"]["id"]}) == 4501


async def test_a_nobody_logs_in_with_the_hello_and_keeps_the_history(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "user:update", includeFullUser=True)
    nobody = await house.device(guid="phone")
    await nobody.ask("conversation:create", messages=[{"type": "text", "text": "hi"}])
    await nobody.close()
    ann = await house.device(guid="phone", auth={"jwt": house.token("ann"), **session(nobody)})
    assert ann.welcome["user"]["id"] == nobody.welcome["user"]["id"]
    assert (ann.welcome["user"]["externalId"], ann.welcome["user"]["authenticated"]) == ("ann", True)
    assert len(ann.welcome["conversations"]) == 1
    assert await said_to(house, session(nobody)) == 4501
    (event,) = await receiver.until(lambda: receiver.events)
    assert event["payload"]["reason"] == "authentication"
    assert event["payload"]["user"] == ann.welcome["user"]


async def test_a_nobody_logs_in_by_command(house: House) -> None:
    nobody = await house.device(guid="phone")
    made = await nobody.ask("conversation:create")
    answer = await nobody.ask("login", jwt=house.token("ann"))
    assert answer["result"]["user"]["id"] == nobody.welcome["user"]["id"]
    assert answer["result"]["user"]["externalId"] == "ann"
    room = made["result"]["conversation"]["id"]
    await house.says(room, "hello ann")
    assert (await nobody.event("conversation:message"))["conversationId"] == room
    assert (await house.device("ann", "desk")).welcome["user"]["id"] == nobody.welcome["user"]["id"]


async def test_a_login_as_somebody_known_hears_as_them(house: House) -> None:
    room = await house.group("ann")
    device = await house.device(guid="phone")
    answer = await device.ask("login", jwt=house.token("ann"))
    assert answer["result"]["user"]["id"] == await house.user("ann")
    await house.says(room, "hi")
    assert (await device.event("conversation:message"))["conversationId"] == room
    sent = await device.sends(room, "hello")
    assert sent["message"]["author"]["userId"] == answer["result"]["user"]["id"]


async def test_a_failed_login_changes_nothing(house: House) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    refused = await ann.ask("login", jwt=signed(house, secret="x" * 64, external_id="bob"))
    assert refused["error"] == {"status": 401, "code": "invalid_auth", "title": "The token is not valid"}
    sent = await ann.sends(room, "still me")
    assert sent["message"]["author"]["userId"] == ann.welcome["user"]["id"]


async def test_a_logout_is_answered_then_the_socket_is_closed(house: House) -> None:
    room = await house.group("ann")
    ann, pocket = await house.device("ann"), await house.device("ann", "pocket")
    assert (await ann.ask("logout"))["result"] == {}
    said, code = await ann.goodbye()
    assert code == 1000
    assert said is not None
    assert said["comeBack"] is False
    await house.says(room, "hi")
    await pocket.event("conversation:message")
    assert [it for it in ann.heard if it["type"] == "event"] == []


async def test_commands_behind_a_logout_are_not_taken(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    text = {"type": "text", "text": "from beyond"}
    ann.socket.transport.write(
        burst({"type": "logout", "id": 1}, {"type": "message:send", "id": 2, "conversationId": room, "content": text})
    )
    assert (await ann.goodbye())[1] == 1000
    await only(house, room, bob)
