"""What a server takes possession of before it opens: its data folder and its port. In one sentence, if it cannot."""

import fcntl
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "gateway.lock"


class CannotStart(Exception):
    """Said to the one who starts it: a sentence that begins with the name of what stands in the way."""


@contextmanager
def alone_on(data: Path) -> Iterator[None]:
    """One server to a data folder: what it used last is answered from memory."""
    with using(data):
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / LOCK).open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(f"data: another gateway is running on {data}") from None
        yield


@contextmanager
def using(data: Path) -> Iterator[None]:
    """What goes wrong with the data folder while it is opened."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise CannotStart(f"data: cannot use {data} ({error})") from None


@contextmanager
def port(host: str, number: int) -> Iterator[socket.socket]:
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
