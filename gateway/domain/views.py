"""The state as those who only look are shown it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from gateway.domain.events import Event
from gateway.domain.message import Message
from gateway.domain.model import Association, Participant, Room, User
from gateway.domain.value import Value


class Page(Value, kw_only=True):
    """Which part of a list: up to `size` records after, or before, the record with that id, or but for the first ones.

    `skip` counts those that are left out from the start, and stands alone: the oldest, of messages the newest.
    """

    size: int
    after: str | None = None
    before: str | None = None
    skip: int = 0

    def of(self, ids: Sequence[str]) -> tuple[slice, bool]:
        """Where this page lies in a whole list of records with these ids, which ascend, and whether there are more."""
        if self.before is not None:
            end = bisect_left(ids, self.before)
            return slice(max(end - self.size, 0), end), end > self.size
        start = bisect_right(ids, self.after or "") + self.skip
        return slice(start, start + self.size), start + self.size < len(ids)


class Guest(Value):
    """A participant with what is shown of their user."""

    participant: Participant
    user: User
    associations: tuple[Association, ...] = ()


class Overview(Value):
    """A conversation as a list shows it."""

    room: Room
    guests: tuple[Guest, ...]
    last_message: Message | None = None


class Told(Value, kw_only=True):
    """An event that a webhook is due, or was told: `ended_at` is when it was delivered or, where it `failed`, given up.

    It is tried at `due_at`, or at once (0). `id` is its place in its lane.
    """

    id: int
    lane: str
    event: Event
    attempts: int
    due_at: int
    ended_at: int | None
    failed: bool

    @property
    def status(self) -> str:
        return "waiting" if self.ended_at is None else "failed" if self.failed else "delivered"


class Sought(Value, kw_only=True):
    """Which calls of a webhook: those that were answered with 2xx, or those that were not; those with an event."""

    succeeded: bool | None = None
    event_id: str | None = None
