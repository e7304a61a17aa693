"""Users' messages are judged by the business before they are said: accepted, said in other words, or refused."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.files import PNG
from tests.house_under_test import Answer, Device, House, Json, opened
from tests.journeys.test_buttons import echoing, offered
from tests.journeys.test_forms import ANSWERS, asked, submits
from tests.judge import ACCEPT, Judge, judging, moderated, refuse, rewrite
from tests.receiver import Receiver
from tests.web import Elsewhere, elsewhere


@pytest.fixture
async def judge() -> AsyncIterator[Judge]:
    async with judging() as judge:
        yield judge


async def texts(house: House, room: str) -> list[str]:
    return [it["content"]["text"] for it in await house.messages(room)]


async def tries(device: Device, room: str, text: str, **facts: Any) -> Json:
    """What a device is answered to a text."""
    content = {"type": "text", "text": text}
    return await device.ask("message:send", conversationId=room, content=content, **facts)


async def posts(house: House, room: str, text: str, by: str = "ann") -> Answer:
    """What REST answers to a text of a user."""
    body = {"author": {"type": "user", "userExternalId": by}, "content": {"type": "text", "text": text}}
    return await house.rest("POST", f"/conversations/{room}/messages", body)


# What is said


async def test_what_is_accepted_is_said_as_it_is(house: House, receiver: Receiver, judge: Judge) -> None:
    await house.webhook(receiver.url, "conversation:message")
    room = await house.group("ann", "bob", metadata={"table": 7})
    moderation = await moderated(house, judge.url)
    ann, bob = await house.device("ann"), await house.device("bob")
    said = (await tries(ann, room, "hello", metadata={"mood": "good"}))["result"]["message"]
    assert (await bob.event("conversation:message"))["event"]["payload"]["message"] == said
    await house.mirrored()
    told = receiver.events[0]["payload"]
    assert judge.asked == [
        {
            "app": {"id": house.app_id},
            "moderation": {"id": moderation["id"], "version": "v2"},
            "conversation": told["conversation"],
            "message": {name: it for name, it in told["message"].items() if name not in ("id", "received")},
        }
    ]
    assert judge.asked[0]["message"]["author"]["user"]["externalId"] == "ann"
    assert judge.shown[0]["X-API-Key"] == moderation["secret"]
    assert judge.shown[0]["Content-Type"] == "application/json"


@pytest.mark.parametrize("nothing", [b"", b" \r\n"])
async def test_who_says_nothing_has_no_objection(house: House, judge: Judge, nothing: bytes) -> None:
    room = await house.group("ann")
    await moderated(house, judge.url)
    judge.answer = lambda _: nothing
    assert (await posts(house, room, "hello")).status == 201
    assert judge.texts == ["hello"]


async def test_other_words_are_all_that_anybody_hears(
    house: House, receiver: Receiver, judge: Judge, tmp_path: Path
) -> None:
    await house.webhook(receiver.url, "conversation:message")
    await house.old_webhook(receiver.url, "message:appUser")
    room = await house.personal("ann")
    await moderated(house, judge.url)
    judge.answer = lambda it: rewrite(type="text", text=it["message"]["content"]["text"].replace("darn", "d***"))
    ann, tablet = await house.device("ann"), await house.device("ann", "tablet")
    answer = await tries(ann, room, "darn it", clientMessageId="1")
    assert answer["result"]["message"]["content"] == {"type": "text", "text": "d*** it"}
    heard = await tablet.event("conversation:message")
    assert (heard["event"]["payload"]["message"], heard["clientMessageId"]) == (answer["result"]["message"], "1")
    assert (await posts(house, room, "darn")).body["messages"][0]["content"]["text"] == "d***"
    assert await texts(house, room) == ["d*** it", "d***"]
    await house.mirrored()
    assert len(receiver.calls) >= 3
    assert "darn" not in str(receiver.calls)
    assert "darn" not in str(await ann.ask("events:since", conversationId=room, seq=0))
    on_disk = b"".join(it.read_bytes() for it in (tmp_path / "data").iterdir() if it.is_file())
    assert b"d*** it" in on_disk
    assert b"darn" not in on_disk


async def test_who_is_refused_is_told_why_in_the_words_of_the_business(
    house: House, receiver: Receiver, judge: Judge
) -> None:
    await house.webhook(receiver.url, "conversation:message")
    room = await house.personal("ann")
    await moderated(house, judge.url)
    judge.answer = lambda _: refuse("Please stay friendly: see content.rules.")
    ann = await house.device("ann")
    answer = await tries(ann, room, "grr")
    told = {"status": 403, "code": "message_refused", "title": "Please stay friendly: see content.rules."}
    assert (answer["type"], answer["error"]) == ("error", told)
    refused = await posts(house, room, "grr")
    assert (refused.status, refused.code, refused.title) == tuple(told.values())
    old = await house.v1("POST", "/appusers/ann/messages", {"role": "appUser", "type": "text", "text": "grr"})
    assert old.error == tuple(told.values())
    judge.answer = lambda _: refuse()
    assert (await posts(house, room, "grr")).title == "The business does not let this message pass"
    assert await house.messages(room) == []
    await ann.nothing_more()
    await house.mirrored()
    assert receiver.calls == []


async def test_a_refused_message_counts_nowhere(house: House, judge: Judge) -> None:
    room = await house.group("ann", "bob")
    await moderated(house, judge.url)
    judge.answer = lambda _: refuse("No.")
    await posts(house, room, "grr")
    assert [it["unreadCount"] for it in await house.participants(room)] == [0, 0]


async def test_questions_are_signed(house: House, judge: Judge) -> None:
    """As the receiver's own library reads them, by each of the secrets while they hold."""
    room = await house.group("ann")
    moderation = await moderated(house, judge.url)
    rotated = (await house.rest("POST", "/moderation/signingSecret/rotate")).body["moderation"]
    for _ in range(2):
        await posts(house, room, "hello")
    secrets = [it["secret"] for it in rotated["signingSecrets"]]
    assert secrets[1:] == [moderation["signingSecrets"][0]["secret"]]
    for body, shown in zip(judge.bodies, judge.shown, strict=True):
        for secret in secrets:
            assert secret not in str(shown)
            Webhook(secret).verify(body, shown)
            with pytest.raises(WebhookVerificationError):
                Webhook(secret).verify(body + b" ", shown)
    assert len({it["webhook-id"] for it in judge.shown}) == 2


# Who is asked about what


async def test_nobody_is_asked_about_what_the_business_says(house: House, judge: Judge) -> None:
    room = await house.personal("ann")
    await moderated(house, judge.url)
    assert (await house.says(room, "hello")).status == 201
    said = {"role": "appMaker", "type": "text", "text": "hello"}
    assert (await house.v1("POST", "/appusers/ann/messages", said)).status == 201
    assert judge.asked == []


async def test_nobody_is_asked_about_what_is_no_message(house: House, judge: Judge) -> None:
    room = await house.group("ann")
    await moderated(house, judge.url)
    ann = await house.device("ann")
    await ann.ask("typing:start", conversationId=room)
    await ann.ask("conversation:read", conversationId=room)
    await house.acts(room, "conversation:read", "ann")
    assert (await ann.ask("postback", conversationId=room, actionId=(await offered(house, room))["More"]))[
        "result"
    ] == {}
    assert judge.asked == []


async def test_nobody_is_asked_about_what_would_be_refused_anyway(house: House, judge: Judge) -> None:
    room = await house.group("ann")
    await house.user("eve")
    await moderated(house, judge.url)
    eve = await house.device("eve")
    assert (await tries(eve, room, "hello"))["error"]["code"] == "conversation_not_found"
    assert (await posts(house, room, "hello", "eve")).status == 400
    assert (await posts(house, room, "hello", "nobody")).code == "user_not_found"
    assert judge.asked == []


async def test_a_repeated_message_is_not_judged_again(house: House, judge: Judge) -> None:
    room = await house.group("ann")
    await moderated(house, judge.url)
    judge.answer = lambda _: rewrite(type="text", text="adieu")
    ann = await house.device("ann")
    first = await tries(ann, room, "hello", clientMessageId="1")
    judge.answer = lambda _: refuse("Not any more.")
    again = await tries(ann, room, "hello", clientMessageId="1")
    assert again["result"] == {**first["result"], "duplicate": True}
    assert judge.texts == ["hello"]


async def test_what_is_said_through_v1_is_judged(house: House, judge: Judge) -> None:
    await house.user("ann")
    await moderated(house, judge.url)
    judge.answer = lambda it: rewrite(type="text", text=it["message"]["content"]["text"].upper())
    said = {"role": "appUser", "type": "text", "text": "hello"}
    answer = await house.v1("POST", "/appusers/ann/messages", said)
    assert answer.body["message"]["text"] == "HELLO"
    again = await house.v1("POST", "/appusers/ann/messages", said, token=house.token("ann"))
    assert again.body["message"]["text"] == "HELLO"
    assert "id" not in judge.asked[0]["conversation"]  # which opened with this message
    assert judge.asked[1]["conversation"]["id"] == answer.body["conversation"]["_id"]


async def test_a_first_message_that_is_refused_opens_nothing(house: House, judge: Judge) -> None:
    await house.user("ann")
    await moderated(house, judge.url)
    judge.answer = lambda _: refuse("No.")
    said = {"role": "appUser", "type": "text", "text": "hello"}
    assert (await house.v1("POST", "/appusers/ann/messages", said)).status == 403
    assert (await house.v1("GET", "/appusers/ann/conversation")).status == 404
    ann = await house.device("ann")
    words = [{"type": "text", "text": it} for it in ("one", "two")]
    judge.answer = lambda it: refuse("No.") if it["message"]["content"]["text"] == "two" else ACCEPT
    assert (await ann.ask("conversation:create", messages=words))["error"]["code"] == "message_refused"
    assert (await ann.ask("conversation:list"))["result"]["conversations"] == []


async def test_first_words_are_judged_one_by_one(house: House, judge: Judge) -> None:
    await moderated(house, judge.url)
    ann = await house.device("ann")
    words = [{"type": "text", "text": it} for it in ("one", "two", "three")]
    judge.answer = lambda it: rewrite(type="text", text="2") if it["message"]["content"]["text"] == "two" else ACCEPT
    made = await ann.ask("conversation:create", messages=words)
    assert sorted(judge.texts) == ["one", "three", "two"]
    assert {tuple(it["conversation"]) for it in judge.asked} == {("type",)}
    assert await texts(house, made["result"]["conversation"]["id"]) == ["one", "2", "three"]


async def test_pressed_replies_and_echoes_are_judged(house: House, judge: Judge) -> None:
    room = await house.personal("ann")
    buttons = await offered(house, room)
    await echoing(house, True)
    await moderated(house, judge.url)
    ann = await house.device("ann")
    judge.answer = lambda _: rewrite(type="text", text="Blue", payload="BLUE")
    said = (await ann.ask("postback", conversationId=room, actionId=buttons["Red"]))["result"]["message"]
    assert (said["content"], said["metadata"]) == ({"type": "text", "text": "Blue", "payload": "BLUE"}, {"colour": 1})
    assert judge.asked[0]["message"]["content"] == {"type": "text", "text": "Red", "payload": "RED"}
    judge.answer = lambda _: refuse("Not that one.")
    refused = await ann.ask("postback", conversationId=room, actionId=buttons["More"])
    assert refused["error"]["title"] == "Not that one."
    pressed = await house.v1("POST", "/appusers/ann/conversation/postback", {"actionId": buttons["More"]})
    assert pressed.error[2] == "Not that one."
    assert judge.texts == ["Red", "More", "More"]
    assert await texts(house, room) == ["So?", "Blue"]


async def test_a_form_answer_is_judged(house: House, judge: Judge) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    form = await asked(house, room)
    await moderated(house, judge.url)
    judge.answer = lambda _: refuse("Your real name, please.")
    assert (await submits(ann, room, form["id"]))["error"]["title"] == "Your real name, please."
    message = judge.asked[0]["message"]
    assert message["content"]["fields"] == ANSWERS
    assert message["quotedMessage"]["message"]["id"] == form["id"]
    shorter = [{**ANSWERS[0], "text": "A."}, ANSWERS[1]]
    judge.answer = lambda _: rewrite(type="formResponse", fields=shorter)
    answered = (await submits(ann, room, form["id"]))["result"]["message"]
    assert answered["content"]["fields"] == shorter
    assert answered["quotedMessage"]["message"]["content"]["submitted"] is True


async def test_the_judge_sees_what_would_be_kept(house: House, judge: Judge) -> None:
    """Card numbers are hidden, rich texts are safe."""
    room = await house.group("ann")
    await moderated(house, judge.url)
    ann = await house.device("ann")
    content = {"type": "text", "htmlText": "<b onclick='x'>4111 1111 1111 1111</b>"}
    said = (await ann.ask("message:send", conversationId=room, content=content))["result"]["message"]
    assert judge.asked[0]["message"]["content"] == said["content"]
    assert said["content"]["htmlText"] == "<b>**** **** **** 1111</b>"


async def test_a_picture_may_be_exchanged(tmp_path: Path, judge: Judge) -> None:
    """What is shown instead is looked at as any other; what is no picture is not shown."""
    async with elsewhere() as web, opened(tmp_path / "data", check_remote_media=True) as house:
        room = await house.group("ann")
        ann = await house.device("ann")
        await moderated(house, judge.url, "accept")
        content = {"type": "image", "mediaUrl": f"{web.url}/files/cat.png"}
        for name, shown in (("cat.jpg", "image/jpeg"), ("bill", "image/png")):
            judge.answer = _shows(web, name)
            said = (await ann.ask("message:send", conversationId=room, content=content))["result"]["message"]["content"]
            assert said["mediaType"] == shown
            assert judge.asked[-1]["message"]["content"]["mediaSize"] == len(PNG)
        own = await house.uploaded("cat.png", PNG)
        judge.answer = lambda _: rewrite(type="image", mediaUrl=own, attachmentId="a" * 40)
        said = (await ann.ask("message:send", conversationId=room, content=content))["result"]["message"]["content"]
        assert (said["mediaUrl"], said["attachmentId"]) == (own, own.split("/")[-2])


def _shows(web: Elsewhere, name: str) -> Any:
    return lambda _: rewrite(type="image", mediaUrl=f"{web.url}/files/{name}", mediaType="image/gif")


async def test_an_app_in_early_access_is_moderated_in_the_words_of_now(house: House, judge: Judge) -> None:
    room = await house.group("ann")
    await moderated(house, judge.url)
    await house.speaks_early_access(True)
    judge.answer = lambda _: refuse("No.")
    body = {"author": {"role": "appUser", "userExternalId": "ann"}, "content": {"type": "text", "text": "hello"}}
    refused = await house.rest("POST", f"/conversations/{room}/messages", body)
    assert (refused.status, refused.code) == (403, "message_refused")
    assert "role" not in judge.asked[0]["message"]["author"]
