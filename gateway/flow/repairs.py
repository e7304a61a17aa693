"""Telling webhooks again what they were told, and trying whether they answer."""

from array import array
from collections.abc import Iterable
from typing import Final, NamedTuple

from gateway.domain import errors
from gateway.domain.errors import Refused
from gateway.domain.model import Office, Webhook
from gateway.domain.views import Told
from gateway.flow import letter
from gateway.flow.deliver import Deliverer
from gateway.ports import Attempt, Poster, Stamper, Store
from gateway.wire import json
from gateway.wire.v2 import Json

REVIVED: Final = 100  # events in one write, so that commits go on meanwhile


class Repairs(NamedTuple):
    """`keeps` says whether calls are kept."""

    store: Store
    poster: Poster
    deliverer: Deliverer
    stamp: Stamper
    keeps: bool

    async def event(self, webhook_id: str, event_id: str) -> Told:
        """Raises `Refused` (404)."""
        told = await self.store.told_event(webhook_id, event_id)
        if told is None:
            raise Refused(errors.EVENT_NOT_FOUND)
        return told

    async def replay_event(self, webhook_id: str, event_id: str) -> int:
        """Gives 0 where it waits anyway; raises `Refused` (404)."""
        told = await self.event(webhook_id, event_id)
        return await self._revive(webhook_id, (told.id,), self.stamp().at, failed=False)

    async def replay_failed(self, webhook_id: str) -> int:
        """All that was given up; gives how many."""
        until = self.stamp().at
        return await self._revive(webhook_id, await self._ended(webhook_id, 0, until, failed=True), until, failed=True)

    async def replay_since(self, webhook_id: str, since: int) -> int:
        """All that happened since a time (ms) and was delivered or given up; gives how many."""
        until = self.stamp().at
        ids = await self._ended(webhook_id, since, until, failed=True)
        ids.extend(await self._ended(webhook_id, since, until, failed=False))
        return await self._revive(webhook_id, ids, until, failed=False)

    async def _ended(self, webhook_id: str, since: int, until: int, *, failed: bool) -> "array[int]":
        found = array("q")
        async for ids in self.store.ended(webhook_id, since, until, failed=failed):
            found.extend(ids)
        return found

    async def _revive(self, webhook_id: str, ids: Iterable[int], until: int, *, failed: bool) -> int:
        """In the order in which they happened, whatever was told of them meanwhile: a lane is read from its oldest."""
        in_order, revived = array("q", sorted(ids)), 0
        try:
            for start in range(0, len(in_order), REVIVED):
                page = in_order[start : start + REVIVED]
                revived += await self.store.revive(webhook_id, page, until, failed=failed)
        finally:
            if revived:
                self.deliverer.tally.replayed(revived)
                self.deliverer.try_again(webhook_id)
        return revived

    async def test(self, office: Office, webhook: Webhook) -> Attempt:
        """A call with an event that tells of nothing, at once and whatever waits."""
        stamp = self.stamp()
        event_id, begun = stamp.new_id(), stamp.at
        body = letter.DIALECTS[webhook.version].trial(office, webhook, event_id, begun)
        answered = await self.poster(webhook.target, letter.headers(webhook, (event_id,), begun, body), body)
        attempt = letter.noted(webhook, (event_id,), answered, begun, self.stamp().at)
        return await self.store.keep(attempt) if self.keeps else attempt


def call_of(office: Office, webhook: Webhook, told: Told) -> Json:
    """The body of a call with that event alone."""
    called: Json = json.load(letter.DIALECTS[webhook.version].envelope(office, webhook, (told.event,)), Json)
    return called
