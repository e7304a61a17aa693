"""Request bodies of integrations and webhooks."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.domain import limits
from gateway.domain.audience import KNOWN_TRIGGERS
from gateway.domain.commands import WebhookDraft
from gateway.domain.content import Field, Url, check_web_url
from gateway.wire.frames import Name
from gateway.wire.requests.body import Body

Colour = Annotated[str, Meta(pattern="^#?[0-9a-fA-F]{3,8}$")]
Width = Annotated[str, Meta(max_length=8)]


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


class IntegrationFilter(Body, kw_only=True):
    types: str | None = None
