"""The process that webhooks are told to."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from time import process_time
from typing import Final

import uvloop

from clients.loadtest.cues import Due, Failed, Go, Heard, Listening
from clients.loadtest.guest import SECOND_NS
from clients.loadtest.mailbox import FAILED, OK, SILENCE, Caller, Mailbox, Watch
from clients.loadtest.mirror import Mirror
from clients.loadtest.options import Options
from clients.loadtest.stage import PROGRESS_S, until

HERE: Final = "127.0.0.1"
POLL_S: Final = 0.02
Take = Callable[[bytes], None]


def receive(options: Options, line: Connection) -> None:
    """Takes calls on a port for each webhook, and says in the end what it heard."""
    gc.set_threshold(50_000, 20, 100)
    try:
        uvloop.run(_receive(options, line))
    except Exception as failed:  # noqa: BLE001 - whatever it is, who waits for it must hear
        line.send(Failed.because(failed))


async def _receive(options: Options, line: Connection) -> None:
    watch = Watch()
    async with asyncio.TaskGroup() as tasks:
        telling = tasks.create_task(_tell(watch))
        await _play(options, line, watch)
        telling.cancel()


async def _play(options: Options, line: Connection, watch: Watch) -> None:
    mailboxes = [Mailbox(watch) for _ in range(options.webhooks)]
    line.send(Listening(await _listen(options, watch.mirror, mailboxes)))
    await _measure(watch, options.seconds, await asyncio.to_thread(line.recv))
    due: Due = await asyncio.to_thread(line.recv)
    await _drain(mailboxes, due.minutes, options.drain_seconds)
    for mailbox in mailboxes:
        mailbox.judge(due.minutes)
    watch.mirror.behind_s = max(watch.last_ns - watch.until_ns, 0) / SECOND_NS
    line.send(Heard(watch.mirror))


async def _listen(options: Options, mirror: Mirror, mailboxes: Sequence[Mailbox]) -> tuple[int, ...]:
    """The ports, one for each webhook, so that they share nothing but this process."""
    doors: list[tuple[bytes, Take]] = [(OK, mailbox.take) for mailbox in mailboxes]
    doors += [(FAILED, partial(_count_failed, mirror))] * options.failing_webhooks
    doors += [(SILENCE, partial(_count_hanging, mirror))] * options.hanging_webhooks
    return tuple([await _open(answer, take) for answer, take in doors])


async def _open(answer: bytes, take: Take) -> int:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Caller(answer, take), HERE, 0)
    port: int = server.sockets[0].getsockname()[1]
    return port


def _count_failed(mirror: Mirror, _: bytes) -> None:
    mirror.failed_calls += 1


def _count_hanging(mirror: Mirror, _: bytes) -> None:
    mirror.hanging_calls += 1


async def _measure(watch: Watch, seconds: float, go: Go) -> None:
    watch.from_ns, watch.until_ns = go.at_ns, go.at_ns + int(seconds * SECOND_NS)
    await until(watch.from_ns)
    began_cpu_s = process_time()
    await until(watch.until_ns)
    watch.mirror.cpu_s = process_time() - began_cpu_s


async def _tell(watch: Watch) -> None:
    """Says every second how it goes."""
    calls, events = 0, 0
    while True:
        await asyncio.sleep(PROGRESS_S)
        words = f"webhooks {watch.calls - calls:>6,} calls/s  {watch.events - events:>7,} events/s"
        print(f"{'':>14} {words}", file=sys.stderr, flush=True)
        calls, events = watch.calls, watch.events


async def _drain(mailboxes: Sequence[Mailbox], minutes: Mapping[str, Sequence[int]], seconds: float) -> None:
    """Waits until all has come that was said, but not for ever."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not all(mailbox.is_whole(minutes) for mailbox in mailboxes):  # noqa: ASYNC110
                await asyncio.sleep(POLL_S)
