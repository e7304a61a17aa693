"""Request bodies about how webhooks are called, and what they are told again."""

from typing import Literal

from msgspec import UNSET, UnsetType

from gateway.wire.cursor import Id
from gateway.wire.requests.body import Body, Moment, check_moment

ONE_OF_THREE = "Of eventId, failed and since exactly one should be given, and failed only as true"


class DeliveryUpdate(Body, kw_only=True):
    """`schedule` is null for the gateway's own."""

    one_per_call: bool | UnsetType = UNSET
    standard_webhooks: bool | UnsetType = UNSET
    schedule: Literal["documented", "long"] | None | UnsetType = UNSET


class Replay(Body, kw_only=True):
    """One event; all that were given up; or all that happened since a time and do not wait any more."""

    event_id: Id | None = None
    failed: bool | None = None
    since: Moment | None = None

    def __post_init__(self) -> None:
        check_moment(self.since, "since")
        if [self.event_id is not None, self.failed is not None, self.since is not None].count(True) != 1:
            raise ValueError(ONE_OF_THREE)
        if self.failed is False:
            raise ValueError(ONE_OF_THREE)


class AttemptFilter(Body, kw_only=True):
    event_id: Id | None = None
    status: Literal["succeeded", "failed"] | None = None


class EventFilter(Body, kw_only=True):
    status: Literal["waiting", "delivered", "failed"] = "failed"
