"""Request bodies of users."""

from msgspec import UNSET, UnsetType

from gateway.domain.content import check_metadata
from gateway.domain.model import ExternalId, Metadata
from gateway.wire.frames import ProfileChanges
from gateway.wire.requests.body import Body, Moment, check_moment


class UserCreate(Body, kw_only=True):
    external_id: ExternalId | None = None
    signed_up_at: Moment | None = None
    to_be_retained: bool | None = None
    profile: ProfileChanges | None = None
    metadata: Metadata | None = None

    def __post_init__(self) -> None:
        check_moment(self.signed_up_at, "signedUpAt")
        check_metadata(self.metadata)


class UserUpdate(Body, kw_only=True):
    signed_up_at: Moment | None | UnsetType = UNSET
    to_be_retained: bool | None | UnsetType = UNSET
    profile: ProfileChanges | None | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_moment(self.signed_up_at, "signedUpAt")
        check_metadata(self.metadata or None)
