"""Apps may keep messages for a time only: those of conversations that have been quiet for so long are deleted."""

import asyncio
from typing import Final

import structlog

from gateway.domain.commands import ExpireMessages
from gateway.domain.errors import Refused
from gateway.domain.model import App
from gateway.flow.corridor import Corridor
from gateway.ports import Now, Store

EVERY_S: Final = 60.0
ROOMS: Final = 200  # conversations looked at in one go

log = structlog.get_logger(__name__)


class Retention:
    """What it finds is looked at again where it is decided."""

    def __init__(self, store: Store, corridor: Corridor, now: Now) -> None:
        self._store = store
        self._corridor = corridor
        self._now = now

    async def step(self) -> None:
        """Look through the conversations of all apps that ask for it."""
        for app in await self._store.apps_with_retention():
            await self._sweep(app)

    async def _sweep(self, app: App) -> None:
        until = self._now() - app.settings.conversation_retention_seconds * 1000
        after: str | None = ""
        while after is not None:
            quiet, after = await self._store.quiet(app.id, app.retention_since, until, after, ROOMS)
            await asyncio.gather(*(self._expire(app.id, it) for it in quiet))

    async def _expire(self, app_id: str, conversation_id: str) -> None:
        try:
            await self._corridor.execute(ExpireMessages(app_id=app_id, conversation_id=conversation_id))
        except Refused as refused:  # removed meanwhile, or not now
            log.info("messages stay", conversation=conversation_id, why=refused.problem.title)
