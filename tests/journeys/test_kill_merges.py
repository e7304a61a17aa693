"""The gateway is killed again and again while visitors log in as Ann: each is whole before that, or whole after."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from random import Random, SystemRandom

import pytest

from gateway.flow.provision import Credentials
from tests.house_under_test import Device, House, Json
from tests.journeys.process import new_app, spoken_to
from tests.kills.lives import Lives, cut_off, lives
from tests.kills.speaking import Business, Speaker
from tests.receiver import Receiver

KILLS = 12
AWAKE_S = (0.05, 0.8)  # from ready to killed
VISITORS = 3  # at once
WORDS = 4  # of one visitor


class Visitor:
    """Opens a conversation, says a few things, and turns out to be Ann. Comes back until that is done."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.session: Json | None = None
        self.room: str | None = None
        self.acknowledged: dict[str, str] = {}
        self.asked_to_log_in = False
        self.is_ann = False
        self.busy = False

    async def live(self, house: House) -> None:
        device = await self._back(house)
        if device is None:
            self.is_ann = True  # the answer was lost, and the login was not
            return
        if self.room is None:
            opened = await device.ask("conversation:create")
            self.room = str(opened["result"]["conversation"]["id"])
        for number in range(WORDS):
            text = f"{self.name} {number}"
            if text not in self.acknowledged:
                self.acknowledged[text] = (await device.sends(self.room, text, text))["message"]["id"]
        self.asked_to_log_in = True
        assert (await device.ask("login", jwt=house.token("ann")))["type"] == "ok"
        self.is_ann = True
        device.cut()

    async def _back(self, house: House) -> Device | None:
        """Online as who it was; None where that one is no more, which only a login can have made so."""
        device = await house.plug(guid=self.name)
        auth = {} if self.session is None else {"auth": self.session}
        await device.say("hello", device={"guid": self.name}, **auth)
        welcome = device.welcome = await device.frame()
        if welcome["type"] == "goodbye" and welcome["code"] == 4501:
            assert self.asked_to_log_in, "a session was lost"
            return None
        assert welcome["type"] == "welcome", welcome
        if self.session is None:
            self.session = {"userId": welcome["user"]["id"], "sessionToken": welcome["sessionToken"]}
        known = [it["conversation"]["id"] for it in welcome["conversations"]]
        self.room = self.room or (known[0] if known else None)
        return device


class Street:
    """Everybody who comes by, over all lives of the gateway."""

    def __init__(self, room: str) -> None:
        self.room = room
        self.ann = Speaker("ann", room)
        self.business = Business(room)
        self.visitors: list[Visitor] = []
        self._names = (f"visitor{it}" for it in itertools.count())

    async def live(self, house: House) -> None:
        await cut_off(self.ann.talk(house), self.business.talk(house), *(self._visits(house) for _ in range(VISITORS)))

    async def _visits(self, house: House) -> None:
        """One after the other; whoever was cut off comes back first."""
        while True:
            waiting = next((it for it in self.visitors if not it.is_ann and not it.busy), None)
            visitor = waiting or self._next()
            visitor.busy = True
            try:
                await visitor.live(house)
            finally:
                visitor.busy = False

    def _next(self) -> Visitor:
        self.visitors.append(Visitor(next(self._names)))
        return self.visitors[-1]


@asynccontextmanager
async def housed(born: Lives, credentials: Credentials, after_s: float | None = None) -> AsyncIterator[House]:
    """A life of the gateway, which is killed so long after it is ready, or at the end."""
    async with born.life() as life:
        url = await life.url()
        assert url is not None
        async with spoken_to(url, credentials) as house:
            if after_s is not None:
                asyncio.get_running_loop().call_later(after_s, life.kill)
            yield house


@pytest.mark.slow
async def test_kill_nine_leaves_everybody_whole_before_a_merge_or_after(tmp_path: Path, receiver: Receiver) -> None:
    seed = int(os.environ.get("KILL_NINE_SEED") or SystemRandom().randrange(1 << 32))
    print(f"KILL_NINE_SEED={seed}")  # noqa: T201 shown when the test fails
    credentials = await new_app(tmp_path)
    async with lives(tmp_path) as born:
        await _killed_and_checked(born, credentials, receiver, Random(seed))


async def _killed_and_checked(born: Lives, credentials: Credentials, receiver: Receiver, dice: Random) -> None:
    async with housed(born, credentials) as house:
        await house.webhook(receiver.url, "conversation:message", "user:merge")
        street = Street(await house.personal("ann"))
    for _ in range(KILLS):
        async with housed(born, credentials, dice.uniform(*AWAKE_S)) as house:
            await street.live(house)
    async with housed(born, credentials) as house:
        await street.ann.talk(house, on=False)
        for visitor in street.visitors:
            await _check_visitor(house, visitor)
        history = await house.history(street.room)
        ann = await house.user("ann")
        witness = await house.device("ann", "witness")
        listed = (await witness.ask("message:list", conversationId=street.room, limit=100))["result"]["messages"]
        merged = {it.session["userId"] for it in street.visitors if it.is_ann and it.session}
        await receiver.until(lambda: merged <= set(_discarded(receiver)), timeout_s=30)

    _check_history(history, street, ann)
    (state,) = witness.welcome["conversations"]
    assert [it["seq"] for it in listed] == list(range(state["seq"] - len(listed) + 1, state["seq"] + 1))
    assert len(merged) > KILLS / 2
    assert len(set(_discarded(receiver).values())) == len(_discarded(receiver)), "a merge was told as two"
    mirrored = {it["payload"]["message"]["id"] for it in receiver.heard("conversation:message")}
    assert {it["id"] for it in history} <= mirrored


def _discarded(receiver: Receiver) -> dict[str, str]:
    """Who was merged away, with the id of the event that told it."""
    told = receiver.heard("user:merge")
    return {it["payload"]["mergedUsers"]["discarded"]["id"]: it["id"] for it in told}


async def _check_visitor(house: House, visitor: Visitor) -> None:
    """Whole before, with all that was acknowledged; or after, and then nothing is left under the old id."""
    if visitor.session is None:
        return
    answer = await house.rest("GET", f"/users/{visitor.session['userId']}")
    if visitor.is_ann:
        assert answer.status == 404
        return
    if answer.status == 404:
        assert visitor.asked_to_log_in
        visitor.is_ann = True
        return
    if visitor.room is not None:
        said = {it["content"]["text"]: it["id"] for it in await house.messages(visitor.room)}
        assert visitor.acknowledged.items() <= said.items()


def _check_history(history: list[Json], street: Street, ann: str) -> None:
    said = [it["content"]["text"] for it in history]
    assert len(set(said)) == len(said) > KILLS
    assert {it["author"].get("userId") for it in history} <= {ann, None}
    assert all(one["received"] < other["received"] for one, other in pairwise(history))
    stored = {it["content"]["text"]: it["id"] for it in history}
    acknowledged = {text: it["id"] for text, it in street.ann.acknowledged.items()}
    acknowledged |= {text: it["id"] for text, it in street.business.acknowledged.items()}
    for visitor in street.visitors:
        acknowledged |= visitor.acknowledged if visitor.is_ann else {}
    assert acknowledged.items() <= stored.items()
    for name in ("ann", "business", *(it.name for it in street.visitors)):
        own = [int(it.rpartition(" ")[2]) for it in said if it.rpartition(" ")[0] == name]
        assert own == sorted(own)
