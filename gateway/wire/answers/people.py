"""Answers about users."""

from msgspec import UNSET, UnsetType

from gateway.domain.model import BrandId, ExternalId, Identity, Metadata, Profile
from gateway.wire.answers.answer import Answer, Id, Time


class User(Answer, kw_only=True):
    """A person who talks with the business."""

    id: Id
    authenticated: bool
    external_id: ExternalId | UnsetType = UNSET
    brand_id: BrandId | UnsetType = UNSET
    signed_up_at: Time | UnsetType = UNSET
    to_be_retained: bool
    profile: Profile
    metadata: Metadata
    identities: tuple[Identity, ...]


class UserAnswer(Answer, kw_only=True):
    user: User


class UserList(Answer, kw_only=True):
    users: tuple[User, ...]
