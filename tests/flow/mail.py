"""A webhook and its endpoint, with a deliverer between them that goes by a clock wound by hand."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson

from gateway.domain import commands as cmd
from gateway.domain.model import Webhook
from gateway.domain.retry import Answered
from gateway.flow.deliver import Deliverer
from gateway.flow.terms import Terms
from tests.flow.building import Building


class Call(NamedTuple):
    target: str
    secret: str
    lanes: set[str]
    events: list[str]


class Doorstep:
    """Where webhooks are called: a receiver outside of the house. `answer` is what it answers, and when; while it is
    `away` nobody reaches it.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.headers: list[Mapping[str, str]] = []
        self.bodies: list[bytes] = []
        self.answer: Callable[[Call], int | None] = lambda _: 200
        self.after_s: float | None = None
        self.said = ""
        self.away = False
        self.closed: set[str] = set()
        self.inside = 0
        self.most_inside = 0
        self.answered = 0
        self._opened = asyncio.Event()
        self._news = asyncio.Condition()

    async def __call__(self, target: str, headers: Mapping[str, str], body: bytes) -> Answered:
        call = _call(target, headers["X-API-Key"], body)
        self.headers.append(headers)
        self.bodies.append(body)
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        async with self._news:
            self.calls.append(call)
            self._news.notify_all()
        while target in self.closed:
            await self._opened.wait()
        self.inside -= 1
        self.answered += 1
        return Answered(unreached=True) if self.away else Answered(self.answer(call), self.after_s, self.said)

    def close(self, target: str) -> int:
        """Whoever calls from now on is kept waiting. As an answer, it is taken."""
        self.closed.add(target)
        self._opened.clear()
        return 200

    def open(self) -> None:
        """Whoever was kept waiting is answered."""
        self.closed.clear()
        self._opened.set()

    async def until(self, count: int) -> list[Call]:
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: len(self.calls) >= count)
        return self.calls

    @property
    def events(self) -> list[str]:
        return [event for call in self.calls for event in call.events]


def _call(target: str, secret: str, body: bytes) -> Call:
    events = orjson.loads(body)["events"]
    lanes = {it["payload"]["conversation"]["id"] for it in events}
    return Call(target, secret, lanes, [it["id"] for it in events])


class Mail:
    """A building with a room, a webhook that is due its messages, and a deliverer that has not begun."""

    def __init__(self, building: Building, hook: Webhook, room: str) -> None:
        self.building = building
        self.hook = hook
        self.room = room
        self.doorstep = Doorstep()
        self.deliverer = self.another()

    def another(self) -> Deliverer:
        """A deliverer that knows nothing of what another has done."""
        clock = self.building.clock
        return Deliverer(
            self.building.store, self.doorstep, self.building.tasks, Terms(clock.now, lambda: 0.0), self.disable
        )

    async def disable(self, app_id: str, hook: Webhook) -> None:
        """As the house does it when an endpoint is gone."""
        command = cmd.UpdateDelivery(
            app_id=app_id, integration_id=hook.integration_id, webhook_id=hook.id, paused=True, why="gone"
        )
        await self.building.one(command)

    async def one_per_call(self) -> None:
        """The webhook takes events one by one."""
        command = cmd.UpdateDelivery(
            app_id=self.building.orders.app_id,
            integration_id=self.hook.integration_id,
            webhook_id=self.hook.id,
            one_per_call=True,
        )
        await self.building.one(command)

    async def says(self, *texts: str, room: str | None = None) -> list[str]:
        """Texts in one group of commands; gives the ids of the events."""
        orders = self.building.orders
        said = await self.building.at_once(*(orders.says(room or self.room, text) for text in texts))
        await self.building.corridor.drained()
        return [it.message.id for it in said]

    async def waiting(self) -> list[tuple[str, int]]:
        found = await self.building.store.waiting(self.hook.id, (self.room,), 100)
        return [(it.event.id, it.attempts) for it in found]

    def given_up(self) -> list[tuple[int, int]]:
        """Attempts and time of each event that was given up."""
        return self.building.rows("SELECT attempts, ended_at FROM outbox WHERE failed ORDER BY id")

    async def hand_over(self) -> None:
        """Tell the deliverer of everything that is due by now."""
        due, self.building.due[:] = self.building.due[:], []
        self.deliverer.due(due)

    async def quiet(self) -> None:
        """Until no call is under way, nothing is looked up, and what became of the calls is written down."""
        while self.deliverer._calls or any(it.looking for it in self.deliverer._targets.values()):
            await asyncio.wait(self.deliverer._calls) if self.deliverer._calls else await asyncio.sleep(0)
        await self.deliverer._settling.done()

    @property
    def circuit(self) -> str:
        return self.deliverer.circuit_of(self.hook.id).state(self.building.clock.now())

    async def goes(self) -> list[list[str]]:
        """Hand over, and wait until all is done that can be done now; gives the events of all calls so far."""
        await self.hand_over()
        await self.quiet()
        return [it.events for it in self.doorstep.calls]


async def new_hook(building: Building, target: str = "https://example.org/one", **facts: Any) -> Webhook:
    draft = cmd.WebhookDraft(target=target, **{"triggers": ("conversation:message",), **facts})
    integration = await building.one(building.orders.integration("custom", webhooks=(draft,)))
    hook: Webhook = integration.webhooks[0]
    return hook
