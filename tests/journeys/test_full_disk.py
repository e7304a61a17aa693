"""The disk is full while people talk: they are told so, what was acknowledged stays, and nobody has to restart it."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle, islice, product
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.edge import own_device
from gateway.flow import disk as flow_disk
from gateway.flow.provision import Credentials
from gateway.premises import CannotStart
from tests.disks import mounted
from tests.house_under_test import Device, House, Json, opened
from tests.journeys.process import serving, spoken_to
from tests.receiver import Receiver

ROOM_BYTES = 300_000
WORDS = "w" * 4_000
UNAVAILABLE = (503, "unavailable")
WORDS_OF_LOG = ("cannot write", "can write again")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", "6m") as folder:
        yield folder


def fill(disk: Path) -> Path:
    """The file that takes all the room that was left, but for a few messages."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(bytes(1 << 16))
        file.truncate(file.tell() - ROOM_BYTES)
    return ballast


class Talk:
    """What Ann says from her device and the business over REST, and what of it was `taken`, in order."""

    def __init__(self, house: House, device: Device, room: str) -> None:
        self.taken: list[str] = []
        self._house = house
        self._device = device
        self._room = room

    async def ann(self) -> bool:
        """Whether it was taken; what is not taken is refused in one way."""
        text = f"ann {len(self.taken)} "
        answer = await self._device.ask(
            "message:send",
            conversationId=self._room,
            clientMessageId=text,
            content={"type": "text", "text": text + WORDS},
        )
        if answer["type"] == "error":
            assert (answer["error"]["status"], answer["error"]["code"]) == UNAVAILABLE
            return False
        self.taken.append(text)
        return True

    async def business(self) -> bool:
        text = f"business {len(self.taken)} "
        answer = await self._house.says(self._room, text + WORDS)
        if answer.status != 201:
            assert (answer.status, answer.code) == UNAVAILABLE
            return False
        self.taken.append(text)
        return True

    async def until_full(self) -> None:
        """What is short finds room for a while where what is long does not."""
        refused = 0
        while refused < 20:
            refused = 0 if await self.ann() or await self.business() else refused + 1
        assert self.taken

    async def check(self) -> list[Json]:
        """All that was taken is there and nothing else; gives it."""
        history = await self._house.history(self._room)
        assert [it["content"]["text"].removesuffix(WORDS) for it in history] == self.taken
        return history


async def ready(house: House) -> int:
    async with house.http.get(house.url + "/readyz") as answer:
        return answer.status


async def asked_until(house: House, wanted: int) -> None:
    """Ask whether it is ready until that is the answer: what it writes to know it is short."""
    async with asyncio.timeout(60):
        while await ready(house) != wanted:
            pass


async def check_refusals(house: House, device: Device) -> None:
    """Of files and newcomers; what only looks is answered."""
    upload = await house.upload("a.txt", WORDS.encode() * 100)
    assert (upload.status, upload.code) == UNAVAILABLE
    assert (await device.ask("ping"))["type"] == "ok"
    await asked_until(house, 503)
    goodbye = next(it for it in [await newcomer(house, number) for number in range(10)] if it["type"] == "goodbye")
    assert (goodbye["code"], goodbye["comeBack"]) == (4000, True)


async def newcomer(house: House, number: int) -> Json:
    """What somebody new is told first: they are little to write, and the first of them may find room."""
    stranger = await house.plug(guid=f"new {number}")
    await stranger.say("hello", device={"guid": stranger.guid}, auth={"jwt": house.token(stranger.guid)})
    return await stranger.frame()


async def test_on_a_full_disk_nothing_is_acknowledged_and_when_there_is_room_all_goes_on(
    disk: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_device, "FRESH_S", 0.0)
    monkeypatch.setattr(flow_disk, "CALM_S", 0.0)
    with capture_logs() as logs:
        async with opened(disk, commands_per_second=100_000) as house:
            await house.webhook(receiver.url, "conversation:message")
            room = await house.group("ann", "bob")
            ann, bob = await house.device("ann"), await house.device("bob")
            await asked_until(house, 200)
            talk, ballast = Talk(house, ann, room), fill(disk)
            await talk.until_full()
            await check_refusals(house, ann)
            assert list((disk / "attachments").iterdir()) == []
            await talk.check()

            ballast.unlink()
            assert await talk.ann()
            await asked_until(house, 200)
            assert (await house.upload("a.txt", WORDS.encode())).status == 201
            heard = [await bob.event("conversation:message") for _ in talk.taken]
            await bob.nothing_more()
            history = await talk.check()
            await house.mirrored()
    assert [it["event"]["payload"]["message"] for it in heard] == history
    assert [it["seq"] for it in heard] == list(range(2, len(heard) + 2))
    assert [it["id"] for it in receiver.events] == [it["event"]["id"] for it in heard]
    told = [(it["event"], it["what"], it.get("why")) for it in logs if it["log_level"] in ("error", "warning")]
    assert set(told) >= {
        ("cannot write", "gateway.db", "database or disk is full"),
        ("can write again", "gateway.db", None),
        ("can write again", "attachments", None),
    }
    assert {(event, what) for event, what, _ in told} == set(product(WORDS_OF_LOG, ("gateway.db", "attachments")))
    for part in ("gateway.db", "attachments"):  # in turn, and not for each who is refused
        events = [event for event, what, _ in told if what == part]
        assert events == list(islice(cycle(WORDS_OF_LOG), len(events)))
    assert len(told) < 30


@pytest.mark.slow
async def test_a_gateway_that_was_killed_on_a_full_disk_has_lost_nothing(disk: Path) -> None:
    """It may start, or say in a sentence that it cannot; with room it starts."""
    async with opened(disk) as house:
        room = await house.group("ann")
        key_id, secret = house.key
        credentials = Credentials(app_id=house.app_id, key_id=key_id, secret=secret, integrations=house.integrations)
    async with serving(disk, commands_per_second="100000") as gateway:
        async with spoken_to(await gateway.ready(), credentials) as house:
            talk, ballast = Talk(house, await house.device("ann"), room), fill(disk)
            await talk.until_full()
        gateway.process.kill()
        await gateway.end()
    with suppress(CannotStart):
        async with opened(disk):
            pass
    ballast.unlink()
    async with opened(disk) as house:
        again = Talk(house, await house.device("ann"), room)
        again.taken = talk.taken
        assert await again.ann()
        await again.check()
