"""Users' messages are judged before they are said, where their app wants that: its endpoint is asked about each."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

import structlog

from gateway.domain import errors, judging, limits
from gateway.domain.circuit import CLOSED, Circuit, after_failure
from gateway.domain.commands import AnyCommand
from gateway.domain.content import Content
from gateway.domain.decide import decide
from gateway.domain.errors import Refused
from gateway.domain.events import ConversationCreated, Event, MessagePosted, OfficeEvent
from gateway.domain.house import House
from gateway.domain.judging import Reply
from gateway.domain.model import Moderation
from gateway.flow.media import Media
from gateway.ports import Moderator, Now, Stamper, Store
from gateway.wire import moderation as wire
from gateway.wire.moderation import Accept, Refuse, Rewrite

C = TypeVar("C", bound=AnyCommand)

FREE: Final = 10_000  # apps that are remembered to want nothing judged
ACCEPTED: Final = "accepted"
REWRITTEN: Final = "rewritten"
REFUSED: Final = "refused"
UNANSWERED: Final = "unanswered"

log = structlog.get_logger(__name__)


class Question(NamedTuple):
    headers: Mapping[str, str]
    body: bytes


class Desk:
    """Where the messages of one app are judged. An endpoint that does not answer is left alone for a while."""

    __slots__ = ("asked", "calls", "circuit", "moderation", "places", "waiting")

    def __init__(self, moderation: Moderation) -> None:
        self.moderation = moderation
        self.circuit: Circuit = CLOSED
        self.places = asyncio.Semaphore(limits.MODERATION_CALLS)
        self.waiting = 0  # messages, those that are asked about included
        self.calls = 0
        self.asked = 0

    @property
    def idle(self) -> bool:
        """Whether there is nothing to remember."""
        return not self.waiting and self.circuit == CLOSED

    def takes(self, now: int) -> bool:
        return self.calls < self.circuit.calls(now, limits.MODERATION_CALLS)

    def learn(self, reply: Reply, now: int) -> None:
        self.asked += 1
        self.circuit = CLOSED if reply.well else after_failure(self.circuit, self.asked, now)


class Moderators:
    """Apps that want nothing judged pay for a look into a set.

    `call` asks an endpoint. What it leaves open is decided by the app's own policy. `outcomes` counts messages.
    """

    HEARS: Final = (OfficeEvent,)

    def __init__(self, store: Store, media: Media, call: Moderator, stamper: Stamper, now: Now) -> None:
        self._store = store
        self._media = media
        self._call = call
        self._stamper = stamper
        self._now = now
        self.outcomes: Counter[str] = Counter()
        self._desks: dict[str, Desk] = {}
        self._free: set[str] = set()
        self._changes = 0

    @property
    def calls(self) -> int:
        """How many are under way."""
        return sum(desk.calls for desk in self._desks.values())

    @property
    def left_alone(self) -> int:
        """How many endpoints are not asked for now, or only now and then."""
        return sum(not desk.circuit.closed for desk in self._desks.values())

    def clock_was_set(self, by_ms: int) -> None:
        for desk in self._desks.values():
            desk.circuit = desk.circuit.moved(by_ms)

    def hear(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, OfficeEvent):
                self._changes += 1
                self._free.discard(event.app_id)

    def asks(self, command: AnyCommand) -> bool:
        """Whether the command may have to be judged."""
        return command.app_id not in self._free and judging.may_say(command)

    async def judged(self, command: C) -> C:
        """The command, with other words where the endpoint gave them; raises `Refused`.

        What would be refused anyway, or says nothing new, is asked nobody about.
        """
        if not self.asks(command):
            return command
        changes = self._changes
        house = await self._store.peek(command.needs())
        moderation = house.office(command.app_id).moderation
        if moderation is None:
            self._is_free(command.app_id, changes)
            return command
        cleared = judging.judged(command)
        contents = await self._words(moderation, self._rehearsed(house, cleared))
        return await self._rewritten(moderation, cleared, contents) if any(contents) else cleared

    def _is_free(self, app_id: str, changes: int) -> None:
        """What was read may be older than what has changed meanwhile."""
        if len(self._free) >= FREE:
            self._free.clear()
        if changes == self._changes:
            self._free.add(app_id)

    def _rehearsed(self, house: House, command: AnyCommand) -> Sequence[Event]:
        """What would happen now; raises `Refused` where nothing would."""
        return decide(house, command, self._stamper()).events

    async def _words(self, moderation: Moderation, events: Sequence[Event]) -> Sequence[Content | None]:
        """What is to be said instead, for each message; raises `Refused` if one of them may not be said."""
        opens = any(isinstance(it, ConversationCreated) for it in events)
        asking = [self._word(moderation, it, opens=opens) for it in events if isinstance(it, MessagePosted)]
        return [_good(it) for it in await asyncio.gather(*asking, return_exceptions=True)]

    async def _word(self, moderation: Moderation, event: MessagePosted, *, opens: bool) -> Content | None:
        question = wire.question(moderation, event, opens=opens)
        headers = wire.headers(moderation, event.id, self._now(), question)
        reply = await self._asked(event.app_id, moderation, Question(headers, question))
        match _read(reply, event.message.content):
            case Accept():
                self.outcomes[ACCEPTED] += 1
                return None
            case Rewrite(message=message):
                return message.content
            case Refuse(reason=reason):
                self.outcomes[REFUSED] += 1
                raise Refused(errors.message_refused(reason))
            case None:
                if reply is not None:
                    log.warning("message was not judged", app=event.app_id, status=reply.status)
                self._unanswered(moderation)
                return None

    async def _rewritten(self, moderation: Moderation, command: C, contents: Sequence[Content | None]) -> C:
        """The command in other words, if these may be said; else nothing that can be read was answered."""
        try:
            again = await self._media.seen(judging.judged(command, contents))
            self._rehearsed(await self._store.peek(again.needs()), again)
        except Refused as refused:
            log.warning("message was not rewritten", app=command.app_id, why=refused.problem.title)
            self._unanswered(moderation)
            return command
        self.outcomes[REWRITTEN] += sum(it is not None for it in contents)
        return again

    def _unanswered(self, moderation: Moderation) -> None:
        """Raises `Refused` where what nobody judged may not be said."""
        self.outcomes[UNANSWERED] += 1
        if moderation.unanswered == "refuse":
            raise Refused(errors.NOT_JUDGED)

    async def _asked(self, app_id: str, moderation: Moderation, question: Question) -> Reply | None:
        """What the endpoint answers within the deadline; None where it is not asked after all."""
        desk = self._desk(app_id, moderation)
        desk.waiting += 1
        try:
            return await self._in_turn(desk, question)
        finally:
            desk.waiting -= 1
            if desk.idle and self._desks.get(app_id) is desk:
                del self._desks[app_id]

    def _desk(self, app_id: str, moderation: Moderation) -> Desk:
        """Whoever changes how messages are judged begins anew."""
        desk = self._desks.get(app_id)
        if desk is None or desk.moderation != moderation:
            desk = self._desks[app_id] = Desk(moderation)
        return desk

    async def _in_turn(self, desk: Desk, question: Question) -> Reply | None:
        clock = asyncio.get_running_loop().time
        ends = clock() + desk.moderation.timeout_ms / 1000
        try:
            async with asyncio.timeout_at(ends):
                await desk.places.acquire()
        except TimeoutError:
            return None
        try:
            if not desk.takes(self._now()):  # it is left alone, maybe since others found out meanwhile
                return None
            desk.calls += 1
            try:
                reply = await self._call(desk.moderation.target, question.headers, question.body, ends - clock())
            finally:
                desk.calls -= 1
        finally:
            desk.places.release()
        desk.learn(reply, self._now())
        return reply


def _read(reply: Reply | None, content: Content | None) -> wire.Verdict | None:
    """None where there is nothing that can be read."""
    if reply is None or reply.said is None:
        return None
    try:
        return wire.verdict(reply.said, content)
    except Refused:
        return None


def _good(outcome: Content | BaseException | None) -> Content | None:
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome
