"""Files over v1.1: uploaded for messages, or said as they are uploaded."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest

from gateway.edge.multipart import AROUND_BYTES
from tests.edge.test_attachments import get
from tests.edge.v1.test_door import old_token
from tests.files import HTML, PDF, PNG
from tests.house_under_test import Answer, House, Json, basic
from tests.receiver import Receiver

MAKER = ("role", "appMaker")
FILE: tuple[str, bytes] = ("cat.png", PNG)
Field = tuple[str, str | tuple[str, bytes]]


async def sends(
    house: House, path: str, *fields: Field, token: str | None = None, query: dict[str, str] | None = None
) -> Answer:
    """A multipart body of these fields, in this order; what has a name and bytes is a file."""
    form = aiohttp.MultipartWriter("form-data")
    for name, value in fields:
        file_name, content = (None, value) if isinstance(value, str) else value
        part = form.append(content, {"Content-Type": "text/plain" if file_name is None else "image/png"})
        named: dict[str, Any] = {} if file_name is None else {"filename": file_name}
        part.set_content_disposition("form-data", name=name, **named)
    async with house.http.post(
        f"{house.url}/v1.1/apps/{house.app_id}{path}",
        params=query,
        data=form,
        headers={"Authorization": f"Bearer {token}" if token else basic(*house.key)},
    ) as response:
        return Answer(response.status, await response.json())


async def says(house: House, *fields: Field, **options: Any) -> Answer:
    return await sends(house, "/appusers/ann/images", *fields, **options)


@pytest.fixture(autouse=True)
async def _ann(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "ann"})


def served(tmp_path: Path) -> int:
    return len([it for it in (tmp_path / "data" / "attachments").rglob("*") if it.is_file()])


FACTS: list[Field] = [
    MAKER,
    ("name", "Cleo"),
    ("avatarUrl", "https://example.org/cleo.png"),
    ("text", "Meow"),
    ("altText", "A cat"),
    ("metadata", '{"lot": 7}'),
    ("type", "text"),
]


@pytest.mark.parametrize("before", [len(FACTS), 3, 0])
async def test_a_picture_is_said_as_it_is_uploaded(house: House, before: int) -> None:
    """Whether the fields stand before it or after it."""
    said = await says(house, *FACTS[:before], ("source", FILE), *FACTS[before:])
    assert said.status == 201, said
    message = said.body["message"]
    shown = ("type", "role", "name", "avatarUrl", "text", "altText", "metadata", "mediaType", "mediaSize")
    assert [message[it] for it in shown] == [
        *("image", "appMaker", "Cleo", "https://example.org/cleo.png", "Meow", "A cat"),
        *({"lot": 7}, "image/png", len(PNG)),
    ]
    assert said.body["conversation"]["unreadCount"] == 1
    assert (await get(house, message["mediaUrl"]))[2] == PNG
    assert (await house.v1("GET", "/appusers/ann/messages")).body["messages"] == [message]


async def test_it_goes_with_its_message(house: House) -> None:
    message = (await says(house, MAKER, ("source", FILE))).body["message"]
    assert message["text"] == " "
    await house.v1("DELETE", f"/appusers/ann/messages/{message['_id']}")
    assert (await get(house, message["mediaUrl"]))[0] == 404


async def test_a_user_sends_a_picture(house: House) -> None:
    own = old_token(house, scope="appUser", userId="ann")
    said = await says(house, ("role", "appUser"), ("source", FILE), token=own)
    assert (said.status, said.body["message"]["role"]) == (201, "appUser")
    forged = await says(house, MAKER, ("source", FILE), token=own)
    assert forged.error[:2] == (403, "forbidden")


BAD: list[tuple[Sequence[Field], int, str]] = [
    ([("source", FILE)], 400, "role"),
    ([("source", FILE), ("role", "nobody")], 400, "role"),
    ([MAKER], 400, "source"),
    ([MAKER, ("image", FILE)], 400, "source"),
    ([MAKER, ("source", ("cat.html", HTML))], 415, "File rejected"),
    ([MAKER, ("source", ("cat.png", HTML))], 415, "File rejected"),
    ([MAKER, ("source", ("bill.pdf", PDF))], 400, "not an image"),
    ([MAKER, ("source", FILE), ("metadata", "lot 7")], 400, "metadata"),
    ([MAKER, ("source", FILE), ("metadata", "[]")], 400, "metadata"),
    ([MAKER, ("source", FILE), ("metadata", '{"a": {}}')], 400, "metadata"),
    ([MAKER, ("source", FILE), ("metadata", json.dumps({"a": "x" * 5_000}))], 400, "metadata"),
    ([MAKER, ("source", FILE), ("actions", '[{"type": "share"}]')], 400, "share"),
    ([MAKER, ("source", FILE), ("text", "x" * 4_097)], 400, "text"),
    ([MAKER, ("source", FILE), ("text", "x" * (AROUND_BYTES + 1))], 413, "bytes"),
    ([MAKER, ("avatarUrl", ""), ("source", FILE)], 400, "avatarUrl"),
    ([("role", "appUser"), ("source", FILE), ("actions", '[{"type": "reply", "text": "a", "payload": "b"}]')], 400, ""),
]


@pytest.mark.parametrize(("fields", "status", "word"), BAD)
async def test_what_is_refused_leaves_no_file(
    house: House, tmp_path: Path, fields: Sequence[Field], status: int, word: str
) -> None:
    refused = await says(house, *fields)
    assert refused.error[0] == status
    assert word in refused.error[2]
    assert (await house.v1("GET", "/appusers/ann")).body["appUser"]["conversationStarted"] is False
    await house.flow.sweeper.step()
    assert served(tmp_path) == 0


async def test_a_body_of_another_kind_is_refused(house: House) -> None:
    refused = await house.v1("POST", "/appusers/ann/images", {"role": "appMaker"})
    assert refused.error[:2] == (400, "bad_request")
    assert "multipart/form-data" in refused.error[2]
    unknown = await sends(house, "/appusers/bob/images", MAKER, ("source", FILE))
    assert unknown.error[:2] == (404, "user_not_found")


@pytest.mark.parametrize(
    "rest", [b"", b"--", b"\r\n--b", b"\r\n--b\r\nnonsense\r\n\r\n", b"\r\n--b\r\n\xff: \xff\r\n\r\nx"]
)
async def test_a_body_that_breaks_off_leaves_no_file(house: House, tmp_path: Path, rest: bytes) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="source"; filename="a.png"\r\n\r\n'
    async with house.http.post(
        f"{house.url}/v1.1/apps/{house.app_id}/appusers/ann/images",
        data=head + PNG + rest,
        headers={"Authorization": basic(*house.key), "Content-Type": "multipart/form-data; boundary=b"},
    ) as response:
        assert response.status == 400
        assert (await response.json())["error"]["code"] == "bad_request"
    await house.flow.sweeper.step()
    assert served(tmp_path) == 0


# Attachments


async def uploads(house: House, file: tuple[str, bytes] = FILE, token: str | None = None, **query: Any) -> Answer:
    asked = {"access": "public", "for": "message", **query}
    wanted = {name: value for name, value in asked.items() if value}
    return await sends(house, "/attachments", ("type", "image/png"), ("source", file), query=wanted, token=token)


async def test_a_file_is_uploaded_and_removed(house: House) -> None:
    kept = await uploads(house)
    assert kept.status == 201
    assert kept.body.keys() == {"mediaUrl", "mediaType"}
    assert kept.body["mediaType"] == "image/png"
    assert (await get(house, kept.body["mediaUrl"]))[2] == PNG
    removal = {"mediaUrl": kept.body["mediaUrl"]}
    assert await house.v1("POST", "/attachments/remove", removal) == (200, {})
    assert (await get(house, kept.body["mediaUrl"]))[0] == 404
    assert (await house.v1("POST", "/attachments/remove", removal)).error[:2] == (404, "not_found")
    assert (await house.v1("POST", "/attachments/remove", {})).error[2] == "should have required property 'mediaUrl'"


@pytest.mark.parametrize("name", ["userId", "appUserId"])
async def test_a_file_for_a_users_messages_goes_with_the_user(house: House, name: str) -> None:
    who = "ann" if name == "userId" else (await house.v1("GET", "/appusers/ann")).body["appUser"]["_id"]
    kept = await uploads(house, **cast(Json, {name: who}))
    await house.v1("DELETE", "/appusers/ann")
    assert (await get(house, kept.body["mediaUrl"]))[0] == 404
    assert (await uploads(house, **cast(Json, {name: who}))).error[:2] == (404, "user_not_found")


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ({"access": ""}, 400, "access"),
        ({"access": "private"}, 400, "access"),
        ({"for": "business"}, 400, "for"),
        ({"appUserId": "0" * 24}, 404, "User"),
        ({"appUserId": "ann"}, 404, "User"),
        ({"userId": "bob"}, 404, "User"),
    ],
)
async def test_a_wrong_upload_is_refused(house: House, query: Json, status: int, word: str) -> None:
    refused = await uploads(house, **query)
    assert refused.error[0] == status
    assert word in refused.error[2]


async def test_a_file_of_a_wrong_type_is_refused(house: House) -> None:
    assert (await uploads(house, ("a.html", HTML))).error == (
        415, "unsupported_media_type", "File rejected. File extension not allowed"
    )  # fmt: skip


async def test_users_upload_for_themselves(house: House) -> None:
    await house.v1("POST", "/appusers", {"userId": "bob"})
    own = old_token(house, scope="appUser", userId="ann")
    kept = await uploads(house, token=own)
    assert kept.status == 201
    assert (await uploads(house, token=own, userId="bob")).error[:2] == (403, "forbidden")
    assert (await house.v1("POST", "/attachments/remove", kept.body, token=own)).error[:2] == (403, "forbidden")
    await house.v1("DELETE", "/appusers/ann")
    assert (await get(house, kept.body["mediaUrl"]))[0] == 404


async def test_no_file_is_private(house: House) -> None:
    refused = await house.v1("POST", "/attachments/token", {"paths": ["/a/b.png"]})
    assert refused.error[:2] == (400, "bad_request")
    assert "public" in refused.error[2]
    assert "public" in (await house.v1("GET", "/attachments/cookie")).error[2]
    assert "paths" in (await house.v1("POST", "/attachments/token")).error[2]


async def test_what_is_said_with_a_picture_is_mirrored(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:message")
    said = await says(house, MAKER, ("source", FILE))
    await house.mirrored()
    (told,) = receiver.events
    assert told["payload"]["message"]["content"]["mediaUrl"] == said.body["message"]["mediaUrl"]
