"""More guests than seats, who come and go all the time."""

import asyncio
from random import Random

from gateway.domain import errors
from tests.house_under_test import Answer, House, Json

SEATS = 10
JOIN, LEAVE = "conversation:join", "conversation:leave"
GONE_ALREADY = (404, "not_found")


class Guest:
    """Joins and leaves one conversation over REST, and asks again when it was not answered.

    `came` is all that became of it: each join and each leave that took place, once.
    """

    def __init__(self, name: str, user_id: str, room: str) -> None:
        self.name = name
        self.user_id = user_id
        self.room = room
        self.came: list[str] = []
        self.turned_away = 0
        self._asking = False

    @property
    def seated(self) -> bool:
        return bool(self.came) and self.came[-1] == JOIN

    async def come_and_go(self, house: House, dice: Random) -> None:
        while True:
            await self._move(house)
            await asyncio.sleep(dice.uniform(0, 0.04))

    async def settle(self, house: House) -> None:
        """What was asked for last is answered."""
        if self._asking:
            await self._move(house)

    async def _move(self, house: House) -> None:
        again, self._asking = self._asking, True
        if self.seated:
            answer = await house.leaves(self.name, self.room)
            assert answer.status == 200 or (again and (answer.status, answer.code) == GONE_ALREADY), answer
            self.came.append(LEAVE)
        elif (answer := await self._joins(house)).status == 201:
            self.came.append(JOIN)
        else:
            assert answer.title == errors.TOO_MANY_PARTICIPANTS.title, answer
            self.turned_away += 1
        self._asking = False

    async def _joins(self, house: House) -> Answer:
        body = {"userExternalId": self.name, "subscribeSDKClient": False}
        return await house.rest("POST", f"/conversations/{self.room}/join", body)


def check_seats(heard: list[Json], guests: list[Guest], others: int, stored: list[Json]) -> None:
    """Each move took place once and in its order, never were there more than ten, and who sits there came."""
    moves: dict[str, list[str]] = {it.user_id: [] for it in guests}
    seated: set[str] = set()
    for frame in heard:
        kind = frame["event"]["type"]
        if kind in (JOIN, LEAVE):
            who = frame["event"]["payload"]["user"]["id"]
            moves[who].append(kind)
            assert (who in seated) == (kind == LEAVE), f"{kind} of somebody for whom that is nothing new"
            seated ^= {who}
            assert len(seated) + others <= SEATS
    for guest in guests:
        assert moves[guest.user_id] == guest.came, f"{guest.name}: {moves[guest.user_id]}, answered {guest.came}"
    assert {it["userId"] for it in stored} & moves.keys() == seated
    assert len(stored) == len(seated) + others
