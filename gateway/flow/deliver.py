"""The mirror's last stretch: what waits in the outbox is sent to its webhook, in order per conversation."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import structlog

from gateway.domain import retry
from gateway.domain.events import Event
from gateway.domain.model import Office, Webhook
from gateway.flow.loops import Tasks
from gateway.ports import Dice, Mirrored, Now, Poster, Settled, Store
from gateway.wire import webhook_v1, webhook_v2

BATCH: Final = 20  # events of one lane in one call
CALLS: Final = 8  # to one webhook at a time
STORE_BACK_S: Final = 5.0  # until a lane tries again whose step failed on our side

log = structlog.get_logger(__name__)

LaneKey = tuple[str, str]  # webhook, lane


class Dialect(NamedTuple):
    """How a version of webhooks is called: with how many events at most, and in which words."""

    batch: int
    envelope: Callable[[Office, Webhook, Sequence[Event]], bytes]


DIALECTS: Final = {"v2": Dialect(BATCH, webhook_v2.envelope), "v1.1": Dialect(1, webhook_v1.envelope)}


class Target:
    """One webhook's lanes: those ready to go, and how many calls are under way."""

    __slots__ = ("calls", "ready")

    def __init__(self) -> None:
        self.ready: deque[str] = deque()
        self.calls = 0


class Deliverer:
    """Law 7. A lane has one call under way at most; a target has a few; targets do not know of each other."""

    def __init__(
        self,
        store: Store,
        poster: Poster,
        tasks: Tasks,
        now: Now,
        dice: Dice,
        intervals_s: tuple[float, ...] = retry.INTERVALS_S,
    ) -> None:
        self._store = store
        self._poster = poster
        self._tasks = tasks
        self._now = now
        self._dice = dice
        self._intervals_s = intervals_s
        self._targets: dict[str, Target] = {}
        self._busy: dict[LaneKey, bool] = {}  # under way or waiting for its time; True when more came meanwhile
        self._calls: set[asyncio.Task[None]] = set()
        self._settled: list[Settled] = []
        self._settling: asyncio.Future[None] | None = None
        self._open = True

    async def start(self) -> None:
        """Take up what an earlier process left."""
        for lane in await self._store.lanes():
            key = (lane.webhook_id, lane.lane)
            if key not in self._busy:  # a commit may have been quicker
                self._later(key, (lane.due_at - self._now()) / 1000)

    def due(self, mirrored: Sequence[Mirrored]) -> None:
        """Committed rows wait in the outbox."""
        for key in {(it.webhook_id, it.lane) for it in mirrored}:
            if key in self._busy:
                self._busy[key] = True
            else:
                self._ready(key)

    async def drain(self) -> None:
        """Begin no further call, and see those under way through."""
        self._open = False
        await asyncio.gather(*self._calls, return_exceptions=True)

    def _ready(self, key: LaneKey) -> None:
        self._busy[key] = False
        target = self._targets.setdefault(key[0], Target())
        target.ready.append(key[1])
        self._go(key[0], target)

    def _later(self, key: LaneKey, seconds: float) -> None:
        if seconds <= 0:
            self._ready(key)
            return
        self._busy[key] = False
        asyncio.get_running_loop().call_later(seconds, self._ready, key)

    def _go(self, webhook_id: str, target: Target) -> None:
        while self._open and target.ready and target.calls < CALLS:
            target.calls += 1
            call = self._tasks.spawn(self._call((webhook_id, target.ready.popleft()), target))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _call(self, key: LaneKey, target: Target) -> None:
        """One step of a lane: send what is oldest, settle it, and line up again if more waits."""
        wait_s: float | None = STORE_BACK_S
        try:
            wait_s = await self.step(key)
        finally:
            target.calls -= 1
            self._after(key, wait_s)
            self._go(key[0], target)
            if not target.calls and not target.ready:
                self._targets.pop(key[0], None)

    def _after(self, key: LaneKey, wait_s: float | None) -> None:
        more = self._busy.pop(key, False)
        if wait_s is not None:
            self._later(key, wait_s)
        elif more:
            self._ready(key)

    async def step(self, key: LaneKey) -> float | None:
        """Send the oldest events of a lane; the seconds to wait before the next step, None when it is empty."""
        waiting = await self._store.waiting(*key, BATCH)
        if not waiting:
            return None
        office = await self._store.office(waiting[0].event.app_id)
        webhook = office.webhook(key[0]) if office else None
        if office is None or webhook is None:
            await self._settle(Settled(ids=tuple(it.id for it in waiting)))
            return 0.0
        dialect = DIALECTS[webhook.version]
        # After a failure the oldest goes alone: an event that is refused must not take others with it.
        batch = waiting[: 1 if waiting[0].attempts else dialect.batch]
        body = dialect.envelope(office, webhook, [it.event for it in batch])
        status = await self._poster(webhook.target, webhook.secret, body)
        return await self._judge(webhook, batch, status)

    async def _judge(self, webhook: Webhook, batch: Sequence[Mirrored], status: int | None) -> float:
        attempts = batch[0].attempts + 1
        verdict = retry.judge(status, attempts, self._dice(), self._intervals_s)
        ids = tuple(it.id for it in batch)
        if verdict.delivered:
            await self._settle(Settled(ids=ids))
            return 0.0
        log.warning("webhook call failed", webhook=webhook.id, status=status, attempts=attempts, events=len(ids))
        if verdict.wait_s is None and len(batch) == 1:
            await self._settle(Settled(ids=ids, attempts=attempts, failed_at=self._now()))
            return 0.0
        wait_s = verdict.wait_s or 0.0
        due_at = self._now() + int(wait_s * 1000)
        await self._settle(Settled(ids=ids[:1], attempts=attempts, due_at=due_at))
        return wait_s

    async def _settle(self, settled: Settled) -> None:
        """Durable when it returns; settlements that come meanwhile share the next write."""
        self._settled.append(settled)
        if self._settling is None:
            self._settling = self._tasks.spawn(self._write_settled())
        await asyncio.shield(self._settling)

    async def _write_settled(self) -> None:
        await asyncio.sleep(0)
        batch, self._settled = self._settled, []
        self._settling = None
        await self._store.settle(batch)
