"""Where nobody judges a message, or nobody can read the judgement, the app's own policy decides."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from gateway.domain import limits
from gateway.domain.circuit import FAILURES
from tests.house_under_test import House, opened
from tests.journeys.test_moderation import posts, texts, tries
from tests.judge import ACCEPT, Judge, judging, moderated, refuse, rewrite

each_policy = pytest.mark.parametrize("unanswered", ["accept", "refuse"])

LARGE: Final = b'{"action": "refuse"}'.ljust(limits.VERDICT_BYTES + 1)
TEXT: Final = {"type": "text", "text": "x"}


@pytest.fixture
async def judge() -> AsyncIterator[Judge]:
    async with judging() as judge:
        yield judge


async def follows_policy(house: House, room: str, unanswered: str) -> bool:
    """A user's message, on the socket and over REST, is said or refused as the policy has it."""
    ann = await house.device("ann")
    answer, posted = await tries(ann, room, "by device"), await posts(house, room, "over REST")
    await ann.close()
    if unanswered == "accept":
        return answer["type"] == "ok" and posted.status == 201 and len(await texts(house, room)) == 2
    told = {
        "status": 503,
        "code": "not_judged",
        "title": "The message could not be judged before it is said; try again",
    }
    assert (posted.status, posted.code, posted.title) == tuple(told.values())
    assert answer["error"] == told
    return await texts(house, room) == []


def status(code: int, body: bytes = b'{"action": "accept"}', **headers: str) -> Callable[[Any], web.Response]:
    return lambda _: web.Response(status=code, body=body, headers=headers)


@each_policy
async def test_silence(house: House, judge: Judge, unanswered: str) -> None:
    room = await house.group("ann")
    await moderated(house, judge.url, unanswered, timeout_ms=100)
    judge.shut()
    judge.answer = lambda _: refuse("Too late.")
    assert await follows_policy(house, room, unanswered)
    assert judge.texts == ["by device", "over REST"]


@each_policy
async def test_a_body_that_never_ends(house: House, judge: Judge, unanswered: str) -> None:
    room = await house.group("ann")
    await moderated(house, judge.url, unanswered, timeout_ms=100)
    judge.begins = b'{"action": "refuse"}'
    judge.shut()
    assert await follows_policy(house, room, unanswered)


@each_policy
async def test_nobody_at_home(house: House, unanswered: str) -> None:
    room = await house.group("ann")
    async with judging() as judge:
        url = judge.url
    await moderated(house, url, unanswered)
    assert await follows_policy(house, room, unanswered)


@each_policy
@pytest.mark.parametrize("code", [301, 304, 400, 401, 403, 404, 410, 429, 500, 503])
async def test_other_statuses(house: House, judge: Judge, unanswered: str, code: int) -> None:
    room = await house.group("ann")
    await moderated(house, judge.url, unanswered)
    judge.answer = status(code)
    assert await follows_policy(house, room, unanswered)
    assert len(judge.asked) == 2


@each_policy
async def test_no_redirect_is_followed(house: House, judge: Judge, unanswered: str) -> None:
    room = await house.group("ann")
    async with judging() as elsewhere:
        await moderated(house, judge.url, unanswered)
        judge.answer = status(307, b"", Location=elsewhere.url)
        assert await follows_policy(house, room, unanswered)
        assert elsewhere.asked == []


UNREADABLE: Final[dict[str, Any]] = {
    "no JSON": b"<html>",
    "half of it": b'{"action": "refuse"',
    "no UTF-8": b'{"action": "refuse", "reason": "\xff"}',
    "an empty object": {},
    "a list": [],
    "a word": "refuse",
    "nothing": None,
    "another action": {"action": "maybe"},
    "no action": {"reason": "x"},
    "a reason that is none": {"action": "refuse", "reason": 5},
    "a rewrite of nothing": {"action": "rewrite"},
    "a rewrite without content": {"action": "rewrite", "message": {"text": "x"}},
    "content without a type": rewrite(text="x"),
    "another kind of content": rewrite(type="image", mediaUrl="https://x.y/z.png"),
    "an empty text": rewrite(type="text", text=""),
    "a text that is too long": rewrite(type="text", text="x" * (limits.TEXT + 1)),
    "buttons": rewrite(**TEXT, actions=[{"type": "reply", "text": "x", "payload": "X"}]),
    "two rich texts": rewrite(**TEXT, htmlText="x", markdownText="x"),
    "rich text that shows nothing": rewrite(type="text", htmlText="<script>x</script>"),
    "too deep": b'{"action": "refuse", "x": ' + b"[" * 200 + b"]" * 200 + b"}",
    "too much": LARGE,
}


@each_policy
@pytest.mark.parametrize("what", UNREADABLE)
async def test_what_cannot_be_read(house: House, judge: Judge, unanswered: str, what: str) -> None:
    room = await house.group("ann")
    await moderated(house, judge.url, unanswered)
    judge.answer = lambda _: UNREADABLE[what]
    assert await follows_policy(house, room, unanswered)
    assert len(judge.asked) == 2


async def test_as_much_as_can_be_read(house: House, judge: Judge) -> None:
    room = await house.group("ann")
    await moderated(house, judge.url, "accept")
    judge.answer = lambda _: LARGE[: limits.VERDICT_BYTES]
    assert (await posts(house, room, "hello")).code == "message_refused"


@each_policy
async def test_a_small_answer_that_unfolds_into_too_much(house: House, judge: Judge, unanswered: str) -> None:
    room = await house.group("ann")
    await moderated(house, judge.url, unanswered)
    bomb = gzip.compress(b'{"action": "refuse"}'.ljust(10_000_000))
    judge.answer = lambda _: web.Response(body=bomb, headers={"Content-Encoding": "gzip"})
    assert await follows_policy(house, room, unanswered)


async def test_fields_that_nobody_knows_are_let_pass(house: House, judge: Judge) -> None:
    room = await house.group("ann")
    await moderated(house, judge.url)
    judge.answer = lambda it: {**ACCEPT, "score": 0.1, "message": None}
    assert (await posts(house, room, "one")).status == 201
    judge.answer = lambda it: {"action": "rewrite", "message": {**it["message"], "content": {**TEXT, "x": 1}}}
    assert (await posts(house, room, "two")).body["messages"][0]["content"] == TEXT


@each_policy
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"])
async def test_private_networks_are_not_called(tmp_path: Path, judge: Judge, unanswered: str, host: str) -> None:
    async with opened(tmp_path / "data", allowed_networks="") as house:
        room = await house.group("ann")
        await moderated(house, judge.url.replace("127.0.0.1", host), unanswered)
        assert await follows_policy(house, room, unanswered)
    assert judge.asked == []


@each_policy
async def test_a_dead_judge_is_not_waited_for_every_time(house: House, judge: Judge, unanswered: str) -> None:
    """After some messages it is not asked any more, and the policy decides at once."""
    room = await house.group("ann")
    await moderated(house, judge.url, unanswered, timeout_ms=100)
    judge.shut()
    for number in range(FAILURES):
        await posts(house, room, str(number))
    for number in range(50):
        assert (await posts(house, room, str(number))).status == (201 if unanswered == "accept" else 503)
    assert len(judge.asked) == FAILURES
    judge.gate.set()
    await moderated(house, judge.url, unanswered, timeout_ms=5_000)  # whoever changes it begins anew
    judge.answer = lambda _: refuse("No.")
    assert (await posts(house, room, "hello")).title == "No."


async def counted(house: House) -> dict[str, float]:
    """What `/metrics` says of moderation, by name or outcome."""
    async with house.http.get(f"{house.url}/metrics") as answer:
        families = text_string_to_metric_families(await answer.text())
        samples = [it for family in families for it in family.samples if it.name.startswith("gateway_moderation_")]
    return {it.labels.get("outcome", it.name.removeprefix("gateway_moderation_")): it.value for it in samples}


async def test_what_becomes_of_messages_is_counted(house: House, judge: Judge) -> None:
    room = await house.group("ann")
    none = dict.fromkeys(("accepted", "rewritten", "refused", "unanswered", "calls_in_flight", "left_alone"), 0)
    assert await counted(house) == none
    await moderated(house, judge.url, "accept")
    answers = [rewrite(type="text", htmlText="<a>"), rewrite(**TEXT), rewrite(**TEXT), ACCEPT, ACCEPT, ACCEPT]
    judge.answer = lambda _: answers.pop()
    for _ in range(6):
        await posts(house, room, "hello")
    judge.answer = lambda _: refuse("No.")
    await posts(house, room, "hello")
    so_far = {**none, "accepted": 3, "rewritten": 2, "refused": 1, "unanswered": 1}
    assert await counted(house) == so_far
    judge.shut()
    waiting = asyncio.ensure_future(posts(house, room, "hello"))
    await judge.until(8)
    assert await counted(house) == {**so_far, "calls_in_flight": 1}
    judge.gate.set()
    await waiting
    judge.answer = status(500)
    for _ in range(FAILURES + 3):
        await posts(house, room, "hello")
    failed = {"refused": 2, "unanswered": 1 + FAILURES + 3, "left_alone": 1}
    assert await counted(house) == {**so_far, **failed}
