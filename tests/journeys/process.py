"""The gateway as a process of its own, started, stopped and killed from outside."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import cast

from gateway.flow.floor import Flow
from gateway.flow.provision import Credentials
from tests.house_under_test import LOOPBACK, House

ROOT = Path(__file__).parents[2]
START_S = 30.0


class Gateway:
    """A running `gateway` command."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.url = ""

    async def ready(self) -> str:
        """Where it listens; fails with what it said when it does not start."""
        assert self.process.stdout is not None
        async with asyncio.timeout(START_S):
            line = await self.process.stdout.readline()
        assert line, f"it did not start: {(await self.end())[1]}"
        said = json.loads(line)
        assert set(said) == {"event", "url"}
        assert said["event"] == "listening"
        self.url = said["url"]
        return self.url

    async def logs(self, event: str) -> None:
        """Until it says so on stderr."""
        assert self.process.stderr is not None
        async with asyncio.timeout(START_S):
            while json.loads(await self.process.stderr.readline())["event"] != event:
                pass

    async def end(self) -> tuple[int, str, str]:
        """Its exit code, and what it said on stderr and then on stdout since it was ready."""
        async with asyncio.timeout(START_S):
            out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, err.decode(), out.decode()


@asynccontextmanager
async def command(*words: str, **settings: str) -> AsyncIterator[Gateway]:
    """`gateway` with these words; `settings` are environment variables without their prefix. Killed at the end."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "gateway", *words),
        cwd=ROOT,
        env=known | {f"GATEWAY_{name.upper()}": value for name, value in settings.items()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Gateway(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def serving(data: Path, **settings: str) -> AbstractAsyncContextManager[Gateway]:
    """`gateway serve` on a free port, with webhooks on loopback."""
    chosen = {"port": "0", "allowed_networks": LOOPBACK, "log_level": "error", **settings}
    return command("serve", "--data", str(data), **chosen)


async def new_app(data: Path) -> Credentials:
    """What `gateway create-app` makes and prints."""
    async with command("create-app", "--data", str(data), "--name", "app", "--json") as gateway:
        code, errors, printed = await gateway.end()
    assert code == 0, errors
    made = json.loads(printed)
    return Credentials(
        app_id=made["appId"], key_id=made["keyId"], secret=made["secret"], integrations=made["integrations"]
    )


@asynccontextmanager
async def spoken_to(url: str, credentials: Credentials) -> AsyncIterator[House]:
    """The house behind a port; its moving parts are out of reach."""
    house = House(url, credentials, cast("Flow", None), ("", ""))
    try:
        yield house
    finally:
        await house.close()
