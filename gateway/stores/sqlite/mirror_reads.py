"""What webhooks are due, and what they were told."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from msgspec import structs

from gateway.domain.events import AnyEvent
from gateway.domain.views import Page, Sought, Told
from gateway.ports import Attempt, Backlog, Behind, Lane, Mirrored
from gateway.stores.sqlite.connection import Row
from gateway.stores.sqlite.readers import Readers, page_of
from gateway.wire.json import load, store

END_OF_TIME: Final = 1 << 62
ENDED: Final = 2_000  # of a page of what ended
CLOCKS_MS: Final = 60_000  # that times may be wrong by, as clocks are set
LOOKED: Final = 5_000  # calls that are looked at for one page

# Of what waits and of what ended, and of calls and where they stop; by whether the page is before its cursor.
TOLD: Final = {False: ("told_waiting_after", "told_ended_after"), True: ("told_waiting_before", "told_ended_before")}
CALLS: Final = {False: ("attempts_after", "attempt_after"), True: ("attempts_before", "attempt_before")}


class MirrorReads(Readers):
    """What `ports.Store` reads of the outbox and of the calls."""

    async def targets(self) -> Sequence[str]:
        return [webhook_id for (webhook_id,) in await self._rows("targets")]

    async def lanes(self, webhook_id: str, after: str, limit: int) -> Sequence[Lane]:
        return [Lane(*row) for row in await self._rows("lanes", webhook_id, after, limit)]

    async def waiting(self, webhook_id: str, lanes: Sequence[str], limit: int) -> Sequence[Mirrored]:
        rows = await self._rows("waiting", webhook_id, store(list(lanes)), limit)
        return [
            Mirrored(webhook_id, lane, load(body, AnyEvent), row_id, attempts) for lane, row_id, attempts, body in rows
        ]

    async def backlog(self, webhook_id: str) -> Backlog | None:
        rows = await self._rows("backlog", webhook_id)
        return Backlog(webhook_id, *rows[0]) if rows else None

    async def behind(self, limit: int) -> Behind:
        rows = await self._rows("behind", limit)
        webhooks, events = rows[0][:2] if rows else (0, 0)
        return Behind(webhooks, events, tuple(Backlog(*row[2:]) for row in rows))

    async def told_event(self, webhook_id: str, event_id: str) -> Told | None:
        rows = await self._rows("told_event", webhook_id, event_id)
        return _told(rows[0]) if rows else None

    async def told(self, webhook_id: str, status: str, page: Page) -> tuple[Sequence[Told], bool]:
        cursor = page.before or page.after
        known = await self.told_event(webhook_id, cursor) if cursor is not None else None
        if cursor is not None and (known is None or known.status != status):
            return (), False
        waiting, ended = TOLD[page.before is not None]
        if status == "waiting":
            rows = await self._rows(waiting, webhook_id, *_in_lane(known), page.size + 1, page.skip)
        else:
            failed = status == "failed"
            rows = await self._rows(ended, webhook_id, failed, *_in_time(known), page.size + 1, page.skip)
        return page_of([_told(it) for it in rows], page)

    async def attempts(self, webhook_id: str, sought: Sought, page: Page) -> tuple[Sequence[Attempt], int | None]:
        calls, last_call = CALLS[page.before is not None]
        told = await self.told_event(webhook_id, sought.event_id) if sought.event_id is not None else None
        start = await self._start(webhook_id, told, page.before or page.after)
        if start is None:
            return (), None
        wanted = (sought.succeeded, sought.event_id, page.size + 1, page.skip)
        found = await self._rows(calls, webhook_id, start, LOOKED, *wanted)
        shown, more = page_of([_attempt(it) for it in found], page)
        if more:
            return shown, found[page.size - 1][0]
        last = await self._rows(last_call, webhook_id, start, LOOKED - 1)
        return shown, last[0][0] if last and not _beyond(told, last[0][1], page) else None

    async def _start(self, webhook_id: str, told: Told | None, cursor: str | None) -> int | None:
        """The call to go on from; None where the cursor can be none. An event was sent in no call after it ended."""
        if cursor is not None:
            return _number(cursor)
        if told is None or told.ended_at is None:
            return END_OF_TIME
        rows = await self._rows("attempts_until", webhook_id, told.ended_at + CLOCKS_MS)
        return int(rows[0][0])

    async def ended(self, webhook_id: str, since: int, until: int, *, failed: bool) -> AsyncIterator[Sequence[int]]:
        rows: Sequence[Row] = ((since - 1, END_OF_TIME),)
        while rows:
            rows = await self._rows("ended", webhook_id, failed, since, *rows[-1][:2], until, ENDED)
            yield [row_id for _, row_id, happened_since in rows if happened_since]

    async def stale(self, webhook_id: str, before: int, after: str, limit: int) -> tuple[Sequence[str], str | None]:
        rows = await self._rows("stale_lanes", webhook_id, after, before, limit)
        return [lane for lane, is_stale in rows if is_stale], rows[-1][0] if len(rows) == limit else None

    async def gone_webhooks(self) -> Sequence[str]:
        return [webhook_id for (webhook_id,) in await self._rows("gone_webhooks")]


def _in_lane(known: Told | None) -> tuple[str | int, ...]:
    return (known.lane, known.id) if known else ("", 0)


def _in_time(known: Told | None) -> tuple[str | int, ...]:
    return (known.ended_at or 0, known.id) if known else (END_OF_TIME, END_OF_TIME)


def _told(row: Row) -> Told:
    row_id, lane, attempts, due_at, ended_at, failed, body = row
    return Told(
        id=row_id,
        lane=lane,
        event=load(body, AnyEvent),
        attempts=attempts,
        due_at=due_at,
        ended_at=ended_at,
        failed=bool(failed),
    )


def _attempt(row: Row) -> Attempt:
    row_id, answered, body = row
    kept: Attempt = load(body, Attempt)
    return structs.replace(kept, id=row_id, said=answered)


def _beyond(told: Told | None, time: int, page: Page) -> bool:
    """Whether no call on that side of one, which was begun or answered then, can have the event."""
    if told is None:
        return False
    if page.before is None:
        return time + CLOCKS_MS < told.event.at
    return told.ended_at is not None and time > told.ended_at + CLOCKS_MS


def _number(cursor: str) -> int | None:
    """The row that a cursor names; None where it can name none."""
    try:
        return min(int(cursor, 16), END_OF_TIME)
    except ValueError:
        return None
