"""What a message shows is looked at first: other people's files on the web, and the gateway's own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.commands import CreateTemplate
from gateway.domain.content import Image
from gateway.flow import provision
from tests.files import PDF, PNG
from tests.house_under_test import Answer, House, Json, opened
from tests.web import FILES, Elsewhere, elsewhere


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A gateway that looks."""
    async with opened(tmp_path / "data", check_remote_media=True) as house:
        yield house


@pytest.fixture
async def web() -> AsyncIterator[Elsewhere]:
    async with elsewhere() as it:
        yield it


async def shows(house: House, room: str, url: str, kind: str = "image", **facts: Any) -> Answer:
    content = {"type": kind, "mediaUrl": url, **facts}
    body = {"author": {"type": "business"}, "content": content}
    return await house.rest("POST", f"/conversations/{room}/messages", body)


def content(answer: Answer) -> Json:
    assert answer.status == 201, answer
    return dict(answer.body["messages"][0]["content"])


def refused(answer: Answer) -> tuple[int, str, str]:
    return answer.status, answer.code, answer.title


UNREADABLE = (400, "invalid_file", "The file at mediaUrl cannot be read")
NO_PICTURE = (400, "invalid_file", "The file at mediaUrl is not an image")


@pytest.mark.parametrize(
    ("kind", "name", "media_type"),
    [
        ("image", "cat.png", "image/png"),
        ("image", "cat.jpg", "image/jpeg"),
        ("image", "cat.svg", "image/svg+xml"),
        ("image", "large.png", "image/png"),
        ("file", "bill.pdf", "application/pdf"),
        ("file", "bill", "application/pdf"),
        ("file", "notes", "text/x-notes"),
        ("file", "cat.png", "image/png"),
        ("file", "empty", "image/png"),
    ],
)
@pytest.mark.parametrize("way", ["files", "parts"])
async def test_type_and_size_are_filled_in(
    house: House, web: Elsewhere, way: str, kind: str, name: str, media_type: str
) -> None:
    room = await house.group("ann", "bob")
    found = content(await shows(house, room, f"{web.url}/{way}/{name}", kind, mediaType="a/b", attachmentId="x"))
    assert found["mediaType"] == media_type
    assert found["mediaSize"] == len(FILES[name][0])
    assert "attachmentId" not in found
    assert web.ranges == ["bytes=0-8191"]
    assert (await house.messages(room))[0]["content"] == found


async def test_pictures_in_shorthand_are_looked_at_too(house: House, web: Elsewhere) -> None:
    """All of them, before anything is said."""
    room = await house.group("ann", "bob")

    async def says(*names: str) -> Answer:
        return await house.says(room, "Look: " + " ".join(f"![]({web.url}/files/{it})" for it in names))

    posted = await says("cat.png", "cat.jpg")
    shown = [it["content"] for it in posted.body["messages"]]
    assert [it["mediaType"] for it in shown] == ["image/png", "image/jpeg"]
    assert [it["mediaSize"] for it in shown] == [len(FILES[it][0]) for it in ("cat.png", "cat.jpg")]
    assert refused(await says("cat.png", "bill.pdf")) == NO_PICTURE
    assert len(await house.messages(room)) == 2


async def test_the_picture_of_a_template_is_looked_at_when_it_is_said(house: House, web: Elsewhere) -> None:
    room = await house.group("ann", "bob")
    for name, file in (("cat", "cat.png"), ("bill", "bill.pdf")):
        picture = Image(media_url=f"{web.url}/files/{file}")
        await house.flow.corridor.execute(CreateTemplate(app_id=house.app_id, name=name, content=picture))
    posted = await house.says(room, "Look: %((template:cat))% Nice?")
    shown = [it["content"] for it in posted.body["messages"]]
    assert [it.get("text") for it in shown] == ["Look:", None, "Nice?"]
    assert shown[1]["mediaType"] == "image/png"
    assert refused(await house.says(room, "%((template:bill))%")) == NO_PICTURE
    assert len(await house.messages(room)) == 3


@pytest.mark.parametrize("name", ["page.html", "bill.pdf", "notes", "empty"])
async def test_an_image_is_an_image(house: House, web: Elsewhere, name: str) -> None:
    room = await house.group("ann", "bob")
    assert refused(await shows(house, room, f"{web.url}/files/{name}")) == NO_PICTURE
    assert await house.messages(room) == []


@pytest.mark.parametrize("status", [204, 301, 400, 401, 404, 410, 416, 500, 503])
async def test_a_server_that_refuses(house: House, web: Elsewhere, status: int) -> None:
    room = await house.group("ann", "bob")
    for kind in ("image", "file"):
        assert refused(await shows(house, room, f"{web.url}/status/{status}", kind)) == UNREADABLE


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x.png", "http://nowhere.invalid/x.png", "http://[::1", "http://x:99999/", "https://é%/"]
)
async def test_a_server_that_is_not_there(house: House, url: str) -> None:
    assert refused(await shows(house, await house.group("ann"), url)) == UNREADABLE


async def test_a_file_that_moved_is_followed_a_few_times(house: House, web: Elsewhere) -> None:
    room = await house.group("ann", "bob")
    assert content(await shows(house, room, f"{web.url}/moved/3/cat.png"))["mediaType"] == "image/png"
    assert refused(await shows(house, room, f"{web.url}/moved/4/cat.png")) == UNREADABLE
    assert web.asked.count("/files/cat.png") == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:alert(1)", "http://"])
async def test_a_file_that_moved_to_no_web_address(house: House, web: Elsewhere, url: str) -> None:
    assert refused(await shows(house, await house.group("ann"), f"{web.url}/to?url={url}", "file")) == UNREADABLE


async def test_nobody_is_asked_for_a_conversation_that_is_not_there(house: House, web: Elsewhere) -> None:
    answer = await shows(house, "0" * 24, f"{web.url}/files/cat.png")
    assert (answer.status, answer.code) == (404, "conversation_not_found")
    assert web.asked == []


async def test_only_the_protocol_of_the_web_is_spoken(house: House, web: Elsewhere) -> None:
    url = f"{web.url}/to?url={web.url.replace('http', 'ws')}/files/cat.png"
    assert refused(await shows(house, await house.group("ann"), url)) == UNREADABLE
    assert web.asked == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0.0.0.0"]
)
async def test_private_addresses_are_not_called(tmp_path: Path, web: Elsewhere, host: str) -> None:
    port = web.url.rpartition(":")[2]
    async with opened(tmp_path / "data", check_remote_media=True, allowed_networks="") as house:
        room = await house.group("ann", "bob")
        assert refused(await shows(house, room, f"http://{host}:{port}/files/cat.png")) == UNREADABLE
    assert web.asked == []


@pytest.mark.parametrize("host", ["127.0.0.2", "127.2", "localhost.", "[::1]"])
async def test_a_redirect_leads_nowhere_else(tmp_path: Path, host: str) -> None:
    """Only one private address may be called; what it redirects to is held to the same rule."""
    async with elsewhere() as web, elsewhere("127.0.0.2") as hidden:
        port = hidden.url.rpartition(":")[2]
        async with opened(tmp_path / "data", check_remote_media=True, allowed_networks="127.0.0.1/32") as house:
            room = await house.group("ann", "bob")
            assert (await shows(house, room, f"{web.url}/files/cat.png")).status == 201
            url = f"{web.url}/to?url=http://{host}:{port}/files/cat.png"
            assert refused(await shows(house, room, url)) == UNREADABLE
        assert hidden.asked == []


async def test_a_slow_server_is_waited_for_until_the_limit(tmp_path: Path, web: Elsewhere) -> None:
    async with opened(tmp_path / "data", check_remote_media=True, remote_media_timeout_s=0.2) as house:
        room = await house.group("ann", "bob")
        assert refused(await shows(house, room, f"{web.url}/slow/cat.png")) == UNREADABLE
    assert web.asked == ["/slow/cat.png"]


async def test_commands_of_a_device_keep_their_order_while_a_file_is_looked_at(house: House, web: Elsewhere) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    said = [
        {"type": "text", "text": "first"},
        {"type": "image", "mediaUrl": f"{web.url}/slow/cat.png"},
        {"type": "text", "text": "third"},
        {"type": "image", "mediaUrl": f"{web.url}/status/404"},
        {"type": "text", "text": "fifth"},
    ]
    ids = [await ann.say("message:send", conversationId=room, content=it) for it in said]
    assert (await ann.answer(ids[0]))["type"] == "ok"
    await house.says(room, "somebody else is not kept waiting")
    heard = [it["event"]["payload"]["message"]["content"]["text"] for it in await bob.events("conversation:message", 2)]
    assert heard == ["first", "somebody else is not kept waiting"]
    web.gate.set()
    answers: dict[int, Json] = {}
    while len(answers) < 4:
        frame = await ann.frame()
        if frame["type"] in ("ok", "error"):
            answers[frame["id"]] = frame
    assert [answers[it]["type"] for it in ids[1:]] == ["ok", "ok", "error", "ok"]
    assert answers[ids[1]]["result"]["message"]["content"]["mediaType"] == "image/png"
    assert answers[ids[3]]["error"]["code"] == "invalid_file"
    kinds = [it["content"].get("text", it["content"]["type"]) for it in await house.messages(room)]
    assert kinds == ["first", "somebody else is not kept waiting", "image", "third", "fifth"]


async def test_a_repeated_message_gets_its_answer_though_the_file_is_gone(house: House, web: Elsewhere) -> None:
    room = await house.group("ann", "bob")
    ann = await house.device("ann")
    shown = {"type": "image", "mediaUrl": f"{web.url}/slow/cat.png"}
    web.gate.set()
    first = await ann.ask("message:send", conversationId=room, content=shown, clientMessageId="1")
    gone = {**shown, "mediaUrl": f"{web.url}/status/404"}
    again = await ann.ask("message:send", conversationId=room, content=gone, clientMessageId="1")
    assert again["result"] == {**first["result"], "duplicate": True}


async def test_first_words_are_looked_at_too(house: House, web: Elsewhere) -> None:
    ann = await house.device("ann")
    words = [{"type": "image", "mediaUrl": f"{web.url}/files/{name}"} for name in ("cat.png", "notes")]
    answer = await ann.ask("conversation:create", messages=words)
    assert answer["error"]["code"] == "invalid_file"
    room = await ann.ask("conversation:create", messages=words[:1])
    (message,) = await house.messages(room["result"]["conversation"]["id"])
    assert message["content"]["mediaSize"] == len(PNG)


async def test_other_content_is_not_looked_at(house: House) -> None:
    room = await house.group("ann", "bob")
    item = {
        "title": "x",
        "mediaUrl": "http://127.0.0.1:1/x.png",
        "actions": [{"type": "link", "text": "x", "uri": "https://x.y"}],
    }
    body = {"author": {"type": "business"}, "content": {"type": "carousel", "items": [item]}}
    assert (await house.rest("POST", f"/conversations/{room}/messages", body)).status == 201


async def test_own_files_are_known_without_asking(tmp_path: Path) -> None:
    """Nothing may be called here, not even the gateway itself."""
    async with opened(tmp_path / "data", check_remote_media=True, allowed_networks="") as house:
        room = await house.group("ann", "bob")
        url = await house.uploaded("cat.png", PNG)
        shown = content(await shows(house, room, url))
        assert (shown["mediaType"], shown["mediaSize"]) == ("image/png", len(PNG))
        assert shown["attachmentId"] == url.split("/")[-2]
        bill = await house.uploaded("bill.pdf", PDF)
        assert refused(await shows(house, room, bill)) == NO_PICTURE
        assert content(await shows(house, room, bill, "file"))["mediaType"] == "application/pdf"
        assert refused(await shows(house, room, bill.replace("bill.pdf", "other.pdf"), "file")) == UNREADABLE


async def test_another_apps_file_can_be_shown_and_is_not_taken(house: House) -> None:
    url = await house.uploaded("cat.png", PNG)
    other = await provision.new_app(house.flow, "other")
    key = (other.key_id, other.secret)
    await house.rest("POST", f"/v2/apps/{other.app_id}/users", {"externalId": "eve"}, key=key)
    rooms = f"/v2/apps/{other.app_id}/conversations"
    room = {"type": "personal", "participants": [{"userExternalId": "eve"}]}
    made = await house.rest("POST", rooms, room, key=key)
    path = f"{rooms}/{made.body['conversation']['id']}/messages"
    body = {"author": {"type": "business"}, "content": {"type": "image", "mediaUrl": url}}
    shown = content(await house.rest("POST", path, body, key=key))
    assert "attachmentId" not in shown
    assert shown["mediaType"] == "image/png"
    await house.rest("DELETE", path, key=key)
    async with house.http.get(url) as response:
        assert response.status == 200
