"""The clock is set while people talk: an hour back, a day ahead, as a machine's may be."""

import asyncio
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway import bootstrap
from gateway.flow import clock
from tests.house_under_test import opened

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class Wall:
    """The clock on the wall: right, but for what it was set by."""

    def __init__(self) -> None:
        self.by_ms = 0

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self.by_ms


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr(bootstrap, "now_ms", wall)
    monkeypatch.setattr(bootstrap.RealStamp, "_latest", 0)
    monkeypatch.setattr(clock, "EVERY_S", 0.01)
    return wall


SETTINGS = (-HOUR_MS, DAY_MS, 0, -DAY_MS, HOUR_MS, 0)


async def until_told(logs: Sequence[object], count: int = 1) -> None:
    """Until the log has so many lines."""
    async with asyncio.timeout(10):
        while len(logs) < count:  # noqa: ASYNC110 - nobody else says so
            await asyncio.sleep(0.005)


async def test_times_of_a_conversation_go_on_and_ids_ascend_whatever_the_clock_says(tmp_path: Path, wall: Wall) -> None:
    async with opened(tmp_path) as house:
        room = await house.group("ann", "bob")
        ann, bob = await house.device("ann"), await house.device("bob")
        made = []
        for number, by_ms in enumerate(SETTINGS):
            wall.by_ms = by_ms
            await ann.sends(room, f"from ann {number}", f"{number}")
            assert (await house.says(room, f"from the business {number}")).status == 201
            assert (await bob.ask("conversation:read", conversationId=room))["type"] == "ok"
            made.append(await house.user(f"user {number}"))
        history = await house.history(room)
        witness = await house.device("bob", "witness", positions={"epoch": bob.welcome["epoch"], "seq": {room: 1}})
        assert witness.welcome["recovered"] == {room: True}
        told = [await witness.frame() for _ in range(3 * len(SETTINGS))]
        listed = (await house.rest("GET", "/conversations?filter[userExternalId]=bob")).body["conversations"]
    assert [it["id"] for it in listed] == [room]
    times = [it["received"] for it in history]
    assert len(times) == 2 * len(SETTINGS)
    assert all(before < after for before, after in pairwise(times))
    ids = [it["id"] for it in history]
    assert ids == sorted(set(ids))
    assert made == sorted(set(made))
    assert [it["seq"] for it in told] == list(range(2, 2 + len(told)))
    assert all(before < after for before, after in pairwise(it["event"]["createdAt"] for it in told))


async def test_typing_and_sockets_go_by_no_clock(tmp_path: Path, wall: Wall) -> None:
    """Neither are the dots over, nor said again too early, nor is anybody sent away."""
    async with opened(tmp_path) as house:
        room = await house.group("ann", "bob")
        ann, bob = await house.device("ann"), await house.device("bob")
        await ann.ask("typing:start", conversationId=room)
        assert (await bob.event("conversation:typing"))["event"]["payload"]["activity"]["type"] == "typing:start"
        for by_ms in SETTINGS:
            with capture_logs() as logs:
                wall.by_ms = by_ms
                await until_told(logs)
            await ann.ask("typing:start", conversationId=room)
            await bob.nothing_more()
        await ann.sends(room, "said")
        assert (await bob.event("conversation:typing"))["event"]["payload"]["activity"]["type"] == "typing:stop"


async def test_a_token_ends_when_the_clock_says_so(tmp_path: Path, wall: Wall) -> None:
    async with opened(tmp_path) as house:
        now_s = wall() // 1000
        jwt = house.token("ann", exp=now_s + 7_200)
        ann = await house.device(guid="ann", auth={"jwt": jwt})
        forever = await house.device("bob")
        for by_ms in (-HOUR_MS, HOUR_MS):  # an hour is left, at the least
            with capture_logs() as logs:
                wall.by_ms = by_ms
                await until_told(logs)
            assert (await ann.ask("ping"))["type"] == "ok"
        wall.by_ms = 2 * HOUR_MS + 10
        said, code = await ann.goodbye()
        assert said is not None
        assert (said["code"], code) == (4501, 4501)
        late = await house.plug(guid="late")
        await late.say("hello", device={"guid": "late"}, auth={"jwt": jwt})
        assert (await late.goodbye())[1] == 4501
        assert (await forever.ask("ping"))["type"] == "ok"


async def test_it_is_said_once_each_time(tmp_path: Path, wall: Wall) -> None:
    async with opened(tmp_path) as house:
        with capture_logs() as logs:
            for by_ms in (DAY_MS, 0):
                before = len(logs)
                wall.by_ms = by_ms
                await until_told(logs, before + 1)
            await house.group("ann")
    said = [round(it["by_s"] / 3600) for it in logs if it["event"] == "the clock was set"]
    assert said == [24, -24]
