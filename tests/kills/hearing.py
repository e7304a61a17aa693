"""What devices hear, held against one another: an event has one place, one form, and comes after the one before it."""

import asyncio
import itertools
from collections.abc import Mapping
from random import Random

from tests.house_under_test import Device, House, Json

MESSAGE = "conversation:message"


class Chronicle:
    """Every event that any device was told, by its conversation and seq."""

    def __init__(self, rooms: list[str]) -> None:
        self.told: dict[str, dict[int, Json]] = {room: {} for room in rooms}

    def enter(self, frame: Json) -> None:
        """All devices are told the same, at whatever time they are told it."""
        known = self.told[frame["conversationId"]].setdefault(frame["seq"], frame)
        assert known == frame, f"told as {known} and as {frame}"


class Ear:
    """One connection of a device: what it hears of a conversation has no gap and no repetition.

    Without a chronicle it does not listen closely.
    """

    def __init__(self, chronicle: Chronicle | None, reached: Mapping[str, int] | None = None) -> None:
        self._chronicle = chronicle
        self.reached = dict(reached or {})

    def hear(self, frame: Json) -> None:
        assert frame["type"] == "event", frame
        if self._chronicle is None:
            return
        if "seq" not in frame:
            assert frame["event"]["type"] in ("conversation:typing", "user:update"), frame
            return
        room, seq = frame["conversationId"], frame["seq"]
        if room in self.reached:
            assert seq == self.reached[room] + 1, f"{seq} after {self.reached[room]}"
        self.reached[room] = seq
        self._chronicle.enter(frame)

    async def answer(self, device: Device, frame_id: int) -> Json:
        """The answer to a command, and all that is heard before it."""
        while (frame := await device.frame())["type"] == "event":
            self.hear(frame)
        assert (frame["type"], frame["id"]) == ("ok", frame_id), frame
        return dict(frame["result"])


class Listener:
    """Hears every conversation, and comes back each time with the positions it has reached.

    A restless one leaves now and then, and comes back at once.
    """

    def __init__(self, name: str, rooms: list[str], epoch: str, chronicle: Chronicle) -> None:
        self.name = name
        self.reached = dict.fromkeys(rooms, 1)
        self.heard: dict[str, list[Json]] = {room: [] for room in rooms}
        self.resumed = 0
        self._epoch = epoch
        self._chronicle = chronicle

    async def listen(self, house: House, until: Mapping[str, int] | None = None) -> None:
        """Until the gateway dies, or every conversation has been heard so far."""
        device, ear = await self._resume(house)
        while until is None or self.reached != until:
            await self._hear(device, ear)
        device.cut()

    async def come_and_go(self, house: House, dice: Random) -> None:
        """It is cut amid what it missed or after it, and hears all of it now and then, so as not to miss too much."""
        while True:
            device, ear = await self._resume(house)
            missed = self._missed(device) * dice.randint(0, 1)
            for _ in range(max(missed, dice.randint(1, 60))):
                await self._hear(device, ear)
            device.cut()

    def _missed(self, device: Device) -> int:
        """How many events it is told before those that happen now."""
        ends = {it["conversation"]["id"]: it["seq"] for it in device.welcome["conversations"]}
        return sum(ends[room] - seq for room, seq in self.reached.items())

    async def _resume(self, house: House) -> tuple[Device, Ear]:
        positions = {"epoch": self._epoch, "seq": self.reached}
        device = await house.device(self.name, f"{self.name} listens", positions=positions)
        assert device.welcome["recovered"] == dict.fromkeys(self.reached, True), self.reached
        self.resumed += 1
        return device, Ear(self._chronicle, self.reached)

    async def _hear(self, device: Device, ear: Ear) -> None:
        frame = await device.frame()
        ear.hear(frame)
        if "seq" in frame:
            self.reached[frame["conversationId"]] = frame["seq"]
            self.heard[frame["conversationId"]].append(frame)


class Reader:
    """Marks as read whatever there is. Where somebody has read once, they have read ever after."""

    def __init__(self, name: str, rooms: list[str], chronicle: Chronicle) -> None:
        self.name = name
        self.last_read = dict.fromkeys(rooms, "")
        self._rooms = rooms
        self._chronicle = chronicle

    async def read(self, house: House) -> None:
        device = await house.device(self.name, f"{self.name} reads")
        ear = Ear(self._chronicle)
        for room in itertools.cycle(self._rooms):
            result = await ear.answer(device, await device.say("conversation:read", conversationId=room))
            assert result["unreadCount"] == 0, result
            assert result["lastRead"] >= self.last_read[room], f"{result} after {self.last_read[room]}"
            self.last_read[room] = result["lastRead"]
            await asyncio.sleep(0.005)


class Typist:
    """Types here and there. Nothing of it is kept, nothing of it may be in the way."""

    def __init__(self, name: str, rooms: list[str], chronicle: Chronicle) -> None:
        self.name = name
        self._rooms = rooms
        self._chronicle = chronicle

    async def type(self, house: House) -> None:
        device = await house.device(self.name, f"{self.name} types")
        ear = Ear(self._chronicle)
        for room, kind in itertools.cycle(itertools.product(self._rooms, ("typing:start", "typing:stop"))):
            await ear.answer(device, await device.say(kind, conversationId=room))
            await asyncio.sleep(0.005)
