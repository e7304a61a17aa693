"""How a gateway starts with very much to deliver, and delivers it: `python -m tests.benchmarks.backlog --help`."""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from clients.loadtest.calls import Call
from clients.loadtest.mailbox import OK, Caller
from gateway.bootstrap import DATABASE, logging_to_stderr
from tests.benchmarks.hoard import Plan, laid_up
from tests.journeys.process import serving

MIB = 1 << 20
PATIENCE_S = 240


class Conversation(msgspec.Struct):
    id: str


class Payload(msgspec.Struct):
    conversation: Conversation


class Event(msgspec.Struct):
    id: str
    payload: Payload


class Envelope(msgspec.Struct):
    events: list[Event]


class Endpoint:
    """Takes what it is told, and looks whether each conversation comes in order and nothing is passed over."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.calls = self.taken = self.repeated = self.misplaced = 0
        self.first_s: float | None = None
        self.done = asyncio.Event()
        self._next = dict(enumerate(range(plan.lanes)))
        self._decoder = msgspec.json.Decoder(Envelope)

    def take(self, call: Call) -> None:
        self.first_s = self.first_s or time.monotonic()
        self.calls += 1
        for event in self._decoder.decode(call.body).events:
            self._hear(event)
        if self.taken == self.plan.rows:
            self.done.set()

    def _hear(self, event: Event) -> None:
        lane, number = int(event.payload.conversation.id, 16), self.plan.number(event.id)
        if number == self._next[lane]:
            self._next[lane] += self.plan.lanes
            self.taken += 1
        elif number < self._next[lane]:
            self.repeated += 1
        else:
            self.misplaced += 1


@asynccontextmanager
async def listening(endpoint: Endpoint) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Caller(OK, endpoint.take), "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()


def rss_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return round(pages * 4096 / MIB, 1)


async def measured(plan: Plan, data: Path) -> dict[str, Any]:
    endpoint = Endpoint(plan)
    async with listening(endpoint) as url:
        await laid_up(data, url, plan)
        began = time.monotonic()
        async with serving(data) as gateway:
            await gateway.ready()
            ready = time.monotonic()
            memory = [rss_mib(gateway.process.pid)]
            while not endpoint.done.is_set() and time.monotonic() - ready < PATIENCE_S:
                await asyncio.sleep(0.25)
                memory.append(rss_mib(gateway.process.pid))
            ended = time.monotonic()
    quarter = max(len(memory) // 4, 1)
    return {
        **plan._asdict(),
        "database_mib": round((data / DATABASE).stat().st_size / MIB),
        "ready_s": round(ready - began, 2),
        "first_call_s": round((endpoint.first_s or ended) - began, 2),
        "delivered_s": round(ended - ready, 1),
        "events_per_s": round(endpoint.taken / (ended - ready)),
        "calls": endpoint.calls,
        "taken": endpoint.taken,
        "repeated": endpoint.repeated,
        "misplaced": endpoint.misplaced,
        "rss_mib": {
            "ready": memory[0],
            "most": max(memory),
            "most_by_quarter": [max(memory[at : at + quarter]) for at in range(0, quarter * 4, quarter)],
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="events that wait, up to two million")
    parser.add_argument("--lanes", type=int, default=10_000, help="conversations that they belong to")
    parser.add_argument("--webhooks", type=int, default=1, help="webhooks that the conversations are dealt out to")
    chosen = parser.parse_args()
    logging_to_stderr("error")
    if not 0 < chosen.webhooks <= chosen.lanes <= chosen.rows <= 2_000_000:
        parser.error("webhooks, lanes and rows should ascend, up to two million")
    plan = Plan(chosen.rows, chosen.lanes, chosen.webhooks)
    with tempfile.TemporaryDirectory() as folder:
        found = uvloop.run(measured(plan, Path(folder)))
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main()
