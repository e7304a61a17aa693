"""Keeps the generator processes together, and measures the gateway meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from time import monotonic, monotonic_ns, sleep
from typing import Final, TypeAlias, cast

from clients.loadtest.cues import Done, Failed, Go, Progress, Reached, Said
from clients.loadtest.meter import Meter, Usage
from clients.loadtest.mirror import Mirror
from clients.loadtest.progress import Ticker
from clients.loadtest.tally import Tally

PATIENCE_S: Final = 1.0  # between two looks at the clock
LOOKS: Final = 10
LOOK_S: Final = 0.05
Cue: TypeAlias = Callable[[str, int], None]
HEAD_START_NS: Final = 20_000_000  # until a cue has reached every process


class Stuck(Exception):
    """A generator process failed, or the run took far longer than it may."""


@dataclass(slots=True)
class Outcome:
    """What came of a run: the counts of all processes, and the gateway's usage at each mark."""

    tally: Tally = field(default_factory=Tally)
    generator_cpu_s: float = 0.0
    usage: dict[str, Usage] = field(default_factory=dict)
    peak_rss_bytes: int = 0
    samples: list[Usage] = field(default_factory=list)  # in the measured time, about one a second
    minutes: dict[str, Sequence[int]] = field(default_factory=dict)
    mirror: Mirror | None = None


def nobody(mark: str, at_ns: int) -> None:
    """Who else is told of marks, when nobody else wants to know."""


class Conductor:
    """One run, from the first mark to the last count."""

    def __init__(
        self, lines: Sequence[Connection], meter: Meter | None, limit_s: float, cue: Cue, ticker: Ticker
    ) -> None:
        self._playing = set(lines)
        self._meter = meter
        self._cue = cue
        self._deadline_s = monotonic() + limit_s
        self._outcome = Outcome()
        self._arrived: list[Connection] = []
        self._progress: dict[Connection, Progress] = {}
        self._ticker = ticker

    def conduct(self) -> Outcome:
        """Plays it to the end. Raises `Stuck` or `Gone`."""
        while self._playing:
            for line in wait(list(self._playing), PATIENCE_S):
                self._hear(cast("Connection", line))
            self._read_meter()
            if monotonic() > self._deadline_s:
                late = "the run took too long"
                raise Stuck(late)
        return self._outcome

    def _hear(self, line: Connection) -> None:
        match received(line):
            case Reached(mark):
                self._arrived.append(line)
                if len(self._arrived) == len(self._playing):
                    self._go(mark)
            case Progress() as progress:
                self._progress[line] = progress
                self._tell()
            case Done(tally, cpu_s, minutes):
                self._outcome.tally.add(tally)
                self._outcome.generator_cpu_s += cpu_s
                self._outcome.minutes.update(minutes)
                self._playing.discard(line)
            case Failed(why):
                self._watch()
                raise Stuck(why)

    def _go(self, mark: str) -> None:
        if usage := self._read_meter():
            self._outcome.usage[mark] = usage
        at_ns = monotonic_ns() + HEAD_START_NS
        for line in self._arrived:
            line.send(Go(at_ns))
        self._cue(mark, at_ns)
        self._arrived.clear()

    def _tell(self) -> None:
        """Says how it goes, once everybody has said so."""
        if len(self._progress) >= len(self._playing):
            usage = self._read_meter()
            if usage and "measuring" in self._outcome.usage and "measured" not in self._outcome.usage:
                self._outcome.samples.append(usage)
            self._ticker.tick(self._progress.values(), usage)
            self._progress.clear()

    def _watch(self) -> None:
        """A gateway that is going says more than what came of it."""
        for _ in range(LOOKS):
            self._read_meter()
            sleep(LOOK_S)

    def _read_meter(self) -> Usage | None:
        if self._meter is None:
            return None
        usage = self._meter.read()
        self._outcome.peak_rss_bytes = max(self._outcome.peak_rss_bytes, usage.rss_bytes)
        return usage


def received(line: Connection) -> Said:
    """The next thing that a process says. Raises `Stuck` when it has died."""
    try:
        said: Said = line.recv()
    except EOFError as gone:
        died = "a generator process died"
        raise Stuck(died) from gone
    return said
