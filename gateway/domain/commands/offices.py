"""What is asked about apps, their keys, integrations and webhooks."""

from typing import Any

from msgspec import UNSET, UnsetType

from gateway.domain.commands.command import Command, Needs
from gateway.domain.model import App, AppSettings, Integration, Key, Metadata, Webhook
from gateway.domain.value import Value


class CreateAccountKey(Command[Key], kw_only=True):
    app_id: str = ""
    display_name: str = "account"

    def needs(self) -> Needs:
        return Needs(account=True)


class CreateApp(Command[App], kw_only=True):
    app_id: str = ""
    display_name: str
    settings: AppSettings = AppSettings()
    metadata: Metadata = {}
    service_account_id: str | None = None  # whose key makes it

    def needs(self) -> Needs:
        return Needs()


class UpdateApp(Command[App], kw_only=True):
    display_name: str | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class DeleteApp(Command[None], kw_only=True):
    pass


class CreateKey(Command[Key], kw_only=True):
    """A key of the app or, where one is named, of an integration."""

    display_name: str
    integration_id: str | None = None


class DeleteKey(Command[None], kw_only=True):
    key_id: str
    integration_id: str | None = None


class WebhookDraft(Value, kw_only=True):
    """`triggers` are those of the `version`."""

    target: str
    triggers: tuple[str, ...]
    version: str = "v2"
    include_full_user: bool = False
    include_full_source: bool = False


class CreateIntegration(Command[Integration], kw_only=True):
    type: str
    display_name: str | None = None
    fields: dict[str, Any] = {}
    show_ai_disclaimer: bool = True
    default_responder_id: str | None = None
    webhooks: tuple[WebhookDraft, ...] = ()


class WebhookChanges(Value, kw_only=True):
    """`triggers` are said in the words of a version, whichever the webhook's own is."""

    words: str = "v2"
    target: str | UnsetType = UNSET
    triggers: tuple[str, ...] | UnsetType = UNSET
    include_full_user: bool | UnsetType = UNSET
    include_full_source: bool | UnsetType = UNSET


class UpdateIntegration(Command[Integration], kw_only=True):
    """`webhook` is what changes of the webhook that the integration shows."""

    integration_id: str
    display_name: str | None | UnsetType = UNSET
    fields: dict[str, Any] = {}
    show_ai_disclaimer: bool | None | UnsetType = UNSET
    default_responder_id: str | None | UnsetType = UNSET
    webhook: WebhookChanges | None = None


class DeleteIntegration(Command[None], kw_only=True):
    """`withdrawn` says that it goes of its own accord, whatever it is needed for."""

    integration_id: str
    withdrawn: bool = False


class CreateWebhook(Command[Webhook], kw_only=True):
    integration_id: str
    draft: WebhookDraft


class UpdateWebhook(Command[Webhook], kw_only=True):
    integration_id: str
    webhook_id: str
    words: str = "v2"
    target: str | UnsetType = UNSET
    triggers: tuple[str, ...] | UnsetType = UNSET
    include_full_user: bool | UnsetType = UNSET
    include_full_source: bool | UnsetType = UNSET


class DeleteWebhook(Command[None], kw_only=True):
    integration_id: str
    webhook_id: str


class UpdateDelivery(Command[Webhook], kw_only=True):
    """How a webhook is called from now on; `paused` for the reason `why`."""

    integration_id: str
    webhook_id: str
    one_per_call: bool | UnsetType = UNSET
    standard: bool | UnsetType = UNSET
    schedule: str | None | UnsetType = UNSET
    paused: bool | UnsetType = UNSET
    why: str = "asked"


class RotateSigningSecret(Command[Webhook], kw_only=True):
    """A new secret signs; those before it sign along for `grace_s`."""

    integration_id: str
    webhook_id: str
    grace_s: int
