"""Attachments, through the official client."""

import base64

import pytest

from tests.house_under_test import House
from tests.official.client import Official, client

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def test_a_pictures_life(house: House, official: Official) -> None:
    room = await house.personal("ann")
    options = {"var_for": "message", "conversation_id": room}
    method = "AttachmentsApi.upload_attachment"
    made = (await official.ours(method, "public", ("dot.png", PNG), **options)).attachment
    assert made.media_type == "image/png"
    content = {"type": "image", "mediaUrl": made.media_url}
    posted = await official.ours(
        "MessagesApi.post_message", room, ("MessagePost", {"author": {"type": "business"}, "content": content})
    )
    image = posted.messages[0].content.actual_instance
    assert (image.media_type, image.media_size) == ("image/png", len(PNG))
    async with house.http.get(made.media_url) as served:
        assert (served.status, await served.read()) == (200, PNG)
    await official.ours("AttachmentsApi.delete_attachment", ("AttachmentDeleteBody", {"mediaUrl": made.media_url}))
    async with house.http.get(made.media_url) as gone:
        assert gone.status == 404
    with pytest.raises(client.exceptions.NotFoundException):
        await official.ours("AttachmentsApi.delete_attachment", ("AttachmentDeleteBody", {"mediaUrl": made.media_url}))


async def test_a_file_without_a_name_has_no_type(official: Official) -> None:
    with pytest.raises(client.exceptions.ApiException) as refused:
        await official.ours("AttachmentsApi.upload_attachment", "public", PNG)
    assert refused.value.status == 415
