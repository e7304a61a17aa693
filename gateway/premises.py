"""What a server takes possession of before it opens: data folder, port, open files. In one sentence, if it cannot."""

import asyncio
import contextlib
import fcntl
import resource
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from math import ceil
from pathlib import Path
from typing import Final, NamedTuple, TextIO

import structlog

log = structlog.get_logger(__name__)

LOCK = "gateway.lock"
LOOK_S: Final = 0.02  # between two looks whether the other server has left
MOST_FILES: Final = 1 << 20  # that are asked for; where there is no limit, some systems have one all the same


class CannotStart(Exception):
    """Said to the one who starts it: a sentence that begins with the name of what stands in the way."""


@asynccontextmanager
async def alone_on(data: Path, wait_s: float = 0.0) -> AsyncIterator[None]:
    """One server to a data folder: what it used last is answered from memory. Another one may take so long to leave."""
    with _lock_of(data) as lock:
        looks = ceil(wait_s / LOOK_S)
        if looks and not _taken(lock):
            log.info("waiting for another gateway to leave", data=str(data))
        while not _taken(lock):
            if looks <= 0:
                raise CannotStart(f"data: another gateway is running on {data}")
            looks -= 1
            await asyncio.sleep(LOOK_S)
        yield


def _taken(lock: TextIO) -> bool:
    """Whether the lock is ours, now if not before."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _lock_of(data: Path) -> TextIO:
    with using(data):
        data.mkdir(parents=True, exist_ok=True)
        return (data / LOCK).open("w")


@contextmanager
def using(data: Path) -> Iterator[None]:
    """What goes wrong with the data folder while it is opened."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise CannotStart(f"data: cannot use {data} ({error})") from None


@asynccontextmanager
async def port(host: str, number: int) -> AsyncIterator[socket.socket]:
    """A socket bound to the port, which nobody listens on yet; 0 picks a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, number))
        except socket.gaierror as error:
            raise CannotStart(f"host: cannot find {host} ({error.strerror})") from None
        except OSError as error:
            raise CannotStart(
                f"port: cannot listen on {host}:{number} ({error.strerror}); choose another with --port"
            ) from None
        yield sock


class Room(NamedTuple):
    """How many files this process may have open, and how many of them are for connections, and for devices'."""

    files: int
    connections: int
    sockets: int


def room(files: int) -> Room:
    """Some are kept for the database, attachments and calls to webhooks; and of connections, some for HTTP."""
    connections = files - min(2_048, files // 4)
    return Room(files, connections, connections - min(1_024, files // 8))


def sockets(wanted: int) -> Room:
    """Room for so many devices' sockets, as many as there is room for where `wanted` is 0; the soft limit is raised."""
    found = room(_files())
    if wanted > found.sockets:
        raise CannotStart(
            f"max_sockets: should be at most {found.sockets}, as this process may have {found.files} files open"
        )
    return found._replace(sockets=wanted or found.sockets)


def _files() -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):  # some systems have another limit, and do not say it
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_FILES if soft == resource.RLIM_INFINITY else min(soft, MOST_FILES)
