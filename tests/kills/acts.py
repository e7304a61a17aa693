"""Act after act: a town is founded, killed so many times, and looked at."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Final, NamedTuple

from gateway.flow.provision import Credentials
from tests.house_under_test import House
from tests.journeys.process import spoken_to
from tests.kills.doom import Step
from tests.kills.lives import Life, Lives
from tests.kills.town import Town
from tests.receiver import receiving

STILLBORN: Final = 0.12  # of the kills come before the gateway is ready
AT_RANDOM: Final = 0.2  # come at any instant
AWAKE_S: Final = (0.0, 0.35)  # from ready to killed at random
LATE_S: Final = 1.0  # after which nobody waits for the step any longer
REHEARSED_S: Final = 1.0


class End(NamedTuple):
    """How a life ends: of itself at a step, at the latest after so many seconds; before it is ready if `stillborn`."""

    after_s: float
    doom: tuple[Step, int] | None = None
    stillborn: bool = False


class Deck:
    """Steps with how often each is taken in a life; drawn one after the other, shuffled anew when all were."""

    def __init__(self, steps: Sequence[tuple[Step, int]], dice: Random) -> None:
        self._steps = sorted(steps)
        self._dice = dice
        self._left: list[tuple[Step, int]] = []

    def draw(self) -> End:
        chance = self._dice.random()
        if chance < STILLBORN:
            return End(self._dice.uniform(0, 0.2), stillborn=True)
        if chance < STILLBORN + AT_RANDOM:
            return End(self._dice.uniform(*AWAKE_S))
        if not self._left:
            self._left = self._dice.sample(self._steps, len(self._steps))
        step, taken = self._left.pop()
        return End(LATE_S, doom=(step, self._dice.randint(1, max(1, taken // 2))))


class Account(NamedTuple):
    """What was done: the steps there were, kills by kind, at which steps it died, and what took place meanwhile."""

    known: list[Step]
    kills: Counter[str]
    steps: Counter[Step]
    done: Counter[str]


class Play:
    """Acts on one data folder. Whoever plays with the same seed chooses the same ends."""

    def __init__(self, lives: Lives, credentials: Credentials, dice: Random) -> None:
        self._lives = lives
        self._credentials = credentials
        self._dice = dice
        self._deck: Deck | None = None
        self.account = Account([], Counter(), Counter(), Counter())

    async def act(self, kills: int, name: str) -> None:
        """So many kills, and then all has to be as if there had been none."""
        async with receiving() as receiver:
            async with self._lives.life() as life, spoken_to(await self._url(life), self._credentials) as house:
                await self._clear(house)
                town = await Town.founded(house, receiver, name)
            if self._deck is None:
                self._deck = await self._rehearsed(town)
            for _ in range(kills):
                await self._live(town, self._deck.draw())
            async with self._lives.life() as life, spoken_to(await self._url(life), self._credentials) as house:
                await town.settle(house)
                await town.check(house, receiver)
        self._note(town)

    async def _clear(self, house: House) -> None:
        """The webhook of the act before has nobody to call."""
        for it in (await house.rest("GET", "/integrations?filter[types]=custom")).body["integrations"]:
            assert (await house.rest("DELETE", f"/integrations/{it['id']}")).status == 200

    async def _url(self, life: Life) -> str:
        url = await life.url()
        assert url is not None
        return url

    async def _rehearsed(self, town: Town) -> Deck:
        """A life in which every step is noted; it ends by a kill as well."""
        path = self._lives.data / "steps.json"
        async with (
            self._lives.life(path=str(path), seconds=REHEARSED_S) as life,
            spoken_to(await self._url(life), self._credentials) as house,
        ):
            await town.live(house, self._dice)
        steps = [(Step(*step), times) for step, times in json.loads(path.read_text())]
        self.account.known.extend(step for step, _ in steps)
        return Deck(steps, self._dice)

    async def _live(self, town: Town, end: End) -> None:
        """A start, a little talk, and the end."""
        async with self._lives.life(end.doom) as life:
            if end.stillborn:
                await asyncio.sleep(end.after_s)
                self.account.kills["before it was ready"] += 1
                return
            url = await life.url()
            if url is not None:
                async with spoken_to(url, self._credentials) as house:
                    loop = asyncio.get_running_loop()
                    late = loop.call_later(end.after_s, life.kill)
                    await town.live(house, self._dice)
                    self._count(end, from_outside=loop.time() >= late.when())
                    late.cancel()

    def _count(self, end: End, *, from_outside: bool) -> None:
        if end.doom is None:
            self.account.kills["at random"] += 1
        elif from_outside:
            self.account.kills["at random, since the step did not come"] += 1
        else:
            self.account.kills["at a chosen step"] += 1
            self.account.steps[end.doom[0]] += 1

    def _note(self, town: Town) -> None:
        done = self.account.done
        done["messages acknowledged"] += sum(len(it.acknowledged) for it in town.voices)
        done["events heard"] += sum(map(len, town.listener.heard.values()))
        done["times resumed"] += town.listener.resumed + town.restless.resumed
        done["seats taken or left"] += sum(len(it.came) for it in town.guests)
        done["guests turned away"] += sum(it.turned_away for it in town.guests)
