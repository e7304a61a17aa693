"""The gateway's lives, one after the other on the same data, each a process of its own."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import aiohttp
from websockets.exceptions import WebSocketException

from tests.house_under_test import LOOPBACK
from tests.journeys.process import ROOT
from tests.kills.doom import Step

BIRTH_S: Final = 30.0
ERRORS: Final = "errors.log"
SETTINGS: Final = {
    "GATEWAY_PORT": "0",
    "GATEWAY_ALLOWED_NETWORKS": LOOPBACK,
    "GATEWAY_LOG_LEVEL": "error",
    "GATEWAY_COMMANDS_PER_SECOND": "100000",
}
LOST: Final = (WebSocketException, aiohttp.ClientError, OSError)


async def cut_off(*everybody: Coroutine[Any, Any, None]) -> None:
    """Everybody does what they do until their connection is lost: nothing else may end it."""
    for why in await asyncio.gather(*everybody, return_exceptions=True):
        was_cut_off = isinstance(why, LOST) and not isinstance(why, TimeoutError)
        if not was_cut_off:
            raise AssertionError(f"somebody stopped who was not cut off: {why!r}") from why


class Life:
    """One gateway process. It has to end by SIGKILL: whoever ends otherwise has failed."""

    def __init__(self, pid: int, said: asyncio.StreamReader) -> None:
        self._said = said
        self._dead: int | None = None
        self._handle = os.pidfd_open(pid)  # its pid may be somebody else's soon

    async def url(self) -> str | None:
        """Where it listens; None if it died before."""
        said = await self._hear()
        return None if said["event"] == "dead" else str(said["url"])

    def kill(self) -> None:
        """SIGKILL, if it lives."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    async def dead(self) -> None:
        """Wait until nothing of it is left."""
        while self._dead is None:
            await self._hear()
        os.close(self._handle)
        assert self._dead == -signal.SIGKILL, f"it ended by itself: {self._dead}"

    async def _hear(self) -> dict[str, Any]:
        async with asyncio.timeout(BIRTH_S):
            line = await self._said.readline()
        assert line, "there is no gateway any more"
        said: dict[str, Any] = json.loads(line)
        if said["event"] == "dead":
            self._dead = said["status"]
        return said


class Lives:
    """Gives birth to gateways on one data folder."""

    def __init__(self, data: Path, mother: asyncio.subprocess.Process) -> None:
        self.data = data
        self._mother = mother

    @asynccontextmanager
    async def life(self, doom: tuple[Step, int] | None = None, **rehearsal: Any) -> AsyncIterator[Life]:
        """One gateway, with its end in store or without; dead in the end. It may not have complained of anything."""
        order = {
            "data": str(self.data),
            "errors": str(self.data / ERRORS),
            "environment": SETTINGS,
            "doom": {"step": doom[0], "times": doom[1]} if doom else None,
            "rehearsal": rehearsal or None,
        }
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.write(json.dumps(order).encode() + b"\n")
        life = Life(json.loads(await self._mother.stdout.readline())["pid"], self._mother.stdout)
        self._mother.stdin.write(b"\n")
        try:
            yield life
        finally:
            life.kill()
            await life.dead()
        complaints = (self.data / ERRORS).read_text()
        assert not complaints, complaints


@asynccontextmanager
async def lives(data: Path) -> AsyncIterator[Lives]:
    """With an end to all of them. The folder is there."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    mother = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.kills.mother"),
        cwd=ROOT,
        env=known,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert mother.stdout is not None
        async with asyncio.timeout(BIRTH_S):
            assert json.loads(await mother.stdout.readline())["event"] == "attending"
        yield Lives(data, mother)
    finally:
        assert mother.stdin is not None
        mother.stdin.close()
        async with asyncio.timeout(BIRTH_S):
            await mother.wait()
