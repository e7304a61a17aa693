"""Request bodies of users."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from gateway.domain import limits
from gateway.domain.content import check_metadata
from gateway.domain.model import BrandId, ExternalId, Metadata
from gateway.wire.frames import ProfileChanges
from gateway.wire.requests.body import Body, Moment, check_moment


class UserCreate(Body, kw_only=True):
    external_id: ExternalId | None = None
    brand_id: BrandId | None = None
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


class BrandQuery(Body, kw_only=True):
    """Whose user an external id names, where several brands share an app."""

    brand_id: BrandId | None = None


class UserFilter(Body, kw_only=True):
    email: Annotated[str, Meta(min_length=1, max_length=limits.PROFILE)] = field(name="identities.email")
