"""Files go with what they belong to: at once for whoever asks, and their bytes soon after, also over a restart."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from yarl import URL

from gateway.domain import limits
from gateway.flow.retention import Retention
from gateway.flow.sweeper import Sweeper
from tests.edge.test_attachments import blobs
from tests.files import PDF, PNG
from tests.house_under_test import House, Json, basic, opened
from tests.journeys.process import new_app, serving, spoken_to

DAY_MS = 86_400_000
HALF_BYTES = 3 << 20
END = b"\r\n--b--\r\n"


async def there(house: House, url: str) -> bool:
    async with house.http.get(url) as response:
        assert response.status in (200, 404)
        return response.status == 200


async def shown(house: House, room: str, url: str, by: str | None = None) -> str:
    """Say an image; gives the message's id."""
    author: Json = {"type": "user", "userExternalId": by} if by else {"type": "business"}
    body = {"author": author, "content": {"type": "image", "mediaUrl": url}}
    answer = await house.rest("POST", f"/conversations/{room}/messages", body)
    assert answer.status == 201, answer
    return str(answer.body["messages"][0]["id"])


async def ok(house: House, method: str, path: str) -> None:
    key = house.account if path.startswith("/v2/apps") else None
    answer = await house.rest(method, path, key=key)
    assert answer.status == 200, answer


Ending = Callable[[House, str, str], Awaitable[None]]

ENDINGS: dict[str, Ending] = {
    "message": lambda house, room, said: ok(house, "DELETE", f"/conversations/{room}/messages/{said}"),
    "all messages": lambda house, room, _: ok(house, "DELETE", f"/conversations/{room}/messages"),
    "conversation": lambda house, room, _: ok(house, "DELETE", f"/conversations/{room}"),
    "app": lambda house, *_: ok(house, "DELETE", f"/v2/apps/{house.app_id}"),
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_file_for_a_message_goes_with_it(house: House, tmp_path: Path, ending: str) -> None:
    room = await house.group("ann", "bob")
    url = await house.uploaded("cat.png", PNG)
    said = await shown(house, room, url)
    assert await there(house, url)
    await ENDINGS[ending](house, room, said)
    assert not await there(house, url)
    assert len(blobs(tmp_path)) == 1
    await house.flow.sweeper.step()
    assert blobs(tmp_path) == []


async def test_a_file_goes_when_messages_are_kept_no_longer(house: House) -> None:
    settings = {"settings": {"conversationRetentionSeconds": 1}}
    assert (await house.rest("PATCH", f"/v2/apps/{house.app_id}", settings, key=house.account)).status == 200
    room = await house.group("ann", "bob")
    url = await house.uploaded("cat.png", PNG)
    await shown(house, room, url)
    retention = Retention(house.flow.store, house.flow.corridor, lambda: house.flow.now() + 60_000)
    async with asyncio.timeout(10):
        while await there(house, url):
            await retention.step()
            await asyncio.sleep(0.05)
    assert await house.messages(room) == []


async def test_a_file_goes_with_the_personal_conversations_of_its_user(house: House) -> None:
    room = await house.personal("ann")
    url = await house.uploaded("cat.png", PNG)
    await shown(house, room, url, by="ann")
    await ok(house, "DELETE", "/users/ann")
    assert not await there(house, url)


async def test_what_a_user_showed_in_a_group_stays_with_what_they_said(house: House) -> None:
    room = await house.group("ann", "bob")
    url = await house.uploaded("cat.png", PNG)
    await shown(house, room, url, by="ann")
    await ok(house, "DELETE", "/users/ann")
    assert await there(house, url)


@pytest.mark.parametrize("ending", ["message", "all messages", "conversation"])
async def test_a_file_without_purpose_stays(house: House, ending: str) -> None:
    room = await house.group("ann", "bob")
    answer = await house.upload("cat.png", PNG, params={"access": "public"})
    url = answer.body["attachment"]["mediaUrl"]
    said = await shown(house, room, url)
    await ENDINGS[ending](house, room, said)
    await house.flow.sweeper.step()
    assert await there(house, url)


async def test_a_file_goes_with_the_last_message_that_shows_it(house: House) -> None:
    first, second = await house.group("ann", "bob"), await house.group("ann", "cid")
    url = await house.uploaded("cat.png", PNG)
    said = [await shown(house, first, url), await shown(house, first, url), await shown(house, second, url)]
    await ENDINGS["message"](house, first, said[0])
    assert await there(house, url)
    await ENDINGS["all messages"](house, first, "")
    assert await there(house, url)
    await ENDINGS["conversation"](house, second, "")
    assert not await there(house, url)


async def test_a_file_that_an_item_of_a_carousel_shows_is_used(house: House) -> None:
    room = await house.group("ann", "bob")
    url = await house.uploaded("cat.png", PNG)
    link = {"type": "link", "text": "x", "uri": "https://x.y"}
    content = {"type": "carousel", "items": [{"title": "x", "mediaUrl": url, "actions": [link]}]}
    body = {"author": {"type": "business"}, "content": content}
    said = (await house.rest("POST", f"/conversations/{room}/messages", body)).body["messages"][0]["id"]
    await house.flow.store.abandon_attachments(house.flow.now() + 1)
    assert await there(house, url)
    await ENDINGS["message"](house, room, said)
    assert not await there(house, url)


async def test_a_message_that_was_refused_uses_nothing(house: House) -> None:
    room = await house.group("ann", "bob")
    url = await house.uploaded("cat.png", PNG)
    await house.user("eve")
    content = {"type": "image", "mediaUrl": url}
    body = {"author": {"type": "user", "userExternalId": "eve"}, "content": content}
    assert (await house.rest("POST", f"/conversations/{room}/messages", body)).status == 400
    await house.flow.store.abandon_attachments(house.flow.now() + 1)
    assert not await there(house, url)


async def test_a_file_uploaded_for_a_conversation_goes_with_it(house: House) -> None:
    room, other = await house.group("ann", "bob"), await house.group("ann", "cid")
    url = await house.uploaded("cat.png", PNG, conversationId=room)
    used = await house.uploaded("cat.png", PNG, conversationId=room)
    await shown(house, other, used)
    await ENDINGS["conversation"](house, room, "")
    assert not await there(house, url)
    assert await there(house, used)


async def test_what_nobody_used_for_a_day_is_swept_up(house: House, tmp_path: Path) -> None:
    room = await house.group("ann", "bob")
    unused = await house.uploaded("cat.png", PNG)
    used = await house.uploaded("cat.png", PNG)
    await shown(house, room, used)
    store, flow = house.flow.store, house.flow
    blobs_of = flow.attachments._blobs
    await Sweeper(store, blobs_of, lambda: flow.now() + limits.UNUSED_S * 1000 - 60_000).step()
    assert await there(house, unused)
    await Sweeper(store, blobs_of, lambda: flow.now() + limits.UNUSED_S * 1000 + 60_000).step()
    assert not await there(house, unused)
    assert await there(house, used)
    assert len(blobs(tmp_path)) == 1


async def test_bytes_that_belong_to_no_file_are_swept_up(house: House, tmp_path: Path) -> None:
    """As after a crash between the last byte of an upload and its commit."""
    url = await house.uploaded("cat.png", PNG)
    stray = tmp_path / "data" / "attachments" / ("b" * 40)
    stray.write_bytes(PNG)
    flow = house.flow
    await Sweeper(flow.store, flow.attachments._blobs, flow.now).step()
    assert stray.exists()
    await Sweeper(flow.store, flow.attachments._blobs, lambda: flow.now() + DAY_MS - 1_000_000).step()
    assert stray.exists()
    room = await house.group("ann", "bob")
    await shown(house, room, url)
    await Sweeper(flow.store, flow.attachments._blobs, lambda: flow.now() + DAY_MS + 60_000).step()
    assert not stray.exists()
    assert await there(house, url)


async def test_a_stop_between_the_mark_and_the_sweep_loses_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path / "data") as house:
        room = await house.group("ann", "bob")
        url = await house.uploaded("cat.png", PNG)
        await shown(house, room, url)
        await ENDINGS["all messages"](house, room, "")
        assert len(blobs(tmp_path)) == 1
    async with opened(tmp_path / "data") as house:
        await house.flow.sweeper.step()
        assert blobs(tmp_path) == []
        assert await house.flow.store.gone_attachments(1) == []


async def test_bytes_that_are_gone_already_do_not_stop_the_sweep(house: House, tmp_path: Path) -> None:
    urls = [await house.uploaded("cat.png", PNG) for _ in range(3)]
    for blob in blobs(tmp_path)[:1]:
        blob.unlink()
    for url in urls:
        body = {"mediaUrl": url}
        assert (await house.rest("POST", "/attachments/remove", body)).status == 200
    await house.flow.sweeper.step()
    assert blobs(tmp_path) == []
    assert await house.flow.store.gone_attachments(1) == []


async def test_a_file_whose_bytes_are_lost_is_not_there(house: House, tmp_path: Path) -> None:
    url = await house.uploaded("cat.png", PNG)
    for blob in blobs(tmp_path):
        blob.unlink()
    assert not await there(house, url)


def half_of(house: House, query: str) -> bytes:
    """The first half of an upload, as it goes over the wire."""
    body = b'--b\r\nContent-Disposition: form-data; name="source"; filename="a.pdf"\r\n\r\n' + PDF
    head = (
        f"POST /v2/apps/{house.app_id}/attachments?{query} HTTP/1.1",
        "Host: x",
        f"Authorization: {basic(*house.key)}",
        "Content-Type: multipart/form-data; boundary=b",
        f"Content-Length: {len(body) + HALF_BYTES + len(END)}",
    )
    return "\r\n".join([*head, "", ""]).encode() + body + b"x" * HALF_BYTES


async def something_written(tmp_path: Path) -> None:
    async with asyncio.timeout(10):
        while not blobs(tmp_path):  # noqa: ASYNC110 - nobody says that the first bytes are on the disk
            await asyncio.sleep(0.01)


async def test_a_conversation_that_goes_while_its_file_comes_leaves_nothing(house: House, tmp_path: Path) -> None:
    room = await house.group("ann", "bob")
    reader, writer = await asyncio.open_connection("127.0.0.1", URL(house.url).port)
    writer.write(half_of(house, f"access=public&for=message&conversationId={room}"))
    await something_written(tmp_path)
    await ENDINGS["conversation"](house, room, "")
    writer.write(END)
    assert (await reader.readline()).startswith(b"HTTP/1.1 404 ")
    writer.close()
    assert blobs(tmp_path) == []


async def test_what_a_crash_left_half_written_is_swept_up(tmp_path: Path) -> None:
    data = tmp_path / "data"
    credentials = await new_app(data)
    async with serving(data) as gateway, spoken_to(await gateway.ready(), credentials) as house:
        _, writer = await asyncio.open_connection("127.0.0.1", URL(house.url).port)
        writer.write(half_of(house, "access=public"))
        await something_written(tmp_path)
        gateway.process.kill()
        await gateway.process.wait()
        writer.close()
    assert len(blobs(tmp_path)) == 1
    async with opened(data) as again:
        flow = again.flow
        await Sweeper(flow.store, flow.attachments._blobs, flow.now).step()
        assert len(blobs(tmp_path)) == 1
        await Sweeper(flow.store, flow.attachments._blobs, lambda: flow.now() + DAY_MS + 60_000).step()
        assert blobs(tmp_path) == []
