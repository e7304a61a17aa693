"""One device under load: what it says, and whether it hears all of its room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic_ns
from typing import Any, Final

import orjson

from clients.loadtest import talk
from clients.loadtest.link import Link
from clients.loadtest.plan import Target
from clients.loadtest.tally import Tally
from clients.loadtest.witness import Witness

NEVER: Final = 1 << 62
SECOND_NS: Final = 1_000_000_000
OPENING_S: Final = 30.0
ROOMLESS: Final = b"\0"  # begins no frame


@dataclass(slots=True)
class Scene:
    """What the guests of one process share. Only what is sent from `from_ns` until `until_ns` is measured."""

    target: Target
    filler: str
    tally: Tally
    from_ns: int = NEVER
    until_ns: int = NEVER


def nobody(guest: Guest) -> None:
    """Who is told when nobody wants to know."""


class Guest:
    """A device of one user, in one room or none. It may connect and be cut any number of times."""

    def __init__(self, scene: Scene, name: str, jwt: str, room_id: str | None = None) -> None:
        self.name = name
        self.room_id = room_id
        self.witness = Witness()
        self.said_seq = 0  # the highest `seq` that a message of its own was given
        self.come_back_s = 0.0  # how long the last goodbye asked it to stay away
        self.on_answer: Callable[[Guest], None] = nobody
        self.on_gone: Callable[[Guest], None] = nobody
        self._scene = scene
        self._jwt = jwt
        self._head = talk.event_head(room_id) if room_id is not None else ROOMLESS
        self._epoch: str | None = None
        self._pause_ns = 0  # between two messages, by the gateway's limit
        self._free_ns = 0
        self._number = 0
        self._unanswered: dict[int, tuple[int, bytes]] = {}
        self._awaited_seq = NEVER
        self._link: Link | None = None
        self._online = False

    @property
    def online(self) -> bool:
        """Whether a welcomed connection stands."""
        return self._online

    @property
    def unanswered(self) -> int:
        """How many of its messages still wait for their answer."""
        return len(self._unanswered)

    async def connect(self) -> None:
        """Connects, says hello with its position if it has one, and waits for the welcome.

        Raises `OSError` or `TimeoutError` when there is none.
        """
        loop = asyncio.get_running_loop()
        began_ns = monotonic_ns()
        self._welcomed = loop.create_future()
        self._gone = loop.create_future()
        link = self._link = self._new_link()
        try:
            async with asyncio.timeout(OPENING_S):
                await loop.create_connection(lambda: link, self._scene.target.host, self._scene.target.port)
                await self._welcomed
        except BaseException:
            link.cut()
            self._link = None
            raise
        self._scene.tally.welcomes += 1
        self._scene.tally.to_welcome.record((monotonic_ns() - began_ns) // 1000)

    async def cut(self) -> None:
        """Breaks the connection, as a lost network does."""
        self._online = False  # on purpose: nobody is to be told
        if self._link is not None:
            self._link.cut()
            await self._gone

    async def caught_up(self, seq: int) -> None:
        """Waits until the room was heard up to `seq`."""
        self._caught_up = asyncio.get_running_loop().create_future()
        self._awaited_seq = seq
        if self.witness.last < seq:
            await self._caught_up

    def turn_ns(self, now_ns: int) -> int:
        """When it may speak, now or later, by the gateway's limit; takes that turn."""
        due_ns = max(self._free_ns, now_ns)
        self._free_ns = due_ns + self._pause_ns
        return due_ns

    def say(self, sent_ns: int) -> None:
        """Sends the next message; `sent_ns` is when it should have gone."""
        self._number += 1
        payload = self._message(sent_ns)
        self._unanswered[self._number] = (sent_ns, payload)
        if self._scene.from_ns <= sent_ns < self._scene.until_ns:
            self._scene.tally.sent += 1
        self._send(payload)

    # what its socket tells it

    def opened(self) -> None:
        """Says hello."""
        hello: dict[str, Any] = {
            "type": "hello",
            "id": 0,
            "auth": {"jwt": self._jwt},
            "device": {"guid": self.name, "platform": "web"},
        }
        if self._epoch is not None and self.room_id is not None:
            hello["positions"] = {"epoch": self._epoch, "seq": {self.room_id: self.witness.last}}
        self._send(orjson.dumps(hello))

    def heard(self, data: bytes, start: int, stop: int) -> None:
        """Reads a frame: an event of its room or an answer at known places, anything else as JSON."""
        if data.startswith(self._head, start):
            begin = start + len(self._head)
            comma = data.index(b",", begin)
            self._see(int(data[begin:comma]), talk.stamp(data, comma, stop))
        elif data.startswith(talk.OK, start):
            self._answered(talk.answered(data, start), talk.answered_seq(data, start, stop))
        else:
            self._read(orjson.loads(data[start:stop]))

    def gone(self, code: int, reason: str) -> None:
        """The connection has ended."""
        was_online, self._online = self._online, False
        self._gone.set_result(None)
        if not self._welcomed.done():
            self._welcomed.set_exception(ConnectionError(f"{code} {reason}"))
        elif was_online:
            self._scene.tally.goodbyes[code] += 1
            self.on_gone(self)

    def _new_link(self) -> Link:
        return Link(self._scene.target.upgrade, self)

    def _message(self, sent_ns: int) -> bytes:
        return talk.message(self._number, self.room_id or "", self.name, sent_ns, self._scene.filler)

    def _send(self, payload: bytes) -> None:
        if self._link is not None:
            self._link.send(payload)

    def _see(self, seq: int, sent_ns: int | None) -> None:
        witness = self.witness
        if seq == witness.last + 1:
            witness.last = seq
        else:
            witness.see(seq)
        if sent_ns is not None:
            self._measure(sent_ns)
        if witness.last >= self._awaited_seq and not self._caught_up.done():
            self._caught_up.set_result(None)

    def _measure(self, sent_ns: int) -> None:
        scene, now_ns = self._scene, monotonic_ns()
        if scene.from_ns <= now_ns < scene.until_ns:
            scene.tally.deliveries += 1
        if scene.from_ns <= sent_ns < scene.until_ns:
            scene.tally.to_delivery.record((now_ns - sent_ns) // 1000)

    def _answered(self, number: int, seq: int) -> None:
        sent_ns, _ = self._unanswered.pop(number)
        scene, now_ns = self._scene, monotonic_ns()
        self.said_seq = max(self.said_seq, seq)
        if scene.from_ns <= now_ns < scene.until_ns:
            scene.tally.accepted += 1
        if scene.from_ns <= sent_ns < scene.until_ns:
            scene.tally.to_answer.record((now_ns - sent_ns) // 1000)
        self.on_answer(self)

    def _read(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "welcome":
                self._take_welcome(frame)
            case "event":
                self._take_event(frame)
            case "error":
                self._scene.tally.errors[str(frame["error"]["code"])] += 1
                if self._unanswered.pop(frame["id"], None) is not None:
                    self.on_answer(self)
            case "goodbye":
                self.come_back_s = frame.get("afterSeconds") or 0.0

    def _take_welcome(self, frame: dict[str, Any]) -> None:
        if frame.get("recovered", {}).get(self.room_id) is False:
            self._scene.tally.not_recovered += 1
        if self._epoch is None:
            listed = {row["conversation"]["id"]: row["seq"] for row in frame["conversations"]}
            self.witness.last = listed.get(self.room_id, 0)
        self._epoch = frame["epoch"]
        self._pause_ns = SECOND_NS // frame["limits"]["commandsPerSecond"]
        self._online = True
        self._welcomed.set_result(None)
        for _, payload in self._unanswered.values():  # under their old client message ids
            self._send(payload)

    def _take_event(self, frame: dict[str, Any]) -> None:
        if frame.get("conversationId") != self.room_id or frame.get("seq") is None:
            return
        text = frame["event"]["payload"].get("message", {}).get("content", {}).get("text", "")
        sent_ns = int(text[1:17], 16) if text.startswith("@") else None
        self._see(frame["seq"], sent_ns)
