"""What an integration of each type is made with, and what of it can be changed; the API's table as types."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.domain import limits
from gateway.domain.channels import CUSTOM
from gateway.domain.content import Field, Url
from gateway.wire.requests.body import Body

Word = Annotated[str, Meta(min_length=1)]
Colour = Annotated[str, Meta(pattern="^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")]
Width = Annotated[str, Meta(max_length=8)]
Origin = Annotated[str, Meta(pattern=r"^https?://[^/\s]+$")]  # RFC 6454: scheme "://" host [ ":" port ]
AppleSecret = Annotated[str, Meta(min_length=88)]


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
    origin_whitelist: tuple[Origin, ...] | None | UnsetType = UNSET
    prechat_capture: PrechatCapture | None | UnsetType = UNSET


class IosFields(SdkFields, kw_only=True):
    certificate: Word | None | UnsetType = UNSET
    password: str | None | UnsetType = UNSET
    production: bool | None | UnsetType = UNSET
    auto_update_badge: bool | None | UnsetType = UNSET


class AndroidFields(SdkFields, kw_only=True):
    project_id: Word | None | UnsetType = UNSET
    client_email: Word | None | UnsetType = UNSET
    private_key: Word | None | UnsetType = UNSET
    server_key: Word | None | UnsetType = UNSET
    sender_id: Word | None | UnsetType = UNSET


class AppleChanges(Body, kw_only=True):
    authentication_message_secret: AppleSecret | None | UnsetType = UNSET


class AppleFields(AppleChanges, kw_only=True):
    business_id: Word
    api_secret: Word
    msp_id: Word


class InstagramChanges(Body, kw_only=True):
    page_access_token: Word | None | UnsetType = UNSET
    story_replies_enabled: bool | None | UnsetType = UNSET
    story_mentions_enabled: bool | None | UnsetType = UNSET


class InstagramFields(Body, kw_only=True):
    page_access_token: Word | None
    app_id: Word
    app_secret: Word | None
    story_replies_enabled: bool | None | UnsetType = UNSET
    story_mentions_enabled: bool | None | UnsetType = UNSET


class LineFields(Body, kw_only=True):
    channel_id: str | None | UnsetType = UNSET
    channel_secret: str | None | UnsetType = UNSET
    channel_access_token: str | None | UnsetType = UNSET
    service_code: str | None | UnsetType = UNSET
    switcher_secret: Word | None | UnsetType = UNSET
    qr_code_url: str | None | UnsetType = UNSET


class MailgunChanges(Body, kw_only=True):
    hide_unsubscribe_link: bool | None | UnsetType = UNSET
    from_address: Word | None | UnsetType = UNSET


class MailgunFields(MailgunChanges, kw_only=True):
    api_key: Word | None
    signing_key: Word | None | UnsetType = UNSET
    domain: Word
    incoming_address: Word

    def __post_init__(self) -> None:
        if not self.incoming_address.lower().endswith(f"@{self.domain.lower()}"):
            raise ValueError("incomingAddress should be an address of domain")


class MessagebirdFields(Body, kw_only=True):
    access_key: Word | None
    signing_key: Word | None
    originator: Word


class MessengerChanges(Body, kw_only=True):
    page_access_token: Word | None | UnsetType = UNSET


class MessengerFields(Body, kw_only=True):
    page_access_token: Word | None
    app_id: Word
    app_secret: Word | None
    page_id: int | float | None | UnsetType = UNSET
    page_name: str | None | UnsetType = UNSET


class TelegramFields(Body, kw_only=True):
    token: Word | None


class TwilioFields(Body, kw_only=True):
    account_sid: Word
    auth_token: Word | None
    phone_number_sid: Word | None | UnsetType = UNSET
    messaging_service_sid: Word | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if not (self.phone_number_sid or self.messaging_service_sid):
            raise ValueError("should have one of messagingServiceSid and phoneNumberSid")


class TwitterFields(Body, kw_only=True):
    tier: Literal["enterprise"]
    consumer_key: Word
    consumer_secret: Word | None
    access_token_key: Word
    access_token_secret: Word | None


class ViberFields(Body, kw_only=True):
    token: Word | None


class WhatsappFields(Body, kw_only=True):
    hsm_fallback_language: str | None | UnsetType = UNSET
    account_id: str | None | UnsetType = UNSET
    account_management_access_token: str | None | UnsetType = UNSET


FIELDS: dict[str, type[Body]] = {
    "custom": Body,
    "web": WebFields,
    "ios": IosFields,
    "android": AndroidFields,
    "unity": SdkFields,
    "apple": AppleFields,
    "instagram": InstagramFields,
    "line": LineFields,
    "mailgun": MailgunFields,
    "messagebird": MessagebirdFields,
    "messenger": MessengerFields,
    "telegram": TelegramFields,
    "twilio": TwilioFields,
    "twitter": TwitterFields,
    "viber": ViberFields,
    "whatsapp": WhatsappFields,
}
CHANGES: dict[str, type[Body]] = {
    "web": WebFields,
    "ios": IosFields,
    "android": AndroidFields,
    "unity": SdkFields,
    "apple": AppleChanges,
    "instagram": InstagramChanges,
    "mailgun": MailgunChanges,
    "messenger": MessengerChanges,
    "whatsapp": WhatsappFields,
}

# What the server alone says of an integration.
READ_ONLY: dict[str, tuple[str, ...]] = {
    "custom": ("webhooks",),
    "web": ("attachmentsEnabled",),
    "ios": ("attachmentsEnabled",),
    "android": ("attachmentsEnabled",),
    "unity": ("attachmentsEnabled",),
    "instagram": ("businessName", "businessUsername", "pageId", "businessId", "username", "userId"),
    "line": ("lineId",),
    "messagebird": ("webhookSecret",),
    "telegram": ("username", "botId"),
    "twitter": ("envName",),
    "viber": ("uri", "accountId"),
    "whatsapp": ("phoneNumber",),
}


def lasting(kind: str) -> tuple[str, ...]:
    """The fields of an integration that PATCH documents but cannot change, in the API's names."""
    written = FIELDS[kind].__struct_encode_fields__ if kind in FIELDS else ()
    changing = CHANGES[kind].__struct_encode_fields__ if kind in CHANGES else ()
    shown = ("id", "type", "status", *(() if kind == CUSTOM else ("defaultResponder",)))
    return (*shown, *(it for it in written if it not in changing), *READ_ONLY.get(kind, ()))
