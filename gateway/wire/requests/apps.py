"""Request bodies of apps and keys."""

from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType

from gateway.domain.content import check_metadata
from gateway.domain.model import Metadata
from gateway.wire.frames import Name
from gateway.wire.requests.body import Body

Seconds = Annotated[int, Meta(ge=0, le=10**10)]

APP_METADATA: Final = "App metadata"


class SettingsChanges(Body, kw_only=True):
    """`earlyAccessCompatibility` lets backends speak as in the early access of the API, beside what is said here."""

    conversation_retention_seconds: Seconds | UnsetType = UNSET
    mask_credit_card_numbers: bool | UnsetType = UNSET
    use_animal_names: bool | UnsetType = UNSET
    echo_postback: bool | UnsetType = UNSET
    ignore_auto_conversation_start: bool | UnsetType = UNSET
    multi_convo_enabled: bool | UnsetType = UNSET
    app_localization_enabled: bool | UnsetType = UNSET
    end_session_enabled: bool | UnsetType = UNSET
    disable_conversation_reopen: bool | UnsetType = UNSET
    early_access_compatibility: bool | UnsetType = UNSET


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


class AppFilter(Body, kw_only=True):
    service_account_id: str | None = None
