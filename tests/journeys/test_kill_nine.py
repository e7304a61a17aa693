"""The gateway is killed again and again while people talk, and nothing acknowledged is lost (laws 1 to 4, 7).

Told apart at the end: what was acknowledged, what is stored, what was pushed, and what was mirrored.
"""

import asyncio
import itertools
import json
import os
from collections import defaultdict
from pathlib import Path
from random import Random, SystemRandom

import aiohttp
import pytest
from websockets.exceptions import WebSocketException

from gateway.flow.provision import Credentials
from tests.house_under_test import Device, House, Json
from tests.journeys.process import Gateway, new_app, serving, spoken_to
from tests.receiver import Receiver

KILLS = 26
STILLBORN = 0.15  # of the kills come before the gateway is ready
AWAKE_S = (0.0, 0.35)  # from ready to killed
IN_FLIGHT = 6  # unanswered messages of one speaker
PEOPLE = ("ann", "bob", "cyd")
MESSAGE = "conversation:message"

LOST = (WebSocketException, aiohttp.ClientError, OSError)


class Speaker:
    """Says numbered texts in one conversation, a few ahead of the answers, and repeats what was never answered."""

    def __init__(self, name: str, room: str) -> None:
        self.name = name
        self.room = room
        self.acknowledged: dict[str, Json] = {}
        self.unanswered: list[str] = []
        self._numbers = itertools.count()

    async def talk(self, house: House, *, on: bool = True) -> None:
        """Until the gateway dies; or, if not to go `on`, until all is answered."""
        device = await house.device(self.name, f"{self.name} in {self.room}")
        for text in self.unanswered:
            await self._say(device, text)
        while on or self.unanswered:
            while on and len(self.unanswered) < IN_FLIGHT:
                self.unanswered.append(f"{self.name} {next(self._numbers)}")
                await self._say(device, self.unanswered[-1])
            await self._hear(device)
        device.cut()

    async def _say(self, device: Device, text: str) -> None:
        frame = {"type": "message:send", "id": text, "conversationId": self.room, "clientMessageId": text}
        await device.socket.send(json.dumps(frame | {"content": {"type": "text", "text": text}}))

    async def _hear(self, device: Device) -> None:
        frame = await device.frame()
        if frame["type"] == "ok":
            self.unanswered.remove(frame["id"])
            self.acknowledged[frame["id"]] = frame["result"]
        else:
            assert frame["type"] == "event", frame


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


class Listener:
    """Hears every conversation, and comes back each time with the positions it has reached."""

    def __init__(self, rooms: list[str], epoch: str) -> None:
        self.heard: dict[str, list[Json]] = {room: [] for room in rooms}
        self.reached = dict.fromkeys(rooms, 1)
        self.resumed = 0
        self._epoch = epoch

    async def listen(self, house: House, until: dict[str, int] | None = None) -> None:
        """Until the gateway dies, or every conversation has been heard so far."""
        device = await house.device("eve", positions={"epoch": self._epoch, "seq": self.reached})
        assert device.welcome["recovered"] == dict.fromkeys(self.reached, True)
        self.resumed += 1
        while until is None or self.reached != until:
            frame = await device.frame()
            room, seq = frame["conversationId"], frame["seq"]
            assert seq == self.reached[room] + 1, f"{seq} after {self.reached[room]}"
            self.reached[room] = seq
            self.heard[room].append(frame)

    def messages(self, room: str) -> list[Json]:
        return [it["event"]["payload"]["message"] for it in self.heard[room] if it["event"]["type"] == MESSAGE]


class Reader:
    """Marks as read whatever there is: happenings of another kind between the messages."""

    def __init__(self, rooms: list[str]) -> None:
        self._rooms = rooms

    async def read(self, house: House) -> None:
        device = await house.device("ann", "reader")
        for room in itertools.cycle(self._rooms):
            await device.ask("conversation:read", conversationId=room)
            await asyncio.sleep(0.005)  # no more than the commands of one second


class Town:
    """Everybody who takes part, over all lives of the gateway."""

    def __init__(self, rooms: list[str], epoch: str) -> None:
        self.rooms = rooms
        self.speakers = [Speaker(name, room) for name in PEOPLE for room in rooms]
        self.offices = [Business(room) for room in rooms]
        self.listener = Listener(rooms, epoch)
        self.reader = Reader(rooms)

    async def live(self, house: House) -> None:
        """Everybody does what they do until their connection is lost."""
        everybody = (
            *(it.talk(house) for it in self.speakers),
            *(it.talk(house) for it in self.offices),
            self.listener.listen(house),
            self.reader.read(house),
        )
        ended = await asyncio.gather(*everybody, return_exceptions=True)
        for why in ended:
            assert isinstance(why, LOST), f"somebody stopped who was not cut off: {why!r}"
            assert not isinstance(why, TimeoutError), "somebody was left without an answer"

    async def settle(self, house: House) -> None:
        """The last life: everybody gets their answers, and the listener hears the rest."""
        await asyncio.gather(*(it.talk(house, on=False) for it in self.speakers))
        witness = await house.device("eve", "witness")
        ends = {it["conversation"]["id"]: it["seq"] for it in witness.welcome["conversations"]}
        await self.listener.listen(house, until=ends)

    def acknowledged(self, room: str) -> dict[str, Json]:
        """The messages of a room that were answered, by their texts."""
        spoken = (it for it in self.speakers if it.room == room)
        found = {text: answer["message"] for speaker in spoken for text, answer in speaker.acknowledged.items()}
        for office in self.offices:
            found |= office.acknowledged if office.room == room else {}
        return found


async def founded(data: Path, credentials: Credentials, receiver: Receiver) -> Town:
    """Two conversations of everybody, and the webhook."""
    async with serving(data) as gateway, spoken_to(await gateway.ready(), credentials) as house:
        await house.webhook(receiver.url, MESSAGE, "conversation:read")
        rooms = [await house.group(*PEOPLE, "eve") for _ in range(2)]
        return Town(rooms, (await house.device("eve")).welcome["epoch"])


async def die(gateway: Gateway, after_s: float) -> None:
    await asyncio.sleep(after_s)
    gateway.process.kill()


async def one_life(data: Path, credentials: Credentials, town: Town, dice: Random) -> None:
    """A start, a little talk, and SIGKILL at any moment: also before it is ready."""
    async with serving(data, commands_per_second="100000") as gateway:
        if dice.random() < STILLBORN:
            await die(gateway, dice.uniform(0, 0.7))
            return
        async with spoken_to(await gateway.ready(), credentials) as house:
            await asyncio.gather(town.live(house), die(gateway, dice.uniform(*AWAKE_S)))


def texts(messages: list[Json]) -> list[str]:
    return [it["content"]["text"] for it in messages]


@pytest.mark.slow
async def test_kill_nine_loses_nothing_acknowledged_and_tells_nothing_twice(tmp_path: Path, receiver: Receiver) -> None:
    seed = int(os.environ.get("KILL_NINE_SEED") or SystemRandom().randrange(1 << 32))
    print(f"KILL_NINE_SEED={seed}")  # noqa: T201 shown when the test fails
    dice = Random(seed)
    credentials = await new_app(tmp_path)
    town = await founded(tmp_path, credentials, receiver)
    for _ in range(KILLS):
        await one_life(tmp_path, credentials, town, dice)
    async with serving(tmp_path) as gateway, spoken_to(await gateway.ready(), credentials) as house:
        await town.settle(house)
        stored = {room: await house.history(room) for room in town.rooms}
        total = sum(map(len, town.listener.heard.values()))
        await receiver.until(lambda: len({it["id"] for it in receiver.events}) == total, timeout_s=30)

    assert town.listener.resumed > KILLS / 2
    for room in town.rooms:
        history = stored[room]
        _check_history(history, town, room)
        assert town.listener.messages(room) == history
        seqs = [it["seq"] for it in town.listener.heard[room]]
        assert seqs == list(range(2, len(seqs) + 2))
        _check_mirror(receiver, town.listener.heard[room])


def _check_history(history: list[Json], town: Town, room: str) -> None:
    """Nothing acknowledged is lost, nothing is there twice, and everybody's texts stand in the order said."""
    said = texts(history)
    assert len(set(said)) == len(said) > KILLS
    stored = {it["content"]["text"]: it for it in history}
    acknowledged = town.acknowledged(room)
    assert {text: stored.get(text) for text in acknowledged} == acknowledged
    for name in PEOPLE:
        own = [it for it in said if it.startswith(name)]
        assert own == [f"{name} {number}" for number in range(len(own))]


def _check_mirror(receiver: Receiver, heard: list[Json]) -> None:
    """All that was pushed was mirrored, in its order; a repeat has the same id and says the same."""
    room = heard[0]["conversationId"]
    told: dict[str, list[Json]] = defaultdict(list)
    for event in receiver.events:
        if event["payload"]["conversation"]["id"] == room:
            told[event["id"]].append(event)
    assert list(told) == [it["event"]["id"] for it in heard]
    assert all(tellings[1:] == tellings[:-1] for tellings in told.values())
