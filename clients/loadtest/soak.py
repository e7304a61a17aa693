"""Much life in little time: people come and go, talk, read, type and leave; conversations and users come and go too."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic_ns
from typing import Final

from clients.loadtest import crowd
from clients.loadtest.guest import SECOND_NS
from clients.loadtest.lanes import each
from clients.loadtest.party import Party
from clients.loadtest.stage import Stage
from clients.loadtest.visitor import Visitor
from clients.python import Backend, Device

ROUNDS: Final = 5  # of talk, before one leaves


async def soak(stage: Stage) -> None:
    """One party after the other at every table, from before the measured time until it is over."""
    options, names = stage.plan.options, [f"{stage.plan.prefix}-{number}" for number in range(stage.plan.sockets)]
    tables = [names[first : first + options.room_size] for first in range(0, len(names), options.room_size)]
    minutes: dict[str, Sequence[int]] = {}
    async with crowd.backend(stage.plan.target) as business:
        await each(names, options.lanes, lambda name: business.users.create(externalId=name))
        await stage.reach("ready")
        async with asyncio.TaskGroup() as tasks:
            for table in tables:
                tasks.create_task(Host(stage, business, table, minutes).parties())
            await asyncio.sleep(options.warmup_seconds)
            async with stage.measured(options.seconds):
                pass
    stage.minutes = minutes


class Host:
    """Has the same people over again and again, and keeps the `minutes` of each conversation."""

    def __init__(
        self, stage: Stage, business: Backend, names: Sequence[str], minutes: dict[str, Sequence[int]]
    ) -> None:
        self._stage = stage
        self._business = business
        self._names = names
        self._minutes = minutes
        rate = stage.plan.rate
        self._round_s = stage.plan.sockets / rate if rate else 0.0  # in which everybody speaks once

    async def parties(self) -> None:
        """Until the scene ends."""
        while monotonic_ns() < self._stage.scene.until_ns:
            party = await self._invite()
            self._stage.guests += party.visitors
            await self._hold(party)
            self._stage.guests[:] = [it for it in self._stage.guests if it not in party.visitors]
            self._minutes[party.room.id] = party.visitors[0].minutes
            await self._business.conversations.delete(party.room.id)

    async def _invite(self) -> Party:
        """A new conversation, with everybody in it."""
        seats = [{"userExternalId": name, "subscribeSDKClient": True} for name in self._names]
        made = await self._business.conversations.create(type="sdkGroup", participants=seats)
        scene, token = self._stage.scene, self._business.user_token
        return Party(self._stage, made["id"], [Visitor(scene, name, token(name), made["id"]) for name in self._names])

    async def _hold(self, party: Party) -> None:
        for number in range(ROUNDS):
            await self._round(party)
            await party.blink(number)
        await self._take_out(party)
        await self._stranger()
        await self._round(party)
        await party.end()

    async def _round(self, party: Party) -> None:
        began_ns = monotonic_ns()
        await party.talk()
        await asyncio.sleep(max(self._round_s - (monotonic_ns() - began_ns) / SECOND_NS, 0.0))

    async def _take_out(self, party: Party) -> None:
        """One has to leave, where that leaves anybody."""
        if len(self._names) > 1:
            leaver = party.say_goodbye()
            await self._business.conversations.leave(party.room.id, userExternalId=leaver.name)
            await leaver.cut()

    async def _stranger(self) -> None:
        """Somebody comes by for the first and the last time."""
        target = self._stage.plan.target
        async with Device(target.url, target.integration_id) as device:
            made = await device.create_conversation()
            await device.send(made["conversation"]["id"], "Is there anybody?")
            user_id = device.user["id"]
        await self._business.users.delete(user_id)
