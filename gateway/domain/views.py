"""The state as those who only look are shown it."""

from gateway.domain.message import Message
from gateway.domain.model import Participant, Room, User
from gateway.domain.value import Value


class Page(Value, kw_only=True):
    """Which part of a list: up to `size` records after, or before, the record with that id."""

    size: int
    after: str | None = None
    before: str | None = None


class Guest(Value):
    """A participant with what is shown of their user."""

    participant: Participant
    user: User
    client_id: str | None = None


class Overview(Value):
    """A conversation as a list shows it."""

    room: Room
    guests: tuple[Guest, ...]
    last_message: Message | None = None
