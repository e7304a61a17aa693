"""What the house needs from outside, in its own words. The guarantees are the contract: see `tests/contracts`."""

from gateway.ports.outside import Blobs, Bus, Clock, Dice, Fetcher, Moderator, Now, Poster, Stamper
from gateway.ports.records import Attempt, Backlog, Behind, Lane, Mirrored, Replay, Settled
from gateway.ports.store import Group, Store, Unwritable

__all__ = [
    "Attempt",
    "Backlog",
    "Behind",
    "Blobs",
    "Bus",
    "Clock",
    "Dice",
    "Fetcher",
    "Group",
    "Lane",
    "Mirrored",
    "Moderator",
    "Now",
    "Poster",
    "Replay",
    "Settled",
    "Stamper",
    "Store",
    "Unwritable",
]
