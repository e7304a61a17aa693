"""Whom the house reaches: files, other servers, other nodes; and the clock and the dice."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Protocol

from gateway.domain.events import Event
from gateway.domain.judging import Reply
from gateway.domain.media import Fetched
from gateway.domain.retry import Answered
from gateway.domain.value import Stamp


class Blobs(Protocol):
    """Keeps bytes by key."""

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """All of it, durable when it returns, or nothing; what `chunks` raises is raised here. Memory stays flat."""

    def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to before `end`, in pieces; raises `FileNotFoundError`."""

    async def drop(self, keys: Sequence[str]) -> None:
        """What is not there is dropped already."""

    def keys(self, before: int) -> AsyncIterator[Sequence[str]]:
        """The keys of what was put before that time, in milliseconds, some at a time."""


class Fetcher(Protocol):
    """Reads the beginning of what is at an address on the web."""

    async def __call__(self, url: str) -> Fetched | None:
        """None where there is no good answer in time, or where nobody may be asked. Never raises."""


class Bus(Protocol):
    """Carries events to every node. At most once, in order per publisher: positions heal what is lost."""

    async def publish(self, events: Sequence[Event]) -> None: ...
    def subscribe(self, hear: Callable[[Sequence[Event]], None], *kinds: type[Event]) -> None:
        """Have every event of these kinds heard, or of all; in order, what comes together as one."""

    async def close(self) -> None: ...


class Poster(Protocol):
    """Calls a webhook."""

    async def __call__(self, target: str, headers: Mapping[str, str], body: bytes) -> Answered:
        """What it answered, if anything in time. Never raises, never follows a redirect."""


class Moderator(Protocol):
    """Asks an app's endpoint to judge a message."""

    async def __call__(self, target: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> Reply:
        """What it answered, if anything in time. Never raises, never follows a redirect."""


Stamper = Callable[[], Stamp]
Now = Callable[[], int]
Clock = Callable[[], float]  # seconds, of any origin, which are never put back
Dice = Callable[[], float]
