"""Those who say things, and what they were answered."""

import itertools
import json

from tests.house_under_test import Device, House, Json
from tests.kills.hearing import Chronicle, Ear

IN_FLIGHT = 6  # unanswered messages of one speaker


class Speaker:
    """Says numbered texts in one conversation, a few ahead of the answers, and repeats what was never answered."""

    def __init__(self, name: str, room: str, chronicle: Chronicle | None = None) -> None:
        self.name = name
        self.room = room
        self.acknowledged: dict[str, Json] = {}
        self.unanswered: list[str] = []
        self._numbers = itertools.count()
        self._chronicle = chronicle

    async def talk(self, house: House, *, on: bool = True) -> None:
        """Until the gateway dies; or, if not to go `on`, until all is answered."""
        device = await house.device(self.name, f"{self.name} in {self.room}")
        ear = Ear(self._chronicle)
        for text in self.unanswered:
            await self._say(device, text)
        while on or self.unanswered:
            while on and len(self.unanswered) < IN_FLIGHT:
                self.unanswered.append(f"{self.name} {next(self._numbers)}")
                await self._say(device, self.unanswered[-1])
            await self._hear(device, ear)
        device.cut()

    async def _say(self, device: Device, text: str) -> None:
        frame = {"type": "message:send", "id": text, "conversationId": self.room, "clientMessageId": text}
        await device.socket.send(json.dumps(frame | {"content": {"type": "text", "text": text}}))

    async def _hear(self, device: Device, ear: Ear) -> None:
        frame = await device.frame()
        if frame["type"] != "ok":
            ear.hear(frame)
            return
        assert frame["id"] == self.unanswered[0], f"{frame['id']} is answered before {self.unanswered[0]}"
        self.unanswered.pop(0)
        self.acknowledged[frame["id"]] = frame["result"]["message"]


class Business:
    """Posts over REST, where a repeat would be another message: what is not answered is let go."""

    def __init__(self, room: str) -> None:
        self.room = room
        self.acknowledged: dict[str, Json] = {}
        self._numbers = itertools.count()

    async def talk(self, house: House) -> None:
        while True:
            text = f"business {next(self._numbers)}"
            answer = await house.says(self.room, text)
            assert answer.status == 201, answer
            self.acknowledged[text] = answer.body["messages"][0]
