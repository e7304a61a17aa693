"""The one port: a device's upgrade goes to a `DeviceConnection`, everything else to aiohttp, bytes and all."""

import asyncio
import re
from collections import deque
from collections.abc import Sequence
from math import ceil
from time import perf_counter
from typing import Final, NamedTuple, Protocol, cast

import structlog

from gateway.domain import errors, limits
from gateway.domain.errors import Problem
from gateway.edge.own_device import OwnDevice
from gateway.edge.peers import Peers
from gateway.edge.sockets import DeviceConnection, Doors
from gateway.wire import json

HEAD_BYTES: Final = 16_384
HEAD_S: Final = 10.0
IDLE_S: Final = 75.0  # of a plain connection between two requests; longer than proxies keep theirs
FULL_S: Final = (5.0, 30.0)  # a device that found no place may be asked to stay away so long
SLICE_S: Final = 0.002  # of upgrades, before others have a turn
SILENT_MS: Final = 60_000  # between two lines in the log about the same
FORWARDED: Final = re.compile(rb"^x-forwarded-for:(.*)\r$", re.IGNORECASE | re.MULTILINE)
TOO_LONG: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
REASONS: Final = {429: "Too Many Requests", 503: "Service Unavailable"}

log = structlog.get_logger(__name__)


class Web(Protocol):
    """aiohttp's server: makes a protocol for a connection, and knows those that are open."""

    @property
    def connections(self) -> Sequence[object]: ...

    def __call__(self) -> asyncio.Protocol: ...


def device_path(prefix: str) -> re.Pattern[bytes]:
    """The head of a request for a device socket."""
    path = re.escape(prefix.encode()) + rb"/sdk/v2/integrations/([^/?\s]{1,64})/socket"
    return re.compile(
        rb"GET " + path + rb"(?:\?\S*)? HTTP/1\.1\r\n(?:.*\r\n)*?upgrade: *websocket *\r\n", re.IGNORECASE
    )


def refused(problem: Problem, after_s: float) -> bytes:
    """An answer to an upgrade; the connection ends with it."""
    body = json.encode({"errors": [{"code": problem.code, "title": problem.title}]})
    head = (
        f"HTTP/1.1 {problem.status} {REASONS[problem.status]}\r\nRetry-After: {ceil(after_s)}\r\nConnection: close\r\n"
        f"Content-Type: application/json; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Places(NamedTuple):
    """How many there are: for devices, and for connections of all kinds."""

    sockets: int
    connections: int


class Gate:
    """What all doormen share: where connections go, and how many there is room for."""

    def __init__(
        self, doors: Doors, web: Web, device_path: re.Pattern[bytes], peers: Peers, places: Places, own: OwnDevice
    ) -> None:
        self.web = web
        self.arriving: set[Doorman] = set()
        self._doors = doors
        self._device_path = device_path
        self._peers = peers
        self._places = places
        self._own = own
        self._silent_until = 0
        self._waiting: deque[Doorman] = deque()

    @property
    def full(self) -> bool:
        """Whether one more connection would take the files that others need."""
        return len(self.arriving) + len(self._doors.open) + len(self.web.connections) >= self._places.connections

    def turned_away(self) -> bytes:
        """What is said to a connection that there is no room for."""
        self._doors.flow.admission.turn_away("connections")
        return refused(errors.TOO_MANY_SOCKETS, self._away_s())

    def integration(self, head: bytes) -> str | None:
        """The integration whose socket is asked for; None for a plain request."""
        device = self._device_path.match(head)
        return device[1].decode("latin-1") if device is not None else None

    def device(self, transport: asyncio.Transport, integration_id: str, head: bytes) -> DeviceConnection | bytes:
        """A device's connection, or with which answer it may not connect now."""
        admission = self._doors.flow.admission
        if self._doors.closing or self._is_full_for(integration_id):
            admission.turn_away("sockets")
            return refused(errors.TOO_MANY_SOCKETS, self._away_s())
        address = self._address(transport, head)
        wait_s = 0.0 if self._is_own(integration_id) else admission.connect_wait_s(address)
        if wait_s:
            self._say(address)
            return refused(errors.TOO_MANY_CONNECTS, wait_s)
        return DeviceConnection(self._doors, transport, integration_id, address)

    def wait(self, doorman: "Doorman") -> None:
        """Be upgraded in turn. That takes the time of many messages, so those who talk are heard in between."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._upgrade)
        self._waiting.append(doorman)

    def _upgrade(self) -> None:
        until = perf_counter() + SLICE_S
        while self._waiting and perf_counter() < until:
            self._waiting.popleft().hand_on()
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._upgrade)

    def _say(self, address: str | None) -> None:
        """Now and then: it may be a proxy that should be trusted."""
        now = self._doors.flow.now()
        if now >= self._silent_until:
            self._silent_until = now + SILENT_MS
            log.warning("too many connects from one address", address=address, setting="trusted_proxies")

    def _is_full_for(self, integration_id: str) -> bool:
        """For all but the gateway's own device, which has to find out how they fare who are here."""
        return len(self._doors.open) >= self._places.sockets and not self._is_own(integration_id)

    def _is_own(self, integration_id: str) -> bool:
        return integration_id == self._own.integration_id

    def _address(self, transport: asyncio.Transport, head: bytes) -> str | None:
        peer = transport.get_extra_info("peername")[0]
        forwarded = FORWARDED.findall(head) if self._peers.trusts(peer) else []
        return self._peers.counted(peer, b",".join(forwarded).decode("latin-1"))

    def _away_s(self) -> float:
        low, high = FULL_S
        return low + (high - low) * self._doors.flow.dice()


class Doorman(asyncio.Protocol):
    """Reads a connection's first request head and hands the connection on."""

    __slots__ = ("_gate", "_head", "_integration_id", "_late", "_transport")

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._head = b""
        self._integration_id: str | None = None
        self._transport: asyncio.Transport | None = None
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if self._gate.full:
            self._turn_away(self._gate.turned_away())
            return
        self._gate.arriving.add(self)
        self._late = asyncio.get_running_loop().call_later(HEAD_S, transport.close)

    def data_received(self, data: bytes) -> None:
        if self not in self._gate.arriving:
            return
        self._head = (self._head + data).lstrip(b"\r\n")  # "ignore at least one empty line" (RFC 9112, section 2.2)
        if self._integration_id is not None:
            self._wait_longer()
        elif b"\r\n\r\n" in self._head:
            self._look()
        elif len(self._head) > HEAD_BYTES:
            self._turn_away(TOO_LONG)

    def connection_lost(self, _: Exception | None) -> None:
        self._leave()

    def hand_on(self) -> None:
        """Its turn has come."""
        if self not in self._gate.arriving:
            return
        assert self._transport is not None
        assert self._integration_id is not None
        self._leave()
        device = self._gate.device(self._transport, self._integration_id, self._head)
        if isinstance(device, bytes):
            self._turn_away(device)
        else:
            self._give(device, *_apart(self._head))

    def _leave(self) -> None:
        self._gate.arriving.discard(self)
        self._in_time()

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _turn_away(self, answer: bytes) -> None:
        assert self._transport is not None
        self._leave()
        self._transport.write(answer)
        self._transport.close()

    def _look(self) -> None:
        """A plain request goes on at once."""
        assert self._transport is not None
        self._integration_id = self._gate.integration(self._head)
        if self._integration_id is not None:
            self._in_time()
            self._gate.wait(self)
            return
        self._leave()
        web = self._gate.web()
        web.connection_made(self._transport)
        self._give(web, self._head)

    def _wait_longer(self) -> None:
        """What comes before its turn is kept, within a bound: a hello, as a rule."""
        if len(self._head) > HEAD_BYTES + limits.FRAME_BYTES:
            self._turn_away(TOO_LONG)

    def _give(self, protocol: asyncio.Protocol, *received: bytes) -> None:
        assert self._transport is not None
        self._transport.set_protocol(protocol)
        for data in received:
            protocol.data_received(data)


def _apart(head: bytes) -> tuple[bytes, ...]:
    """What was sent in one with the head is read after it was answered: a pong would come before the upgrade."""
    end = head.index(b"\r\n\r\n") + 4
    return (head[:end], head[end:]) if head[end:] else (head,)
