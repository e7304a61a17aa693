"""What waits for one webhook, as far as it is in memory: which of its lanes may go, and which have to wait.

Everything that waits is on disk. A lane is known here while something is done about it; of a lane that is not known,
nothing waits, unless the target is `behind`: then the disk is looked through for lanes, a page at a time.
"""

import asyncio
from collections import deque
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Final

from gateway.domain.circuit import CLOSED, Circuit
from gateway.ports import Mirrored

BATCH: Final = 100  # events in one call
LANES: Final = 2_000  # of one target that are known
ROWS: Final = 2_000  # of one target that are in memory
ROWS_IN_ALL: Final = 32_000  # of all targets
SHARE: Final = 64  # the part of what is left of those that one may read in one go
PORTION: Final = 500  # of them, read from disk in one go
CALLS: Final = 8  # to one target at a time
MOST_CALLS: Final = 128  # with one event each, once it answers


class Held:
    """A lane: the oldest of what waits in it, up to `last`. There is `more` on disk; `news` came since it was read."""

    __slots__ = ("last", "more", "news", "rows")

    def __init__(self, *rows: Mirrored) -> None:
        self.rows = deque(rows)
        self.last = rows[-1].id if rows else 0
        self.more = not rows
        self.news = False


class Shelf:
    """Counts what all targets have in memory, or are about to have."""

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows = 0

    @property
    def room(self) -> int:
        """For how many more events there is memory."""
        return ROWS_IN_ALL - self.rows

    @contextmanager
    def reserved(self, rows: int) -> Iterator[None]:
        """For so many there is less room meanwhile."""
        self.rows += rows
        try:
            yield
        finally:
            self.rows -= rows


class Target:
    __slots__ = (
        "again",
        "batch",
        "behind",
        "calls",
        "circuit",
        "cursor",
        "known",
        "looking",
        "paused",
        "ready",
        "resting",
        "rows",
        "shelf",
        "url",
        "version",
        "width",
    )

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.known: dict[str, Held] = {}
        self.ready: deque[str] = deque()
        self.resting: dict[str, asyncio.TimerHandle] = {}
        self.rows = 0
        self.batch = BATCH
        self.calls = 0
        self.circuit: Circuit = CLOSED
        self.behind = False
        self.again = False
        self.cursor = ""
        self.looking = False
        self.paused = False
        self.url = ""
        self.version = 0
        self.width = CALLS

    @property
    def curious(self) -> bool:
        """Whether there may be lanes on disk that could go, and nothing else is to be done first."""
        return self.behind and not (self.ready or self.looking) and len(self.known) < LANES

    @property
    def idle(self) -> bool:
        """Whether there is nothing to remember."""
        return not (self.known or self.calls or self.behind) and self.circuit == CLOSED

    @property
    def room(self) -> int:
        """For how many more events there is memory."""
        return min(ROWS - self.rows, self.shelf.room)

    def _hold(self, rows: int) -> None:
        """So many more are in memory, or so many less."""
        self.rows += rows
        self.shelf.rows += rows

    def take(self, row: Mirrored) -> None:
        """An event that was just committed."""
        held = self.known.get(row.lane)
        if held is None:
            self._meet(row)
        elif held.more or self.room <= 0:
            held.more = held.news = True
        elif row.id > held.last:  # else it was read before anybody was told of it
            held.rows.append(row)
            held.last = row.id
            self._hold(1)

    def _meet(self, row: Mirrored) -> None:
        if self.behind or len(self.known) >= LANES or self.room <= 0:
            self.behind = self.again = True
            return
        self.known[row.lane] = Held(row)
        self._hold(1)
        self.ready.append(row.lane)

    def find(self, lane: str) -> bool:
        """A lane that was found on disk: whether it was not known."""
        if lane in self.known:
            return False
        self.known[lane] = Held()
        return True

    def put_down(self) -> None:
        """What is in memory is not true any more, nor is what is being read; it is read again."""
        self.version += 1
        for held in self.known.values():
            self._put_down(held)

    def _put_down(self, held: Held) -> None:
        self._hold(-len(held.rows))
        held.rows.clear()
        held.more = held.news = True

    def hungry(self, lanes: Sequence[str]) -> list[str]:
        """Those of these lanes of which nothing is in memory; they are about to be read."""
        empty = [lane for lane in lanes if not self.known[lane].rows]
        for lane in empty:
            self.known[lane].news = False
        return empty

    def portion(self, lanes: int) -> int:
        """How many events of each of so many lanes there is room for: always one."""
        return min(max(min(PORTION, ROWS - self.rows, self.shelf.room // SHARE) // lanes, 1), BATCH)

    def fill(self, lanes: Sequence[str], rows: Iterable[Mirrored], most: int) -> None:
        """What was read of these lanes: of each one more than `most`, if there are more."""
        for lane in lanes:
            self.known[lane].more = self.known[lane].news
        for row in rows:
            held = self.known[row.lane]
            if len(held.rows) < most:
                held.rows.append(row)
                held.last = row.id
                self._hold(1)
            else:
                held.more = True

    @property
    def most(self) -> int:
        """Events in its next call, at most: a probe takes one."""
        return self.batch if self.circuit.closed else 1

    def pick(self) -> list[str]:
        """Lanes to go in one call. They are under way until `done`, `later` or `back`."""
        picked, most = [], self.most
        while self.ready and most > 0:
            lane = self.ready.popleft()
            most -= max(len(self.known[lane].rows), 1)
            picked.append(lane)
        return picked

    def let_go(self, picked: list[str], kept: Container[str]) -> bool:
        """Of the picked lanes, those that a call has no room for go back, and need not wait for its answer."""
        spare = [lane for lane in picked if lane not in kept]
        picked[:] = [lane for lane in picked if lane in kept]
        for lane in reversed(spare):
            self.back(lane)
        return bool(spare)

    def oldest(self, lane: str) -> Sequence[Mirrored]:
        """Of a lane, as many as the next call may hold."""
        return tuple(islice(self.known[lane].rows, self.most))

    def done(self, lane: str, sent: int) -> None:
        """So many events of a lane are settled, if they are still in memory."""
        held = self.known[lane]
        gone = min(sent, len(held.rows))
        for _ in range(gone):
            held.rows.popleft()
        self._hold(-gone)
        if held.rows or held.more:
            self.ready.append(lane)
        else:
            del self.known[lane]

    def back(self, lane: str) -> None:
        """The lane was not called after all: it is the next, if there is anything in it."""
        held = self.known[lane]
        if held.rows or held.more:
            self.ready.appendleft(lane)
        else:
            del self.known[lane]

    def later(self, lane: str) -> None:
        """The lane has to wait for its time; until then its events are on disk alone."""
        self._put_down(self.known[lane])

    def wake(self) -> None:
        """No lane has to wait any longer."""
        for lane, ends in self.resting.items():
            ends.cancel()
            self.ready.append(lane)
        self.resting.clear()

    def begin_anew(self) -> None:
        """What was found out about the endpoint does not count any more."""
        self.circuit = CLOSED
        self.wake()

    def alive(self) -> None:
        """The endpoint answers: if it was left alone, nobody waits any longer."""
        if not self.circuit.closed:
            self.wake()
        self.circuit = CLOSED

    def answered(self) -> None:
        """A call was taken: one who takes events one by one may be called more at a time."""
        if self.batch == 1:
            self.width = min(self.width + 1, MOST_CALLS)

    def failed(self) -> None:
        """A call was not taken."""
        self.width = CALLS

    def end(self) -> None:
        """Nothing waits any longer."""
        for ends in self.resting.values():
            ends.cancel()
        self.resting.clear()
        self.shelf.rows -= self.rows
        self.shelf = Shelf()  # a call that is under way may count on

    def looked(self, names: Sequence[str], page: int) -> None:
        """A page of lanes was found on disk. After the last one it begins anew, if anything was passed over."""
        self.cursor = names[-1] if len(names) == page else ""
        if not self.cursor:
            self.behind, self.again = self.again, False


def together(lanes: Iterable[Sequence[Mirrored]]) -> list[Mirrored]:
    """Events that may go in one call, lane by lane. One that failed before goes alone."""
    chosen: list[Mirrored] = []
    for rows in lanes:
        if not rows or not rows[0].attempts:
            chosen += rows
        elif not chosen:
            return [rows[0]]
    return chosen
