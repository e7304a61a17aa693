"""Settings become a running house. The only module that knows concrete classes, the clock and the dice."""

import asyncio
import contextlib
import gc
import random
import secrets
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import Any, TypeVar

import structlog
import uvloop
from aiohttp import web

from gateway.buses.local import LocalBus
from gateway.config import Settings
from gateway.domain import goodbyes
from gateway.domain.commands import UpdateDelivery
from gateway.domain.errors import Refused
from gateway.domain.model import Webhook
from gateway.edge import configs, documents, downloads, http, probes, uploads
from gateway.edge import demo as demonstration
from gateway.edge.fetcher import HttpFetcher
from gateway.edge.listener import HEAD_BYTES, IDLE_S, Doorman, Gate, Places, device_path
from gateway.edge.moderator import HttpModerator
from gateway.edge.own_device import OwnDevice
from gateway.edge.parting import Parting
from gateway.edge.peers import Peers
from gateway.edge.poster import HttpPoster
from gateway.edge.sockets import Doors
from gateway.edge.v1 import door as v1
from gateway.flow import clock, provision, purge, retention, sweeper
from gateway.flow.admission import Admission, Allowance
from gateway.flow.annals import Annals
from gateway.flow.attachments import Attachments
from gateway.flow.clock import Watch
from gateway.flow.corridor import Corridor
from gateway.flow.deliver import Deliverer
from gateway.flow.disk import Disk
from gateway.flow.floor import Flow
from gateway.flow.hub import Hub
from gateway.flow.identity import Identity
from gateway.flow.lobby import Lobby
from gateway.flow.loops import Tasks, every
from gateway.flow.media import Media
from gateway.flow.meter import Meter
from gateway.flow.moderation import Moderators
from gateway.flow.porch import Porch
from gateway.flow.purge import Kept, Purge
from gateway.flow.queries import Queries
from gateway.flow.registry import Registry
from gateway.flow.repairs import Repairs
from gateway.flow.retention import Retention
from gateway.flow.sweeper import Sweeper
from gateway.flow.terms import Terms
from gateway.flow.typing import Typists
from gateway.premises import CannotStart, alone_on, port, sockets, using
from gateway.remote.rest import Unanswered
from gateway.stores.blobs import ObjectBlobs, open_blobs
from gateway.stores.sqlite import TIDY_S, open_store
from gateway.wire import json

DATABASE = "gateway.db"
ATTACHMENTS = "attachments"
BACKLOG = 4_096
DEMO_INTERVALS_S = "2,4,8,16,32,64,128,256"  # a receiver that is back is seen to catch up

T = TypeVar("T")

log = structlog.get_logger(__name__)


class RealStamp:
    """`domain.value.Stamp` from this machine's clock and dice."""

    __slots__ = ("at",)

    _node = secrets.token_hex(3)
    _counter = count(secrets.randbelow(1 << 27))
    _latest = 0  # ids go on ascending when the clock is set back

    def __init__(self) -> None:
        self.at = now_ms()
        RealStamp._latest = max(RealStamp._latest, self.at)

    def new_id(self) -> str:
        """Milliseconds, this process, a counter: 24 hex characters, later ones sort after earlier ones."""
        return f"{RealStamp._latest:011x}{self._node}{next(self._counter) & 0xFFFFFFF:07x}"

    def new_secret(self) -> str:
        return secrets.token_urlsafe(64)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def steady_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _watched(*tell: Callable[[int], None]) -> Coroutine[Any, Any, None]:
    """Whoever waits until an hour of the day is told when the clock is set."""
    return every(clock.EVERY_S, Watch(now_ms, steady_ms, tell).step)


@asynccontextmanager
async def flowing(settings: Settings) -> AsyncIterator[Flow]:
    """The store opened and every moving part connected; closed in good order at the end."""
    with using(settings.data):
        store = await open_store(settings.data / DATABASE, RealStamp().new_id(), Disk(DATABASE).found)
    blobs = _blobs(settings)
    poster = HttpPoster(settings.networks, settings.webhook_timeout_s)
    fetcher = HttpFetcher(settings.networks, settings.remote_media_timeout_s)
    moderator = HttpModerator(settings.networks)
    meter = Meter(time.perf_counter)
    bus, tasks, registry, annals = LocalBus(), Tasks(), Registry(store), Annals(store)
    hub = Hub(meter, annals)
    terms = Terms(now_ms, random.random, settings.intervals_s, keeps=settings.webhook_history_s > 0)
    deliverer = Deliverer(store, poster, tasks, terms, lambda app_id, hook: disable(corridor, app_id, hook))
    corridor = Corridor(store, bus, RealStamp, deliverer.due, meter)
    kept = Kept(settings.webhook_history_s, settings.webhook_failed_s, settings.webhook_waiting_s)
    purging = Purge(store, deliverer, now_ms, kept)
    typists = Typists(store, bus, corridor, RealStamp, tasks.spawn)
    media = Media(store, fetcher if settings.check_remote_media else None)
    moderators = Moderators(store, media, moderator, RealStamp, now_ms)
    bus.subscribe(registry.hear, *registry.HEARS)
    bus.subscribe(hub.hear)
    bus.subscribe(annals.hear, *annals.HEARS)
    bus.subscribe(typists.hear)
    bus.subscribe(deliverer.hear, *deliverer.HEARS)
    bus.subscribe(moderators.hear, *moderators.HEARS)
    bus.subscribe(purging.hear, *purging.HEARS)
    watched = _watched(hub.clock_was_set, deliverer.clock_was_set, moderators.clock_was_set)
    for work in (corridor.decide_and_commit(), corridor.tell(), every(TIDY_S, store.log.step), watched):
        tasks.spawn(work)
    new_secret = RealStamp().new_secret
    try:
        yield Flow(
            store=store,
            corridor=corridor,
            lobby=Lobby(corridor, media, moderators),
            hub=hub,
            annals=annals,
            registry=registry,
            identity=Identity(registry, now_ms),
            queries=Queries(store),
            typists=typists,
            deliverer=deliverer,
            repairs=Repairs(store, poster, deliverer, RealStamp, terms.keeps),
            attachments=Attachments(store, blobs, corridor, new_secret),
            purge=purging,
            sweeper=Sweeper(store, blobs, now_ms),
            admission=Admission(_allowance(settings), now_ms),
            porch=Porch(tasks.spawn),
            tasks=tasks,
            meter=meter,
            now=now_ms,
            dice=random.random,
            new_secret=new_secret,
            commands_per_second=settings.commands_per_second,
        )
        await corridor.drained()
    finally:
        await tasks.close()
        await poster.close()
        await fetcher.close()
        await moderator.close()
        await bus.close()
        await store.close()


def _allowance(settings: Settings) -> Allowance:
    return Allowance(
        commands_per_second=settings.commands_per_second,
        user_commands_per_second=settings.commands_of_user,
        requests_per_second=settings.requests_per_second,
        connects_per_second=settings.connects_per_second,
        anonymous_per_hour=settings.anonymous_per_hour,
        sockets_per_user=settings.max_sockets_per_user,
    )


async def disable(corridor: Corridor, app_id: str, webhook: Webhook) -> None:
    """Its endpoint is no more."""
    await corridor.execute(
        UpdateDelivery(
            app_id=app_id, integration_id=webhook.integration_id, webhook_id=webhook.id, paused=True, why="gone"
        )
    )


def _blobs(settings: Settings) -> ObjectBlobs:
    try:
        with using(settings.data):
            return open_blobs(settings.data / ATTACHMENTS, settings.attachments_url)
    except ValueError as error:
        raise CannotStart(f"attachments-url: {error}") from None


Dress = Callable[[web.Application], None]


def _plain(_: web.Application) -> None:
    """Nothing but the API."""


@asynccontextmanager
async def listening(settings: Settings, dress: Dress = _plain) -> AsyncIterator[tuple[str, Flow]]:
    """The gateway open on its port; gives its URL. Leaving says goodbye to every device."""
    room = sockets(settings.max_sockets)
    async with (
        alone_on(settings.data, settings.data_wait_s),
        port(settings.host, settings.port) as sock,
        flowing(settings) as flow,
    ):
        prefix = settings.path_prefix
        doors = Doors(flow, settings.max_unsent_bytes)
        url = _url(sock) + prefix
        own_device = OwnDevice(flow, url, settings.ready_s)
        also = (
            *v1.routes(flow, prefix),
            *probes.routes(flow, doors, own_device, prefix),
            *documents.routes(prefix),
            *downloads.routes(flow, prefix),
            *uploads.routes(flow, prefix),
            *configs.routes(flow, prefix),
        )
        app = http.application(flow, prefix, also, settings.public_url)
        parting = Parting(app)
        dress(app)
        runner = web.AppRunner(
            app, access_log=None, logger=http.QUIET, max_line_size=HEAD_BYTES, keepalive_timeout=IDLE_S
        )
        await runner.setup()
        web_server = runner.server
        assert web_server is not None
        gate = Gate(
            doors,
            web_server,
            device_path(prefix),
            Peers(settings.proxies),
            Places(room.sockets, room.connections),
            own_device,
        )
        server = await asyncio.get_running_loop().create_server(lambda: Doorman(gate), sock=sock, backlog=BACKLOG)
        flow.tasks.spawn(doors.heartbeats.run())
        flow.tasks.spawn(every(retention.EVERY_S, Retention(flow.store, flow.corridor, flow.now).step))
        await flow.deliverer.start()
        flow.tasks.spawn(every(sweeper.EVERY_S, flow.sweeper.step))
        flow.tasks.spawn(every(purge.EVERY_S, flow.purge.step))
        flow.tasks.spawn(flow.purge.attend())
        log.info("room for devices", sockets=room.sockets, connections=room.connections, open_files=room.files)
        try:
            yield url, flow
        finally:
            server.close()
            await _drain(flow, doors, parting, runner, settings.drain_s)


def _url(sock: socket.socket) -> str:
    host, number = sock.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{number}"


async def _drain(flow: Flow, doors: Doors, parting: Parting, runner: web.AppRunner, drain_s: float) -> None:
    """Goodbye to every device; commits and calls in flight are seen through."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(drain_s):
            await doors.empty(goodbyes.RESTARTING, drain_s / 2)  # the other half is for what is in flight
            await parting.settled()
            await flow.corridor.drained()
            await runner.cleanup()
            await flow.deliverer.drain()
            await flow.corridor.drained()


def told_to_stop() -> asyncio.Event:
    """Set by SIGTERM or SIGINT from here on."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def serve(settings: Settings) -> None:
    async with listening(settings) as (url, _):
        stop = told_to_stop()
        announce(url)
        await stop.wait()


def announce(url: str) -> None:
    """The one line on stdout that says where it listens."""
    calm()
    print(one_line({"event": "listening", "url": url}), flush=True)


def calm() -> None:
    """With many sockets a full collection stops the world, and finds nothing: what goes leaves no cycles behind.

    What is there now is not looked at again, and what comes hardly ever a third time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 1_000)


async def demo(settings: Settings) -> None:
    """The gateway with sample data and the page at `/demo/`, for this machine alone: the page holds tokens."""
    if settings.host not in demonstration.LOOPBACK:
        raise CannotStart(f"host: the demo listens on this machine alone, not on {settings.host}")
    if settings.webhook_intervals_s == Settings().webhook_intervals_s:
        settings = replace(settings, webhook_intervals_s=DEMO_INTERVALS_S)
    networks = ",".join(filter(None, (settings.allowed_networks, "127.0.0.0/8,::1/128")))
    stage = demonstration.Stage(now_ms)
    async with listening(
        replace(settings, allowed_networks=networks, path_prefix=""),
        lambda app: demonstration.mount(app, stage),
    ) as (url, flow):
        made = await provision.app_named(flow, "Heliograph demo")
        scene = await demonstration.prepare(url, made.app_id, made.key_id, made.secret, made.integrations["web"])
        stage.open(scene)
        stop = told_to_stop()
        announce(url)
        print(f"Open {url}/demo/", flush=True)
        await stop.wait()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on the fast event loop; raises `CannotStart` with what was refused."""
    try:
        return uvloop.run(work)
    except Refused as refused:
        raise CannotStart(refused.problem.title) from None
    except Unanswered as unanswered:
        raise CannotStart(str(unanswered)) from None


def one_line(value: object) -> str:
    return json.encode(value).decode()


def logging_to_stderr(level: str) -> None:
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )
