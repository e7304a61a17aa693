"""Every type of message over v1.1, as it is posted and as it is read, and whatever others wrote."""

from typing import Any

import pytest

from tests.edge.examples import BUSINESS, CONTENTS, Json
from tests.house_under_test import House

ANN = "/appusers/ann"
URL = "https://example.org/cat.png"
LINK: Json = {"type": "link", "text": "Look", "uri": "https://example.org", "metadata": {"a": 1}}
POSTBACK: Json = {"type": "postback", "text": "Yes", "payload": "YES"}
WEBVIEW: Json = {"type": "webview", "text": "Open", "uri": "https://example.org/a", "fallback": "https://example.org/b"}
BUY: Json = {"type": "buy", "text": "Buy", "amount": 1000}
REPLY: Json = {"type": "reply", "text": "Red", "payload": "RED", "iconUrl": URL}
WHERE: Json = {"type": "locationRequest", "text": "Where are you?"}
FIELD: Json = {"type": "text", "name": "name", "label": "Your name"}
ITEM: Json = {"title": "Tacos", "description": "Beef", "mediaUrl": URL, "actions": [LINK, POSTBACK]}
SHOWN_ITEM: Json = {**ITEM, "altText": "cat.png", "actions": [LINK, {**POSTBACK, "uri": ""}]}

# What is sent, and what is shown besides; the ids of items and buttons are looked at apart.
GOLDEN: dict[str, tuple[Json, Json]] = {
    "text": ({"type": "text", "text": "Hello"}, {}),
    "text with buttons": (
        {"type": "text", "text": "So?", "actions": [LINK, POSTBACK, WEBVIEW, BUY]},
        {
            "actions": [
                LINK,
                {**POSTBACK, "uri": ""},
                WEBVIEW,
                {**BUY, "uri": "", "state": "offered", "currency": "usd"},
            ]
        },
    ),
    "replies": (
        {"type": "text", "text": "So?", "actions": [REPLY, WHERE]},
        {"actions": [{**REPLY, "uri": ""}, {**WHERE, "uri": ""}]},
    ),
    "buttons alone": ({"type": "text", "actions": [LINK]}, {"text": ""}),
    "a text that blocks": ({"type": "text", "text": "Wait", "blockChatInput": True}, {}),
    "a card number": ({"type": "text", "text": "4242 4242 4242 4242"}, {"text": "**** **** **** 4242"}),
    "image": (
        {"type": "image", "mediaUrl": URL, "mediaType": "image/png"},
        {"text": " ", "altText": "cat.png"},
    ),
    "image with buttons": (
        {"type": "image", "mediaUrl": URL, "text": "Meow", "altText": "A cat", "actions": [LINK]},
        {},
    ),
    "file": ({"type": "file", "mediaUrl": URL, "text": "The bill"}, {"altText": "cat.png"}),
    "location": (
        {
            "type": "location",
            "coordinates": {"lat": 45.5261583, "long": -73.595346},
            "location": {"address": "5333 Av. Casgrain", "name": "The office"},
        },
        {"text": "Location shared:\nhttps://maps.google.com/maps?q=45.5261583,-73.595346"},
    ),
    "carousel": (
        {"type": "carousel", "items": [ITEM, ITEM], "displaySettings": {"imageAspectRatio": "square"}},
        {
            "text": "1. Tacos\nBeef\nLook: https://example.org\n\n2. Tacos\nBeef\nLook: https://example.org",
            "items": [SHOWN_ITEM, SHOWN_ITEM],
        },
    ),
    "list": (
        {"type": "list", "items": [ITEM], "actions": [POSTBACK]},
        {
            "text": "1. Tacos\nBeef\nLook: https://example.org",
            "items": [SHOWN_ITEM],
            "actions": [{**POSTBACK, "uri": ""}],
        },
    ),
    "form": (
        {"type": "form", "fields": [FIELD], "blockChatInput": True},
        {"text": "Your name", "submitted": False},
    ),
}


def without_ids(shown: Any) -> Any:
    """A part of a message without the `_id`s that every item and button has."""
    if isinstance(shown, list):
        return [without_ids(it) for it in shown]
    if not isinstance(shown, dict):
        return shown
    if "title" in shown or "payload" in shown or "uri" in shown:
        assert len(shown["_id"]) == 24
    return {name: without_ids(value) for name, value in shown.items() if name != "_id"}


@pytest.fixture(autouse=True)
async def _ann(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann", "givenName": "Ann"})


@pytest.mark.parametrize("kind", GOLDEN)
async def test_a_message_is_shown_as_it_is_documented(house: House, kind: str) -> None:
    sent, besides = GOLDEN[kind]
    extras = {"metadata": {"lot": 7}, "name": "Cleo", "avatarUrl": URL}
    said = await house.v1("POST", f"{ANN}/messages", {"role": "appMaker", **extras, **sent})
    assert said.status == 201, said
    message = said.body["message"]
    facts = {"role": "appMaker", "source": {"type": "api"}, **extras, "authorId": message["authorId"]}
    assert without_ids(message) == {**facts, "received": message["received"], **sent, **besides}
    assert (await house.v1("GET", f"{ANN}/messages")).body["messages"] == [message]


async def test_ids_are_those_of_v2(house: House) -> None:
    sent = {"role": "appMaker", "type": "list", "items": [ITEM], "actions": [POSTBACK]}
    said = (await house.v1("POST", f"{ANN}/messages", sent)).body
    (message,) = await house.messages(said["conversation"]["_id"])
    content = message["content"]
    assert message["id"] == said["message"]["_id"]
    assert [it["id"] for it in content["actions"]] == [it["_id"] for it in said["message"]["actions"]]
    assert [it["id"] for it in content["items"][0]["actions"]] == [
        it["_id"] for it in said["message"]["items"][0]["actions"]
    ]


@pytest.mark.parametrize(
    "sent",
    [
        {"type": "text", "text": "Hi", "actions": [{"type": "share"}]},
        {"type": "text", "text": "Hi", "actions": [LINK, {"type": "share", "text": "Share", "extra": 1}]},
        {"type": "carousel", "items": [{"title": "Tacos", "actions": [POSTBACK, {"type": "share"}]}]},
    ],
)
async def test_what_only_messenger_shows_is_refused_by_name(house: House, sent: Json) -> None:
    refused = await house.v1("POST", f"{ANN}/messages", {"role": "appMaker", **sent})
    assert refused.error[:2] == (400, "bad_request")
    assert refused.error[2].startswith("Actions of type share are not supported")


@pytest.mark.parametrize("sent", [{"type": "formResponse", "fields": []}, {"type": "carousel", "items": [ITEM]}])
async def test_a_user_may_not_say_everything(house: House, sent: Json) -> None:
    refused = await house.v1("POST", f"{ANN}/messages", {"role": "appUser", **sent})
    assert refused.error[:2] == (400, "bad_request")
    assert "content." not in refused.error[2]


# What others wrote


@pytest.mark.parametrize("kind", CONTENTS)
async def test_whatever_v2_wrote_is_read(house: House, kind: str) -> None:
    room = await house.personal("ann")
    posted = await house.rest("POST", f"/conversations/{room}/messages", {**BUSINESS, "content": CONTENTS[kind]})
    assert posted.status == 201, posted
    (message,) = (await house.v1("GET", f"{ANN}/messages")).body["messages"]
    assert (message["_id"], message["type"]) == (posted.body["messages"][0]["id"], CONTENTS[kind]["type"])
    assert isinstance(message["text"], str)
    assert {"htmlText", "markdownText", "content", "attachmentId"}.isdisjoint(message)


async def answered(house: House) -> str:
    """A form, and a device's answer to it; gives the form's id."""
    ann = await house.device("ann")
    room = await house.personal("ann")
    form: Json = {"type": "form", "fields": [FIELD]}
    posted = await house.rest("POST", f"/conversations/{room}/messages", {**BUSINESS, "content": form})
    form_id = str(posted.body["messages"][0]["id"])
    answer: Json = {"type": "formResponse", "quotedMessageId": form_id, "fields": [{**FIELD, "text": "Ann"}]}
    said = await ann.ask("message:send", conversationId=room, content=answer)
    assert said["type"] == "ok", said
    return form_id


async def test_what_a_device_wrote_is_read(house: House) -> None:
    await answered(house)
    question, answer = (await house.v1("GET", f"{ANN}/messages")).body["messages"]
    assert (question["type"], question["submitted"]) == ("form", True)
    assert answer["type"] == "formResponse"
    assert answer["text"] == answer["textFallback"] == "Your name: Ann"
    assert answer["fields"] == [{**FIELD, "text": "Ann"}]
    assert answer["quotedMessage"]["type"] == "message"
    assert answer["quotedMessage"]["message"]["_id"] == question["_id"]
    assert answer["source"] == {"type": "web", "integrationId": house.integrations["web"]}


async def test_what_is_said_in_silence_or_in_a_template_is_read(house: House) -> None:
    room = await house.personal("ann")
    for facts in (
        {"content": CONTENTS["text"], "destination": {"integrationType": "none"}},
        {"content": {"type": "template", "template": {"name": "x"}}, "schema": "whatsapp"},
    ):
        posted = await house.rest("POST", f"/conversations/{room}/messages", {**BUSINESS, **facts})
        assert posted.status == 201, posted
    page = (await house.v1("GET", f"{ANN}/messages")).body
    assert [(it["type"], it["text"]) for it in page["messages"]] == [("text", "Hello"), ("template", "")]


async def test_an_answer_outlives_what_it_quotes(house: House) -> None:
    await house.v1("DELETE", f"{ANN}/messages/{await answered(house)}")
    (answer,) = (await house.v1("GET", f"{ANN}/messages")).body["messages"]
    assert "quotedMessage" not in answer
