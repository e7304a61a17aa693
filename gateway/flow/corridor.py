"""The one way in for every change: whatever waits is decided, committed as one group, answered and published."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import structlog

from gateway.domain import audience, errors
from gateway.domain.commands import AnyCommand, Command
from gateway.domain.decide import decide
from gateway.domain.errors import Refused
from gateway.domain.events import Event
from gateway.domain.evolve import evolve
from gateway.domain.house import House
from gateway.ports import Bus, Mirrored, Stamper, Store

Answer = TypeVar("Answer")

GROUP: Final = 512  # commands in one transaction, at most

log = structlog.get_logger(__name__)


class Ticket:
    """A command that waits, and where its answer goes."""

    __slots__ = ("answer", "command", "result")

    def __init__(self, command: AnyCommand) -> None:
        self.command = command
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.result: Any = None

    def settle(self) -> None:
        """Tell the caller, if the caller still waits."""
        if self.answer.done():
            return
        if isinstance(self.result, Exception):
            self.answer.set_exception(self.result)
        else:
            self.answer.set_result(self.result)


class Corridor:
    """Law 1: an answer leaves only after its commit. Law 2: events leave in the order they were decided."""

    def __init__(self, store: Store, bus: Bus, stamper: Stamper, due: Callable[[Sequence[Mirrored]], None]) -> None:
        self._store = store
        self._bus = bus
        self._stamper = stamper
        self._due = due
        self._waiting: list[Ticket] = []
        self._arrived = asyncio.Event()

    def submit(self, command: Command[Answer]) -> "asyncio.Future[Answer]":
        """Line up now; the future has the answer or `Refused`."""
        ticket = Ticket(command)
        self._waiting.append(ticket)
        self._arrived.set()
        return ticket.answer

    async def execute(self, command: Command[Answer]) -> Answer:
        """Line up and wait; raises `Refused`."""
        return await asyncio.shield(self.submit(command))

    async def run(self) -> None:
        while True:
            await self._arrived.wait()
            await self.step()

    async def step(self) -> None:
        """Take what waits, and see it through."""
        group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
        if not self._waiting:
            self._arrived.clear()
        await self._see_through(group)

    async def drain(self) -> None:
        """See everything through that has lined up so far."""
        while self._waiting:
            await self.step()

    async def _see_through(self, group: Sequence[Ticket]) -> None:
        try:
            events, mirrored = await self._commit(group)
        except Exception as error:
            await self._one_by_one(group, error)
            return
        for ticket in group:
            ticket.settle()
        await self._bus.publish(events)
        if mirrored:
            self._due(mirrored)

    async def _one_by_one(self, group: Sequence[Ticket], error: Exception) -> None:
        """A group that failed is tried again command by command, so that one cannot sink its neighbours."""
        if len(group) > 1:
            for ticket in group:
                await self._see_through([ticket])
            return
        log.error("command failed", command=type(group[0].command).__name__, exc_info=error)
        group[0].result = Refused(errors.UNAVAILABLE)
        group[0].settle()

    async def _commit(self, group: Sequence[Ticket]) -> tuple[list[Event], list[Mirrored]]:
        async with self._store.group() as open_group:
            house = await open_group.hold([ticket.command.needs() for ticket in group])
            events = self._decide(house, group)
            mirrored = [it for event in events for it in _due(house, event)]
            await open_group.append(house, events, mirrored)
        return events, mirrored

    def _decide(self, house: House, group: Sequence[Ticket]) -> list[Event]:
        stamp = self._stamper()
        happened: list[Event] = []
        for ticket in group:
            try:
                decision = decide(house, ticket.command, stamp)
            except Refused as refused:
                ticket.result = refused
                continue
            for event in decision.events:
                evolve(house, event)
            happened += decision.events
            ticket.result = decision.answer
        return happened


def _due(house: House, event: Event) -> Sequence[Mirrored]:
    office = house.offices.get(event.app_id)
    if office is None:
        return ()
    return [Mirrored(hook.id, event.lane, event) for hook in audience.webhooks(office, event)]
