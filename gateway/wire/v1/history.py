"""A page of a conversation's history: on one side of a time, with absolute links to what is beyond it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.domain import errors
from gateway.domain.errors import Refused
from gateway.domain.message import Message
from gateway.wire.v1.times import ms, seconds
from gateway.wire.v2 import Json


class Side(NamedTuple):
    """Before or after a time in milliseconds; neither asks for the newest page."""

    before: int | None = None
    after: int | None = None

    @property
    def rest(self) -> "Side | None":
        """The other side, with the time itself; None where there is only one."""
        if self.before is not None:
            return Side(after=self.before - 1)
        return Side(before=self.after + 1) if self.after is not None else None


class Beyond(NamedTuple):
    """Whether there is more on either side of a page."""

    older: bool
    newer: bool


def side(query: Mapping[str, str]) -> Side:
    """What a query asks for; raises `Refused` (400)."""
    asked = {name: ms(query[name], name) for name in ("before", "after") if name in query}
    if len(asked) > 1:
        raise Refused(errors.bad_request("before and after exclude each other"))
    return Side(**asked)


def links(found: Sequence[Message], beyond: Beyond, url: str) -> Json:
    """`previous` and `next`, each where there is something."""
    shown: Json = {}
    if found and beyond.older:
        shown["previous"] = f"{url}?before={seconds(found[0].received)}"
    if found and beyond.newer:
        shown["next"] = f"{url}?after={seconds(found[-1].received)}"
    return shown
