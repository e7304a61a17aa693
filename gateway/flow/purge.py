"""What webhooks were told is kept for a while, what waits too long is given up, what nobody is due any more goes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

import structlog

from gateway.domain import limits
from gateway.domain.events import Event, OfficeEvent
from gateway.flow.deliver import Deliverer
from gateway.ports import Now, Store, Unwritable

EVERY_S: Final = 60.0
ROWS: Final = 250  # in one write
RESTS: Final = 4  # times as long as a write took, until the next
LANES: Final = 250  # looked at in one go
GLANCES: Final = 100  # at what waits, in the time that it may wait

log = structlog.get_logger(__name__)


class Kept(NamedTuple):
    """For how many seconds: what was delivered, what was given up, and what waits."""

    history_s: float = limits.HISTORY_S
    failed_s: float = limits.FAILED_S
    waiting_s: float = limits.WAITING_S


class Purge:
    """Takes a few rows at a time, so that no commit waits for long. What it did not come to before a stop it does after
    the next start.
    """

    HEARS: Final = (OfficeEvent,)

    def __init__(self, store: Store, deliverer: Deliverer, now: Now, kept: Kept) -> None:
        self._store = store
        self._deliverer = deliverer
        self._now = now
        self._kept = kept
        self._glance_at = 0
        self._cleared: set[str] = set()
        self._removed = asyncio.Event()

    def hear(self, _: Sequence[Event]) -> None:
        """Webhooks may have been removed."""
        self._removed.set()

    async def attend(self) -> None:
        """Clear up as soon as a webhook is removed."""
        while True:
            await self._removed.wait()
            self._removed.clear()
            try:
                await self.clear()
            except Unwritable:
                continue  # the disk said so, and the next step tries again
            except Exception:  # the next step tries again
                log.exception("clearing up failed")

    async def step(self) -> None:
        """Everything that is due."""
        await self._forget()
        now = self._now()
        if now >= self._glance_at:
            await self._stale(now)
            self._glance_at = now + int(self._kept.waiting_s * 1000 / GLANCES)
        await _in_pages(
            lambda: self._store.purge(_ago(now, self._kept.history_s), _ago(now, self._kept.failed_s), ROWS)
        )

    async def clear(self) -> Sequence[str]:
        """All that webhooks which are no more were due or told goes; gives those webhooks."""
        gone = await self._store.gone_webhooks()
        for webhook_id in gone:
            self._deliverer.let_go(webhook_id)
            await _in_pages(partial(self._store.clear, webhook_id, ROWS))
        return gone

    async def _forget(self) -> None:
        """A call that was under way may have been written down since: so all is looked at again, one step later."""
        gone = await self.clear()
        for webhook_id in self._cleared.intersection(gone):
            await self._store.forget_webhook(webhook_id)
        self._cleared = set(gone) - self._cleared

    async def _stale(self, now: int) -> None:
        for webhook_id in await self._store.targets():
            given_up = await self._give_up(webhook_id, now)
            if given_up:
                log.warning("events were given up that waited too long", webhook=webhook_id, events=given_up)
                self._deliverer.tally.gave_up(given_up)
                self._deliverer.look_again(webhook_id)

    async def _give_up(self, webhook_id: str, now: int) -> int:
        """What a webhook has waited for too long; gives how many events those were."""
        before, count = _ago(now, self._kept.waiting_s), 0
        after: str | None = ""
        while after is not None:
            lanes, following = await self._store.stale(webhook_id, before, after, LANES)
            if lanes:  # and again, until there is nothing stale in these
                count += await self._store.give_up(webhook_id, lanes, max(1, ROWS // len(lanes)), before, now)
            else:
                after = following
        return count


async def _in_pages(page: Callable[[], Awaitable[int]]) -> None:
    """One page after the other, until there is none. Between them others write: the more they do, the longer."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while await page():
        await asyncio.sleep((loop.time() - began) * RESTS)
        began = loop.time()


def _ago(now: int, seconds: float) -> int:
    return now - int(seconds * 1000)
