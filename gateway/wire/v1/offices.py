"""Apps, service accounts, and the keys of either, as v1.1 asks for them and writes them."""

import hashlib
from typing import Final

from msgspec import UNSET, UnsetType

from gateway.domain.channels import PLATFORMS
from gateway.domain.content import check_metadata
from gateway.domain.model import App, Key, Metadata, Office, ServiceAccount
from gateway.wire import v2
from gateway.wire.frames import Name
from gateway.wire.requests import APP_METADATA, Body, SettingsChanges
from gateway.wire.v1.paging import PageQuery
from gateway.wire.v2 import Json

APP_TOKEN: Final = 25  # characters
SETTINGS: Final = (
    "conversationRetentionSeconds", "maskCreditCardNumbers", "useAnimalNames", "echoPostback",
    "ignoreAutoConversationStart", "multiConvoEnabled",
)  # fmt: skip


class AppCreate(Body, kw_only=True):
    name: Name
    settings: SettingsChanges | None = None
    metadata: Metadata | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata, APP_METADATA)


class AppUpdate(Body, kw_only=True):
    name: Name | UnsetType = UNSET
    settings: SettingsChanges | None | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_metadata(self.metadata or None, APP_METADATA)


class AppsQuery(PageQuery, kw_only=True):
    service_account_id: str | None = None


class Named(Body, kw_only=True):
    """What a key is made with, and a service account."""

    name: Name


class Renamed(Body, kw_only=True):
    name: Name | UnsetType = UNSET


def app(it: App) -> Json:
    settings = v2.settings(it)
    return {
        "_id": it.id,
        "appToken": app_token(it),
        "name": it.display_name,
        "settings": {name: settings[name] for name in SETTINGS},
        "metadata": it.metadata,
    }


def app_token(it: App) -> str:
    """What old SDKs named their app by. It opens nothing, and follows from the id."""
    return hashlib.sha256(f"appToken\0{it.id}".encode()).hexdigest()[:APP_TOKEN]


def sdks(office: Office) -> Json:
    """The first integration of each platform, where there is one."""
    first = {it.type: it.id for it in reversed(office.integrations) if it.type in PLATFORMS}
    return {f"{platform}IntegrationId": integration_id for platform, integration_id in sorted(first.items())}


def service_account(it: ServiceAccount) -> Json:
    return {"_id": it.id, "name": it.name}


def key(it: Key) -> Json:
    return {"_id": it.id, "name": it.display_name, "secret": it.secret}
