"""What is posted by any door, as it is stored, told to devices and mirrored: safe, readable, without card numbers."""

import pytest

from tests.house_under_test import House, Json
from tests.receiver import Receiver

CARD, HIDDEN = "4111 1111 1111 1111", "**** **** **** 1111"
ATTACK = f"<b onclick=alert(1)>Pay</b> with {CARD}<script>alert(1)</script>"
SAFE = {"type": "text", "text": f"Pay with {HIDDEN}", "htmlText": f"<b>Pay</b> with {HIDDEN}"}


async def posts(house: House, room: str, **content: object) -> list[Json]:
    body = {"author": {"type": "business"}, "content": {"type": "text", **content}}
    posted = await house.rest("POST", f"/conversations/{room}/messages", body)
    assert posted.status == 201, posted
    return list(posted.body["messages"])


async def test_rich_text_is_safe_by_whichever_door_it_comes(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:message")
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await posts(house, room, htmlText=ATTACK)
    sent = await ann.ask("message:send", conversationId=room, content={"type": "text", "htmlText": ATTACK})
    assert sent["result"]["message"]["content"] == SAFE
    heard = [it["event"]["payload"]["message"]["content"] for it in await bob.events("conversation:message", 2)]
    await house.mirrored()
    mirrored = [it["payload"]["message"]["content"] for it in receiver.events]
    stored = [it["content"] for it in await house.messages(room)]
    assert stored == heard == mirrored == [SAFE, SAFE]


async def test_first_words_of_a_new_conversation_are_safe_too(house: House) -> None:
    await house.user("ann")
    ann = await house.device("ann")
    content = {"type": "text", "htmlText": ATTACK}
    opened = await ann.ask("conversation:create", messages=[content])
    (message,) = await house.messages(opened["result"]["conversation"]["id"])
    assert message["content"] == SAFE


async def test_markdown_is_for_the_business(house: House) -> None:
    """Reading it can take long: nobody's device may keep the gateway busy with it."""
    room, ann = await house.group("ann"), await house.device("ann")
    content = {"type": "text", "markdownText": "**hi**"}
    refused = await ann.ask("message:send", conversationId=room, content=content)
    assert (refused["error"]["status"], "markdownText" in refused["error"]["title"]) == (400, True)
    (message,) = await posts(house, room, markdownText="**hi**")
    assert message["content"]["htmlText"] == "<p><strong>hi</strong></p>"


async def test_card_numbers_stay_where_the_app_says_so(house: House) -> None:
    await house.rest("PATCH", "", {"settings": {"maskCreditCardNumbers": False}})
    room = await house.group("ann")
    (message,) = await posts(house, room, text=CARD)
    assert message["content"]["text"] == CARD


async def test_shorthand_answers_with_all_that_it_became(house: House) -> None:
    """An official client's backend sees every message, and devices hear each in order."""
    room = await house.group("ann")
    ann = await house.device("ann")
    first, second = "https://example.org/a.png", "https://example.org/b.png"
    made = await posts(house, room, text=f"Two ![]({first}) ![]({second}) %[Nice](reply:NICE)")
    assert [(it["content"]["mediaUrl"], it["content"].get("text")) for it in made] == [(first, "Two"), (second, None)]
    assert [it["payload"] for it in made[0]["content"]["actions"]] == ["NICE"]
    heard = [it["event"]["payload"]["message"] for it in await ann.events("conversation:message", 2)]
    assert heard == made == await house.messages(room)
    ann.cut()
    again = await house.device("ann", positions={"epoch": ann.welcome["epoch"], "seq": {room: 1}})
    assert [it["event"]["payload"]["message"] for it in await again.events("conversation:message", 2)] == made


async def test_several_messages_fit_or_none_is_said(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of two would be the last that fits."""
    monkeypatch.setattr("gateway.domain.limits.MESSAGES", 2)
    room = await house.group("ann")
    (first,) = await posts(house, room, text="one")
    body = {
        "author": {"type": "business"},
        "content": {"type": "text", "text": "![](https://e.x/a.png) ![](https://e.x/b.png)"},
    }
    refused = await house.rest("POST", f"/conversations/{room}/messages", body)
    assert refused.status == 423
    assert await house.messages(room) == [first]


async def test_who_has_no_name_is_named_by_channel(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:message", "conversation:typing", "conversation:read")
    made = await house.rest("POST", "/users", {"externalId": "usr_1"})
    user = made.body["user"]["id"]
    room = await house.rest(
        "POST", "/conversations", {"type": "personal", "participants": [{"userExternalId": "usr_1"}]}
    )
    room_id = room.body["conversation"]["id"]
    path, author = f"/conversations/{room_id}/messages", {"type": "user", "userExternalId": "usr_1"}
    said = await house.rest("POST", path, {"author": author, "content": {"type": "text", "text": "hi"}})
    assert said.body["messages"][0]["author"]["displayName"] == f"User {user}"
    phone = await house.device("usr_1", integration="ios")
    await posts(house, room_id, text="hello")
    await phone.ask("conversation:read", conversationId=room_id)
    await phone.ask("typing:start", conversationId=room_id)
    await phone.sends(room_id, "from the phone")
    said = await house.rest("POST", path, {"author": author, "content": {"type": "text", "text": "hi"}})
    assert said.body["messages"][0]["author"]["displayName"] == "iOS User usr_1"
    await house.mirrored()
    payloads = [it["payload"] for it in receiver.events]
    authors = [(it.get("activity") or it["message"])["author"] for it in payloads][2:]
    assert {it["displayName"] for it in authors if it["type"] == "user"} == {"iOS User usr_1"}
    await house.rest("PATCH", "", {"settings": {"useAnimalNames": True}})
    animal = (await phone.sends(room_id, "again"))["message"]["author"]["displayName"]
    assert len(animal.split(" ")) == 2
    named = {**author, "displayName": "Zed"}
    said = await house.rest("POST", path, {"author": named, "content": {"type": "text", "text": "hi"}})
    assert said.body["messages"][0]["author"]["displayName"] == "Zed"
