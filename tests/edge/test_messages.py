"""Messages: every type of content within its limits, deleting, and the cap of a conversation."""

import copy
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.limits import MESSAGES
from tests.edge.conftest import Rest
from tests.edge.examples import (
    BUSINESS,
    BUY,
    CONTENTS,
    EMAIL_FIELD,
    ITEM,
    LINK,
    SELECT_FIELD,
    TEXT_FIELD,
    WEBVIEW,
    Json,
)
from tests.house_under_test import House, opened

NOBODY = "0" * 24


@pytest.fixture
async def room(house: House) -> str:
    """Ann's personal conversation."""
    return await house.personal("ann")


def without_ids(content: Any) -> Any:
    """Content as it was sent: the gateway gives every action an id."""
    if isinstance(content, list):
        return [without_ids(it) for it in content]
    if isinstance(content, dict):
        return {key: without_ids(it) for key, it in content.items() if key != "id"}
    return content


def actions_of(content: Json) -> list[Json]:
    """All buttons of a content, also those inside its items."""
    return [action for it in (content, *content.get("items", ())) for action in it.get("actions", ())]


def shown_in_items(content: Json) -> Json:
    """The items as they are shown: a postback in one has an address too, an empty one."""
    items = copy.deepcopy(content.get("items", []))
    for action in (action for it in items for action in it["actions"] if action["type"] == "postback"):
        action["uri"] = ""
    return {**content, "items": items} if items else content


SHOES = "Shoes\nRed ones\nLook: https://example.com/look\nOpen: https://example.com/"
MADE: dict[str, Json] = {  # what the gateway writes into content
    "location": {"text": "Location shared:\nhttps://maps.google.com/maps?q=45.5261583,-73.595346"},
    "carousel": {"text": f"1. {SHOES}\n\n2. {SHOES}"},
    "list": {"text": f"1. {SHOES}"},
    "form": {"text": "Your name\nE-mail\nSize", "submitted": False},
}


@pytest.mark.parametrize("name", CONTENTS)
async def test_every_type_of_content(rest: Rest, room: str, name: str) -> None:
    content = CONTENTS[name]
    posted = await rest("POST", f"/conversations/{room}/messages", {**BUSINESS, "content": content})
    assert posted.status == 201
    (message,) = posted.body["messages"]
    assert without_ids(message["content"]) == {**shown_in_items(content), **MADE.get(name, {})}
    ids = {it["id"] for it in actions_of(message["content"])}
    assert len(ids) == len(actions_of(content))
    assert await rest("GET", f"/conversations/{room}/messages") == (
        200,
        {"messages": [message], "meta": {"hasMore": False}},
    )


async def test_what_a_message_of_the_business_shows(rest: Rest, room: str) -> None:
    author = {"type": "business", "displayName": "Steve", "avatarUrl": "https://example.com/s.png", "subtypes": ["AI"]}
    references = [{"uri": "https://example.com/faq", "title": "FAQ", "description": "What is asked"}]
    asked = {"author": author, "content": CONTENTS["text"], "metadata": {"lang": "en"}, "references": references}
    (message,) = (await rest("POST", f"/conversations/{room}/messages", asked)).body["messages"]
    shown = {"id": message["id"], "received": message["received"], "source": {"type": "api:conversations"}}
    assert message == {**asked, **shown}
    conversation = (await rest("GET", f"/conversations/{room}")).body["conversation"]
    assert conversation["lastUpdatedAt"] == conversation["businessLastRead"] == message["received"]


async def test_a_business_without_a_face_gets_one(rest: Rest, house: House, room: str) -> None:
    (message,) = (await house.says(room, "hi")).body["messages"]
    assert message["author"]["avatarUrl"].startswith("https://www.gravatar.com/avatar/000")


@pytest.mark.parametrize("by", ["userId", "userExternalId"])
async def test_a_user_speaks_over_rest(rest: Rest, house: House, room: str, by: str) -> None:
    ann = await house.user("ann")
    author = {"type": "user", by: ann if by == "userId" else "ann"}
    posted = await rest("POST", f"/conversations/{room}/messages", {"author": author, "content": CONTENTS["text"]})
    assert posted.status == 201
    assert posted.body["messages"][0]["author"] == {"type": "user", "userId": ann, "displayName": "Ann"}


async def test_a_user_who_cannot_speak_there(rest: Rest, house: House, room: str) -> None:
    await house.user("bob")
    for author, status, code in (
        ({"type": "user", "userExternalId": "bob"}, 400, "bad_request"),
        ({"type": "user", "userExternalId": "nobody"}, 404, "user_not_found"),
        ({"type": "user", "userId": NOBODY}, 404, "user_not_found"),
        ({"type": "user"}, 400, "bad_request"),
        ({"type": "user", "userId": "a", "userExternalId": "b"}, 400, "bad_request"),
        ({"type": "business", "userExternalId": "ann"}, 400, "bad_request"),
    ):
        body = {"author": author, "content": CONTENTS["text"]}
        refused = await rest("POST", f"/conversations/{room}/messages", body)
        assert (refused.status, refused.code) == (status, code), author
    assert await house.messages(room) == []


async def test_nulls_on_post_say_nothing(rest: Rest, room: str) -> None:
    author = {"type": "business", **dict.fromkeys(("displayName", "avatarUrl", "subtypes", "userId", "userExternalId"))}
    content = {"type": "text", "text": "hi", **dict.fromkeys(("htmlText", "markdownText", "actions", "payload"))}
    nulls = dict.fromkeys(("destination", "metadata", "override", "schema", "references"))
    posted = await rest("POST", f"/conversations/{room}/messages", {"author": author, "content": content, **nulls})
    assert posted.status == 201
    assert posted.body["messages"][0]["content"] == {"type": "text", "text": "hi"}


def text(**facts: Any) -> Json:
    return {"type": "text", **facts}


def item(**facts: Any) -> Json:
    return {"type": "carousel", "items": [{**ITEM, **facts}]}


def form(*fields: Json) -> Json:
    return {"type": "form", "fields": list(fields)}


def numbered(count: int) -> list[Json]:
    return [{**EMAIL_FIELD, "name": f"mail{number}"} for number in range(count)]


def options(count: int) -> list[Json]:
    return [{"name": f"o{number}", "label": "x"} for number in range(count)]


LINK_TO = "https://example.com/"
LIMITS: dict[str, tuple[Json, Json]] = {  # just within, just beyond
    "text": (text(text="x" * 4096), text(text="x" * 4097)),
    "htmlText": (text(htmlText="x" * 4096), text(htmlText="x" * 4097)),
    "markdownText": (text(markdownText="x" * 4089), text(markdownText="x" * 4097)),
    "content.markdownText": (text(markdownText="x" * 4089), text(markdownText="x" * 4090)),
    "htmlText is more": (text(htmlText="&" * 819), text(htmlText="&" * 820)),
    "one of text": (text(text="x"), text()),
    "not empty": (text(actions=[LINK]), text(text="", actions=[])),
    "exclude each other": (text(text="a", htmlText="a"), text(htmlText="a", markdownText="a")),
    "openOnReceive": (text(actions=[WEBVIEW]), text(actions=[WEBVIEW, WEBVIEW])),
    "actions[0].text": (text(actions=[{**LINK, "text": "x" * 128}]), text(actions=[{**LINK, "text": "x" * 129}])),
    "uri": (text(actions=[{**LINK, "uri": "tel:112"}]), text(actions=[{**LINK, "uri": "JavaScript:alert(1)"}])),
    "actions[0].uri": (
        text(actions=[{**LINK, "uri": LINK_TO + "x" * 2028}]),
        text(actions=[{**LINK, "uri": LINK_TO + "x" * 2029}]),
    ),
    "currency": (text(actions=[{**BUY, "currency": "usd"}]), text(actions=[{**BUY, "currency": "USD"}])),
    "metadata": (
        text(actions=[{**LINK, "metadata": {"k": "x" * 4095}}]),
        text(actions=[{**LINK, "metadata": {"k": "x" * 4096}}]),
    ),
    "mediaUrl": (CONTENTS["image"], {"type": "image", "mediaUrl": "data:image/png;base64,AAAA"}),
    "altText": ({**CONTENTS["file"], "altText": "x" * 128}, {**CONTENTS["file"], "altText": "x" * 129}),
    "items": ({"type": "carousel", "items": [ITEM] * 10}, {"type": "carousel", "items": [ITEM] * 11}),
    "content.items": ({"type": "list", "items": [ITEM]}, {"type": "list", "items": []}),
    "title": (item(title="x" * 128), item(title="x" * 129)),
    "items[0].title": (item(title="x"), item(title="")),
    "description": (item(description="x" * 128), item(description="x" * 129)),
    "items[0].mediaUrl": (item(mediaUrl=LINK_TO + "x" * 2028), item(mediaUrl=LINK_TO + "x" * 2029)),
    "mediaType": (item(mediaType="x" * 128), item(mediaType="x" * 129)),
    "size": (item(size="compact"), item(size="huge")),
    "items[0].actions": (item(actions=[LINK] * 3), item(actions=[LINK] * 4)),
    "actions": (item(actions=[LINK]), item(actions=[])),
    "content.actions": ({**CONTENTS["list"], "actions": [LINK] * 10}, {**CONTENTS["list"], "actions": [LINK] * 11}),
    "type": (item(actions=[LINK]), item(actions=[{"type": "reply", "text": "a", "payload": "b"}])),
    "imageAspectRatio": (
        CONTENTS["carousel"],
        {**CONTENTS["carousel"], "displaySettings": {"imageAspectRatio": "oval"}},
    ),
    "lat": (
        {"type": "location", "coordinates": {"lat": -90, "long": 180}},
        {"type": "location", "coordinates": {"lat": -90.1, "long": 0}},
    ),
    "long": (CONTENTS["location"], {"type": "location", "coordinates": {"lat": 0}}),
    "fields": (form(*numbered(20)), form(*numbered(21))),
    "content.fields": (form(EMAIL_FIELD), form()),
    "different names": (form(EMAIL_FIELD, TEXT_FIELD), form(EMAIL_FIELD, EMAIL_FIELD)),
    "label": (form({**EMAIL_FIELD, "label": "x" * 128}), form({**EMAIL_FIELD, "label": "x" * 129})),
    "placeholder": (form({**EMAIL_FIELD, "placeholder": "x"}), form({**EMAIL_FIELD, "placeholder": ""})),
    "minSize": (form({**TEXT_FIELD, "minSize": 50}), form({**TEXT_FIELD, "minSize": 51})),
    "maxSize": (form({**TEXT_FIELD, "maxSize": 256}), form({**TEXT_FIELD, "maxSize": 257})),
    "options": (form({**SELECT_FIELD, "options": options(200)}), form({**SELECT_FIELD, "options": options(201)})),
    "fields[0].options": (form(SELECT_FIELD), form({**SELECT_FIELD, "options": []})),
}


@pytest.mark.parametrize("what", LIMITS)
async def test_just_within_a_limit_and_just_beyond(rest: Rest, house: House, room: str, what: str) -> None:
    within, beyond = LIMITS[what]
    posted = await rest("POST", f"/conversations/{room}/messages", {**BUSINESS, "content": within})
    assert posted.status == 201, posted
    refused = await rest("POST", f"/conversations/{room}/messages", {**BUSINESS, "content": beyond})
    assert (refused.status, refused.code) == (400, "bad_request")
    assert what in refused.title
    assert len(await house.messages(room)) == 1


@pytest.mark.parametrize(
    ("what", "within", "beyond"),
    [
        ("metadata", {"k": "x" * 4095}, {"k": "x" * 4096}),
        ("metadata", {"k": 1}, {"k": {"nested": 1}}),
        ("references", [{"uri": "x"}] * 10, [{"uri": "x"}] * 11),
        ("references", None, []),
        ("references[0].title", [{"uri": "x", "title": "x" * 128}], [{"uri": "x", "title": "x" * 129}]),
        ("description", [{"uri": "x", "description": "x" * 256}], [{"uri": "x", "description": "x" * 257}]),
    ],
)
async def test_limits_beside_the_content(rest: Rest, room: str, what: str, within: Any, beyond: Any) -> None:
    field = "metadata" if what == "metadata" else "references"
    body = {**BUSINESS, "content": CONTENTS["text"]}
    posted = await rest("POST", f"/conversations/{room}/messages", {**body, field: within})
    assert posted.status == 201, posted
    refused = await rest("POST", f"/conversations/{room}/messages", {**body, field: beyond})
    assert refused.status == 400
    assert what in refused.title


async def test_what_only_a_device_or_only_the_business_may_say(rest: Rest, house: House, room: str) -> None:
    group = await house.group("ann")
    answered = {"type": "formResponse", "fields": [{"type": "text", "name": "a", "label": "b", "text": "c"}]}
    user = {"type": "user", "userExternalId": "ann"}
    for where, author, content, title in (
        (room, BUSINESS["author"], answered, "A formResponse cannot be sent through the API"),
        (room, user, CONTENTS["carousel"], "content.type of a user"),
        (room, user, CONTENTS["text with actions"], "content.actions are for the business"),
        (group, BUSINESS["author"], text(actions=[BUY]), "Actions of type buy are not supported in sdkGroup"),
        (group, BUSINESS["author"], item(actions=[BUY]), "Actions of type buy are not supported in sdkGroup"),
        (room, BUSINESS["author"], {"type": "template", "template": {}}, "schema"),
        (room, BUSINESS["author"], {"type": "hologram"}, "content.type"),
    ):
        refused = await rest("POST", f"/conversations/{where}/messages", {"author": author, "content": content})
        assert refused.status == 400
        assert title in refused.title
    assert await house.messages(room) == await house.messages(group) == []


TEMPLATE: Json = {"type": "template", "template": {"name": "hello", "language": {"code": "en"}}}


async def test_a_template_and_raw_payloads_are_kept(rest: Rest, house: House, room: str) -> None:
    """What a channel is sent in its own words is for that channel alone."""
    override = {
        "apple": {"payload": {"a": [1]}, "withCapabilities": ["LIST"]},
        **{name: {"payload": {"b": {"c": None}}} for name in ("line", "messenger", "whatsapp")},
    }
    body = {**BUSINESS, "content": TEMPLATE, "schema": "whatsapp", "override": override}
    posted = await rest("POST", f"/conversations/{room}/messages", body)
    assert posted.status == 201, posted
    (message,) = posted.body["messages"]
    assert message["content"] == TEMPLATE
    assert not {"override", "schema", "quotedMessage"} & message.keys()
    assert await house.messages(room) == [message]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("schema", {"content": CONTENTS["text"], "schema": "whatsapp"}),
        ("schema", {"content": TEMPLATE, "schema": "messenger"}),
        ("override.apple", {"content": CONTENTS["text"], "override": {"apple": "hi"}}),
        ("override.line.payload", {"content": CONTENTS["text"], "override": {"line": {"payload": []}}}),
        ("withCapabilities", {"content": CONTENTS["text"], "override": {"apple": {"withCapabilities": ["FAX"]}}}),
    ],
)
async def test_what_is_for_a_channel_has_its_form(rest: Rest, house: House, room: str, what: str, said: Json) -> None:
    refused = await rest("POST", f"/conversations/{room}/messages", {**BUSINESS, **said})
    assert refused.status == 400
    assert what in refused.title
    assert await house.messages(room) == []


async def test_a_conversation_that_is_not_there(rest: Rest) -> None:
    nowhere = f"/conversations/{NOBODY}"
    posted = {**BUSINESS, "content": CONTENTS["text"]}
    acted = {**BUSINESS, "type": "typing:start"}
    for method, path, body, code, title in (
        ("POST", "messages", posted, "conversation_not_found", "Conversation not found"),
        ("GET", "messages", None, "not_found", "Resource not found"),
        ("DELETE", "messages", None, "conversation_not_found", "Conversation not found"),
        ("DELETE", f"messages/{NOBODY}", None, "conversation_not_found", "Conversation not found"),
        ("POST", "activity", acted, "conversation_not_found", "Conversation not found"),
        (
            "POST",
            "activity",
            {**acted, "type": "conversation:read"},
            "conversation_not_found",
            "Conversation not found",
        ),
    ):
        refused = await rest(method, f"{nowhere}/{path}", body)
        assert (refused.status, refused.code, refused.title) == (404, code, title), (method, path)


async def test_a_deleted_message_leaves_its_place(rest: Rest, house: House, room: str) -> None:
    first, second = [(await house.says(room, it)).body["messages"][0] for it in ("one", "two")]
    assert await rest("DELETE", f"/conversations/{room}/messages/{first['id']}") == (200, {})
    placeholder = {**first, "deleted": True}
    del placeholder["content"]
    assert await house.messages(room) == [placeholder, second]
    assert await rest("DELETE", f"/conversations/{room}/messages/{first['id']}") == (200, {})
    refused = await rest("DELETE", f"/conversations/{room}/messages/{NOBODY}")
    assert (refused.status, refused.code) == (404, "not_found")
    assert await house.messages(room) == [placeholder, second]


async def test_a_message_of_another_conversation_is_not_there(rest: Rest, house: House, room: str) -> None:
    elsewhere = await house.group("bob")
    (said,) = (await house.says(elsewhere, "hi")).body["messages"]
    refused = await rest("DELETE", f"/conversations/{room}/messages/{said['id']}")
    assert (refused.status, refused.code, refused.title) == (404, "not_found", "Message not found")
    assert await house.messages(elsewhere) == [said]


async def test_deleting_all_messages_leaves_none(rest: Rest, house: House, room: str) -> None:
    for name in CONTENTS:
        await rest("POST", f"/conversations/{room}/messages", {**BUSINESS, "content": copy.deepcopy(CONTENTS[name])})
    assert await rest("DELETE", f"/conversations/{room}/messages") == (200, {})
    assert await house.messages(room) == []
    assert await rest("DELETE", f"/conversations/{room}/messages") == (200, {})
    await house.says(room, "again")
    assert [it["content"]["text"] for it in await house.messages(room)] == ["again"]


async def test_a_full_conversation_is_locked_until_it_is_emptied(tmp_path: Path) -> None:
    """Its counter is set on disk: posting 30,000 messages would prove no more."""
    async with opened(tmp_path / "data") as house:
        room = await house.group("ann")
        await house.says(room, "first")
    with sqlite3.connect(tmp_path / "data" / "gateway.db") as db:
        count = "UPDATE rooms SET body = json_set(body, '$.conversation.posted', ?) WHERE id = ?"
        assert db.execute(count, (MESSAGES - 1, room)).rowcount == 1
    db.close()
    async with opened(tmp_path / "data") as house:
        assert (await house.says(room, "the last that fits")).status == 201
        ann = await house.device("ann")
        full = await house.says(room, "one too many")
        assert (full.status, full.code) == (423, "locked")
        assert full.title == "Message limit of 30000 per conversation reached."
        content = {"type": "text", "text": "and mine?"}
        refused = await ann.ask("message:send", conversationId=room, content=content)
        assert refused["error"] == {"status": 423, "code": "locked", "title": full.title}
        (newest,) = [it["id"] for it in (await house.messages(room))[-1:]]
        assert (await house.rest("DELETE", f"/conversations/{room}/messages/{newest}")).status == 200
        assert (await house.says(room, "a deleted one still counts")).status == 423
        assert await house.rest("DELETE", f"/conversations/{room}/messages") == (200, {})
        assert (await house.says(room, "room again")).status == 201
        assert [it["content"]["text"] for it in await house.messages(room)] == ["room again"]
