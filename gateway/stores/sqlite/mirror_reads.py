"""What webhooks are due, and what they were told."""

from collections.abc import Sequence

from gateway.domain.events import AnyEvent
from gateway.ports import Backlog, Behind, Lane, Mirrored
from gateway.stores.sqlite.readers import Readers
from gateway.wire.json import load, store


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
