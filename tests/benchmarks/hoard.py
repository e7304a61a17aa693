"""A gateway's data with any number of outbox rows in it, made by copying the row of one message."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from gateway.bootstrap import DATABASE
from gateway.domain import commands as cmd
from gateway.domain.model import AppSettings
from gateway.flow.floor import Flow
from tests.domain.town import Orders
from tests.house_under_test import House, opened

PER_APP = 10  # webhooks of an app, at most
MESSAGES = "conversation:message"
NOWHERE = "192.0.2.0/24"  # no webhook is called while they are made


class Hook(NamedTuple):
    app_id: str
    webhook_id: str


class Sample(NamedTuple):
    """A row as it was written, with what has to differ in its copies."""

    app_id: str
    conversation_id: str
    event_id: str
    body: str


class Plan(NamedTuple):
    """`rows` events in `lanes` conversations, which are dealt out to `webhooks` one after the other.

    They wait, or `ended_at` that time (ms).
    """

    rows: int
    lanes: int
    webhooks: int = 1
    ended_at: int | None = None

    def lane(self, number: int) -> int:
        return number % self.lanes

    def name(self, lane: int) -> str:
        return f"{lane:024x}"

    def event_id(self, number: int) -> str:
        return f"{number:024x}"

    def number(self, event_id: str) -> int:
        return int(event_id, 16)


async def laid_up(data: Path, target: str, plan: Plan) -> list[Hook]:
    """Make the data; gives its webhooks, all of which are called at `target`."""
    async with opened(data, allowed_networks=NOWHERE) as house:
        hooks = await _hooks(house.flow, target, plan.webhooks)
        sample = await _sample(house, data / DATABASE, hooks[0].app_id)
    with closing(sqlite3.connect(data / DATABASE)) as db:
        db.execute("PRAGMA synchronous = OFF")
        with db:
            db.execute("DELETE FROM outbox")
            db.executemany(
                "INSERT INTO outbox (webhook_id, lane, event_id, body, ended_at) VALUES (?, ?, ?, ?, ?)",
                _rows(plan, hooks, sample),
            )
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return hooks


async def _hooks(flow: Flow, target: str, count: int) -> list[Hook]:
    hooks: list[Hook] = []
    while len(hooks) < count:
        settings = AppSettings(multi_convo_enabled=True)
        app = await flow.corridor.execute(cmd.CreateApp(display_name="hoard", settings=settings))
        few = min(PER_APP, count - len(hooks))
        drafts = tuple(cmd.WebhookDraft(target=target, triggers=(MESSAGES,)) for _ in range(few))
        made = await flow.corridor.execute(cmd.CreateIntegration(app_id=app.id, type="custom", webhooks=drafts[:1]))
        for draft in drafts[1:]:
            await flow.corridor.execute(cmd.CreateWebhook(app_id=app.id, integration_id=made.id, draft=draft))
        office = await flow.store.office(app.id)
        assert office is not None
        hooks += [Hook(app.id, it.id) for it in office.webhooks]
    return hooks


async def _sample(house: House, database: Path, app_id: str) -> Sample:
    """What is written for a message."""
    corridor, orders = house.flow.corridor, Orders(app_id)
    room = (await corridor.execute(orders.group())).conversation.id
    said = await corridor.execute(orders.says(room, "A message as long as most of them are, and a little longer."))
    with closing(sqlite3.connect(database)) as db:
        ((body,),) = db.execute("SELECT body FROM outbox WHERE event_id = ? LIMIT 1", (said.message.id,)).fetchall()
    return Sample(app_id, room, said.message.id, body)


def _rows(plan: Plan, hooks: list[Hook], sample: Sample) -> Iterator[tuple[str, str, str, str, int | None]]:
    for number in range(plan.rows):
        lane = plan.lane(number)
        hook = hooks[lane % len(hooks)]
        body = sample.body.replace(sample.event_id, plan.event_id(number))
        body = body.replace(sample.conversation_id, plan.name(lane)).replace(sample.app_id, hook.app_id)
        yield hook.webhook_id, plan.name(lane), plan.event_id(number), body, plan.ended_at
