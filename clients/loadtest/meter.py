"""What the gateway costs: its processor time and its memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import psutil


class Gone(Exception):
    """The gateway's process has ended while it was loaded."""

    def __init__(self) -> None:
        super().__init__("The gateway ended while it was loaded.")


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one process, so far: processor seconds; and now: bytes resident, and open files, sockets included."""

    cpu_s: float
    rss_bytes: int
    files: int = 0


class Meter:
    """Watches one process."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)

    @classmethod
    def of_port(cls, port: int) -> Self | None:
        """The meter of whatever listens there; `None` when that cannot be seen."""
        for found in psutil.net_connections("tcp"):
            if found.status == psutil.CONN_LISTEN and found.laddr[1:] == (port,) and found.pid:
                return cls(found.pid)
        return None

    def read(self) -> Usage:
        """What it has used, with all its threads. Raises `Gone`."""
        try:
            with self._process.oneshot():
                if self._process.status() == psutil.STATUS_ZOMBIE:
                    raise Gone
                times = self._process.cpu_times()
                rss = self._process.memory_info().rss
                return Usage(times.user + times.system, rss, self._process.num_fds())
        except psutil.NoSuchProcess as gone:
            raise Gone from gone
