"""Everybody who takes part, over several lives of the gateway, and what has to be true of it in the end."""

import asyncio
from collections import defaultdict
from itertools import pairwise
from random import Random

from tests.house_under_test import House, Json
from tests.kills.hearing import MESSAGE, Chronicle, Listener, Reader, Typist
from tests.kills.lives import cut_off
from tests.kills.seats import JOIN, LEAVE, Guest, check_seats
from tests.kills.speaking import Business, Speaker
from tests.receiver import Receiver

PEOPLE = ("ann", "bob", "cyd")
GUESTS = 14
TAKEN = 2  # seats of the stage that nobody leaves
READ = "conversation:read"


class Town:
    """Two conversations in which people talk, and one with ten seats, of which two are taken for good."""

    def __init__(self, rooms: list[str], stage: str, guests: dict[str, str], epoch: str) -> None:
        everywhere = [*rooms, stage]
        chronicle = Chronicle(everywhere)
        self.rooms = rooms
        self.stage = stage
        self.speakers = [Speaker(name, room, chronicle) for name in PEOPLE for room in rooms]
        self.offices = [Business(room) for room in rooms]
        self.listener = Listener("eve", everywhere, epoch, chronicle)
        self.restless = Listener("bob", rooms, epoch, chronicle)
        self.reader = Reader("ann", rooms, chronicle)
        self.typist = Typist("cyd", rooms, chronicle)
        self.guests = [Guest(name, user_id, stage) for name, user_id in guests.items()]

    @property
    def voices(self) -> list[Speaker | Business]:
        return [*self.speakers, *self.offices]

    @classmethod
    async def founded(cls, house: House, receiver: Receiver, name: str) -> "Town":
        """The conversations, and a webhook; guests are new to each town."""
        await house.webhook(receiver.url, MESSAGE, READ, JOIN, LEAVE)
        guests = {guest: await house.user(guest) for guest in (f"guest {it} of {name}" for it in range(GUESTS))}
        rooms = [await house.group(*PEOPLE, "eve") for _ in range(2)]
        return cls(rooms, await house.group("ann", "eve"), guests, (await house.device("eve")).welcome["epoch"])

    async def live(self, house: House, dice: Random) -> None:
        """Everybody does what they do until their connection is lost."""
        everybody = (
            *(it.talk(house) for it in self.speakers),
            *(it.talk(house) for it in self.offices),
            *(it.come_and_go(house, dice) for it in self.guests),
            self.listener.listen(house),
            self.restless.come_and_go(house, dice),
            self.reader.read(house),
            self.typist.type(house),
        )
        await cut_off(*everybody)

    async def settle(self, house: House) -> None:
        """The last life: everybody gets their answers, and the listeners hear the rest."""
        await asyncio.gather(
            *(it.talk(house, on=False) for it in self.speakers), *(it.settle(house) for it in self.guests)
        )
        witness = await house.device("eve", "witness")
        seqs = {it["conversation"]["id"]: it["seq"] for it in witness.welcome["conversations"]}
        await self.listener.listen(house, {room: seqs[room] for room in self.listener.reached})
        await self.restless.listen(house, {room: seqs[room] for room in self.restless.reached})

    async def check(self, house: House, receiver: Receiver) -> None:
        """After all is settled."""
        heard = self.listener.heard
        total = sum(map(len, heard.values()))
        await receiver.until(lambda: len({it["id"] for it in receiver.events}) == total, timeout_s=60)
        for room, frames in heard.items():
            check_mirror(receiver, room, frames)
            check_times(frames)
        for room in self.rooms:
            history = await house.history(room)
            assert [it["event"]["payload"]["message"] for it in heard[room] if _kind(it) == MESSAGE] == history
            self._check_history(history, room)
            check_unread(heard[room], await house.participants(room))
            self._check_read(room, await house.participants(room))
        check_seats(heard[self.stage], self.guests, TAKEN, await house.participants(self.stage))

    def acknowledged(self, room: str) -> dict[str, Json]:
        """The messages of a room that were answered, by their texts."""
        found: dict[str, Json] = {}
        for it in self.voices:
            found |= it.acknowledged if it.room == room else {}
        return found

    def _check_history(self, history: list[Json], room: str) -> None:
        """Nothing acknowledged is lost, nothing is there twice, and everybody's texts stand in the order said."""
        stored = {it["content"]["text"]: it for it in history}
        assert len(stored) == len(history)
        acknowledged = self.acknowledged(room)
        assert {text: stored.get(text) for text in acknowledged} == acknowledged
        for name in PEOPLE:
            own = [text for text in stored if text.startswith(f"{name} ")]
            assert own == [f"{name} {number}" for number in range(len(own))]

    def _check_read(self, room: str, participants: list[Json]) -> None:
        """What was read, and answered so, is read."""
        (own,) = (it for it in participants if it["userExternalId"] == self.reader.name)
        assert own.get("lastRead", "") >= self.reader.last_read[room]


def check_mirror(receiver: Receiver, room: str, heard: list[Json]) -> None:
    """All that was pushed was mirrored, in its order; a repeat has the same id and says the same."""
    told: dict[str, list[Json]] = defaultdict(list)
    for event in receiver.events:
        if event["payload"]["conversation"]["id"] == room:
            told[event["id"]].append(event)
    assert list(told) == [it["event"]["id"] for it in heard]
    assert all(tellings[1:] == tellings[:-1] for tellings in told.values())


def check_times(heard: list[Json]) -> None:
    """Times increase strictly with seq, and where people have read never goes back."""
    assert [it["seq"] for it in heard] == list(range(2, len(heard) + 2))
    times = [it["event"]["createdAt"] for it in heard]
    assert all(before < after for before, after in pairwise(times))
    reached: dict[str, str] = defaultdict(str)
    for payload in (it["event"]["payload"] for it in heard if _kind(it) == READ):
        who = payload["activity"]["author"]["userId"]
        assert payload["lastRead"] >= reached[who]
        reached[who] = payload["lastRead"]


def check_unread(heard: list[Json], participants: list[Json]) -> None:
    """Everybody's count is that of the messages after what they last said or read."""
    messages: list[int] = []
    marks: dict[str, int] = defaultdict(int)
    for frame in heard:
        payload = frame["event"]["payload"]
        if _kind(frame) == MESSAGE:
            messages.append(frame["seq"])
            marks[payload["message"]["author"].get("userId", "")] = frame["seq"]
        elif _kind(frame) == READ:
            marks[payload["activity"]["author"]["userId"]] = frame["seq"]
    counted = {it["userId"]: sum(seq > marks[it["userId"]] for seq in messages) for it in participants}
    assert {it["userId"]: it["unreadCount"] for it in participants} == counted


def _kind(frame: Json) -> str:
    return str(frame["event"]["type"])
