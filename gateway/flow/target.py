"""What waits for one webhook, as far as it is in memory: which of its lanes may go, and which have to wait.

Everything that waits is on disk. A lane is known here while something is done about it; of a lane that is not known,
nothing waits, unless the target is `behind`: then the disk is looked through for lanes, a page at a time.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from gateway.domain.circuit import CLOSED, Circuit
from gateway.ports import Mirrored

BATCH: Final = 100  # events in one call
LANES: Final = 2_000  # of one target that are known
ROWS: Final = 2_000  # of one target that are in memory


class Held:
    """A lane: all that waits in it, or None where that is only on disk. `news` came while a call was under way."""

    __slots__ = ("news", "rows")

    def __init__(self, rows: deque[Mirrored] | None) -> None:
        self.rows = rows
        self.news = False


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
        "url",
    )

    def __init__(self) -> None:
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

    @property
    def curious(self) -> bool:
        """Whether there may be lanes on disk that could go, and nothing else is to be done first."""
        return self.behind and not (self.ready or self.looking) and len(self.known) < LANES

    @property
    def idle(self) -> bool:
        """Whether there is nothing to remember."""
        return not (self.known or self.calls or self.behind) and self.circuit == CLOSED

    def take(self, row: Mirrored) -> None:
        """An event that was just committed."""
        held = self.known.get(row.lane)
        if held is None:
            self._meet(row)
        elif held.rows is not None and self.rows < ROWS:
            held.rows.append(row)
            self.rows += 1
        else:
            self._put_down(held)
            held.news = True

    def _meet(self, row: Mirrored) -> None:
        if self.behind or len(self.known) >= LANES or self.rows >= ROWS:
            self.behind = self.again = True
            return
        self.known[row.lane] = Held(deque((row,)))
        self.rows += 1
        self.ready.append(row.lane)

    def find(self, lane: str) -> bool:
        """A lane that was found on disk: whether it was not known."""
        if lane in self.known:
            return False
        self.known[lane] = Held(None)
        return True

    def put_down(self) -> None:
        """What is in memory is not true any more; it is read again."""
        for held in self.known.values():
            self._put_down(held)

    def _put_down(self, held: Held) -> None:
        if held.rows is not None:
            self.rows -= len(held.rows)
            held.rows = None
            held.news = True

    @property
    def most(self) -> int:
        """Events in its next call, at most: a probe takes one."""
        return self.batch if self.circuit.closed else 1

    def pick(self) -> list[str]:
        """Lanes to go in one call. They are under way until `done`, `later` or `back`."""
        picked, most = [], self.most
        while self.ready and most > 0:
            lane = self.ready.popleft()
            held = self.known[lane]
            held.news = False
            most -= len(held.rows) if held.rows is not None else 1
            picked.append(lane)
        return picked

    def in_memory(self, lane: str, most: int) -> Sequence[Mirrored] | None:
        """The oldest events of a lane; None where they are on disk."""
        rows = self.known[lane].rows
        return None if rows is None else tuple(islice(rows, most))

    def done(self, lane: str, sent: int, *, more: bool) -> None:
        """So many events of a lane are settled; `more` says whether the disk had more of them when it was read."""
        held = self.known[lane]
        if held.rows is not None:
            for _ in range(sent):
                held.rows.popleft()
            self.rows -= sent
            more = bool(held.rows)
        if more or held.news:
            self.ready.append(lane)
        else:
            self.forget(lane)

    def back(self, lane: str) -> None:
        """The lane was not called after all: it is the next."""
        self.ready.appendleft(lane)

    def later(self, lane: str) -> None:
        """The lane has to wait for its time; until then its events are on disk alone."""
        self._put_down(self.known[lane])

    def wake(self) -> None:
        """No lane has to wait any longer."""
        for lane, ends in self.resting.items():
            ends.cancel()
            self.ready.append(lane)
        self.resting.clear()

    def forget(self, lane: str) -> None:
        held = self.known.pop(lane)
        if held.rows is not None:
            self.rows -= len(held.rows)

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
