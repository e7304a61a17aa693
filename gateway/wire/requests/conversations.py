"""Request bodies of conversations and participants."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from gateway.domain.content import Url, check_metadata
from gateway.domain.model import Kind, Metadata
from gateway.wire.frames import Description, Name
from gateway.wire.requests.body import Body


class UserName(Body, kw_only=True):
    """A user by exactly one of the two ids."""

    user_id: str | None = None
    user_external_id: str | None = None

    def __post_init__(self) -> None:
        if (self.user_id is None) == (self.user_external_id is None):
            raise ValueError("should have exactly one of userId and userExternalId")


class ParticipantDraft(UserName, kw_only=True):
    subscribe_sdk_client: bool | None = field(default=None, name="subscribeSDKClient")


class ConversationCreate(Body, kw_only=True):
    type: Kind
    participants: Annotated[tuple[ParticipantDraft, ...], Meta(max_length=100)] | None = None
    display_name: Name | None = None
    description: Description | None = None
    icon_url: Url | None = None
    metadata: Metadata | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata)


class ConversationUpdate(Body, kw_only=True):
    display_name: Name | None | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET
    icon_url: Url | None | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_metadata(self.metadata or None)


class LeaveRequest(Body, kw_only=True):
    user_id: str | None = None
    user_external_id: str | None = None
    participant_id: str | None = None

    def __post_init__(self) -> None:
        named = [it for it in (self.user_id, self.user_external_id, self.participant_id) if it is not None]
        if len(named) != 1:
            raise ValueError("should have exactly one of userId, userExternalId and participantId")


class ConversationFilter(Body, kw_only=True):
    user_id: str | None = None
    user_external_id: str | None = None

    def __post_init__(self) -> None:
        if (self.user_id is None) == (self.user_external_id is None):
            raise ValueError("filter should have exactly one of userId and userExternalId")
