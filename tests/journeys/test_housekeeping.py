"""What webhooks were told does not stay for ever, whoever looks after it."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.house_under_test import opened
from tests.receiver import Receiver

MESSAGES = "conversation:message"


async def all_gone(data: Path) -> None:
    """Wait until nothing is left of what webhooks were due or told."""
    async with asyncio.timeout(10):
        with closing(sqlite3.connect(data / "gateway.db", isolation_level=None)) as db:
            while db.execute("SELECT 1 FROM outbox UNION ALL SELECT 1 FROM attempts").fetchone():  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_of_a_removed_webhook_nothing_stays(tmp_path: Path, receiver: Receiver) -> None:
    async with opened(tmp_path, webhook_intervals_s="60") as house:
        webhook = await house.webhook(receiver.url, MESSAGES)
        room = await house.group()
        await house.says(room, "delivered")
        await receiver.until(lambda: receiver.events)
        receiver.answer = 503
        await house.says(room, "waits")
        await receiver.until(lambda: len(receiver.calls) == 2)
        await house.rest("DELETE", f"/integrations/{webhook['id']}")
        await all_gone(tmp_path)


async def test_what_was_kept_for_longer_goes_after_the_start(tmp_path: Path, receiver: Receiver) -> None:
    async with opened(tmp_path) as house:
        await house.webhook(receiver.url, MESSAGES)
        await house.says(await house.group(), "hello")
        await house.mirrored()
    async with opened(tmp_path, webhook_history_s=0):
        await all_gone(tmp_path)
