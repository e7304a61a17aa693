"""What went wrong with a webhook is seen over REST, and put right: nothing is lost, and everything keeps its order."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from gateway.flow import repairs
from tests.house_under_test import Answer, House, Json, opened
from tests.journeys.test_mirror import AT_ONCE, MESSAGES, texts
from tests.receiver import Receiver

NEVER = "3600"  # seconds, before which nothing is tried again by itself


class Hook:
    """A webhook, as a backend sees it that repairs it."""

    def __init__(self, house: House, integration: Json) -> None:
        self.house = house
        self.secret = integration["webhooks"][0]["secret"]
        self.path = f"/integrations/{integration['id']}/webhooks/{integration['webhooks'][0]['id']}"

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        return await self.house.rest(method, f"{self.path}/{path}", body)

    async def get(self, path: str) -> Json:
        answer = await self.ask("GET", path)
        assert answer.status == 200, answer
        return answer.body

    async def delivery(self, **changes: Any) -> Json:
        answer = await (self.ask("PATCH", "delivery", changes) if changes else self.ask("GET", "delivery"))
        assert answer.status == 200, answer
        return dict(answer.body["delivery"])

    async def listed(self, status: str) -> list[str]:
        return [it["id"] for it in (await self.get(f"events?filter[status]={status}&page[size]=100"))["events"]]

    async def replays(self, **which: Any) -> int:
        answer = await self.ask("POST", "replay", which)
        assert answer.status == 202, answer
        return int(answer.body["replayed"])

    async def until(self, name: str, value: str) -> Json:
        """Its delivery, once it says that."""
        async with asyncio.timeout(10):
            while (found := await self.delivery())[name] != value:  # noqa: ASYNC110 - nobody says when
                await asyncio.sleep(0.01)
        return found


async def hooked(house: House, receiver: Receiver, *triggers: str) -> Hook:
    return Hook(house, await house.webhook(receiver.url, *(triggers or (MESSAGES,))))


def told(calls: Sequence[Json]) -> list[str]:
    """The ids of all events, in the order in which they first came."""
    return list(dict.fromkeys(event["id"] for call in calls for event in call["events"]))


# Replays


async def test_what_was_given_up_arrives_once_the_endpoint_is_well(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In several writes, with the ids that it had."""
    monkeypatch.setattr(repairs, "REVIVED", 4)
    hook = await hooked(house, receiver)
    rooms = [await house.group(), await house.group()]
    receiver.answer = 400
    for number in range(9):
        for room in rooms:
            await house.says(room, f"{room} {number}")
    await house.mirrored()
    refused = told(receiver.calls)
    assert sorted(await hook.listed("failed")) == sorted(refused)
    assert receiver.events == []

    receiver.answer = 200
    assert await hook.replays(failed=True) == 18
    await receiver.until(lambda: len(receiver.events) == 18)
    assert {it["id"] for it in receiver.events} == set(refused)
    for room in rooms:
        assert texts(receiver.events, room) == [f"{room} {number}" for number in range(9)]
    await house.mirrored()
    assert await hook.listed("failed") == []
    assert await hook.replays(failed=True) == 0
    assert len(receiver.events) == 18


async def test_what_is_replayed_goes_before_what_waits(tmp_path: Path, receiver: Receiver) -> None:
    """And nothing waits any longer for its next attempt, since somebody says that the endpoint is well."""
    async with opened(tmp_path, webhook_intervals_s=NEVER) as house:
        hook = await hooked(house, receiver)
        room = await house.group()
        receiver.answer = 400
        await house.says(room, "given up")
        await house.mirrored()
        receiver.answer = 500
        await house.says(room, "to be tried again")
        await receiver.until(lambda: len(receiver.calls) == 2)
        await house.says(room, "not tried yet")
        assert len(await hook.listed("waiting")) == 2
        receiver.answer = 200
        assert await hook.replays(failed=True) == 1
        await receiver.until(lambda: len(receiver.events) == 3)
        assert texts(receiver.events) == ["given up", "to be tried again", "not tried yet"]


async def test_an_endpoint_that_was_left_alone_is_called_after_a_replay(tmp_path: Path, receiver: Receiver) -> None:
    async with opened(tmp_path, webhook_intervals_s="") as house:
        hook = await hooked(house, receiver)
        rooms = [await house.group() for _ in range(7)]
        receiver.answer = 500
        for room in rooms:
            await house.says(room, "hi")
        await receiver.until(lambda: len(receiver.calls) >= 5)
        await hook.until("circuit", "open")
        failed = await hook.listed("failed")
        assert 0 < len(failed) < 7
        receiver.answer = 200
        assert await hook.replays(failed=True) == len(failed)
        assert (await hook.delivery())["circuit"] == "closed"
        await receiver.until(lambda: len(receiver.events) == 7)


async def test_what_happened_since_a_time_is_told_again(house: House, receiver: Receiver) -> None:
    """What was delivered and what was given up; what waits is told anyway."""
    hook = await hooked(house, receiver)
    room = await house.group()
    for said in ("a", "b", "c", "unwanted", "d"):
        receiver.answer = 400 if said == "unwanted" else 200
        await house.says(room, said)
        await house.mirrored()
    events = (await hook.get("events?filter[status]=delivered"))["events"]
    since = {it["id"]: it["createdAt"] for it in events}[receiver.events[2]["id"]]
    assert await hook.replays(since=since) == 3
    await receiver.until(lambda: len(receiver.events) == 7)
    assert texts(receiver.events) == ["a", "b", "c", "d", "c", "unwanted", "d"]
    assert receiver.events[2] == receiver.events[4]
    later = since.replace(since[:4], "2999")
    assert await hook.replays(since=later) == 0


async def test_one_event_is_told_again(house: House, receiver: Receiver) -> None:
    hook = await hooked(house, receiver)
    room = await house.group()
    for said in ("first", "second"):
        await house.says(room, said)
    await house.mirrored()
    first = receiver.events[0]
    assert await hook.replays(eventId=first["id"]) == 1
    await receiver.until(lambda: len(receiver.events) == 3)
    assert receiver.events[2] == first
    await house.mirrored()
    assert (await hook.ask("POST", "pause")).status == 200
    assert [await hook.replays(eventId=first["id"]) for _ in range(2)] == [1, 0]
    assert await hook.listed("waiting") == [first["id"]]


async def test_an_event_that_is_not_there_cannot_be_told_again(house: House, receiver: Receiver) -> None:
    hook, other = await hooked(house, receiver), await hooked(house, receiver, "conversation:read")
    await house.says(await house.group(), "hi")
    await receiver.until(lambda: receiver.events)
    for event_id, asked in (("0" * 24, hook), (receiver.events[0]["id"], other)):
        for refused in (
            await asked.ask("POST", "replay", {"eventId": event_id}),
            await asked.ask("GET", f"events/{event_id}"),
        ):
            assert (refused.status, refused.code) == (404, "not_found")
            assert "event" in refused.title


@pytest.mark.parametrize(
    "body", [{}, {"failed": False}, {"failed": True, "since": "2026-01-01T00:00:00Z"}, {"eventId": None}]
)
async def test_a_replay_says_of_what(house: House, receiver: Receiver, body: Json) -> None:
    hook = await hooked(house, receiver)
    refused = await hook.ask("POST", "replay", body)
    assert (refused.status, refused.code) == (400, "bad_request")
    assert "eventId, failed and since" in refused.title


async def test_two_replays_at_once_tell_everything_once(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what is posted meanwhile is taken and told."""
    monkeypatch.setattr(repairs, "REVIVED", 1)
    hook = await hooked(house, receiver)
    room, busy = await house.group(), await house.group()
    receiver.answer = 400
    for number in range(20):
        await house.says(room, str(number))
    await house.mirrored()
    receiver.answer = 200
    posts = (house.says(busy, f"meanwhile {number}") for number in range(10))
    first, second, *posted = await asyncio.gather(
        hook.ask("POST", "replay", {"failed": True}), hook.ask("POST", "replay", {"failed": True}), *posts
    )
    assert first.body["replayed"] + second.body["replayed"] == 20
    assert {it.status for it in posted} == {201}
    await receiver.until(lambda: len(receiver.events) == 30)
    await house.mirrored()
    assert texts(receiver.events, room) == [str(number) for number in range(20)]
    assert len(texts(receiver.events, busy)) == 10


async def test_without_a_history_nothing_is_told_again(tmp_path: Path, receiver: Receiver) -> None:
    """But for what was given up."""
    async with opened(tmp_path, webhook_history_s=0) as house:
        hook = await hooked(house, receiver)
        room = await house.group()
        await house.says(room, "hi")
        await house.mirrored()
        receiver.answer = 400
        await house.says(room, "unwanted")
        await house.mirrored()
        assert await hook.listed("delivered") == []
        assert (await hook.ask("POST", "replay", {"eventId": receiver.events[0]["id"]})).status == 404
        receiver.answer = 200
        assert await hook.replays(since="2020-01-01T00:00:00Z") == 1
        await receiver.until(lambda: texts(receiver.events) == ["hi", "unwanted"])
        tried = await hook.ask("POST", "test")
        assert "id" not in tried.body["attempt"]
        assert (await hook.get("attempts"))["attempts"] == []


# Pauses


async def test_a_paused_webhook_is_not_called_until_it_is_resumed(house: House, receiver: Receiver) -> None:
    hook = await hooked(house, receiver)
    room = await house.group()
    await house.says(room, "before")
    await house.mirrored()
    paused = await hook.ask("POST", "pause")
    assert paused.body["delivery"]["status"] == "paused"
    for number in range(5):
        await house.says(room, str(number))
    found = await hook.delivery()
    assert found == {**paused.body["delivery"], "waiting": found["waiting"]}
    waiting = (await hook.get("events?filter[status]=waiting"))["events"]
    assert found["waiting"] == {"events": 5, "oldest": waiting[0]["createdAt"]}
    assert len(receiver.events) == receiver.arrived == 1
    resumed = await hook.ask("POST", "resume")
    assert (resumed.body["delivery"]["status"], "since" in resumed.body["delivery"]) == ("active", False)
    await receiver.until(lambda: len(receiver.events) == 6)
    assert texts(receiver.events) == ["before", *map(str, range(5))]
    assert [it["id"] for it in receiver.events[1:]] == [it["id"] for it in waiting]


async def test_a_pause_outlasts_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    async with opened(tmp_path) as house:
        hook = await hooked(house, receiver)
        await hook.ask("POST", "pause")
        await house.says(await house.group(), "hi")
    async with opened(tmp_path) as house:
        hook.house = house
        assert (await hook.delivery())["waiting"]["events"] == 1
        assert receiver.arrived == 0
        await hook.ask("POST", "resume")
        await receiver.until(lambda: texts(receiver.events) == ["hi"])


async def test_an_endpoint_that_is_gone_is_called_again_when_it_is_resumed(house: House, receiver: Receiver) -> None:
    hook = await hooked(house, receiver)
    assert (await hook.delivery(standardWebhooks=True))["standardWebhooks"] is True
    room = await house.group()
    receiver.answer = 410
    await house.says(room, "gone")
    assert "since" in await hook.until("status", "disabled")
    await house.says(room, "meanwhile")
    assert (await hook.ask("POST", "pause")).body["delivery"]["status"] == "disabled"
    assert receiver.arrived == 1
    receiver.answer = 200
    await hook.ask("POST", "resume")
    await receiver.until(lambda: len(receiver.events) == 2)
    assert texts(receiver.events) == ["gone", "meanwhile"]


async def test_to_resume_is_to_try_at_once(tmp_path: Path, receiver: Receiver) -> None:
    """Also where nothing was paused, and the next attempt is far."""
    async with opened(tmp_path, webhook_intervals_s=NEVER) as house:
        hook = await hooked(house, receiver)
        room = await house.group()
        receiver.answer = 500
        await house.says(room, "unlucky")
        await receiver.until(lambda: len(receiver.calls) == 1)
        while "dueAt" not in (await hook.get("events?filter[status]=waiting"))["events"][0]:
            pass
        receiver.answer = 200
        await hook.ask("POST", "resume")
        await receiver.until(lambda: texts(receiver.events) == ["unlucky"])


# How it is called


async def test_one_event_a_call(house: House, receiver: Receiver) -> None:
    hook = await hooked(house, receiver)
    assert (await hook.delivery(onePerCall=True, schedule="long"))["schedule"] == "long"
    room = await house.group()
    receiver.gate.clear()
    for number in range(10):
        await house.says(room, str(number))
    receiver.gate.set()
    await receiver.until(lambda: len(receiver.events) == 10)
    assert [len(call["events"]) for call in receiver.calls] == [1] * 10
    assert texts(receiver.events) == list(map(str, range(10)))
    found = await hook.delivery(schedule=None)
    assert (found["schedule"], found["onePerCall"]) == (None, True)


def signed(letter: tuple[dict[str, str], bytes], *secrets: str) -> list[bool]:
    """With which of the secrets a receiver finds a call signed."""
    headers, body = letter
    found = []
    for secret in secrets:
        try:
            Webhook(secret).verify(body, headers)
            found.append(True)
        except WebhookVerificationError:
            found.append(False)
    return found


async def test_a_secret_that_was_replaced_signs_along_for_a_while(house: House, receiver: Receiver) -> None:
    hook = await hooked(house, receiver)
    room = await house.group()

    async def says(text: str) -> tuple[dict[str, str], bytes]:
        await house.says(room, text)
        await receiver.until(lambda: text in texts(receiver.events))
        return receiver.letters[-1]

    (first,) = (await hook.delivery())["signingSecrets"]
    assert signed(await says("one"), first["secret"]) == [True]
    rotated = await hook.ask("POST", "signingSecret/rotate", {"graceSeconds": 600})
    second, former = rotated.body["delivery"]["signingSecrets"]
    assert (former["secret"], "until" in former, "until" in second) == (first["secret"], True, False)
    assert signed(await says("two"), first["secret"], second["secret"]) == [True, True]
    rotated = await hook.ask("POST", "signingSecret/rotate", {"graceSeconds": 0})
    (third,) = rotated.body["delivery"]["signingSecrets"]
    assert signed(await says("three"), *(it["secret"] for it in (first, second, third))) == [False, False, True]
    assert (await hook.delivery())["signingSecrets"] == [third]
    for wrong in (-1, 2_592_001, "600", None):
        refused = await hook.ask("POST", "signingSecret/rotate", {"graceSeconds": wrong})
        assert (refused.status, "graceSeconds" in refused.title) == (400, True)


# What is seen


async def test_a_call_is_seen_as_it_was_sent(house: House, receiver: Receiver) -> None:
    for early in (False, True):
        await house.speaks_early_access(on=early)
        hook = await hooked(house, receiver)
        room = await house.group("ann")
        before = len(receiver.calls)
        await house.says(room, "hi")
        await receiver.until(lambda before=before: len(receiver.calls) > before)  # type: ignore[misc]
        await house.mirrored()
        (event,) = (await hook.get("events?filter[status]=delivered"))["events"]
        assert (event["type"], event["conversation"], event["attempts"]) == (MESSAGES, {"id": room}, 1)
        found = (await hook.get(f"events/{event['id']}"))["event"]
        assert found == {**event, "call": found["call"]}
        assert found["call"] in receiver.calls[before:]


async def test_a_webhook_of_v1_is_seen_and_repaired_too(house: House, receiver: Receiver) -> None:
    old = await house.old_webhook(receiver.url, "message:appMaker")
    (webhook,) = (await house.rest("GET", f"/integrations/{old['_id']}/webhooks")).body["webhooks"]
    hook = Hook(house, {"id": old["_id"], "webhooks": [webhook]})
    await house.personal("ann")
    await house.v1("POST", "/appusers/ann/messages", {"role": "appMaker", "type": "text", "text": "hi"})
    await receiver.until(lambda: receiver.calls)
    await house.mirrored()
    (event,) = (await hook.get("events?filter[status]=delivered"))["events"]
    assert event["type"] == "message:appMaker"
    assert (await hook.get(f"events/{event['id']}"))["event"]["call"] == receiver.calls[0]
    assert await hook.replays(eventId=event["id"]) == 1
    await receiver.until(lambda: len(receiver.calls) == 2)
    assert receiver.calls[1] == receiver.calls[0]
    tried = await hook.ask("POST", "test")
    assert tried.body["attempt"]["outcome"] == "succeeded"
    assert receiver.calls[2] == {
        "trigger": "webhook:test",
        "app": {"_id": house.app_id},
        "version": "v1.1",
        "timestamp": receiver.calls[2]["timestamp"],
    }


async def test_a_test_event_is_sent_at_once_and_to_nobody_else(house: House, receiver: Receiver) -> None:
    """Whatever is paused; signed as every call is, and kept among the calls, without the secret that came back."""
    receiver.echoes = True
    hook, _ = await hooked(house, receiver), await hooked(house, receiver)
    await hook.ask("POST", "pause")
    tried = await hook.ask("POST", "test", {})
    assert tried.status == 200
    attempt = tried.body["attempt"]
    assert (attempt["outcome"], attempt["status"]) == ("succeeded", 200)
    (call,) = receiver.calls
    (event,) = call["events"]
    assert event == {**event, "id": attempt["events"][0], "type": "webhook:test", "payload": {}}
    assert call["webhook"] == {"id": hook.path.rsplit("/", 1)[1], "version": "v2"}
    secrets = [it["secret"] for it in (await hook.delivery())["signingSecrets"]]
    assert signed(receiver.letters[0], *secrets) == [True]
    assert receiver.keys == [hook.secret]
    assert "X-API-Key" in attempt["answer"]
    assert hook.secret not in attempt["answer"]
    assert (await hook.get("attempts"))["attempts"] == [attempt]
    assert [await hook.listed(status) for status in ("waiting", "delivered", "failed")] == [[], [], []]


async def test_a_test_event_tells_what_is_wrong(house: House, receiver: Receiver) -> None:
    hook = await hooked(house, receiver)
    receiver.answer, receiver.says = 500, "the database is on fire"
    attempt = (await hook.ask("POST", "test")).body["attempt"]
    assert (attempt["outcome"], attempt["status"], attempt["answer"]) == ("failed", 500, "the database is on fire")
    await house.rest("PATCH", hook.path, {"target": "http://127.0.0.1:9/hook"})
    attempt = (await hook.ask("POST", "test")).body["attempt"]
    assert (attempt["outcome"], "status" in attempt) == ("failed", False)
    assert "127.0.0.1:9" in attempt["answer"]


async def test_calls_are_listed_newest_first_and_never_with_a_secret(tmp_path: Path, receiver: Receiver) -> None:
    """Also where the endpoint says again what it was sent."""
    receiver.echoes = True
    async with opened(tmp_path, webhook_intervals_s=AT_ONCE) as house:
        hook = await hooked(house, receiver)
        room = await house.group()
        receiver.answer = 503
        await house.says(room, "unlucky")
        await house.mirrored()
        receiver.answer = 200
        await house.says(room, "lucky")
        await house.mirrored()
        seen, path = [], f"{hook.path}/attempts?page[size]=2"
        while path:
            page = await house.rest("GET", path)
            assert len(page.body["attempts"]) <= 2
            seen += page.body["attempts"]
            path = page.body.get("links", {}).get("next", "").removeprefix(house.url)
        assert [it.get("status") for it in seen] == [200, *[503] * 5]
        assert [it["createdAt"] for it in seen] == sorted((it["createdAt"] for it in seen), reverse=True)
        assert [it["events"] for it in seen] == [
            [it["id"] for it in call["events"]] for call in reversed(receiver.calls)
        ]
        assert all("X-API-Key" in it["answer"] for it in seen)
        secrets = [hook.secret, *(it["secret"] for it in (await hook.delivery())["signingSecrets"])]
        assert not [it for it in secrets if it in str(seen)]
        unlucky = receiver.calls[0]["events"][0]["id"]
        for query, expected in (
            ("filter[status]=succeeded", seen[:1]),
            ("filter[status]=failed", seen[1:]),
            (f"filter[eventId]={unlucky}", seen[1:]),
            (f"filter[eventId]={unlucky}&filter[status]=succeeded", []),
        ):
            assert (await hook.get(f"attempts?{query}"))["attempts"] == expected
        for query in ("filter[status]=lucky", "filter[eventId]=short"):
            refused = await hook.ask("GET", f"attempts?{query}")
            assert (refused.status, refused.code) == (400, "bad_request")
