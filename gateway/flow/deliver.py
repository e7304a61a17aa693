"""The mirror's last stretch: what waits in the outbox is sent to its webhook, in order per conversation."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

import structlog
from msgspec import structs

from gateway.domain import retry
from gateway.domain.circuit import CLOSED, Circuit, after_failure, after_outage
from gateway.domain.events import Event, OfficeEvent, UserForgotten, UserRemoved
from gateway.domain.model import Office, Webhook
from gateway.domain.retry import Answered
from gateway.flow import letter
from gateway.flow.fates import Call, Fate, Fates, Outcome, delivered, failed, probed
from gateway.flow.loops import Tasks
from gateway.flow.settling import Settling, Written
from gateway.flow.tally import Tally
from gateway.flow.target import Shelf, Target, together
from gateway.flow.terms import MANNERS, Terms
from gateway.ports import Mirrored, Poster, Store

CALLS_IN_ALL: Final = 1_024
PAGE: Final = 200  # lanes looked up on disk in one go
STORE_BACK_S: Final = 5.0  # until a lane tries again whose step failed on our side

log = structlog.get_logger(__name__)

Disable = Callable[[str, Webhook], Awaitable[None]]


class Deliverer:
    """Law 7. A lane has one call under way at most; a target has a few; targets do not know of each other.

    Memory is bounded, whatever waits: what does not fit is on disk anyway, and is looked up when there is room.
    """

    HEARS: Final = (OfficeEvent, UserForgotten, UserRemoved)

    def __init__(self, store: Store, poster: Poster, tasks: Tasks, terms: Terms, disable: Disable) -> None:
        self.tally = Tally()
        self._store = store
        self._poster = poster
        self._tasks = tasks
        self._terms = terms
        self._now = terms.now
        self._disable = disable
        self._settling = Settling(store, tasks)
        self._shelf = Shelf()
        self._targets: dict[str, Target] = {}
        self._queue: dict[str, None] = {}  # targets that wait for their turn, since there are calls enough
        self._calls: set[asyncio.Task[None]] = set()
        self._forgotten = 0
        self._changes = 0
        self._open = True

    async def start(self) -> None:
        """Take up what an earlier process left."""
        for webhook_id in await self._store.targets():
            target = self._target(webhook_id)
            target.behind = True
            self._go(webhook_id)

    def due(self, mirrored: Sequence[Mirrored]) -> None:
        """Committed events, as their rows are on disk."""
        for row in mirrored:
            self._target(row.webhook_id).take(row)
        for webhook_id in {it.webhook_id for it in mirrored}:
            self._go(webhook_id)

    def hear(self, events: Sequence[Event]) -> None:
        """Whoever is forgotten is forgotten in what waits, too: it was rewritten on disk. Webhooks may have changed."""
        if any(isinstance(it, UserForgotten | UserRemoved) for it in events):
            for target in self._targets.values():
                target.put_down()
            self._forgotten += 1
            self._settling.forget()
        for event in events:
            if isinstance(event, OfficeEvent):
                self._changes += 1
                self._know(event.office)

    def look_again(self, webhook_id: str) -> None:
        """There is something on disk that nobody was told of."""
        target = self._target(webhook_id)
        target.put_down()
        target.behind = target.again = True
        self._go(webhook_id)

    def try_again(self, webhook_id: str) -> None:
        """Somebody says that its endpoint is well: nobody waits any longer, and what is on disk alone is looked for."""
        self._target(webhook_id).begin_anew()
        self.look_again(webhook_id)

    def clock_was_set(self, by_ms: int) -> None:
        """Endpoints are left alone for as long as before; timers go by no clock."""
        for webhook_id, target in list(self._targets.items()):
            target.circuit = target.circuit.moved(by_ms)
            self._go(webhook_id)

    def circuit_of(self, webhook_id: str) -> Circuit:
        """Whether its endpoint is called."""
        target = self._targets.get(webhook_id)
        return target.circuit if target else CLOSED

    def circuits(self) -> Counter[str]:
        """How many of the webhooks that something is being done about are called how."""
        return Counter(it.circuit.state(self._now()) for it in self._targets.values())

    @property
    def calls(self) -> int:
        """How many are under way."""
        return len(self._calls)

    def _target(self, webhook_id: str) -> Target:
        target = self._targets.get(webhook_id)
        if target is None:
            target = self._targets[webhook_id] = Target(self._shelf)
        return target

    def let_go(self, webhook_id: str) -> None:
        """The webhook is no more: nothing is sent, and nothing of what was due is remembered."""
        target = self._targets.pop(webhook_id, None)
        if target is not None:
            target.end()

    def _know(self, office: Office) -> None:
        """Begin, or go on, where webhooks are not paused; an endpoint elsewhere is not to blame for the one before."""
        for webhook in office.webhooks:
            target = self._targets.get(webhook.id)
            if target is not None:
                target.paused = webhook.delivery.paused is not None
                if target.url not in ("", webhook.target):
                    target.begin_anew()
                self._go(webhook.id)

    async def drain(self) -> None:
        """Begin no further call, and see those under way through."""
        self._open = False
        await asyncio.gather(*self._calls, return_exceptions=True)
        await self._settling.done()

    def _go(self, webhook_id: str) -> None:
        """Begin as many calls as there are lanes ready for, and may be."""
        target = self._targets.get(webhook_id)
        if target is None or target.paused or not self._open:
            return
        while target.ready and target.calls < target.circuit.calls(self._now(), target.width):
            if len(self._calls) >= CALLS_IN_ALL:
                self._queue[webhook_id] = None
                return
            self._begin(webhook_id, target)
        if target.curious:
            target.looking = True
            self._tasks.spawn(self._look(webhook_id, target))
        if target.idle:
            self._targets.pop(webhook_id, None)

    def _begin(self, webhook_id: str, target: Target) -> None:
        target.calls += 1
        call = self._tasks.spawn(self._call(webhook_id, target, target.pick()))
        self._calls.add(call)
        call.add_done_callback(self._ended)

    def _ended(self, call: asyncio.Task[None]) -> None:
        self._calls.discard(call)
        while self._queue and len(self._calls) < CALLS_IN_ALL:
            webhook_id = next(iter(self._queue))
            del self._queue[webhook_id]
            self._go(webhook_id)

    async def _call(self, webhook_id: str, target: Target, lanes: list[str]) -> None:
        """One call, and what follows of it for the lanes."""
        try:
            fates = await self._attempt(webhook_id, target, lanes)
        except Exception:  # on our side: nothing is known to have arrived
            log.exception("delivering failed", webhook=webhook_id)
            self.tally.broke()
            fates = dict.fromkeys(lanes, Fate(wait_s=STORE_BACK_S))
        target.calls -= 1
        if self._targets.get(webhook_id) is target:
            for lane in reversed(lanes):
                self._follow(webhook_id, target, lane, fates.get(lane))
            self._go(webhook_id)

    def _follow(self, webhook_id: str, target: Target, lane: str, fate: Fate | None) -> None:
        if fate is None:
            target.back(lane)
        elif fate.wait_s is None:
            target.done(lane, fate.settled)
        else:
            target.later(lane)
            self._rest(webhook_id, target, lane, fate.wait_s)

    def _rest(self, webhook_id: str, target: Target, lane: str, seconds: float) -> None:
        if seconds <= 0:
            target.ready.append(lane)
        else:
            ends = asyncio.get_running_loop().call_later(seconds, self._rested, webhook_id, lane)
            target.resting[lane] = ends

    def _rested(self, webhook_id: str, lane: str) -> None:
        target = self._targets[webhook_id]
        del target.resting[lane]
        target.ready.append(lane)
        self._go(webhook_id)

    async def _look(self, webhook_id: str, target: Target) -> None:
        """A page of lanes that are on disk alone."""
        try:
            page = await self._store.lanes(webhook_id, target.cursor, PAGE)
        except Exception:
            log.exception("looking for what waits failed", webhook=webhook_id)
            asyncio.get_running_loop().call_later(STORE_BACK_S, self._looked, webhook_id, target)
            return
        if self._targets.get(webhook_id) is not target:
            return
        for lane in page:
            if target.find(lane.name):
                wait_s = retry.rest_s(lane.due_at, self._now(), self._terms.intervals_s)
                self._rest(webhook_id, target, lane.name, wait_s)
        target.looked([it.name for it in page], PAGE)
        self._looked(webhook_id, target)

    def _looked(self, webhook_id: str, target: Target) -> None:
        target.looking = False
        self._go(webhook_id)

    async def _attempt(self, webhook_id: str, target: Target, lanes: list[str]) -> Fates:
        """Send the oldest events of the lanes, and write down what came of it. A lane without a fate was not called.

        Lanes that the call has no room for go back before it is made, and out of `lanes`.
        """
        waiting = await self._waiting(webhook_id, target, lanes)
        first = next((rows[0] for rows in waiting.values() if rows), None)
        if first is None:
            return {}
        changes = self._changes
        office = await self._store.office(first.event.app_id)
        webhook = office.webhook(webhook_id) if office else None
        if office is None or webhook is None:
            self.let_go(webhook_id)
            return {}
        if webhook.delivery.paused:
            target.paused = changes == self._changes  # else what was read may be older than what was heard
            return {}
        target.batch, target.url = letter.batch(webhook), webhook.target
        begun, forgotten = self._now(), self._forgotten
        post = letter.written(office, webhook, together(waiting.values()), begun)
        if target.let_go(lanes, {it.lane for it in post.sent}):
            self._go(webhook_id)
        answered, ended = await self._poster(webhook.target, post.headers, post.body), self._now()
        if forgotten != self._forgotten:  # the answer may speak of somebody who is forgotten by now
            answered = structs.replace(answered, said="")
        call = Call(post.sent)
        settled, fates = self._judged(webhook, target, call, answered)
        attempt = letter.noted(webhook, call.event_ids, answered, begun, self._now()) if self._terms.keeps else None
        if answered.taken:  # its lanes go on: should the writing fail, events are sent again, as after a crash
            self._settling.behind(settled, attempt).add_done_callback(partial(self._settled, webhook_id))
        else:
            await self._settling(*settled, attempt=attempt)
        if answered.status in MANNERS[webhook.delivery.standard].gone:
            self.tally.disabled(answered)
            await self._gone(office, webhook)
        else:
            self.tally.called(call.sent, answered, settled, ended)
        return fates

    def _settled(self, webhook_id: str, written: Written) -> None:
        """What was delivered and could not be written down waits on disk, to be delivered again."""
        if not written.cancelled() and (error := written.result()):
            log.error("settling failed", webhook=webhook_id, exc_info=error)
            asyncio.get_running_loop().call_later(STORE_BACK_S, self.look_again, webhook_id)

    async def _gone(self, office: Office, webhook: Webhook) -> None:
        """Nobody lives there any more: nothing is sent until somebody says otherwise, and all waits."""
        log.warning("webhook is disabled", webhook=webhook.id)
        await self._disable(office.app.id, webhook)

    async def _waiting(self, webhook_id: str, target: Target, lanes: Sequence[str]) -> dict[str, Sequence[Mirrored]]:
        """The oldest events of each lane, read from disk where none are in memory."""
        while hungry := target.hungry(lanes):
            await self._settling.done()
            version, most = target.version, target.portion(len(hungry))
            with self._shelf.reserved(most * len(hungry)):
                rows = await self._store.waiting(webhook_id, hungry, most + 1)
            if version == target.version:
                target.fill(hungry, rows, most)
                break
        return {lane: target.oldest(lane) for lane in lanes}

    def _judged(self, webhook: Webhook, target: Target, call: Call, answered: Answered) -> Outcome:
        """What an answer says of the endpoint, and what it means for the call."""
        if answered.taken:
            target.alive()
            target.answered()
            return delivered(call, self._terms)
        target.failed()
        log.warning(
            "webhook call failed",
            webhook=webhook.id,
            status=answered.status,
            attempts=call.attempts,
            events=len(call.sent),
        )
        manner = MANNERS[webhook.delivery.standard]
        if answered.status in manner.gone:
            return Outcome((), {})
        if answered.status in manner.final:
            target.alive()
        elif self._ailing(webhook.id, target, call, answered):
            return probed(call)
        return failed(call, webhook, answered, self._terms)

    def _ailing(self, webhook_id: str, target: Target, call: Call, answered: Answered) -> bool:
        """The endpoint does not answer as it should; whether this says nothing of the events: then it was a probe."""
        before, now = target.circuit, self._now()
        unreached = answered.unreached
        target.circuit = after_outage(before, now) if unreached else after_failure(before, call.ids[0], now)
        if target.circuit.until is not None and target.circuit is not before:
            wait_s = (target.circuit.until - self._now()) / 1000
            asyncio.get_running_loop().call_later(wait_s, self._go, webhook_id)
            log.warning("webhook is left alone", webhook=webhook_id, seconds=round(wait_s))
        return unreached or not before.closed
