"""How a run goes, while it goes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic

from clients.loadtest.cues import Progress
from clients.loadtest.meter import Usage


@dataclass(frozen=True, slots=True)
class Glance:
    """What was counted at one moment."""

    at_s: float
    accepted: int = 0
    deliveries: int = 0
    welcomes: int = 0
    cpu_s: float = 0.0


class Ticker:
    """Prints a line to stderr at a tick, if the last one was so long ago."""

    def __init__(self, every_s: float = 0.0, clock: Callable[[], float] = monotonic) -> None:
        self._every_s = every_s
        self._clock = clock
        self._last = Glance(clock())

    def tick(self, progress: Iterable[Progress], usage: Usage | None) -> None:
        """Prints what has happened since the last line."""
        now_s = self._clock()
        if now_s - self._last.at_s < self._every_s:
            return
        parts = list(progress)
        glance = Glance(
            now_s,
            sum(part.accepted for part in parts),
            sum(part.deliveries for part in parts),
            sum(part.welcomes for part in parts),
            usage.cpu_s if usage else 0.0,
        )
        online = sum(part.online for part in parts)
        print(self._line(glance, online, usage), file=sys.stderr, flush=True)
        self._last = glance

    def _line(self, now: Glance, online: int, usage: Usage | None) -> str:
        last, passed_s = self._last, now.at_s - self._last.at_s
        words = [
            f"{online:>6,} online",
            f"{(now.welcomes - last.welcomes) / passed_s:>6,.0f} connects/s",
            f"{(now.accepted - last.accepted) / passed_s:>7,.0f} messages/s",
            f"{(now.deliveries - last.deliveries) / passed_s:>8,.0f} deliveries/s",
        ]
        if usage is not None:
            cpu = (now.cpu_s - last.cpu_s) / passed_s
            words.append(f"gateway {cpu:>4.0%} CPU {usage.rss_bytes / 2**20:,.1f} MiB {usage.files:,} files")
        return "  ".join(words)
