"""While a message is judged: its device's frames keep their order, and nobody else waits."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.flow import provision
from tests.house_under_test import Device, House, Json, opened
from tests.journeys.test_buttons import offered
from tests.journeys.test_moderation import posts, texts, tries
from tests.judge import ACCEPT, Judge, judging, moderated, refuse


@pytest.fixture
async def judge() -> AsyncIterator[Judge]:
    async with judging() as judge:
        yield judge


async def test_a_devices_frames_keep_their_order(house: House, judge: Judge) -> None:
    room = await house.group("ann", "bob")
    buttons = await offered(house, room)
    await moderated(house, judge.url)
    judge.shut(lambda it: it["message"]["content"]["text"] == "one")
    judge.answer = lambda it: refuse("No.") if it["message"]["content"]["text"] == "two" else ACCEPT
    ann, bob = await house.device("ann"), await house.device("bob")
    ids = [await _says(ann, room, text) for text in ("one", "two", "three")]
    ids.append(await ann.say("postback", conversationId=room, actionId=buttons["Red"]))
    ids.append(await ann.say("conversation:read", conversationId=room))
    await judge.until(1)
    assert (await tries(bob, room, "somebody else is not kept waiting"))["type"] == "ok"
    judge.gate.set()
    answers: dict[int, Json] = {}
    while len(answers) < len(ids):
        frame = await ann.frame()
        if frame["type"] in ("ok", "error"):
            answers[frame["id"]] = frame
    assert [answers[it]["type"] for it in ids] == ["ok", "error", "ok", "ok", "ok"]
    assert answers[ids[-1]]["result"]["unreadCount"] == 0
    assert await texts(house, room) == ["So?", "somebody else is not kept waiting", "one", "three", "Red"]


async def _says(device: Device, room: str, text: str) -> int:
    return await device.say("message:send", conversationId=room, content={"type": "text", "text": text})


async def test_a_slow_judge_delays_no_other_app(house: House, judge: Judge) -> None:
    room = await house.group("ann")
    await moderated(house, judge.url)
    judge.shut()
    ann = await house.device("ann")
    waiting = await _says(ann, room, "hello")
    await judge.until(1)
    other = await provision.new_app(house.flow, "other")
    key, app = (other.key_id, other.secret), f"/v2/apps/{other.app_id}"
    await house.rest("POST", f"{app}/users", {"externalId": "eve"}, key=key)
    seats = [{"userExternalId": "eve"}]
    made = await house.rest("POST", f"{app}/conversations", {"type": "personal", "participants": seats}, key=key)
    path = f"{app}/conversations/{made.body['conversation']['id']}/messages"
    body = {"author": {"type": "user", "userExternalId": "eve"}, "content": {"type": "text", "text": "hi"}}
    assert (await house.rest("POST", path, body, key=key)).status == 201
    assert (await house.says(room, "nor the business")).status == 201
    judge.gate.set()
    assert (await ann.answer(waiting))["type"] == "ok"
    assert len(judge.asked) == 1


async def test_only_so_many_are_asked_about_at_a_time(house: House, judge: Judge) -> None:
    room = await house.group("ann")
    await moderated(house, judge.url, timeout_ms=10_000)
    judge.shut()
    saying = [asyncio.ensure_future(posts(house, room, str(number))) for number in range(100)]
    await judge.until(64)
    judge.gate.set()
    assert {it.status for it in await asyncio.gather(*saying)} == {201}
    assert (judge.most_inside, len(judge.asked)) == (64, 100)


async def test_a_message_under_judgement_is_said_though_its_device_goes_away(house: House, judge: Judge) -> None:
    room = await house.group("ann", "bob")
    await moderated(house, judge.url)
    judge.shut()
    ann, bob = await house.device("ann"), await house.device("bob")
    await _says(ann, room, "goodbye")
    await _says(ann, room, "nobody hears of this")
    await judge.until(1)
    await ann.close()
    judge.gate.set()
    told = await bob.event("conversation:message")
    assert told["event"]["payload"]["message"]["content"]["text"] == "goodbye"
    assert await texts(house, room) == ["goodbye"]


async def test_who_has_left_meanwhile_says_nothing_more(house: House, judge: Judge) -> None:
    room = await house.group("ann", "bob")
    await moderated(house, judge.url)
    judge.shut()
    ann = await house.device("ann")
    waiting = await _says(ann, room, "hello")
    await judge.until(1)
    await house.leaves("ann", room)
    judge.gate.set()
    assert (await ann.answer(waiting))["error"]["code"] == "conversation_not_found"
    assert await house.messages(room) == []


# On and off


async def test_from_its_answer_on_everything_is_judged_and_then_nothing(house: House, judge: Judge) -> None:
    """Also for devices and apps that were known to be free."""
    room = await house.group("ann")
    ann = await house.device("ann")
    assert (await tries(ann, room, "before"))["type"] == "ok"
    await moderated(house, judge.url)
    judge.answer = lambda _: refuse("No.")
    assert (await tries(ann, room, "within"))["type"] == "error"
    assert (await house.rest("DELETE", "/moderation")).status == 200
    assert (await tries(ann, room, "after"))["type"] == "ok"
    assert await texts(house, room) == ["before", "after"]
    assert judge.texts == ["within"]


async def test_it_is_kept_over_a_restart(tmp_path: Path, judge: Judge) -> None:
    async with opened(tmp_path / "data") as house:
        room = await house.group("ann")
        moderation = await moderated(house, judge.url)
    judge.answer = lambda _: refuse("No.")
    async with opened(tmp_path / "data") as house:
        assert (await house.rest("GET", "/moderation")).body == {"moderation": moderation}
        ann = await house.device("ann")
        assert (await tries(ann, room, "hello"))["error"]["title"] == "No."
