"""Where a device stands in every conversation, and what it must ask for to stand right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from clients.python.events import Event, Heard, Lost
from clients.python.wire import Json

ASKED: Final = 100  # conversations that one hello may name


@dataclass(frozen=True, slots=True)
class Positions:
    """The last `seq` heard per conversation, in one `epoch` of the server. Keep it to resume later."""

    epoch: str
    seq: Mapping[str, int] = field(default_factory=dict)

    def asked(self) -> Json:
        """The `positions` of a hello: the conversations heard from last, as many as one may name."""
        newest = list(self.seq.items())[-ASKED:]
        return {"epoch": self.epoch, "seq": dict(newest)}


class Order:
    """Puts the durable events of every conversation in order, each once.

    An event that comes too early is held until the hole before it is mended, either by the events
    that a resume brings or by the answer to `events:since`; whichever is second changes nothing.
    """

    def __init__(self, positions: Positions | None = None) -> None:
        self._epoch = positions.epoch if positions else None
        self._seq = dict(positions.seq) if positions else {}
        self._held: dict[str, dict[int, Event]] = {}

    @property
    def positions(self) -> Positions | None:
        """What to say in a hello; `None` before the first welcome."""
        return Positions(self._epoch, dict(self._seq)) if self._epoch is not None else None

    def position(self, conversation_id: str) -> int | None:
        """The `seq` of the last event heard there, `None` when nothing is known."""
        return self._seq.get(conversation_id)

    def has_hole(self, conversation_id: str) -> bool:
        """Whether events are held there, waiting for others before them."""
        return conversation_id in self._held

    def take(self, event: Event) -> list[Event]:
        """The events that may be told now: none for a repeated or an early one."""
        conversation_id, seq = event.conversation_id, event.seq
        if conversation_id is None or seq is None:
            return [event]
        known = self._seq.get(conversation_id)
        if known is None or seq == known + 1:
            self._move(conversation_id, seq)
            return [event, *self._contiguous(conversation_id)]
        if seq > known:
            self._held.setdefault(conversation_id, {})[seq] = event
        return []

    def mend(self, conversation_id: str, events: Iterable[Event], *, complete: bool) -> list[Heard]:
        """What may be told once `events:since` has answered.

        A hole that remains in a complete answer is made of events that are not for this user.
        """
        held = self._held.pop(conversation_id, {})
        told: list[Heard] = [] if complete else [Lost(conversation_id)]
        known = self._seq.get(conversation_id, 0)
        for event in sorted([*events, *held.values()], key=lambda event: event.seq or 0):
            if event.seq is not None and event.seq > known:
                known = event.seq
                told.append(event)
        self._move(conversation_id, known)
        return told

    def forget(self, conversation_id: str) -> None:
        """The user is no longer in it; should they come back, its next event is a new beginning."""
        self._seq.pop(conversation_id, None)
        self._held.pop(conversation_id, None)

    def welcome(self, welcome: Json) -> tuple[list[Lost], list[str]]:
        """Takes in a welcome: the conversations that are lost, and those to ask `events:since` for.

        A conversation that the hello named is answered in `recovered`. One it could not name is
        lost with the epoch, or asked for unless the welcome lists it where it already stands.
        """
        recovered: Mapping[str, bool] = welcome.get("recovered") or {}
        listed = {row["conversation"]["id"]: row["seq"] for row in welcome.get("conversations", [])}
        same_epoch = welcome["epoch"] == self._epoch
        self._epoch = welcome["epoch"]
        unnamed = [known for known in self._seq if known not in recovered]
        gone = [known for known, whole in recovered.items() if not whole]
        gone += [] if same_epoch else unnamed
        for conversation_id in gone:
            self.forget(conversation_id)
        behind = [known for known in unnamed if same_epoch and listed.get(known) != self._seq[known]]
        for conversation_id, seq in listed.items():
            self._seq.setdefault(conversation_id, seq)
        return [Lost(conversation_id) for conversation_id in gone], behind

    def _contiguous(self, conversation_id: str) -> list[Event]:
        held = self._held.get(conversation_id, {})
        ready = []
        while event := held.pop(self._seq[conversation_id] + 1, None):
            self._move(conversation_id, self._seq[conversation_id] + 1)
            ready.append(event)
        if not held:
            self._held.pop(conversation_id, None)
        return ready

    def _move(self, conversation_id: str, seq: int) -> None:
        self._seq.pop(conversation_id, None)  # so that the order of the dict is that of hearing
        self._seq[conversation_id] = seq
