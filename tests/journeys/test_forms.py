"""A form that is asked, filled in on a phone, and seen by everybody: devices, backends, and whoever comes later."""

from pathlib import Path
from typing import Any

from tests.house_under_test import Device, House, Json, opened
from tests.receiver import Receiver

FORM: Json = {
    "type": "form",
    "blockChatInput": True,
    "fields": [
        {"type": "text", "name": "name", "label": "Your name", "minSize": 1, "maxSize": 30},
        {"type": "select", "name": "size", "label": "Size", "options": [{"name": "s", "label": "Small"}]},
    ],
}
ANSWERS: list[Json] = [
    {"type": "text", "name": "name", "label": "Your name", "text": "Ann"},
    {"type": "select", "name": "size", "label": "Size", "select": [{"name": "s", "label": "Small"}]},
]


async def asked(house: House, room: str) -> Json:
    """The business sends a form; gives its message."""
    body = {"author": {"type": "business"}, "content": FORM}
    posted = await house.rest("POST", f"/conversations/{room}/messages", body)
    assert posted.status == 201, posted
    return dict(posted.body["messages"][0])


async def submits(device: Device, room: str, form_id: str, fields: list[Json] = ANSWERS, **facts: Any) -> Json:
    content = {"type": "formResponse", "quotedMessageId": form_id, "fields": fields}
    return await device.ask("message:send", conversationId=room, content=content, **facts)


async def test_a_form_is_answered_and_everybody_sees_it(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url, "conversation:message")
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    form = await asked(house, room)
    submitted = {**form, "content": {**form["content"], "submitted": True}}

    answered = (await submits(ann, room, form["id"]))["result"]["message"]
    assert answered["content"] == {
        "type": "formResponse",
        "fields": ANSWERS,
        "textFallback": "Your name: Ann\nSize: Small",
    }
    assert answered["quotedMessage"] == {"type": "message", "message": submitted}
    told = (await bob.events("conversation:message", 2))[1]
    assert told["event"]["payload"]["message"] == answered
    assert await house.messages(room) == [submitted, answered]

    await house.mirrored()
    mirrored = [it["payload"]["message"] for it in receiver.events if it["type"] == "conversation:message"]
    assert mirrored[1]["quotedMessage"] == answered["quotedMessage"]
    assert mirrored[1]["content"] == answered["content"]


async def test_the_second_answer_is_refused_also_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path / "data") as house:
        room = await house.group("ann")
        form = await asked(house, room)
        ann = await house.device("ann")
        first = await submits(ann, room, form["id"], clientMessageId="one")
        again = await submits(ann, room, form["id"], clientMessageId="one")
        assert again["result"] == {**first["result"], "duplicate": True}
    async with opened(tmp_path / "data") as house:
        ann = await house.device("ann")
        refused = await submits(ann, room, form["id"], clientMessageId="two")
        assert refused["error"] == {
            "status": 409,
            "code": "conflict",
            "title": "The form has been submitted already",
        }
        assert len(await house.messages(room)) == 2


async def test_a_deleted_form_does_not_live_on_in_its_answer(tmp_path: Path) -> None:
    async with opened(tmp_path / "data") as house:
        room = await house.group("ann")
        form = await asked(house, room)
        ann = await house.device("ann")
        await submits(ann, room, form["id"])
        assert (await house.rest("DELETE", f"/conversations/{room}/messages/{form['id']}")).status == 200
        gone = {name: form[name] for name in ("id", "received", "author", "source")} | {"deleted": True}
        shown = await house.messages(room)
        assert shown[0] == gone
        assert shown[1]["quotedMessage"] == {"type": "message", "message": gone}
    async with opened(tmp_path / "data") as house:
        assert await house.messages(room) == shown
        ann = await house.device("ann", positions=None)
        listed = (await ann.ask("message:list", conversationId=room))["result"]["messages"]
        assert [{name: it[name] for name in it if name != "seq"} for it in listed] == shown


async def test_answers_that_do_not_fit_change_nothing(house: House) -> None:
    room = await house.group("ann")
    form = await asked(house, room)
    ann = await house.device("ann")
    refused = await submits(ann, room, form["id"], ANSWERS[:1])
    assert refused["error"]["title"] == "content.fields: the answer 'size' needs an answer"
    refused = await submits(ann, room, "0" * 24)
    assert "quotedMessageId" in refused["error"]["title"]
    assert await house.messages(room) == [form]
    assert (await submits(ann, room, form["id"]))["type"] == "ok"
