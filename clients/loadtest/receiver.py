"""The process that webhooks are told to."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from time import monotonic_ns, process_time
from typing import Final

import uvloop

from clients.loadtest.calls import Call
from clients.loadtest.cues import Due, Failed, Go, Heard, Keys, Listening, Open
from clients.loadtest.guest import NEVER, SECOND_NS
from clients.loadtest.mailbox import FAILED, OK, SILENCE, Caller, Mailbox, Trickler, Watch
from clients.loadtest.mirror import Mirror
from clients.loadtest.plan import Ear
from clients.loadtest.signatures import key_of
from clients.loadtest.stage import PROGRESS_S, until

HERE: Final = "127.0.0.1"
POLL_S: Final = 0.02
Take = Callable[[Call], None]
Door = Callable[[], Caller]


def receive(ear: Ear, line: Connection) -> None:
    """Takes calls on a port for each webhook, and says in the end what it heard."""
    gc.set_threshold(50_000, 20, 100)
    try:
        uvloop.run(_receive(ear, line))
    except Exception as failed:  # noqa: BLE001 - whatever it is, who waits for it must hear
        line.send(Failed.because(failed))


async def _receive(ear: Ear, line: Connection) -> None:
    watch = Watch()
    async with asyncio.TaskGroup() as tasks:
        telling = tasks.create_task(_tell(watch, ear.options.progress_seconds or PROGRESS_S))
        await _play(ear, line, watch)
        telling.cancel()


async def _play(ear: Ear, line: Connection, watch: Watch) -> None:
    mailboxes = [Mailbox(watch) for _ in range(ear.options.webhooks)]
    doors = await _doors(ear, watch.mirror, mailboxes)
    line.send(Listening([_port(door) for door in doors]))
    keys: Keys = await asyncio.to_thread(line.recv)
    for mailbox, secret in zip(mailboxes, keys.secrets, strict=False):
        mailbox.key = key_of(secret)
    go: Go = await asyncio.to_thread(line.recv)
    if ear.is_late:
        await _open_late(doors, watch, line)
    else:
        await _measure(watch, ear.options.seconds, go)
    due: Due = await asyncio.to_thread(line.recv)
    await _drain(mailboxes, due.minutes, ear.patience_s)
    if ear.is_late:
        _close(watch)
    for mailbox in mailboxes:
        mailbox.judge(due.minutes)
    watch.mirror.behind_s = max(watch.last_ns - watch.until_ns, 0) / SECOND_NS
    line.send(Heard(watch.mirror))


async def _doors(ear: Ear, mirror: Mirror, mailboxes: Sequence[Mailbox]) -> list[asyncio.Server]:
    """A port for each webhook, so that they share nothing but this process. Those that are late are not open yet."""
    options = ear.options
    good: list[Door] = [partial(Caller, OK, it.take, options.answer_ms / 1000) for it in mailboxes]
    taking = [await _door(it, is_open=not ear.is_late) for it in good]
    bad: list[Door] = [partial(Caller, FAILED, partial(_count_failed, mirror))] * options.failing_webhooks
    bad += [partial(Caller, SILENCE, partial(_count_hanging, mirror))] * options.hanging_webhooks
    bad += [partial(Trickler, OK, partial(_count_trickling, mirror))] * options.trickling_webhooks
    return [*taking, *[await _door(it, is_open=True) for it in bad]]


async def _door(opens: Door, *, is_open: bool) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(opens, HERE, 0, start_serving=is_open)


def _port(door: asyncio.Server) -> int:
    port: int = door.sockets[0].getsockname()[1]
    return port


def _count_failed(mirror: Mirror, _: Call) -> None:
    mirror.failed_calls += 1


def _count_hanging(mirror: Mirror, _: Call) -> None:
    mirror.hanging_calls += 1


def _count_trickling(mirror: Mirror, _: Call) -> None:
    mirror.trickling_calls += 1


async def _measure(watch: Watch, seconds: float, go: Go) -> None:
    watch.from_ns, watch.until_ns = go.at_ns, go.at_ns + int(seconds * SECOND_NS)
    watch.mirror.measured_s = seconds
    await until(watch.from_ns)
    began_cpu_s = process_time()
    await until(watch.until_ns)
    watch.mirror.cpu_s = process_time() - began_cpu_s


async def _open_late(doors: Sequence[asyncio.Server], watch: Watch, line: Connection) -> None:
    """Opens when told to; from then on all is measured."""
    opens: Open | Go = await asyncio.to_thread(line.recv)
    assert isinstance(opens, Open)
    watch.from_ns, watch.until_ns = monotonic_ns(), NEVER
    watch.mirror.cpu_s = process_time()
    for door in doors:
        await door.start_serving()


def _close(watch: Watch) -> None:
    """What was measured ends with the last call."""
    mirror, first_ns = watch.mirror, watch.first_ns or watch.from_ns
    watch.until_ns = max(watch.last_ns, first_ns)
    mirror.opened_s = (first_ns - watch.from_ns) / SECOND_NS
    mirror.measured_s = (watch.until_ns - first_ns) / SECOND_NS
    mirror.cpu_s = process_time() - mirror.cpu_s


async def _tell(watch: Watch, every_s: float) -> None:
    """Says now and then how it goes."""
    calls, events = 0, 0
    while True:
        await asyncio.sleep(every_s)
        calls_per_s, events_per_s = (watch.calls - calls) / every_s, (watch.events - events) / every_s
        words = f"webhooks {calls_per_s:>6,.0f} calls/s  {events_per_s:>7,.0f} events/s"
        print(f"{'':>14} {words}", file=sys.stderr, flush=True)
        calls, events = watch.calls, watch.events


async def _drain(mailboxes: Sequence[Mailbox], minutes: Mapping[str, Sequence[int]], seconds: float) -> None:
    """Waits until all has come that was said, but not for ever."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not all(mailbox.is_whole(minutes) for mailbox in mailboxes):  # noqa: ASYNC110
                await asyncio.sleep(POLL_S)
