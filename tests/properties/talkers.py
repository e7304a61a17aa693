"""What a device knows of its conversations, held against what all others know of them."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count

from tests.house_under_test import Device, House, Json

MESSAGE = "conversation:message"


class Log:
    """What happened in each conversation, by seq, as whoever heard it first was told."""

    def __init__(self) -> None:
        self.events: dict[str, dict[int, Json]] = {}

    def enter(self, room: str, seq: int, event: Json) -> None:
        """Law 2: everybody hears the same under the same number."""
        known = self.events.setdefault(room, {}).setdefault(seq, event)
        assert known["id"] == event["id"], f"{room} has two events {seq}"

    def messages(self, room: str) -> dict[int, str]:
        """The ids of messages by seq, as far as anybody heard them."""
        told = self.events.get(room, {}).items()
        return {seq: it["payload"]["message"]["id"] for seq, it in told if it["type"] == MESSAGE}


class Talker:
    """One device of a person: online or not, and where it stands in the conversations that they have a seat in."""

    def __init__(self, name: str, guid: str, log: Log) -> None:
        self.name = name
        self.guid = guid
        self.reached: dict[str, int] = {}
        self._log = log
        self._device: Device | None = None
        self._replayed: dict[str, int] = {}
        self._epoch: str | None = None
        self._user_id = ""

    @property
    def online(self) -> bool:
        return self._device is not None

    # Coming and going

    async def come(self, house: House, seats: set[str], left: set[str]) -> None:
        """Connect, or connect again, and resume; `left` are rooms that they may have left for a while."""
        asked = {"epoch": self._epoch, "seq": dict(self.reached)} if self._epoch else None
        self._device = await house.device(self.name, self.guid, positions=asked, max_queue=None)
        welcome = self._device.welcome
        assert self._epoch in (None, welcome["epoch"])
        self._epoch, self._user_id = welcome["epoch"], welcome["user"]["id"]
        heads = {it["conversation"]["id"]: it["seq"] for it in welcome["conversations"]}
        assert set(heads) == seats, "a welcome shows the conversations of which one is part"
        for room in tuple(self.reached):
            recovered = welcome["recovered"][room]
            assert recovered is (room in seats) or (room in left and not recovered)
            if not recovered:
                del self.reached[room]
        self._replayed = {room: heads[room] for room in self.reached}
        self.reached = heads | self.reached

    async def cut(self) -> None:
        if self._device is not None:
            device, self._device = self._device, None
            device.cut()
            with suppress(OSError, EOFError):
                await device.close()

    async def close(self) -> None:
        if self._device is not None:
            device, self._device = self._device, None
            await device.close()

    # Hearing

    def take(self, frame: Json) -> None:
        """Law 4: what has a number is the next one, and law 8: of a conversation of one's own."""
        if frame["type"] != "event" or "seq" not in frame:
            return
        room, seq, event = frame["conversationId"], frame["seq"], frame["event"]
        self._log.enter(room, seq, event)
        own = event["payload"].get("user", {}).get("id") == self._user_id
        if own and event["type"] == "conversation:join" and seq > self._replayed.get(room, 0):
            self.reached[room] = seq
            return
        assert room in self.reached, f"{self.name} hears of a conversation of others: {event['type']}"
        assert seq == self.reached[room] + 1, f"{self.name} hears {seq} after {self.reached[room]}"
        self.reached[room] = seq
        if own and event["type"] == "conversation:leave" and seq > self._replayed.get(room, 0):
            del self.reached[room]

    async def answer(self, frame_id: int) -> Json:
        assert self._device is not None
        while True:
            frame = await self._device.frame()
            self._device.heard.clear()
            self.take(frame)
            if frame["type"] in ("ok", "error") and frame["id"] == frame_id:
                return frame

    async def up_to(self, room: str, seq: int) -> None:
        """Hear on until so far."""
        assert self._device is not None
        while self.reached[room] < seq:
            self.take(await self._device.frame())
            self._device.heard.clear()

    # Saying

    async def say(self, kind: str, **fields: object) -> int:
        assert self._device is not None
        return await self._device.say(kind, **fields)

    async def ask(self, kind: str, **fields: object) -> Json:
        return await self.answer(await self.say(kind, **fields))

    async def raw(self, text: str) -> None:
        assert self._device is not None
        await self._device.socket.send(text)


def texts() -> Iterator[str]:
    """Words that nobody said before; each is its own client message id."""
    return (f"word {number}" for number in count())


def spoken(room: str, text: str) -> Json:
    """The fields of a text that may be said again."""
    return {"conversationId": room, "content": {"type": "text", "text": text}, "clientMessageId": text}
