"""Whoever has commands done through `ports.Store` alone, a group at a time, as the corridor does."""

from collections.abc import Sequence
from typing import Any

from gateway.domain import mirror
from gateway.domain.commands import Command, CreateApp, Needs, Ref
from gateway.domain.decide import decide
from gateway.domain.events import Event
from gateway.domain.evolve import evolve
from gateway.domain.house import House
from gateway.domain.model import Person, Room
from gateway.ports import Mirrored, Store
from tests.domain.town import MULTI, HandWound, Orders


class Clerk:
    """Serves one app; `events` is what the last group made happen, `mirrored` what webhooks are due of it."""

    def __init__(self, store: Store, app_id: str, clock: HandWound) -> None:
        self.store = store
        self.clock = clock
        self.app_id = app_id
        self.orders = Orders(app_id)
        self.events: list[Event] = []
        self.mirrored: Sequence[Mirrored] = ()

    async def do(self, *commands: Command[Any]) -> list[Any]:
        """The answers, in order; raises `Refused`, and then nothing of the group is done."""
        async with self.store.group() as group:
            house = await group.hold([it.needs() for it in commands])
            answers, events = decided(house, commands, self.clock)
            mirrored = await group.append(house, events, due(house, events))
        self.events, self.mirrored = events, mirrored
        return answers

    async def user(self, name: str) -> str:
        (user,) = await self.do(self.orders.user(name))
        return str(user.id)

    async def group(self, *names: str, **facts: Any) -> str:
        """A group of these users, who are made with it; gives its id."""
        await self.do(*(self.orders.user(name) for name in names))
        (room,) = await self.do(self.orders.group(*names, **facts))
        return str(room.conversation.id)

    async def says(self, room: str, *texts: str, by: str | None = None) -> list[str]:
        """Texts by one author, in one group of commands; gives the ids of the messages."""
        return [it.message.id for it in await self.do(*(self.orders.says(room, text, by) for text in texts))]

    async def room(self, room: str) -> Room | None:
        return (await self.store.peek(Needs(room=room))).rooms[room]

    async def person(self, who: str) -> Person | None:
        return (await self.store.peek(Needs(people=(Ref(self.app_id, who),)))).find(Ref(self.app_id, who))


def decided(house: House, commands: Sequence[Command[Any]], clock: HandWound) -> tuple[list[Any], list[Event]]:
    answers: list[Any] = []
    events: list[Event] = []
    for command in commands:
        decision = decide(house, command, clock)
        for event in decision.events:
            evolve(house, event)
        answers.append(decision.answer)
        events += decision.events
    return answers, events


def due(house: House, events: Sequence[Event]) -> list[Mirrored]:
    return [Mirrored(hook.id, event.lane, told) for event in events for hook, told in mirror.due(house, event)]


async def opened(store: Store, clock: HandWound) -> Clerk:
    """A clerk of a new app."""
    async with store.group() as group:
        command = CreateApp(display_name="app", settings=MULTI)
        house = await group.hold([command.needs()])
        (app,), events = decided(house, [command], clock)
        await group.append(house, events, ())
    return Clerk(store, app.id, clock)
