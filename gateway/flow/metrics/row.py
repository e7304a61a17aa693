"""A metric as a row of a table: what it is called, what it says, and how it is read."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple, Protocol

from gateway.flow.floor import Flow
from gateway.flow.spread import Spread
from gateway.ports import Behind

Labelled = Iterable[tuple[tuple[str, ...], float]]


class Open(Protocol):
    """All sockets that are open."""

    def unsent(self) -> Iterable[int]:
        """Of each, the bytes that the network has not taken yet."""


class Reading(NamedTuple):
    """One look at everything, at a time in milliseconds."""

    flow: Flow
    open: Open
    behind: Behind
    now: int


class Metric(NamedTuple):
    """`name` is as it is shown; `read` gives a number for each set of labels."""

    name: str
    kind: Literal["counter", "gauge"]
    labels: tuple[str, ...]
    sentence: str
    read: Callable[[Reading], Labelled]


class Histogram(NamedTuple):
    """Numbers, by how many there were of each size."""

    name: str
    sentence: str
    read: Callable[[Reading], Spread]
    kind: str = "histogram"
    labels: tuple[str, ...] = ("le",)


Row = Metric | Histogram


def one(value: Callable[[Reading], float]) -> Callable[[Reading], Labelled]:
    """Of a number without labels."""
    return lambda it: (((), value(it)),)
