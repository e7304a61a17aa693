"""A webhook call as the lanes see it: what was sent of them, and what that means for each."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from gateway.ports import Mirrored


class Fate(NamedTuple):
    """What a call means for a lane: so many of its events are settled, or it has to wait for `wait_s`."""

    settled: int = 0
    wait_s: float | None = None


AT_ONCE: Final = Fate(wait_s=0.0)  # read again from disk, and ready

Fates = dict[str, Fate]


class Call(NamedTuple):
    """The events of one call, lane by lane."""

    sent: Sequence[Mirrored]

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(it.id for it in self.sent)

    @property
    def event_ids(self) -> tuple[str, ...]:
        return tuple(it.event.id for it in self.sent)

    @property
    def lanes(self) -> dict[str, int]:
        """How many events of each lane there are."""
        return Counter(it.lane for it in self.sent)

    @property
    def heads(self) -> tuple[int, ...]:
        """The oldest event of each lane that lasts."""
        return tuple({it.lane: it.id for it in reversed(self.sent) if it.event.lasts}.values())

    @property
    def lasting(self) -> tuple[int, ...]:
        return tuple(it.id for it in self.sent if it.event.lasts)

    @property
    def fleeting(self) -> tuple[int, ...]:
        """What is over by the next attempt: nobody waits for it."""
        return tuple(it.id for it in self.sent if not it.event.lasts)

    @property
    def settled(self) -> Fates:
        """What it means for the lanes that these events are done with."""
        return {lane: Fate(settled=count) for lane, count in self.lanes.items()}

    def all_wait(self, fate: Fate) -> Fates:
        return dict.fromkeys(self.lanes, fate)
