"""Who takes part, in the order in which they are shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from platform import python_version
from typing import Final, Literal

from clients.loadtest.spawned import gateway
from gateway import __version__
from tests.benchmarks.peers import parts, wires
from tests.benchmarks.peers.parts import Part
from tests.benchmarks.peers.stand import Stand, started
from tests.benchmarks.peers.wires import Wire

SERVERS: Final = Path(__file__).parent / "servers"
# The limits stand, but a few devices and one key may make all the load.
UNHINDERED: Final = ("--commands-per-second", "100000", "--requests-per-second", "100000")

Kind = Literal["product", "durable", "bare", "floor"]


@dataclass(frozen=True, slots=True)
class Peer:
    """One server: how it is started, how it is spoken to, and what an answer of it promises."""

    key: str
    name: str
    kind: Kind
    promise: str
    needs: tuple[Part, ...]
    start: Callable[[], AbstractContextManager[Stand]]
    wire: Callable[[Stand], Wire]
    idles: bool = True  # whether its sockets are weighed


@contextmanager
def _heliograph() -> Iterator[Stand]:
    with gateway(*UNHINDERED) as target:
        yield Stand(target.port, (f"Heliograph {__version__}", f"Python {python_version()}"), target)


def _heliograph_wire(stand: Stand) -> Wire:
    assert stand.target is not None
    return wires.heliograph(stand.target.integration_id)


def _floor() -> AbstractContextManager[Stand]:
    return started((sys.executable, str(SERVERS / "floor.py")), os.environ, keeps_rows=False)


def _on_node(script: str, *, keeps_rows: bool) -> Callable[[], AbstractContextManager[Stand]]:
    surroundings = {**os.environ, "NODE_PATH": str(parts.NODE_FOLDER / "node_modules"), "NODE_ENV": "production"}
    return lambda: started((parts.node(), str(SERVERS / script)), surroundings, keeps_rows=keeps_rows)


def _on_aiohttp(*, keeps_rows: bool) -> Callable[[], AbstractContextManager[Stand]]:
    words = (parts.python(), str(SERVERS / "aiohttp_rooms.py"))
    return lambda: started(words, os.environ, keeps_rows=keeps_rows)


FULL: Final = "on disk; also authorised, validated, counted as unread, and recognised if repeated"
ROW: Final = "on disk, a row for each"
NONE: Final = "in memory"

ON_NODE: Final = (parts.NODE,)
ON_NODE_WITH_ROWS: Final = (parts.NODE, parts.NODE_STORE)
ON_AIOHTTP: Final = (parts.PYTHON,)

ROSTER: Final = (
    Peer("heliograph", "Heliograph", "product", FULL, (), _heliograph, _heliograph_wire),
    Peer(
        "ws-rows", "ws + better-sqlite3", "durable", ROW, ON_NODE_WITH_ROWS,
        _on_node("ws.cjs", keeps_rows=True), lambda _: wires.PLAIN, idles=False,
    ),
    Peer(
        "socketio-rows", "Socket.IO + better-sqlite3", "durable", ROW, ON_NODE_WITH_ROWS,
        _on_node("socketio.cjs", keeps_rows=True), lambda _: wires.SOCKET_IO, idles=False,
    ),
    Peer(
        "python-socketio-rows", "python-socketio + aiosqlite", "durable", ROW, ON_AIOHTTP,
        _on_aiohttp(keeps_rows=True), lambda _: wires.SOCKET_IO, idles=False,
    ),
    Peer("ws", "ws", "bare", NONE, ON_NODE, _on_node("ws.cjs", keeps_rows=False), lambda _: wires.PLAIN),
    Peer(
        "socketio", "Socket.IO", "bare", NONE, ON_NODE,
        _on_node("socketio.cjs", keeps_rows=False), lambda _: wires.SOCKET_IO,
    ),
    Peer(
        "python-socketio", "python-socketio", "bare", NONE, ON_AIOHTTP,
        _on_aiohttp(keeps_rows=False), lambda _: wires.SOCKET_IO,
    ),
    Peer("floor", "fan-out alone", "floor", "passed on; no JSON, no rows, no rules", (), _floor, lambda _: wires.BARE),
)  # fmt: skip
