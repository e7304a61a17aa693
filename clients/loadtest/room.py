"""A conversation under load."""

from __future__ import annotations

from dataclasses import dataclass

from clients.loadtest.guest import Guest
from clients.loadtest.tally import Tally


@dataclass(slots=True)
class Room:
    """Its guests, who speak in turn. `posted_seq` is the last event known to be there from elsewhere."""

    id: str
    guests: list[Guest]
    posted_seq: int = 0
    _turn: int = 0

    @property
    def final_seq(self) -> int:
        """The highest `seq` that anybody knows of."""
        return max(self.posted_seq, *(max(guest.said_seq, guest.witness.last) for guest in self.guests))

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is under way: all that was said is answered, and heard by everybody."""
        final = self.final_seq
        return all(not guest.unanswered and not guest.witness.lost(final) for guest in self.guests)

    def next_speaker(self) -> Guest | None:
        """The next in turn who is online."""
        for step in range(len(self.guests)):
            at = (self._turn + step) % len(self.guests)
            if self.guests[at].online:
                self._turn = at + 1
                return self.guests[at]
        return None

    def judge(self, tally: Tally) -> None:
        """Counts what its guests never heard, or heard wrongly."""
        final = self.final_seq
        for guest in self.guests:
            tally.lost += guest.witness.lost(final)
            tally.duplicates += guest.witness.duplicates
            tally.reordered += guest.witness.reordered
            if guest.unanswered:
                tally.errors["never answered"] += guest.unanswered
