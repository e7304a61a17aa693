"""Request bodies about the control of conversations."""

from typing import Annotated, Literal

from msgspec import Meta

from gateway.domain.content import check_metadata
from gateway.domain.model import Metadata
from gateway.wire.requests.body import Body

Target = Annotated[str, Meta(min_length=1)]
Reason = Literal["ticketClosed", "transferToEmail"]


class Control(Body, kw_only=True):
    """What is asked of a switchboard; `metadata` is passed on with what comes of it."""

    metadata: Metadata | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata)


class PassControl(Control, kw_only=True):
    switchboard_integration: Target
    reason: Reason | None = None


class OfferControl(Control, kw_only=True):
    switchboard_integration: Target


class AcceptControl(Control, kw_only=True):
    pass


class ReleaseControl(Control, kw_only=True):
    reason: Reason | None = None
