"""Devices upload beside their socket: as a user by JWT, or as an anonymous one by their session."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from clients.python import Backend, Device, Session
from clients.python.errors import ApiError
from gateway.domain.commands import UpdateIntegration
from gateway.flow import provision
from tests.edge.test_attachments import blobs
from tests.files import HTML, PDF, PNG
from tests.house_under_test import Answer, House, basic

PAGE = "https://shop.example"


async def upload(
    house: House, authorization: str | None, *, name: str = "cat.png", content: bytes = PNG, **options: Any
) -> tuple[Answer, dict[str, str]]:
    """What is answered, and with which headers."""
    form = aiohttp.FormData()
    form.add_field("source", content, filename=name)
    headers = {"Authorization": authorization} if authorization else {}
    if "origin" in options:
        headers["Origin"] = options["origin"]
    where = options.get("integration", house.integrations["web"])
    path = f"{house.url}/sdk/v2/integrations/{where}/attachments"
    async with house.http.post(path, data=form, headers=headers, params=options.get("query")) as response:
        return Answer(response.status, await response.json()), dict(response.headers)


def bearer(house: House, name: str) -> str:
    return f"Bearer {house.token(name)}"


async def test_a_user_shows_what_they_uploaded(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    answer, _ = await upload(house, bearer(house, "ann"), query={"conversationId": room})
    assert answer.status == 201
    url = answer.body["attachment"]["mediaUrl"]
    said = await ann.ask("message:send", conversationId=room, content={"type": "image", "mediaUrl": url})
    assert said["type"] == "ok"
    heard = (await bob.event("conversation:message"))["event"]["payload"]["message"]["content"]
    assert (heard["mediaUrl"], heard["mediaType"], heard["mediaSize"]) == (url, "image/png", len(PNG))
    await house.rest("DELETE", f"/conversations/{room}/messages")
    async with house.http.get(url) as response:
        assert response.status == 404


async def test_an_anonymous_user_shows_their_session(house: House) -> None:
    device = await house.device()
    user, token = device.welcome["user"]["id"], device.welcome["sessionToken"]
    assert (await upload(house, basic(user, token)))[0].status == 201
    for wrong in (basic(user, "wrong"), basic(user, ""), basic("0" * 24, token)):
        refused, _ = await upload(house, wrong)
        assert (refused.status, refused.code) == (401, "invalid_auth")


async def test_strangers_upload_nothing(house: House, tmp_path: Path) -> None:
    other = await provision.new_app(house.flow, "other")
    await house.user("ann")
    strangers: list[str | None] = [
        None,
        "Bearer nonsense",
        basic(*house.key),
        basic(*house.account),
        bearer(house, "nobody"),
        f"Bearer {house.token('ann', scope='app')}",
        f"Bearer {house.token('ann', exp=1)}",
    ]
    for stranger in strangers:
        assert (await upload(house, stranger))[0].status == 401, stranger
    elsewhere, _ = await upload(house, bearer(house, "ann"), integration=other.integrations["web"])
    assert elsewhere.status == 401
    for unknown in ("0" * 24, "nonsense"):
        assert (await upload(house, bearer(house, "ann"), integration=unknown))[0].code == "integration_not_found"
    assert blobs(tmp_path) == []


async def test_the_same_files_are_refused_as_over_rest(house: House, tmp_path: Path) -> None:
    await house.user("ann")
    for name, content in (("a.png", HTML), ("a.html", HTML)):
        refused, _ = await upload(house, bearer(house, "ann"), name=name, content=content)
        assert (refused.status, refused.code) == (415, "unsupported_media_type")
    assert blobs(tmp_path) == []


async def test_a_conversation_one_does_not_sit_in_is_not_there(house: House) -> None:
    await house.user("ann")
    room = await house.group("bob")
    for where in (room, "0" * 24):
        refused, _ = await upload(house, bearer(house, "ann"), query={"conversationId": where})
        assert (refused.status, refused.code) == (404, "conversation_not_found")


async def test_an_integration_may_take_no_files(house: House) -> None:
    await house.user("ann")
    web = house.integrations["web"]
    fields = {"attachmentsEnabled": False}
    await house.flow.corridor.execute(UpdateIntegration(app_id=house.app_id, integration_id=web, fields=fields))
    refused, _ = await upload(house, bearer(house, "ann"))
    assert (refused.status, refused.code) == (403, "forbidden")


async def test_pages_of_other_origins_may_read_the_answer(house: House) -> None:
    await house.user("ann")
    answer, headers = await upload(house, bearer(house, "ann"), origin=PAGE)
    assert (answer.status, headers["Access-Control-Allow-Origin"], headers["Vary"]) == (201, PAGE, "Origin")
    refused, headers = await upload(house, None, origin=PAGE)
    assert (refused.status, headers["Access-Control-Allow-Origin"]) == (401, PAGE)
    path = f"{house.url}/sdk/v2/integrations/{house.integrations['web']}/attachments"
    async with house.http.options(path, headers={"Origin": PAGE}) as asked:
        assert asked.status == 204
        assert asked.headers["Access-Control-Allow-Origin"] == PAGE
        assert asked.headers["Access-Control-Allow-Methods"] == "POST"
        assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]


async def test_only_pages_that_the_integration_names(house: House, tmp_path: Path) -> None:
    await house.user("ann")
    web = house.integrations["web"]
    await house.rest("PATCH", f"/integrations/{web}", {"originWhitelist": [PAGE]})
    assert (await upload(house, bearer(house, "ann"), origin=PAGE))[0].status == 201
    refused, headers = await upload(house, bearer(house, "ann"), origin="https://evil.example")
    assert refused.status == 403
    assert "Access-Control-Allow-Origin" not in headers
    assert len(blobs(tmp_path)) == 1


@pytest.mark.parametrize("anonymous", [False, True])
async def test_the_python_client_uploads(house: House, anonymous: bool) -> None:
    await house.group("ann", "bob")
    jwt = None if anonymous else house.token("ann")
    async with Device(house.url, house.integrations["web"], jwt=jwt) as device:
        kept = await device.upload("cat.png", PNG)
        assert kept["mediaType"] == "image/png"
        with pytest.raises(ApiError) as refused:
            await device.upload("cat.html", HTML)
        assert refused.value.status == 415
        assert isinstance(device.session, Session) is anonymous


async def test_the_backend_client_uploads_and_removes(house: House, tmp_path: Path) -> None:
    file = tmp_path / "bill.pdf"
    file.write_bytes(PDF)
    room = await house.group("ann", "bob")
    async with Backend(house.url, *house.key, app_id=house.app_id) as backend:
        with file.open("rb") as opened:
            kept = await backend.attachments.upload("bill.pdf", opened, conversation_id=room)
        assert kept["mediaType"] == "application/pdf"
        await backend.attachments.remove(kept["mediaUrl"])
        with pytest.raises(ApiError):
            await backend.attachments.remove(kept["mediaUrl"])
