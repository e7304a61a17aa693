"""What a store keeps or gives besides the nouns of the domain."""

from gateway.domain.events import Event
from gateway.domain.value import Value


class Replay(Value):
    """The events after a position, oldest first; `complete` is false where any of them is not kept any more."""

    events: tuple[Event, ...] = ()
    complete: bool = True


class Mirrored(Value):
    """An event that a webhook is due. Calls of one `lane` go out in the order of `id`."""

    webhook_id: str
    lane: str
    event: Event
    id: int = 0
    attempts: int = 0


class Lane(Value):
    """A lane of a webhook with waiting events, the oldest of which may be sent at `due_at`, in milliseconds."""

    name: str
    due_at: int


class Backlog(Value):
    """What waits for a webhook: how many events, and when the oldest of them happened, in milliseconds."""

    webhook_id: str
    app_id: str
    events: int
    oldest_at: int


class Behind(Value):
    """How many webhooks have waiting events, and how many events; `most` are the webhooks with the most of them."""

    webhooks: int = 0
    events: int = 0
    most: tuple[Backlog, ...] = ()


class Settled(Value, kw_only=True):
    """What an attempt made of the events `ids`: delivered, waiting until `due_at`, or given up; else they are gone."""

    ids: tuple[int, ...]
    attempts: int = 0
    delivered_at: int | None = None
    due_at: int | None = None
    failed_at: int | None = None

    @property
    def is_gone(self) -> bool:
        return self.delivered_at is None and self.due_at is None and self.failed_at is None


class Attempt(Value, kw_only=True, omit_defaults=True):
    """A call of a webhook with the events of these ids, begun at `at` and answered after `took_ms`.

    `status` is None where nothing came; `said` is how the answer begins, or why there was none.
    """

    webhook_id: str
    at: int
    took_ms: int
    events: tuple[str, ...]
    status: int | None = None
    said: str = ""
    id: int = 0
