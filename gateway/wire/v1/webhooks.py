"""Webhooks of v1.1. Each is a custom integration, by whose id it goes."""

from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType

from gateway.domain.channels import CUSTOM
from gateway.domain.commands import CreateIntegration, WebhookDraft
from gateway.domain.content import Url, check_target
from gateway.domain.model import Office, Webhook
from gateway.wire.requests import Body
from gateway.wire.v2 import Json

VERSION: Final = "v1.1"
UNASKED: Final = ("message:appUser", "message:appMaker")  # what is told where no triggers are named

Triggers = Annotated[tuple[str, ...], Meta(min_length=1)]


class WebhookCreate(Body, kw_only=True):
    target: Url
    triggers: Triggers | None = None
    include_client: bool | None = None
    include_full_app_user: bool | None = None

    def __post_init__(self) -> None:
        check_target(self.target, "target")

    def command(self, app_id: str) -> CreateIntegration:
        draft = WebhookDraft(
            target=self.target,
            triggers=self.triggers or UNASKED,
            version=VERSION,
            include_full_user=bool(self.include_full_app_user),
            include_full_source=bool(self.include_client),
        )
        return CreateIntegration(app_id=app_id, type=CUSTOM, webhooks=(draft,))


class WebhookUpdate(Body, kw_only=True):
    target: Url | UnsetType = UNSET
    triggers: Triggers | UnsetType = UNSET
    include_client: bool | UnsetType = UNSET
    include_full_app_user: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.target is not UNSET:
            check_target(self.target, "target")


def webhooks(office: Office) -> list[Webhook]:
    """Those that are told in the words of v1.1; the others are none here."""
    return [it for it in office.webhooks if it.version == VERSION]


def webhook(it: Webhook) -> Json:
    return {
        "_id": it.integration_id,
        "target": it.target,
        "triggers": it.triggers,
        "secret": it.secret,
        "version": it.version,
        "includeClient": it.include_full_source,
        "includeFullAppUser": it.include_full_user,
    }
