"""Rooms on python-socketio and aiohttp, as its guide shows them. Runs with a Python of the comparison's own."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any
from urllib.parse import parse_qs

import aiosqlite
import socketio
import uvloop
from aiohttp import web

MADE_OF = ("python-socketio", "aiohttp", "uvloop")
Keep = Callable[[str, int, str, str], Awaitable[None]]


async def forget(room: str, number: int, sender: str, text: str) -> None:
    """Keeps nothing."""


async def keeper(rows: Path) -> Keep:
    """What keeps a message: it is on disk when that returns."""
    db = await aiosqlite.connect(rows)
    await db.execute("PRAGMA journal_mode = WAL")
    await db.execute("PRAGMA synchronous = FULL")
    await db.execute(
        "CREATE TABLE messages (room TEXT, number INTEGER, sender TEXT, text TEXT, PRIMARY KEY (room, number))"
    )

    async def keep(*row: object) -> None:
        await db.execute("INSERT INTO messages VALUES (?, ?, ?, ?)", row)
        await db.commit()

    return keep


def rooms(keep: Keep) -> socketio.AsyncServer:
    """The server and what it does when somebody says something."""
    io = socketio.AsyncServer(async_mode="aiohttp", transports=["websocket"], http_compression=False)
    numbers: Counter[str] = Counter()
    seats: dict[str, tuple[str, str]] = {}

    @io.event  # type: ignore[untyped-decorator, unused-ignore]
    async def connect(sid: str, environ: dict[str, Any]) -> None:
        query = parse_qs(environ["QUERY_STRING"])
        seats[sid] = room, _ = query["room"][0], query["name"][0]
        await io.enter_room(sid, room)

    @io.event  # type: ignore[untyped-decorator, unused-ignore]
    async def disconnect(sid: str, _: str) -> None:
        seats.pop(sid, None)

    @io.event  # type: ignore[untyped-decorator, unused-ignore]
    async def say(sid: str, text: str) -> int:
        room, name = seats[sid]
        numbers[room] += 1
        number = numbers[room]
        await keep(room, number, name, text)
        await io.emit("said", {"number": number, "sender": name, "text": text}, room=room)
        return number

    return io


async def serve(rows: Path | None) -> None:
    """Opens a free port of this machine, prints where and on what, and goes on until the process is ended."""
    app = web.Application()
    rooms(await keeper(rows) if rows else forget).attach(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=4096).start()
    libraries = (*MADE_OF, "aiosqlite") if rows else MADE_OF
    made = [f"Python {python_version()}", *(f"{name} {version(name)}" for name in libraries)]
    print(json.dumps({"event": "listening", "port": runner.addresses[0][1], "made": made}), flush=True)  # noqa: T201
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=Path, help="keep every message in this SQLite file")
    uvloop.run(serve(parser.parse_args().rows))
