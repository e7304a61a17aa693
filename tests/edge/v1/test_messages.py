"""Messages as v1.1 posts and lists them: in the user's default conversation, flat, with float seconds."""

import asyncio
from typing import Any

import jwt as pyjwt

from tests.house_under_test import Answer, House

TEXT = {"role": "appMaker", "type": "text", "text": "Just put some vinegar on it"}


async def says(house: House, user_id: str, **facts: Any) -> Answer:
    return await house.v1("POST", f"/appusers/{user_id}/messages", {**TEXT, **facts})


async def test_the_first_message_opens_the_conversation(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    assert (await house.v1("GET", "/appusers/ann/messages")).error[:2] == (404, "conversation_not_found")
    said = await says(house, "ann", name="Miss Cleo")
    assert said.status == 201
    message, conversation = said.body["message"], said.body["conversation"]
    assert (message["role"], message["name"], message["text"]) == ("appMaker", "Miss Cleo", TEXT["text"])
    assert message["source"] == {"type": "api"}
    assert len(message["authorId"]) == 22
    assert conversation["unreadCount"] == 1
    assert conversation["appMakerLastRead"] == message["received"]
    assert (await house.v1("GET", "/appusers/ann")).body["appUser"]["conversationStarted"] is True


async def test_an_unknown_user_is_not_made_by_a_message(house: House) -> None:
    assert (await says(house, "nobody")).error[:2] == (404, "user_not_found")


async def test_first_messages_at_once_open_one_conversation(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    answers = await asyncio.gather(*(says(house, "ann", text=str(number)) for number in range(20)))
    assert {it.status for it in answers} == {201}
    assert len({it.body["conversation"]["_id"] for it in answers}) == 1
    page = (await house.v1("GET", "/appusers/ann/messages")).body
    assert sorted(int(it["text"]) for it in page["messages"]) == list(range(20))


async def test_a_first_message_that_is_refused_opens_nothing(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    refused = await says(house, "ann", text="%((template:unknown))%")
    assert refused.status == 400
    assert (await house.v1("GET", "/appusers/ann")).body["appUser"]["conversationStarted"] is False


async def test_a_user_speaks_as_themselves(house: House) -> None:
    made = await house.v1("POST", "/appusers", {"userId": "ann", "givenName": "Ann", "surname": "Lee"})
    said = await says(house, "ann", role="appUser")
    assert said.body["message"]["authorId"] == made.body["appUser"]["_id"]
    assert said.body["message"]["name"] == "Ann Lee"
    assert said.body["conversation"] == {
        "_id": said.body["conversation"]["_id"],
        "unreadCount": 0,
        "appUserLastRead": said.body["message"]["received"],
    }


async def test_the_business_is_one_author_for_each_of_its_names(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    names = ["Miss Cleo", None, "Miss Cleo"]
    first, second, third = [(await says(house, "ann", name=it)).body["message"] for it in names]
    assert second["name"] == "app"
    assert first["authorId"] == third["authorId"] != second["authorId"]


async def test_shorthand_makes_a_compound_message(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    text = "Look ![](https://example.org/cat.png) %[Buy](https://example.org/buy)"
    message = (await says(house, "ann", text=text)).body["message"]
    assert (message["type"], message["text"].strip(), message["mediaUrl"]) == (
        "image",
        "Look",
        "https://example.org/cat.png",
    )
    assert [it["uri"] for it in message["actions"]] == ["https://example.org/buy"]
    own = (await says(house, "ann", text=text, role="appUser")).body["message"]
    assert (own["type"], own["text"]) == ("text", text)


async def test_a_carousel_is_as_flat_as_it_was_sent(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    action = {"type": "postback", "text": "Tap me", "payload": "TAP"}
    item = {"title": "Tacos", "description": "Beef", "mediaUrl": "https://example.org/t.png", "actions": [action]}
    sent = {"role": "appMaker", "type": "carousel", "items": [item]}
    message = (await house.v1("POST", "/appusers/ann/messages", sent)).body["message"]
    (shown,) = message["items"]
    assert {it: shown[it] for it in ("title", "description", "mediaUrl")} == {
        it: item[it] for it in ("title", "description", "mediaUrl")
    }
    assert len(shown["_id"]) == 24
    assert shown["actions"] == [{**action, "uri": "", "_id": shown["actions"][0]["_id"]}]
    assert message["text"] == "1. Tacos\nBeef"


async def test_a_picture_without_words_has_a_blank(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    sent = {"role": "appMaker", "type": "image", "mediaUrl": "https://example.org/cat.png"}
    assert (await house.v1("POST", "/appusers/ann/messages", sent)).body["message"]["text"] == " "


async def _history(house: House, count: int) -> list[float]:
    """So many messages; gives their times."""
    await house.v1("POST", "/appusers", {"userId": "ann"})
    return [(await says(house, "ann", text=str(it))).body["message"]["received"] for it in range(count)]


async def test_the_history_is_read_in_pages_of_100(house: House) -> None:
    times = await _history(house, 250)
    newest = (await house.v1("GET", "/appusers/ann/messages")).body
    assert [it["received"] for it in newest["messages"]] == times[150:]
    assert "next" not in newest
    async with house.http.get(newest["previous"], headers={"Authorization": f"Bearer {_token(house)}"}) as response:
        page = await response.json()
    assert [it["received"] for it in page["messages"]] == times[50:150]
    async with house.http.get(page["previous"], headers={"Authorization": f"Bearer {_token(house)}"}) as response:
        last = await response.json()
    assert [it["received"] for it in last["messages"]] == times[:50]
    assert "previous" not in last
    async with house.http.get(last["next"], headers={"Authorization": f"Bearer {_token(house)}"}) as response:
        assert [it["received"] for it in (await response.json())["messages"]] == times[50:150]


def _token(house: House) -> str:
    return pyjwt.encode({"scope": "app"}, house.key[1], algorithm="HS256", headers={"kid": house.key[0]})


async def test_before_and_after_leave_out_the_very_time(house: House) -> None:
    times = await _history(house, 5)
    before = (await house.v1("GET", f"/appusers/ann/messages?before={times[2]:.6f}")).body
    assert [it["received"] for it in before["messages"]] == times[:2]
    after = (await house.v1("GET", f"/appusers/ann/messages?after={times[2]:f}")).body
    assert [it["received"] for it in after["messages"]] == times[3:]
    assert "previous" in after
    assert "next" not in after


async def test_before_together_with_after_is_refused(house: House) -> None:
    await _history(house, 1)
    both = await house.v1("GET", "/appusers/ann/messages?before=2&after=1")
    assert both.error == (400, "bad_request", "before and after exclude each other")
    wrong = await house.v1("GET", "/appusers/ann/messages?before=yesterday")
    assert wrong.error == (400, "bad_request", "before should be a time in seconds since 1970")


async def test_only_the_default_conversation_is_seen(house: House) -> None:
    await house.rest("PATCH", "", {"settings": {"multiConvoEnabled": True}})
    group = await house.group("ann", "bob")
    await house.says(group, "in the group")
    await says(house, "ann", text="in the default one")
    second = await house.personal("ann")
    await house.says(second, "in the second one")
    page = (await house.v1("GET", "/appusers/ann/messages")).body
    assert [it["text"] for it in page["messages"]] == ["in the default one"]
