"""The gateway is killed between any two steps of a delivery: all arrives, in order, twice only what was under way."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.flow.provision import Credentials
from tests.domain.town import Orders
from tests.house_under_test import Answer, House, Json, opened
from tests.journeys.process import Gateway, serving, spoken_to
from tests.receiver import Receiver

MESSAGES = "conversation:message"
MANY = 1_500  # events: several pages of whatever is done in pages


class Scene(NamedTuple):
    """A webhook and two conversations; `said` are the ids of what was acknowledged, room by room."""

    data: Path
    receiver: Receiver
    credentials: Credentials
    hook: Json
    said: dict[str, list[str]]

    @property
    def path(self) -> str:
        return f"/integrations/{self.hook['id']}/webhooks/{self.hook['webhooks'][0]['id']}"

    @property
    def rooms(self) -> list[str]:
        return list(self.said)

    @property
    def ids(self) -> set[str]:
        return {it for said in self.said.values() for it in said}

    async def says(self, house: House, room: str, *texts: str) -> None:
        for text in texts:
            answer = await house.says(room, text)
            assert answer.status == 201
            self.said[room].append(answer.body["messages"][0]["id"])

    async def chatter(self, house: House, count: int) -> None:
        """So many texts, dealt out to the rooms, each of which hears them in turn."""
        share = count // len(self.said)
        await asyncio.gather(*(self.says(house, room, *map(str, range(share))) for room in self.said))

    async def asks(self, house: House, what: str, **body: object) -> Answer:
        return await house.rest("POST", f"{self.path}/{what}", body)

    @asynccontextmanager
    async def running(self, **settings: str) -> AsyncIterator[tuple[Gateway, House]]:
        """A process to be killed."""
        async with (
            serving(self.data, **settings) as gateway,
            spoken_to(await gateway.ready(), self.credentials) as house,
        ):
            yield gateway, house

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.data / "gateway.db", isolation_level=None)) as db:
            yield db

    def count(self, condition: str) -> int:
        with self.database() as db:
            ((found,),) = db.execute(f"SELECT count(*) FROM outbox WHERE {condition}").fetchall()
        return int(found)

    async def all_heard(self, times: int = 1) -> None:
        """Wait until everything was taken so often."""
        await self.receiver.until(lambda: len(self.receiver.events) >= times * len(self.ids), timeout_s=20)
        await self.receiver.until(lambda: not self._unheard(times), timeout_s=20)

    def _unheard(self, times: int) -> set[str]:
        heard = self.heard
        return {it for it in self.ids if heard[it] < times}

    @property
    def heard(self) -> Counter[str]:
        return Counter(it["id"] for it in self.receiver.events)

    def check_order(self) -> None:
        """In each room one after the other. A step back is a repetition; no step passes anything over."""
        for room, said in self.said.items():
            heard = [said.index(it["id"]) for it in self.receiver.events if it["payload"]["conversation"]["id"] == room]
            assert heard[0] == 0
            assert set(heard) == set(range(len(said)))
            assert all(after <= before + 1 for before, after in pairwise(heard))

    def check_file(self) -> None:
        with self.database() as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.fixture
async def scene(tmp_path: Path, receiver: Receiver) -> Scene:
    async with opened(tmp_path) as house:
        hook = await house.webhook(receiver.url, MESSAGES)
        rooms = [await house.group() for _ in range(2)]
        key_id, secret = house.key
        credentials = Credentials(app_id=house.app_id, key_id=key_id, secret=secret, integrations=house.integrations)
    return Scene(tmp_path, receiver, credentials, hook, {room: [] for room in rooms})


async def killed(gateway: Gateway) -> None:
    gateway.process.kill()
    await gateway.process.wait()


async def test_after_the_commit_and_during_the_call(scene: Scene) -> None:
    """One event of a conversation is with the receiver, which has not answered; the next are committed alone."""
    one, other = scene.rooms
    scene.receiver.gate.clear()
    async with scene.running() as (gateway, house):
        await scene.says(house, one, "under way")
        await scene.receiver.until(lambda: scene.receiver.arrived == 1)
        await scene.says(house, one, "waits", "waits too")
        await scene.says(house, other, "under way")
        await scene.receiver.until(lambda: scene.receiver.arrived == 2)
        await killed(gateway)
    scene.receiver.gate.set()
    async with opened(scene.data) as house:
        await scene.says(house, one, "after")
        await scene.all_heard()
        await house.mirrored()
    scene.check_order()
    assert scene.receiver.arrived <= 2 + 3
    assert set(scene.heard.values()) == {1}


async def test_after_the_answer_and_before_it_is_written_down(scene: Scene) -> None:
    """Somebody else writes to the file; the next call shows that the answer has been read."""
    one, other = scene.rooms
    scene.receiver.gate.clear()
    async with scene.running() as (gateway, house):
        await scene.says(house, one, "answered")
        await scene.receiver.until(lambda: scene.receiver.arrived == 1)
        await scene.says(house, one, "under way")
        with scene.database() as db:
            db.execute("BEGIN IMMEDIATE")
            scene.receiver.gate.set()
            await scene.receiver.until(lambda: len(scene.receiver.events) == 2)
            await killed(gateway)
            db.execute("ROLLBACK")
    assert scene.count("ended_at IS NULL") == 2
    async with opened(scene.data) as house:
        await scene.says(house, one, "after")
        await scene.says(house, other, "elsewhere")
        await scene.all_heard()
        await house.mirrored()
    scene.check_order()
    assert scene.heard == dict(zip(scene.said[one], (2, 2, 1), strict=True)) | {scene.said[other][0]: 1}


async def test_between_attempts(scene: Scene) -> None:
    """What failed keeps its place, its count and its time."""
    one, _ = scene.rooms
    scene.receiver.answer = 503
    async with scene.running(webhook_intervals_s="0.05,600") as (gateway, house):
        await scene.says(house, one, "refused", "waits")
        await scene.receiver.until(lambda: len(scene.receiver.calls) == 2)
        await until(lambda: scene.count("attempts = 2") == 1)
        await killed(gateway)
    assert scene.count("attempts = 2 AND due_at > 0 AND ended_at IS NULL") == 1
    scene.receiver.answer = 200
    with scene.database() as db:
        db.execute("UPDATE outbox SET due_at = 1 WHERE attempts = 2")
    async with opened(scene.data) as house:
        await scene.says(house, scene.rooms[1], "elsewhere")
        await scene.all_heard()
        await house.mirrored()
    scene.check_order()
    assert set(scene.heard.values()) == {1}


async def test_while_paused(scene: Scene) -> None:
    async with scene.running() as (gateway, house):
        assert (await scene.asks(house, "pause")).status == 200
        await scene.chatter(house, 20)
        await killed(gateway)
    async with opened(scene.data) as house:
        assert (await house.rest("GET", f"{scene.path}/delivery")).body["delivery"]["status"] == "paused"
        await scene.chatter(house, 20)
        assert scene.receiver.arrived == 0
        assert (await scene.asks(house, "resume")).status == 200
        await scene.all_heard()
        await house.mirrored()
    scene.check_order()
    assert set(scene.heard.values()) == {1}


async def hoarded(scene: Scene) -> None:
    """Many events, all delivered and kept."""
    async with opened(scene.data) as house:
        orders = Orders(house.app_id)
        for room in scene.rooms:
            said = (house.flow.corridor.execute(orders.says(room, str(number))) for number in range(MANY // 2))
            scene.said[room] += [it.message.id for it in await asyncio.gather(*said)]
        await house.mirrored()
    assert scene.count("ended_at IS NOT NULL AND NOT failed") == len(scene.ids)


async def test_during_a_replay(scene: Scene) -> None:
    """What was asked for and not answered is asked for again; then all has come twice, and some three times."""
    await hoarded(scene)
    async with scene.running() as (gateway, house):
        scene.receiver.gate.clear()
        asked = asyncio.ensure_future(scene.asks(house, "replay", since="2020-01-01T00:00:00Z"))
        await until(lambda: scene.count("ended_at IS NULL"))
        await killed(gateway)
        asked.cancel()
        await asyncio.wait((asked,))
    assert 0 < scene.count("ended_at IS NULL") <= len(scene.ids)
    scene.receiver.gate.set()
    async with opened(scene.data) as house:
        await house.mirrored()
        scene.check_order()
        again = await scene.asks(house, "replay", since="2020-01-01T00:00:00Z")
        assert (again.status, again.body["replayed"]) == (202, len(scene.ids))
        await scene.all_heard(times=2)
        await house.mirrored()
    scene.check_order()
    assert max(scene.heard.values()) <= 3


async def test_during_a_purge(scene: Scene) -> None:
    """What is kept no longer goes in pieces; what waits stays, and so does what failed."""
    await hoarded(scene)
    kept = scene.ids
    for said in scene.said.values():
        said.clear()
    async with opened(scene.data) as house:
        assert (await scene.asks(house, "pause")).status == 200
        await scene.chatter(house, 20)
    before = scene.count("ended_at IS NOT NULL")
    async with scene.running(webhook_history_s="0") as (gateway, _):
        await until(lambda: scene.count("ended_at IS NOT NULL") < before)
        await killed(gateway)
    scene.check_file()
    assert 0 < scene.count("ended_at IS NOT NULL") < before
    assert scene.count("ended_at IS NULL") == 20
    scene.receiver.calls.clear()
    scene.receiver.statuses.clear()
    async with opened(scene.data, webhook_history_s=0) as house:
        assert (await scene.asks(house, "resume")).status == 200
        await scene.all_heard()
        await until(lambda: scene.count("TRUE") == 0)
    scene.check_order()
    assert kept.isdisjoint(scene.heard)


async def test_while_a_removed_webhook_is_cleared_away(scene: Scene) -> None:
    """The commit that removed it is enough: the rest is done by whoever comes next."""
    await hoarded(scene)
    async with scene.running() as (gateway, house):
        removed = asyncio.ensure_future(house.rest("DELETE", f"/integrations/{scene.hook['id']}"))
        await until(lambda: scene.count("TRUE") < len(scene.ids))
        await killed(gateway)
        removed.cancel()
        await asyncio.wait((removed,))
    assert scene.count("TRUE") > 0
    async with opened(scene.data):
        await until(lambda: scene.count("TRUE") == 0)
    scene.check_file()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - nobody says so
            await asyncio.sleep(0.001)
