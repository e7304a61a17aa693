"""Apps, their keys, integrations and webhooks."""

from enum import StrEnum
from typing import Any, Final

from gateway.domain.channels import CHANNELS, CUSTOM
from gateway.domain.model.menus import Menu
from gateway.domain.model.moderation import Moderation
from gateway.domain.model.signing import SigningSecret
from gateway.domain.model.switchboards import Switchboard
from gateway.domain.model.templates import MessageTemplate
from gateway.domain.value import Metadata, Shape, Value

OWN: Final = "self"  # the app in which the gateway talks to itself; no list shows it, and no key reaches it


class Scope(StrEnum):
    """Whose key it is, and so how much it opens. Users have no keys: they show what an app's key has signed."""

    ACCOUNT = "account"
    SERVICE_ACCOUNT = "serviceAccount"
    APP = "app"
    INTEGRATION = "integration"
    USER = "user"


class Key(Value, kw_only=True):
    """A credential: its id is the Basic user name and the JWT's `kid`, its secret signs."""

    id: str
    secret: str
    display_name: str
    scope: Scope
    app_id: str | None = None
    integration_id: str | None = None
    service_account_id: str | None = None

    @property
    def claim(self) -> Scope:
        """The scope that its tokens name: that of an account's part is the account's."""
        return Scope.ACCOUNT if self.scope is Scope.SERVICE_ACCOUNT else self.scope


class Account(Value):
    """The whole installation; it has only keys."""

    keys: tuple[Key, ...] = ()


class ServiceAccount(Value, kw_only=True):
    """A part of the account, as for one business of several: its keys reach the apps made with them, and no others."""

    id: str
    name: str
    keys: tuple[Key, ...] = ()


class AppSettings(Shape):
    """What an app may choose. `multi_convo_enabled` cannot be switched off again.

    With `early_access_compatibility`, REST v2 and its webhooks speak as they did in the early access of 2020, too.
    """

    conversation_retention_seconds: int = 0
    mask_credit_card_numbers: bool = True
    use_animal_names: bool = False
    echo_postback: bool = False
    ignore_auto_conversation_start: bool = False
    multi_convo_enabled: bool = False
    app_localization_enabled: bool = True
    end_session_enabled: bool = False
    disable_conversation_reopen: bool = False
    early_access_compatibility: bool = False


class App(Value, kw_only=True):
    """`retention_since` is when `conversation_retention_seconds` last changed.

    `service_account_id` names the part of the account that it was made by.
    """

    id: str
    display_name: str
    settings: AppSettings = AppSettings()
    metadata: Metadata = {}
    retention_since: int = 0
    service_account_id: str | None = None


class Pause(Value, kw_only=True):
    """Since when (ms) nothing is sent: it was `asked` for, or the endpoint is `gone`. What happens meanwhile waits."""

    since: int
    why: str = "asked"


class Delivery(Value, kw_only=True):
    """How a webhook is called, for which the API has no words.

    `schedule` is a row of `retry.SCHEDULES`, else the one of the settings. With `standard`, answers mean what Standard
    Webhooks say. The newest of the `signing` secrets comes first.
    """

    one_per_call: bool = False
    standard: bool = False
    schedule: str | None = None
    signing: tuple[SigningSecret, ...] = ()
    paused: Pause | None = None


class Webhook(Value, kw_only=True):
    id: str
    integration_id: str
    target: str
    triggers: tuple[str, ...]
    secret: str
    version: str = "v2"
    include_full_user: bool = False
    include_full_source: bool = False
    delivery: Delivery = Delivery()


class Integration(Value, kw_only=True):
    """A channel of an app. `fields` are those of its own type, in the API's names.

    `default_responder_id` names a switchboard integration. An OAuth client's integration has its id as the type.
    """

    id: str
    type: str
    status: str = "active"
    display_name: str | None = None
    fields: dict[str, Any] = {}
    show_ai_disclaimer: bool = True
    default_responder_id: str | None = None
    webhooks: tuple[Webhook, ...] = ()
    menu: Menu | None = None

    @property
    def connected(self) -> bool:
        """Whether it is an OAuth client's."""
        return self.type not in CHANNELS

    @property
    def by_webhooks(self) -> bool:
        """Whether a backend is behind it."""
        return self.type == CUSTOM or self.connected


class SpentCode(Value, kw_only=True):
    """An authorization code that is worth nothing any more; `until` (ms) is when it would have ended anyway."""

    id: str
    until: int


class Office(Value, kw_only=True):
    """An app with its keys, integrations, switchboard, templates, menu and moderation: all that decisions need."""

    app: App
    keys: tuple[Key, ...] = ()
    integrations: tuple[Integration, ...] = ()
    switchboard: Switchboard | None = None
    spent_codes: tuple[SpentCode, ...] = ()
    templates: tuple[MessageTemplate, ...] = ()
    menu: Menu | None = None
    moderation: Moderation | None = None

    def integration(self, integration_id: str) -> Integration | None:
        return next((it for it in self.integrations if it.id == integration_id), None)

    def keys_of(self, integration_id: str | None = None) -> tuple[Key, ...]:
        """The keys of an integration; where none is named, of the app itself."""
        return tuple(it for it in self.keys if it.integration_id == integration_id)

    @property
    def webhooks(self) -> tuple[Webhook, ...]:
        return tuple(hook for integration in self.integrations for hook in integration.webhooks)

    def menu_of(self, integration: Integration) -> Menu | None:
        """What its users are shown: its own menu, else the app's."""
        return integration.menu or self.menu

    def webhook(self, webhook_id: str) -> Webhook | None:
        return next((it for it in self.webhooks if it.id == webhook_id), None)
