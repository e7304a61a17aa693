"""What those who talk notice when a herd of devices comes back at once: `python -m tests.benchmarks.herd --help`.

A gateway of its own and a room that talks; a process of its own in which all devices connect at the same moment. It
prints one JSON line: how long what was said took to be heard before and meanwhile, and how long the herd waited.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

from websockets.frames import Opcode

from tests.house_under_test import Device, House
from tests.journeys.bare import masked
from tests.journeys.process import ROOT, new_app, serving, spoken_to

EVERY_S = 0.01  # a message of the room
QUIET_S = 3.0
LATEST_S = 60.0


def told(waits_s: list[float]) -> dict[str, float]:
    """Median, 99 of 100 and the longest, in milliseconds."""
    cuts = quantiles(waits_s, n=100)
    return {name: round(it * 1000, 1) for name, it in (("p50", cuts[49]), ("p99", cuts[98]), ("max", max(waits_s)))}


class Talk:
    """Two who talk: one says something again and again, the other hears it."""

    def __init__(self, speaker: Device, listener: Device, room: str) -> None:
        self._speaker = speaker
        self._listener = listener
        self._room = room
        self._said: dict[str, float] = {}
        self._quiet = asyncio.Event()
        self.waits_s: list[float] = []

    @contextlib.asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            both = [tasks.create_task(self._speak()), tasks.create_task(self._hear())]
            tasks.create_task(self._forget_answers())
            yield
            both[0].cancel()
            async with asyncio.timeout(LATEST_S):
                await self._quiet.wait()
            for task in tasks._tasks:
                task.cancel()

    async def _speak(self) -> None:
        while True:
            text = str(time.monotonic())
            self._said[text] = time.monotonic()
            self._quiet.clear()
            content = {"type": "text", "text": text}
            await self._speaker.say("message:send", conversationId=self._room, content=content)
            await asyncio.sleep(EVERY_S)

    async def _hear(self) -> None:
        while True:
            event = await self._listener.event("conversation:message")
            text = event["event"]["payload"]["message"]["content"]["text"]
            self.waits_s.append(time.monotonic() - self._said.pop(text))
            if not self._said:
                self._quiet.set()

    async def _forget_answers(self) -> None:
        while True:
            await self._speaker.socket.recv()


async def one_of_them(url: str, integration: str, number: int, token: str) -> float:
    """Connect, say hello and be welcomed; gives the seconds that it took."""
    where = urlsplit(url)
    began = time.monotonic()
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    path = f"/sdk/v2/integrations/{integration}/socket"
    head = f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    writer.write(f"{head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
    hello = {"type": "hello", "id": 1, "device": {"guid": f"herd-{number}"}, "auth": {"jwt": token}}
    writer.write(masked(Opcode.TEXT, json.dumps(hello).encode()))
    seen = b""
    while b'"type":"welcome"' not in seen:
        data = await reader.read(65_536)
        if not data:
            raise ConnectionResetError(seen[-200:])
        seen = seen[-20:] + data
    took = time.monotonic() - began
    writer.transport.abort()
    return took


async def herd(url: str, integration: str) -> None:
    """All connect at once, again for each line that is read; their tokens are read first."""
    tokens = json.loads(sys.stdin.readline())
    while sys.stdin.readline():
        began = time.monotonic()
        each = (one_of_them(url, integration, number, token) for number, token in enumerate(tokens))
        done = await asyncio.gather(*each, return_exceptions=True)
        waits_s = [it for it in done if isinstance(it, float)]
        took = time.monotonic() - began
        sys.stdout.write(json.dumps({"took_s": round(took, 2), "welcomed": len(waits_s), **told(waits_s)}) + "\n")
        sys.stdout.flush()


def processor_s(pid: int) -> float:
    """Processor time that a process has taken."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


async def measure(house: House, pid: int, devices: int) -> dict[str, Any]:
    room = await house.group("speaker", "listener")
    tokens = [house.token(f"herd{number}") for number in range(devices)]
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "tests.benchmarks.herd",
            "--url",
            house.url,
            "--integration",
            house.integrations["web"],
        ),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 26,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    async def storm() -> dict[str, Any]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"go\n")
        async with asyncio.timeout(LATEST_S * 2):
            done: dict[str, Any] = json.loads(await process.stdout.readline())
        return done

    try:
        process.stdin.write(json.dumps(tokens).encode() + b"\n")
        await storm()  # all are known from here on
        result: dict[str, Any] = {"devices": devices}
        speaker, listener = await house.device("speaker"), await house.device("listener")
        talk = Talk(speaker, listener, room)
        async with talk.going_on():
            await asyncio.sleep(QUIET_S)
        result["quiet"] = told(talk.waits_s)
        talk, before_s = Talk(speaker, listener, room), processor_s(pid)
        async with talk.going_on():
            result["herd"] = await storm()
        result["storm"] = told(talk.waits_s)
        return result | {"gateway_ms_each": round((processor_s(pid) - before_s) * 1000 / devices, 2)}
    finally:
        process.kill()
        await process.wait()


async def main(devices: int) -> None:
    with tempfile.TemporaryDirectory(prefix="herd-") as folder:
        data = Path(folder)
        app = await new_app(data)
        async with (
            serving(data, commands_per_second="100000") as gateway,
            spoken_to(await gateway.ready(), app) as house,
        ):
            sys.stdout.write(json.dumps(await measure(house, gateway.process.pid, devices)) + "\n")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--devices", type=int, default=3_000)
    options.add_argument("--url")
    options.add_argument("--integration")
    given = options.parse_args()
    asyncio.run(herd(given.url, given.integration) if given.url else main(given.devices))
