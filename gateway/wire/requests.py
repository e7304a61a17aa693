"""What backends ask over REST v2: request bodies, as typed values that hold themselves to the limits."""

from datetime import MAXYEAR, datetime
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, UnsetType, field, structs

from gateway.domain import limits
from gateway.domain.audience import KNOWN_TRIGGERS
from gateway.domain.commands import WebhookDraft
from gateway.domain.content import Content, Field, Reference, Url, check_metadata, check_web_url
from gateway.domain.model import ExternalId, Kind, Metadata
from gateway.domain.value import Shape
from gateway.wire.frames import Description, Name, ProfileChanges
from gateway.wire.times import EPOCH

Moment = Annotated[datetime, Meta(tz=True)]
Seconds = Annotated[int, Meta(ge=0, le=10**10)]
Colour = Annotated[str, Meta(pattern="^#?[0-9a-fA-F]{3,8}$")]
Width = Annotated[str, Meta(max_length=8)]

APP_METADATA: Final = "App metadata"


class Body(Shape, kw_only=True):
    """A request body; unknown fields are let pass."""


class SettingsChanges(Body, kw_only=True):
    conversation_retention_seconds: Seconds | UnsetType = UNSET
    mask_credit_card_numbers: bool | UnsetType = UNSET
    use_animal_names: bool | UnsetType = UNSET
    echo_postback: bool | UnsetType = UNSET
    ignore_auto_conversation_start: bool | UnsetType = UNSET
    multi_convo_enabled: bool | UnsetType = UNSET
    app_localization_enabled: bool | UnsetType = UNSET
    end_session_enabled: bool | UnsetType = UNSET
    disable_conversation_reopen: bool | UnsetType = UNSET


class AppCreate(Body, kw_only=True):
    display_name: Name
    settings: SettingsChanges | None = None
    metadata: Metadata | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata, APP_METADATA)


class AppUpdate(Body, kw_only=True):
    display_name: Name | UnsetType = UNSET
    settings: SettingsChanges | None | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_metadata(self.metadata or None, APP_METADATA)


class KeyCreate(Body, kw_only=True):
    display_name: Name


class WebhookCreate(Body, kw_only=True):
    target: Url
    triggers: Annotated[tuple[str, ...], Meta(min_length=1)]
    include_full_user: bool | None = None
    include_full_source: bool | None = None

    def __post_init__(self) -> None:
        check_web_url(self.target, "target")
        check_triggers(self.triggers)

    @property
    def draft(self) -> WebhookDraft:
        return WebhookDraft(
            target=self.target,
            triggers=self.triggers,
            include_full_user=bool(self.include_full_user),
            include_full_source=bool(self.include_full_source),
        )


class WebhookUpdate(Body, kw_only=True):
    target: Url | UnsetType = UNSET
    triggers: Annotated[tuple[str, ...], Meta(min_length=1)] | UnsetType = UNSET
    include_full_user: bool | UnsetType = UNSET
    include_full_source: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.target is not UNSET:
            check_web_url(self.target, "target")
        if self.triggers is not UNSET:
            check_triggers(self.triggers)


def check_triggers(triggers: tuple[str, ...]) -> None:
    for trigger in triggers:
        if trigger not in KNOWN_TRIGGERS:
            raise ValueError(f"triggers should be known; '{trigger}' is not")


class PrechatCapture(Body, kw_only=True):
    avatar_url: Url | None = None
    enabled: bool = False
    enable_email_linking: bool = False
    fields: Annotated[tuple[Field, ...], Meta(max_length=limits.FIELDS)] = ()


class SdkFields(Body, kw_only=True):
    can_user_see_conversation_list: bool | None | UnsetType = UNSET
    can_user_create_more_conversations: bool | None | UnsetType = UNSET


class WebFields(SdkFields, kw_only=True):
    brand_color: Colour | None | UnsetType = UNSET
    fixed_intro_pane: bool | None | UnsetType = UNSET
    conversation_color: Colour | None | UnsetType = UNSET
    action_color: Colour | None | UnsetType = UNSET
    display_style: Literal["button", "tab"] | None | UnsetType = UNSET
    button_icon_url: Url | None | UnsetType = UNSET
    button_width: Width | None | UnsetType = UNSET
    button_height: Width | None | UnsetType = UNSET
    integration_order: tuple[str, ...] | None | UnsetType = UNSET
    business_name: Annotated[str, Meta(max_length=limits.LABEL)] | None | UnsetType = UNSET
    business_icon_url: Url | None | UnsetType = UNSET
    background_image_url: Url | None | UnsetType = UNSET
    origin_whitelist: tuple[Annotated[str, Meta(pattern=r"^https?://[^/\s]+$")], ...] | None | UnsetType = UNSET
    prechat_capture: PrechatCapture | None | UnsetType = UNSET


class IosFields(SdkFields, kw_only=True):
    certificate: str | None | UnsetType = UNSET
    password: str | None | UnsetType = UNSET
    production: bool | None | UnsetType = UNSET
    auto_update_badge: bool | None | UnsetType = UNSET


class AndroidFields(SdkFields, kw_only=True):
    project_id: str | None | UnsetType = UNSET
    client_email: str | None | UnsetType = UNSET
    private_key: str | None | UnsetType = UNSET
    server_key: str | None | UnsetType = UNSET
    sender_id: str | None | UnsetType = UNSET


FIELDS: dict[str, type[Body]] = {
    "custom": Body,
    "web": WebFields,
    "ios": IosFields,
    "android": AndroidFields,
}


class IntegrationHead(Body, kw_only=True):
    """What every integration says; the fields of its own type are read by `FIELDS`."""

    type: str
    display_name: Name | None = None
    webhooks: Annotated[tuple[WebhookCreate, ...], Meta(max_length=1)] | None = None


class IntegrationChanges(Body, kw_only=True):
    display_name: Name | None | UnsetType = UNSET


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


def check_moment(moment: Moment | None | UnsetType, what: str) -> None:
    """Hold a time to those that can be counted and written; raises ValueError."""
    if isinstance(moment, datetime) and not EPOCH.year <= moment.year < MAXYEAR:
        raise ValueError(f"{what} should be between {EPOCH.year} and {MAXYEAR}")


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


class AuthorDraft(Body, kw_only=True):
    type: Literal["business", "user"]
    user_id: str | None = None
    user_external_id: str | None = None
    display_name: Annotated[str, Meta(max_length=limits.LABEL)] | None = None
    avatar_url: Url | None = None
    subtypes: Annotated[tuple[Literal["AI"], ...], Meta(max_length=1)] | None = None

    def __post_init__(self) -> None:
        named = [it for it in (self.user_id, self.user_external_id) if it is not None]
        if self.type == "user" and len(named) != 1:
            raise ValueError("an author of type user should have exactly one of userId and userExternalId")
        if self.type == "business" and named:
            raise ValueError("userId and userExternalId are for authors of type user")


class Destination(Body, kw_only=True):
    integration_id: str | None = None
    integration_type: str | None = None


class MessageCreate(Body, kw_only=True):
    author: AuthorDraft
    content: Content
    destination: Destination | None = None
    metadata: Metadata | None = None
    override: dict[str, Any] | None = None
    schema: Literal["whatsapp"] | None = None
    references: Annotated[tuple[Reference, ...], Meta(min_length=1, max_length=limits.REFERENCES)] | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata)


class ActivityCreate(Body, kw_only=True):
    author: AuthorDraft
    type: Literal["conversation:read", "typing:start", "typing:stop"]


class ConversationFilter(Body, kw_only=True):
    user_id: str | None = None
    user_external_id: str | None = None

    def __post_init__(self) -> None:
        if (self.user_id is None) == (self.user_external_id is None):
            raise ValueError("filter should have exactly one of userId and userExternalId")


class IntegrationFilter(Body, kw_only=True):
    types: str | None = None


def changes(body: Shape) -> dict[str, Any]:
    """The fields that were sent, under their Python names."""
    return {name: value for name, value in structs.asdict(body).items() if value is not UNSET}


def api_fields(body: Shape) -> dict[str, Any]:
    """The fields that were sent, under the API's names."""
    named = zip(body.__struct_encode_fields__, body.__struct_fields__, strict=True)
    return {written: value for written, name in named if (value := getattr(body, name)) is not UNSET}
