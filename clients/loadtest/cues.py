"""What a generator process and its conductor say to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeAlias

from clients.loadtest.mirror import Mirror
from clients.loadtest.tally import Tally


@dataclass(frozen=True, slots=True)
class Reached:
    """The process waits at this mark until all have reached it; the conductor then answers with `Go`."""

    mark: str


@dataclass(frozen=True, slots=True)
class Go:
    """Everybody is there. `at_ns` is the same for all, on the machine's monotonic clock."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Progress:
    """What one process has done so far."""

    accepted: int
    deliveries: int
    welcomes: int
    online: int


@dataclass(frozen=True, slots=True)
class Done:
    """All that one process counted, and the processor time it took in the measured time.

    `minutes` are the histories of its conversations, where somebody kept them: when each message was sent.
    """

    tally: Tally
    cpu_s: float
    minutes: Mapping[str, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listening:
    """The receiver of webhooks is there, on these ports."""

    ports: Sequence[int]


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets that the calls of each webhook are signed with, in the order of the ports."""

    secrets: Sequence[str]


@dataclass(frozen=True, slots=True)
class Open:
    """All was said: a receiver that was closed opens."""


@dataclass(frozen=True, slots=True)
class Due:
    """Nothing more is said: the receiver is to wait a while for the rest of these histories, then to judge."""

    minutes: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Heard:
    """All that the receiver counted."""

    mirror: Mirror


@dataclass(frozen=True, slots=True)
class Failed:
    """The process cannot go on."""

    why: str

    @classmethod
    def because(cls, failed: BaseException) -> Self:
        """Of what lies at the bottom of it."""
        while isinstance(failed, BaseExceptionGroup):
            failed = failed.exceptions[0]
        return cls(f"{type(failed).__name__}: {failed}")


Said: TypeAlias = Reached | Progress | Done | Failed | Listening | Heard
