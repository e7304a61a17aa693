"""A gateway of the run's own, with an app made for it."""

from __future__ import annotations

import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

import orjson

from clients.loadtest.meter import Gone
from clients.loadtest.plan import Target

STARTING_S: Final = 30.0
STOPPING_S: Final = 10.0


class NoGateway(Exception):
    """The gateway did not start, or ended by itself."""


@contextmanager
def gateway(*settings: str) -> Iterator[Target]:
    """Starts one on a free port of this machine, with a folder of its own; both are gone afterwards.

    `settings` are further words of its command line.
    """
    with tempfile.TemporaryDirectory(prefix="loadtest-") as folder, (Path(folder) / "log").open("w+b") as log:
        made = orjson.loads(_run(log, "create-app", "--data", folder, "--name", "loadtest", "--json"))
        process = subprocess.Popen(  # noqa: S603
            _command("serve", "--data", folder, "--host", "127.0.0.1", "--port", "0", *settings),
            stdout=subprocess.PIPE,
            stderr=log,
        )
        try:
            url = _listening(process, log)
            yield Target(url, made["appId"], made["keyId"], made["secret"], made["integrations"]["web"])
        except Gone as gone:
            raise NoGateway(f"{gone} Its status was {process.wait(STOPPING_S)}. {_tail(log)}".strip()) from gone
        finally:
            _stop(process)


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "gateway", *words]


def _run(log: IO[bytes], *words: str) -> bytes:
    done = subprocess.run(  # noqa: S603 - the words are this module's own
        _command(*words), stdout=subprocess.PIPE, stderr=log, timeout=STARTING_S, check=False
    )
    if done.returncode != 0:
        raise NoGateway(_why_not_started(log))
    return done.stdout


def _listening(process: subprocess.Popen[bytes], log: IO[bytes]) -> str:
    """The address in the line that it prints when it is ready."""
    output = cast("IO[bytes]", process.stdout)
    ready, _, _ = select.select([output], [], [], STARTING_S)
    line = output.readline() if ready else b""
    if not line:
        raise NoGateway(_why_not_started(log))
    url: str = orjson.loads(line)["url"]
    return url


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOPPING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _why_not_started(log: IO[bytes]) -> str:
    return f"The gateway did not start: {_tail(log)}"


def _tail(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode(errors="replace")[-2000:].strip()
