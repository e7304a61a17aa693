"""A server of a trial's own: started on a free port of this machine, and gone afterwards."""

from __future__ import annotations

import select
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import msgspec

from clients.loadtest.lanes import each
from clients.loadtest.plan import Target
from clients.python import Backend
from tests.benchmarks.peers.wires import Seat

STARTING_S: Final = 30.0
STOPPING_S: Final = 10.0
LANES: Final = 32


class NoServer(Exception):
    """A peer did not start."""


class Ready(msgspec.Struct):
    """The line in which it says where it listens, and what it is made of."""

    port: int
    made: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stand:
    """A server that listens; `target` where it wants people and rooms to be made first."""

    port: int
    made: tuple[str, ...]
    target: Target | None = None

    async def seats(self, count: int, room_size: int) -> list[Seat]:
        """Places in rooms, each room's one after the other."""
        names = [f"guest{number}" for number in range(count)]
        groups = {f"room{at}": names[at : at + room_size] for at in range(0, count, room_size)}
        if self.target is None:
            return [Seat(room, name) for room, group in groups.items() for name in group]
        return await _invited(self.target, list(groups.values()))


async def _invited(target: Target, groups: Sequence[Sequence[str]]) -> list[Seat]:
    found: list[Seat] = []
    async with Backend(target.url, target.key_id, target.secret, app_id=target.app_id) as business:

        async def invite(group: Sequence[str]) -> None:
            for name in group:
                await business.users.create(externalId=name)
            people = [{"userExternalId": name, "subscribeSDKClient": True} for name in group]
            room = await business.conversations.create(type="sdkGroup", participants=people)
            found.extend(Seat(room["id"], name, business.user_token(name)) for name in group)

        await each(groups, LANES, invite)
    return found


@contextmanager
def started(words: Sequence[str], surroundings: Mapping[str, str], *, keeps_rows: bool) -> Iterator[Stand]:
    """Starts a peer, with a file for its rows if it keeps any. Raises `NoServer`."""
    with tempfile.TemporaryDirectory(prefix="peers-") as folder, (Path(folder) / "log").open("w+b") as log:
        rows = ("--rows", str(Path(folder) / "rows.sqlite")) if keeps_rows else ()
        process = subprocess.Popen([*words, *rows], stdout=subprocess.PIPE, stderr=log, env=dict(surroundings))
        try:
            ready = _ready(process.stdout, log)
            yield Stand(ready.port, ready.made)
        finally:
            _stop(process)


def _ready(output: IO[bytes] | None, log: IO[bytes]) -> Ready:
    assert output is not None
    readable, _, _ = select.select([output], [], [], STARTING_S)
    line = output.readline() if readable else b""
    if not line:
        log.seek(0)
        raise NoServer(f"It did not start: {log.read().decode(errors='replace')[-500:].strip()}")
    return msgspec.json.decode(line, type=Ready)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOPPING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
