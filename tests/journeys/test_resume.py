"""What a device missed is told when it comes back: every event once, in order, or it is told to read again (law 4)."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from gateway.domain import limits
from gateway.flow.catchup import CatchUp, catch_up
from tests.house_under_test import Device, House, Json, opened


def positions(device: Device, **seqs: int) -> Json:
    """What this device would say when it comes back, having heard up to these seqs."""
    return {"epoch": device.welcome["epoch"], "seq": seqs}


def seqs(frames: Iterable[Json]) -> list[int]:
    return [it["seq"] for it in frames]


async def test_what_was_missed_is_told_once_and_in_order_and_live_events_follow(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    await bob.sends(room, "before")
    await ann.event("conversation:message")
    ann.cut()
    await bob.sends(room, "one")
    await bob.ask("conversation:read", conversationId=room)
    await house.joins("cyd", room)
    await house.says(room, "two")
    await bob.ask("conversation:read", conversationId=room)
    await house.rest("PATCH", f"/conversations/{room}", {"displayName": "Crew"})

    back = await house.device("ann", positions=positions(ann, **{room: 2}))
    assert back.welcome["recovered"] == {room: True}
    await bob.sends(room, "live")
    told = [await back.frame() for _ in range(6)]
    assert seqs(told) == [3, 4, 5, 6, 7, 8]
    await bob.ask("ping")
    assert told == bob.heard[1:]
    await back.nothing_more()


async def test_what_others_heard_meanwhile_is_told_without_a_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    ann.cut()
    await house.says(room, "one")
    await bob.ask("conversation:read", conversationId=room)
    await house.joins("cyd", room)
    await bob.sends(room, "two")
    await bob.ask("ping")
    assert seqs(bob.heard) == [2, 3, 4, 5]

    monkeypatch.setattr(house.flow.store, "replay", None)
    back = await house.device("ann", positions=positions(ann, **{room: 1}))
    assert back.welcome["recovered"] == {room: True}
    assert [await back.frame() for _ in range(4)] == bob.heard
    await back.nothing_more()


async def test_nothing_missed_is_nothing_told(house: House) -> None:
    room = await house.group("ann")
    await house.says(room, "heard")
    ann = await house.device("ann")
    back = await house.device("ann", "other", positions=positions(ann, **{room: 2}))
    assert back.welcome["recovered"] == {room: True}
    await back.nothing_more()


async def test_conversations_are_recovered_each_for_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REPLAYED_EVENTS", 3)
    few, many = await house.group("ann"), await house.group("ann")
    ann = await house.device("ann")
    ann.cut()
    for number in range(4):
        await house.says(many, f"many {number}")
    for number in range(3):
        await house.says(few, f"few {number}")
    back = await house.device("ann", positions=positions(ann, **{few: 1, many: 1}))
    assert back.welcome["recovered"] == {few: True, many: False}
    assert seqs([await back.frame() for _ in range(3)]) == [2, 3, 4]
    await back.nothing_more()
    await house.says(many, "live")
    assert (await back.frame())["seq"] == 6


async def test_events_since_has_the_same_reach(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REPLAYED_EVENTS", 3)
    room = await house.group("ann")
    ann = await house.device("ann")
    for number in range(4):
        await house.says(room, str(number))
    assert (await ann.ask("events:since", conversationId=room, seq=1))["result"] == {"events": [], "recovered": False}
    near = (await ann.ask("events:since", conversationId=room, seq=2))["result"]
    assert (seqs(near["events"]), near["recovered"]) == ([3, 4, 5], True)


async def test_another_epoch_recovers_nothing(house: House) -> None:
    room = await house.group("ann")
    await house.says(room, "hi")
    back = await house.device("ann", positions={"epoch": "f" * 24, "seq": {room: 1}})
    assert back.welcome["recovered"] == {room: False}
    await back.nothing_more()


async def test_a_position_that_was_never_reached_recovers_nothing(house: House) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    back = await house.device("ann", "other", positions=positions(ann, **{room: 7}))
    assert back.welcome["recovered"] == {room: False}
    await house.says(room, "hi")
    assert (await back.frame())["seq"] == 2


async def test_messages_deleted_within_what_was_missed_are_never_half_told(house: House) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    await house.says(room, "one")
    await house.says(room, "two")
    await house.rest("DELETE", f"/conversations/{room}/messages")
    await house.says(room, "three")
    early = await house.device("ann", "early", positions=positions(ann, **{room: 2}))
    assert early.welcome["recovered"] == {room: False}
    await early.nothing_more()
    late = await house.device("ann", "late", positions=positions(ann, **{room: 3}))
    assert late.welcome["recovered"] == {room: True}
    assert [(await late.frame())["event"]["type"] for _ in range(2)] == ["message:delete", "conversation:message"]


async def test_a_foreign_conversation_is_not_overheard(house: House) -> None:
    room = await house.group("bob")
    await house.user("ann")
    await house.says(room, "between us")
    ann = await house.device("ann")
    back = await house.device("ann", positions=positions(ann, **{room: 1, "0" * 24: 1}))
    assert back.welcome["recovered"] == {room: False, "0" * 24: False}
    assert back.welcome["conversations"] == []
    await house.says(room, "still between us")
    await back.nothing_more()


async def test_who_was_removed_while_away_is_told_nothing(house: House) -> None:
    room = await house.group("ann", "bob")
    ann = await house.device("ann")
    ann.cut()
    await house.says(room, "missed")
    await house.leaves("ann", room)
    back = await house.device("ann", positions=positions(ann, **{room: 1}))
    assert back.welcome["recovered"] == {room: False}
    assert back.welcome["conversations"] == []
    await back.nothing_more()


async def test_a_stop_of_the_gateway_is_survived(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        room = await house.group("ann")
        ann = await house.device("ann")
        await house.says(room, "before")
    async with opened(tmp_path) as house:
        await house.says(room, "after")
        back = await house.device("ann", positions=positions(ann, **{room: 1}))
        assert back.welcome["recovered"] == {room: True}
        assert seqs([await back.frame(), await back.frame()]) == [2, 3]


async def test_other_data_has_another_epoch(tmp_path: Path) -> None:
    epochs = set()
    for name in ("one", "two"):
        async with opened(tmp_path / name) as house:
            epochs.add((await house.device("ann")).welcome["epoch"])
    assert len(epochs) == 2


async def test_a_typing_person_is_not_replayed(house: House) -> None:
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    ann.cut()
    await bob.ask("typing:start", conversationId=room)
    await bob.sends(room, "hi")
    back = await house.device("ann", positions=positions(ann, **{room: 1}))
    assert (await back.frame())["event"]["type"] == "conversation:message"
    await back.nothing_more()


@pytest.mark.parametrize("known", [True, False], ids=["known conversation", "resumed"])
async def test_what_happens_within_the_welcome_is_told_once(
    house: House, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """Something is said after the device is among the listeners, before and after the store is asked what it missed."""
    room = await house.group("ann")
    ann = await house.device("ann")

    async def amid_talk(*asked: Any) -> CatchUp:
        await house.says(room, "before the store is asked")
        caught_up = await catch_up(*asked)
        await house.says(room, "after the store was asked")
        return caught_up

    monkeypatch.setattr("gateway.flow.arrivals.catch_up", amid_talk)
    back = await house.device("ann", "back", positions=None if known else positions(ann, **{room: 1}))
    monkeypatch.undo()
    assert back.heard == []
    if known:
        assert back.welcome["conversations"][0]["seq"] == 2
    await house.says(room, "live")
    told = [(await back.frame())["seq"] for _ in range(2 if known else 3)]
    assert told == ([3, 4] if known else [2, 3, 4])
    await back.nothing_more()


class Wanderer:
    """A device of ann's whose connection breaks again and again, at any moment, also within the welcome."""

    def __init__(self, guid: str, dice: Random) -> None:
        self.guid = guid
        self.dice = dice
        self.heard = [1]
        self.resumed = 0

    async def listen(self, house: House, room: str, epoch: str, last: int) -> None:
        while self.heard[-1] < last:
            positions = {"epoch": epoch, "seq": {room: self.heard[-1]}}
            device = await house.device("ann", self.guid, positions=positions)
            assert device.heard == []
            assert device.welcome["recovered"] == {room: True}
            for _ in range(self.dice.randrange(12)):
                self.heard.append((await device.frame())["seq"])
                if self.heard[-1] >= last:
                    return
            device.cut()
            self.resumed += 1


async def test_resuming_amid_talk_skips_nothing_and_tells_nothing_twice(tmp_path: Path) -> None:
    async with opened(tmp_path, commands_per_second=100_000) as house:
        room = await house.group("ann", "bob")
        bob = await house.device("bob")
        wanderers = [Wanderer(f"device {number}", Random(number)) for number in range(4)]
        text, last = {"type": "text", "text": "and on"}, 601

        async def talk() -> None:
            for _ in range(last // 4):
                said = [await bob.say("message:send", conversationId=room, content=text) for _ in range(4)]
                await bob.answer(said[-1])

        epoch = bob.welcome["epoch"]
        await asyncio.gather(talk(), *(it.listen(house, room, epoch, last) for it in wanderers))
        for wanderer in wanderers:
            assert wanderer.heard == list(range(1, last + 1))
            assert wanderer.resumed > 30
