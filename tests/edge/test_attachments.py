"""Files, from the upload to the one who looks at them."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from gateway.domain import limits
from gateway.flow.provision import Credentials
from tests.edge.conftest import Rest
from tests.files import HTML, JPEG, PDF, PNG, PROGRAM, SVG
from tests.house_under_test import Answer, House, basic, opened
from tests.official.client import Official

ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/attachments/v2/([0-9a-f]{40})/([^/]+)")
MEGABYTE = 1 << 20


async def get(house: House, url: str, method: str = "GET", **headers: str) -> tuple[int, Mapping[str, str], bytes]:
    async with house.http.request(method, URL(url, encoded=True), headers=headers) as response:
        return response.status, response.headers, await response.read()


def blobs(tmp_path: Path) -> list[Path]:
    """Everything in the folder of attachments, half-written files included."""
    return [it for it in (tmp_path / "data" / "attachments").rglob("*") if it.is_file()]


async def test_a_file_comes_out_as_it_went_in(house: House) -> None:
    answer = await house.upload("cat.png", PNG)
    assert answer.status == 201
    assert answer.body["attachment"].keys() == {"mediaUrl", "mediaType"}
    assert answer.body["attachment"]["mediaType"] == "image/png"
    url = answer.body["attachment"]["mediaUrl"]
    found = ADDRESS.fullmatch(url)
    assert found
    assert (found[1], found[3]) == (house.url, "cat.png")
    status, headers, content = await get(house, url)
    assert (status, content) == (200, PNG)
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Length"] == str(len(PNG))
    assert headers["Content-Disposition"] == "inline; filename=\"cat.png\"; filename*=UTF-8''cat.png"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=31536000" in headers["Cache-Control"]
    assert "s-maxage=900" in headers["Cache-Control"]


async def test_two_uploads_have_addresses_of_their_own(house: House) -> None:
    assert await house.uploaded("cat.png", PNG) != await house.uploaded("cat.png", PNG)


async def test_the_official_client_uploads_and_removes(house: House) -> None:
    official = Official(house, house.key)
    made = await official(
        "AttachmentsApi.upload_attachment", house.app_id, "public", source=("cat.png", PNG), var_for="message"
    )
    assert made.attachment.media_type == "image/png"
    assert (await get(house, made.attachment.media_url))[2] == PNG
    body = {"mediaUrl": made.attachment.media_url}
    await official("AttachmentsApi.delete_attachment", house.app_id, ("AttachmentDeleteBody", body))
    assert (await get(house, made.attachment.media_url))[0] == 404


async def test_a_part_without_a_file_name_is_a_file_all_the_same(house: House) -> None:
    answer = await house.upload(None, PNG)
    assert answer.status == 201
    assert answer.body["attachment"]["mediaUrl"].endswith("/attachment.png")
    assert (await get(house, answer.body["attachment"]["mediaUrl"]))[2] == PNG


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("a.exe", PROGRAM, "File rejected. File extension not allowed"),
        ("a.html", HTML, "File rejected. File extension not allowed"),
        ("source", PNG, "File rejected. File extension not allowed"),
        ("a.png", PROGRAM, "File rejected. File type could not be retrieved"),
        ("a.png", b"", "File rejected. File type not allowed"),
        (None, b"hello", "File rejected. File type could not be retrieved"),
        ("a.png", HTML, "File rejected. File type not allowed"),
        ("a.txt", HTML, "File rejected. File type not allowed"),
        ("a.txt", SVG, "File rejected. File type not allowed"),
        ("a.png", SVG, "File rejected. File type not allowed"),
        ("a.txt", PNG, "File rejected. File type not allowed"),
        ("a.csv", PROGRAM, "File rejected. File type could not be retrieved"),
    ],
)
async def test_what_is_not_taken(house: House, tmp_path: Path, name: str | None, content: bytes, title: str) -> None:
    answer = await house.upload(name, content)
    assert (answer.status, answer.code, answer.title) == (415, "unsupported_media_type", title)
    assert blobs(tmp_path) == []


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"access": "private"}, 400, "bad_request"),
        ({"access": ""}, 400, "bad_request"),
        ({"for": "avatar"}, 400, "bad_request"),
        ({"for": ""}, 400, "bad_request"),
        ({"conversationId": "0" * 24}, 404, "conversation_not_found"),
    ],
)
async def test_a_bad_query_is_refused(
    house: House, tmp_path: Path, query: dict[str, Any], status: int, code: str
) -> None:
    answer = await house.upload("cat.png", PNG, **query)
    assert (answer.status, answer.code) == (status, code)
    assert blobs(tmp_path) == []


async def test_access_and_purpose_may_be_left_out(house: House) -> None:
    form = aiohttp.FormData()
    form.add_field("note", "a field that nobody asked for")
    form.add_field("source", PNG, filename="cat.png")
    headers = {"Authorization": basic(*house.key)}
    path = f"{house.url}/v2/apps/{house.app_id}/attachments"
    async with house.http.post(path, data=form, headers=headers) as response:
        assert response.status == 201


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"source": "x"}'),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=other\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--c\r\n\r\nx\r\n--c--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nno header\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/mixed; boundary=b", b"--b--\r\n"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name=source; filename="a.png"\r\n\r\n' + PNG,
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name=source; filename="a.png"\r\n\r\n'
            + PNG
            + b"\r\n--bogus\r\nmore\r\n--b--\r\n",
        ),
    ],
)
async def test_a_body_that_holds_no_whole_file(rest: Rest, tmp_path: Path, content_type: str, body: bytes) -> None:
    answer = await rest("POST", "/attachments", data=body, headers={"Content-Type": content_type})
    assert (answer.status, answer.code) == (400, "bad_request")
    assert blobs(tmp_path) == []


async def streamed(house: House, size: int, declared: bool) -> Answer:
    """Upload a PDF of that many bytes, a piece at a time, with or without saying its size first."""
    head = b'--b\r\nContent-Disposition: form-data; name="source"; filename="a.pdf"\r\n\r\n'
    tail = b"\r\n--b--\r\n"

    async def body() -> AsyncIterator[bytes]:
        yield head + PDF
        left = size - len(PDF)
        while left:
            piece = min(left, 65_536)
            yield b"x" * piece
            left -= piece
        yield tail

    headers = {"Authorization": basic(*house.key), "Content-Type": "multipart/form-data; boundary=b"}
    if declared:
        headers["Content-Length"] = str(len(head) + size + len(tail))
    path = f"{house.url}/v2/apps/{house.app_id}/attachments?access=public"
    async with house.http.post(path, data=body(), headers=headers) as response:
        return Answer(response.status, await response.json())


@pytest.mark.parametrize("declared", [True, False])
async def test_fifty_megabytes_are_taken_and_one_byte_more_is_not(house: House, tmp_path: Path, declared: bool) -> None:
    refused = await streamed(house, limits.ATTACHMENT_BYTES + 1, declared)
    assert (refused.status, refused.code) == (413, "payload_too_large")
    assert blobs(tmp_path) == []
    taken = await streamed(house, limits.ATTACHMENT_BYTES, declared)
    assert taken.status == 201
    assert [it.stat().st_size for it in blobs(tmp_path)] == [limits.ATTACHMENT_BYTES]


async def test_a_megabyte_too_much_is_refused_before_it_is_sent(house: House, tmp_path: Path) -> None:
    refused = await streamed(house, limits.ATTACHMENT_BYTES + MEGABYTE, declared=True)
    assert refused.status == 413
    assert blobs(tmp_path) == []


async def test_an_upload_that_breaks_off_leaves_nothing(house: House, tmp_path: Path) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", URL(house.url).port)
    head = b'--b\r\nContent-Disposition: form-data; name="source"; filename="a.pdf"\r\n\r\n' + PDF
    lines = [
        f"POST /v2/apps/{house.app_id}/attachments?access=public HTTP/1.1",
        "Host: x",
        f"Authorization: {basic(*house.key)}",
        "Content-Type: multipart/form-data; boundary=b",
        f"Content-Length: {10 * MEGABYTE}",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + head + b"x" * 3 * MEGABYTE)
    await writer.drain()
    async with asyncio.timeout(10):
        while not blobs(tmp_path):  # noqa: ASYNC110 - nobody says that the first bytes are on the disk
            await asyncio.sleep(0.01)
        writer.transport.abort()
        while blobs(tmp_path):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert await house.flow.store.gone_attachments(10) == []


@pytest.mark.parametrize(
    ("asked", "status", "content_range", "part"),
    [
        ("bytes=0-0", 206, "bytes 0-0/{size}", slice(0, 1)),
        ("bytes=10-19", 206, "bytes 10-19/{size}", slice(10, 20)),
        ("bytes=10-", 206, "bytes 10-{last}/{size}", slice(10, None)),
        ("bytes=-5", 206, "bytes {minus5}-{last}/{size}", slice(-5, None)),
        ("bytes=-999999", 206, "bytes 0-{last}/{size}", slice(0, None)),
        ("bytes=10-999999", 206, "bytes 10-{last}/{size}", slice(10, None)),
        ("bytes={last}-", 206, "bytes {last}-{last}/{size}", slice(-1, None)),
        ("bytes={size}-", 416, "bytes */{size}", slice(0, 0)),
        ("bytes=-0", 416, "bytes */{size}", slice(0, 0)),
        ("bytes=5-2", 200, None, slice(0, None)),
        ("bytes=0-1,4-5", 200, None, slice(0, None)),
        ("lines=1-2", 200, None, slice(0, None)),
        ("bytes=x", 200, None, slice(0, None)),
    ],
)
async def test_parts_of_a_file(house: House, asked: str, status: int, content_range: str | None, part: slice) -> None:
    url = await house.uploaded("a.pdf", PDF)
    numbers = {"size": len(PDF), "last": len(PDF) - 1, "minus5": len(PDF) - 5}
    answer, headers, content = await get(house, url, Range=asked.format(**numbers))
    assert (answer, content) == (status, PDF[part])
    assert headers.get("Content-Range") == (content_range.format(**numbers) if content_range else None)
    assert headers["Accept-Ranges"] == "bytes"


async def test_a_part_of_another_version_is_all_of_this_one(house: House) -> None:
    url = await house.uploaded("a.pdf", PDF)
    tag = (await get(house, url))[1]["ETag"]
    assert (await get(house, url, **{"Range": "bytes=0-0", "If-Range": tag}))[0] == 206
    assert (await get(house, url, **{"Range": "bytes=0-0", "If-Range": '"other"'}))[0] == 200


async def test_what_a_reader_has_already_is_not_sent_again(house: House) -> None:
    url = await house.uploaded("cat.png", PNG)
    tag = (await get(house, url))[1]["ETag"]
    for known in (tag, f'W/{tag}, "x"', "*"):
        status, headers, content = await get(house, url, **{"If-None-Match": known})
        assert (status, headers["ETag"], content) == (304, tag, b"")
    assert (await get(house, url, **{"If-None-Match": '"x"'}))[0] == 200


async def test_a_look_at_the_headers(house: House) -> None:
    url = await house.uploaded("cat.png", PNG)
    status, headers, content = await get(house, url, "HEAD")
    assert (status, content) == (200, b"")
    assert headers["Content-Length"] == str(len(PNG))
    assert headers["Content-Type"] == "image/png"


async def test_an_empty_file(house: House) -> None:
    url = await house.uploaded("empty.txt", b"")
    status, headers, content = await get(house, url)
    assert (status, headers["Content-Length"], content) == (200, "0", b"")


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.svg", SVG, "image/svg+xml"),
        ("a.txt", b"hello", "text/plain; charset=utf-8"),
        ("a.xml", b"<?xml version='1.0'?><x/>", "application/xml"),
        ("a.zip", b"PK\x05\x06" + bytes(18), "application/zip"),
    ],
)
async def test_what_could_do_harm_is_only_ever_downloaded(
    house: House, name: str, content: bytes, content_type: str
) -> None:
    status, headers, _ = await get(house, await house.uploaded(name, content))
    assert status == 200
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["Content-Type"] == content_type
    assert "sandbox" in headers["Content-Security-Policy"]


async def test_a_picture_is_served_as_what_it_is(house: House) -> None:
    answer = await house.upload("cat.png", JPEG)
    assert answer.body["attachment"]["mediaType"] == "image/jpeg"
    assert (await get(house, answer.body["attachment"]["mediaUrl"]))[1]["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("name", ["中文 név.png", "a'b;c=d{e}#f%41.png", "100%.png", "a b+c&d.png"])
async def test_any_name_can_be_asked_for(house: House, name: str) -> None:
    url = await house.uploaded(name, PNG)
    assert url.isascii()
    status, headers, content = await get(house, url)
    assert (status, content) == (200, PNG)
    assert headers["Content-Disposition"].isascii()
    assert f"filename*=UTF-8''{url.rpartition('/')[2]}" in headers["Content-Disposition"]


async def test_only_the_whole_address_leads_to_the_file(house: House) -> None:
    url = await house.uploaded("cat.png", PNG)
    for wrong in (
        url.replace("cat", "dog"),
        url[:-4],
        url.replace("/v2/", "/v2/0"),
        f"{url}/x",
        url.replace("cat", "Cat"),
    ):
        assert (await get(house, wrong))[0] == 404
    assert (await get(house, url, "POST"))[0] == 405


async def removal(house: House, url: str, key: tuple[str, str] | None = None, app_id: str | None = None) -> Answer:
    path = f"/v2/apps/{app_id or house.app_id}/attachments/remove"
    return await house.rest("POST", path, {"mediaUrl": url}, key=key)


async def test_what_is_removed_is_gone_at_once(house: House, tmp_path: Path) -> None:
    url = await house.uploaded("cat.png", PNG)
    assert await removal(house, url) == (200, {})
    assert (await get(house, url))[0] == 404
    again = await removal(house, url)
    assert (again.status, again.code, again.title) == (404, "not_found", "Attachment not found")
    await house.flow.sweeper.step()
    assert blobs(tmp_path) == []
    assert await house.flow.store.gone_attachments(10) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/attachments/v2/" + "a" * 40 + "/cat.png",
        "https://elsewhere.example/cat.png",
        "cat.png",
    ],
)
async def test_foreign_addresses_cannot_be_removed(rest: Rest, url: str) -> None:
    answer = await rest("POST", "/attachments/remove", {"mediaUrl": url})
    assert (answer.status, answer.code) == (400, "bad_request")
    assert answer.title == f"Unsupported media URL for attachment deletion: {url}"


async def test_another_apps_file_cannot_be_removed(house: House, other: Credentials) -> None:
    url = await house.uploaded("cat.png", PNG)
    theirs = await removal(house, url, (other.key_id, other.secret), other.app_id)
    assert (theirs.status, theirs.code) == (404, "not_found")
    assert (await get(house, url))[0] == 200


async def test_files_are_known_by_the_public_address(tmp_path: Path) -> None:
    public = "https://chat.example.com/sc"
    async with opened(tmp_path / "data", public_url=public, path_prefix="/sc") as house:
        url = await house.uploaded("cat.png", PNG)
        assert url.startswith(f"{public}/attachments/v2/")
        local = url.replace(public, house.url)
        assert (await get(house, local))[2] == PNG
        room = await house.group("ann", "bob", "cid")
        page = await house.rest("GET", f"/conversations/{room}/participants?page[size]=1")
        assert page.body["links"]["next"].startswith(f"{public}/v2/apps/{house.app_id}/conversations/")
        assert (await removal(house, local)).status == 400
        assert (await removal(house, url)).status == 200
