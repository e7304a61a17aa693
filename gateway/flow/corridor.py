"""The one way in for every change: whatever waits is decided, committed as one group, answered and published."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

import structlog

from gateway.domain import errors, mirror
from gateway.domain.commands import Command
from gateway.domain.decide import decide
from gateway.domain.errors import Refused
from gateway.domain.events import Event
from gateway.domain.evolve import evolve
from gateway.domain.house import House
from gateway.flow.meter import Meter
from gateway.ports import Bus, Mirrored, Stamper, Store, Unwritable

Answer = TypeVar("Answer")

GROUP: Final = 1024  # commands in one transaction, at most

log = structlog.get_logger(__name__)


class Ticket(Generic[Answer]):
    """A command that waits, and who is told what became of it: the answer, or the error."""

    __slots__ = ("command", "result", "since", "tell")

    def __init__(self, command: Command[Answer], tell: Callable[[Answer | Exception], None], since: float) -> None:
        self.command = command
        self.tell = tell
        self.since = since
        self.result: Any = None


class Corridor:
    """Law 1: an answer leaves only after its commit. Law 2: events leave in the order they were decided.

    Two loops: one decides and commits group after group, the other tells what was committed, in that order, while
    the next group is on its way to the disk.
    """

    def __init__(
        self, store: Store, bus: Bus, stamper: Stamper, due: Callable[[Sequence[Mirrored]], None], meter: Meter
    ) -> None:
        self._store = store
        self._bus = bus
        self._stamper = stamper
        self._due = due
        self._meter = meter
        self._waiting: list[Ticket[Any]] = []
        self._arrived = asyncio.Event()
        self._committed: asyncio.Queue[Committed] = asyncio.Queue()
        self._free = asyncio.Event()
        self._free.set()

    def submit(self, command: Command[Answer], tell: Callable[[Answer | Exception], None]) -> None:
        """Line up now; `tell` is called once, after the commit, with the answer or with what was refused."""
        self._waiting.append(Ticket(command, tell, self._meter.clock()))
        self._arrived.set()

    async def execute(self, command: Command[Answer]) -> Answer:
        """Line up and wait; raises `Refused`."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def tell(result: Answer | Exception) -> None:
            if answered.done():
                return
            if isinstance(result, Exception):
                answered.set_exception(result)
            else:
                answered.set_result(result)

        self.submit(command, tell)
        return await answered

    def answer(self, command: Command[Answer]) -> Answer | None:
        """What `execute` would answer, at once and past all that waits; raises `Refused`.

        None where the command changes something, or something has to be read for it: then it has to line up.
        """
        house = self._store.recall(command.needs())
        decision = decide(house, command, self._stamper()) if house is not None else None
        if decision is None or decision.events or decision.refused is not None:
            return None
        found: Answer = decision.answer
        return found

    async def decide_and_commit(self) -> None:
        while True:
            await self._arrived.wait()
            await self.step()

    async def tell(self) -> None:
        while True:
            await self._tell(await self._committed.get())
            self._committed.task_done()

    async def step(self) -> None:
        """Take what waits, and see it onto the disk, up to what closes it: the rest is held anew."""
        group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
        if not self._waiting:
            self._arrived.clear()
        self._free.clear()
        await self._see_through(group)
        self._free.set()

    async def drained(self) -> None:
        """Until everything that has lined up is committed and told."""
        while self._waiting or not self._free.is_set():
            await self._free.wait()
            await asyncio.sleep(0)
        await self._committed.join()

    async def _see_through(self, group: Sequence[Ticket[Any]]) -> None:
        try:
            committed = await self._commit(group)
        except Unwritable:  # alone, none of them would fare better
            self._refuse(group)
            return
        except Exception as error:  # noqa: BLE001 - whatever it was, each caller is told on its own
            await self._one_by_one(group, error)
            return
        self._committed.put_nowait(committed)
        rest = group[len(committed.group) :]
        if rest:
            self._waiting[:0] = rest
            self._arrived.set()

    async def _one_by_one(self, group: Sequence[Ticket[Any]], error: Exception) -> None:
        """A group that failed is tried again command by command, so that one cannot sink its neighbours."""
        if len(group) > 1:
            for ticket in group:
                await self._see_through([ticket])
            return
        log.error("command failed", command=type(group[0].command).__name__, exc_info=error)
        self._refuse(group)

    def _refuse(self, group: Sequence[Ticket[Any]]) -> None:
        for ticket in group:
            ticket.result = Refused(errors.UNAVAILABLE)
        self._committed.put_nowait(Committed(group, (), ()))

    async def _tell(self, committed: "Committed") -> None:
        """Answer the callers, then publish."""
        for ticket in committed.group:
            try:
                ticket.tell(ticket.result)
            except Exception:  # the others wait for theirs
                log.exception("answering failed", command=type(ticket.command).__name__)
        before = self._meter.deliveries
        await self._bus.publish(committed.events)
        self._meter.told(committed.at, self._meter.deliveries - before)
        if committed.mirrored:
            self._due(committed.mirrored)

    async def _commit(self, group: Sequence[Ticket[Any]]) -> "Committed":
        async with self._store.group() as open_group:
            house = await open_group.hold([ticket.command.needs() for ticket in group])
            committed = self._decide(house, group)
            mirrored = await open_group.append(house, committed.events, committed.mirrored)
        return committed._replace(mirrored=mirrored, at=self._meter.committed([it.since for it in committed.group]))

    def _decide(self, house: House, group: Sequence[Ticket[Any]]) -> "Committed":
        """Each event is due to the webhooks there were when it happened."""
        stamp = self._stamper()
        happened: list[Event] = []
        mirrored: list[Mirrored] = []
        for number, ticket in enumerate(group, 1):
            try:
                decision = decide(house, ticket.command, stamp)
            except Refused as refused:
                ticket.result = refused
                continue
            for event in decision.events:
                evolve(house, event)
                mirrored += [Mirrored(hook.id, event.lane, told) for hook, told in mirror.due(house, event)]
            happened += decision.events
            ticket.result = Refused(decision.refused) if decision.refused else decision.answer
            if decision.closes:
                return Committed(group[:number], happened, mirrored)
        return Committed(group, happened, mirrored)


class Committed(NamedTuple):
    """A group, what it made happen, and what webhooks are due of it. It is told of once it is on disk, as of `at`."""

    group: Sequence[Ticket[Any]]
    events: Sequence[Event]
    mirrored: Sequence[Mirrored]
    at: float = 0.0
