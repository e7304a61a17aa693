"""Templates over v1.1: kept, listed, changed, deleted, and said by shorthand in either version."""

import asyncio
from typing import Any

import pytest

from tests.house_under_test import Answer, House, Json

MESSAGE: Json = {"role": "appMaker", "type": "text", "text": "Welcome! %[Start](postback:START)"}


async def keeps(house: House, name: str, family: str = "apps", **message: Any) -> Json:
    made = await house.v1("POST", "/templates", {"name": name, "message": {**MESSAGE, **message}}, family=family)
    assert made.status == 201, made
    return dict(made.body["template"])


async def says(house: House, text: str) -> Answer:
    return await house.v1("POST", "/appusers/ann/messages", {"role": "appMaker", "type": "text", "text": text})


@pytest.mark.parametrize("family", ["apps", "implied"])
async def test_it_comes_back_as_it_was_written(house: House, family: str) -> None:
    made = await keeps(house, "hello", family, metadata={"a": 1})
    assert made == {"_id": made["_id"], "name": "hello", "message": {**MESSAGE, "metadata": {"a": 1}}}
    path = f"/templates/{made['_id']}"
    assert await house.v1("GET", path, family=family) == (200, {"template": made})
    renamed = await house.v1("PUT", path, {"name": "hi"}, family=family)
    assert renamed == (200, {"template": {**made, "name": "hi"}})
    changed = await house.v1("PUT", path, {"message": {"role": "appMaker", "text": "Hi"}}, family=family)
    message = {"role": "appMaker", "type": "text", "text": "Hi"}
    assert changed.body["template"] == {"_id": made["_id"], "name": "hi", "message": message}
    assert await house.v1("DELETE", path, family=family) == (200, {})
    assert (await house.v1("GET", path, family=family)).error == (404, "not_found", "Template not found")


async def test_what_was_read_can_be_put_back(house: House) -> None:
    item = {"title": "Tea", "actions": [{"type": "postback", "text": "Buy", "payload": "BUY"}]}
    made = await keeps(house, "cups", type="carousel", items=[item], text=None)
    again = await house.v1("PUT", f"/templates/{made['_id']}", {"message": made["message"]})
    assert again.body["template"] == made


async def test_a_list_comes_in_pages(house: House) -> None:
    assert await house.v1("GET", "/templates") == (200, {"templates": [], "hasMore": False, "offset": 0})
    made = [await keeps(house, f"t{number}") for number in range(3)]
    for query, shown, more, offset in (
        ("", made, False, 0),
        ("?limit=3", made, False, 0),
        ("?limit=2", made[:2], True, 0),
        ("?limit=2&offset=2", made[2:], False, 2),
        ("?offset=1&limit=1", made[1:2], True, 1),
        ("?offset=9", [], False, 9),
    ):
        answer = await house.v1("GET", f"/templates{query}")
        assert answer.body == {"templates": shown, "hasMore": more, "offset": offset}
    for query in ("limit=0", "limit=101", "offset=-1", "limit=x"):
        assert (await house.v1("GET", f"/templates?{query}")).error[:2] == (400, "bad_request")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "a"}, "message"),
        ({"name": "a(b)", "message": MESSAGE}, "name"),
        ({"name": "a", "message": {**MESSAGE, "role": "appUser"}}, "role"),
        ({"name": "a", "message": {"role": "appMaker", "type": "text"}}, "text"),
        ({"name": "a", "message": {**MESSAGE, "type": "formResponse"}}, "formResponse"),
        ({"name": "a", "message": {**MESSAGE, "type": "template"}}, "template"),
        ({"name": "a", "message": {**MESSAGE, "metadata": {"a": {}}}}, "metadata"),
        ({"name": "a", "message": {**MESSAGE, "text": "%((template:b))%"}}, "templates"),
    ],
)
async def test_what_no_template_can_be(house: House, body: Json, field: str) -> None:
    status, code, title = (await house.v1("POST", "/templates", body)).error
    assert (status, code) == (400, "bad_request")
    assert field in title
    assert (await house.v1("GET", "/templates")).body["templates"] == []


async def test_a_name_is_taken_once(house: House) -> None:
    await keeps(house, "hello")
    again = await house.v1("POST", "/templates", {"name": "hello", "message": MESSAGE})
    assert again.error == (409, "conflict", "A template of this name exists already")


async def test_only_the_app_keeps_templates(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    token = house.token("ann")
    assert (await house.v1("GET", "/templates", token=token)).error[:2] == (403, "forbidden")


async def test_it_is_said_by_shorthand_with_what_stands_around(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    await keeps(house, "hello")
    said = await says(house, "One moment. %((template: hello))% Ask us.")
    assert said.status == 201
    assert said.body["message"]["text"] == "One moment."
    hello, ask = said.body["extraMessages"]
    assert (hello["text"], [it["payload"] for it in hello["actions"]], ask["text"]) == (
        "Welcome!",
        ["START"],
        "Ask us.",
    )
    history = (await house.v1("GET", "/appusers/ann/messages")).body["messages"]
    assert history == [said.body["message"], hello, ask]
    alone = (await says(house, "%{{template:hello}}%")).body
    assert (alone["message"]["text"], "extraMessages" in alone) == ("Welcome!", False)


async def test_at_once_a_name_is_taken_once(house: House) -> None:
    body = {"name": "hello", "message": MESSAGE}
    answers = await asyncio.gather(*(house.v1("POST", "/templates", body) for _ in range(5)))
    assert sorted(it.status for it in answers) == [201, 409, 409, 409, 409]


async def test_captions_hold_shorthand_here_too(house: House) -> None:
    """Of a message as of a template."""
    await house.v1("POST", "/appusers", {"userId": "ann"})
    picture = {
        "role": "appMaker",
        "type": "image",
        "mediaUrl": "https://example.org/a.png",
        "text": "A cat %[Aw](reply:AW)",
    }
    await keeps(house, "cat", **picture)
    shown = (await house.v1("POST", "/appusers/ann/messages", picture)).body["message"]
    called = (await says(house, "%((template:cat))%")).body["message"]
    for it in (shown, called):
        assert (it["type"], it["text"], [button["payload"] for button in it["actions"]]) == ("image", "A cat", ["AW"])


async def test_the_first_words_of_a_conversation_may_be_templates(house: House) -> None:
    """And one that is not there opens nothing."""
    await house.v1("POST", "/appusers", {"userId": "ann"})
    assert (await says(house, "Hi %((template:hello))%")).error == (
        400,
        "bad_request",
        "No template is called 'hello'",
    )
    assert (await house.v1("GET", "/appusers/ann")).body["appUser"]["conversationStarted"] is False
    await keeps(house, "hello")
    said = (await says(house, "Hi %((template:hello))%")).body
    assert (said["message"]["text"], [it["text"] for it in said["extraMessages"]]) == ("Hi", ["Welcome!"])


async def test_what_vanishes_when_pressed_stands_alone_or_together(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})
    reply = {"type": "reply", "text": "Yes", "payload": "YES"}
    place = {"type": "locationRequest", "text": "Here"}
    link = {"type": "link", "text": "Site", "uri": "https://example.org"}
    for actions, status in (([reply, place], 201), ([link], 201), ([reply, link], 400), ([link, place], 400)):
        body = {"role": "appMaker", "type": "text", "text": "So?", "actions": actions}
        answer = await house.v1("POST", "/appusers/ann/messages", body)
        assert answer.status == status, actions
        assert status == 201 or "reply and locationRequest" in answer.error[2]
