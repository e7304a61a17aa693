"""Whether one device heard all of one room, once and in order."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Witness:
    """Follows the `seq` of a room. `last` is the highest one heard, at first the one of the welcome."""

    last: int = 0
    missing: set[int] = field(default_factory=set)
    duplicates: int = 0
    reordered: int = 0

    def see(self, seq: int) -> None:
        """Takes note of one event that came out of turn, or in it."""
        if seq > self.last:
            self.missing.update(range(self.last + 1, seq))
            self.last = seq
        elif seq in self.missing:
            self.missing.remove(seq)
            self.reordered += 1
        else:
            self.duplicates += 1

    def lost(self, final: int) -> int:
        """How many of the events up to `final` never came."""
        return len(self.missing) + max(final - self.last, 0)
