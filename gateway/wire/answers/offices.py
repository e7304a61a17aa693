"""Answers about apps, keys, integrations and webhooks."""

import re
from typing import Annotated, Any, Final, Literal, Union, get_type_hints

from msgspec import UNSET, Meta, UnsetType, defstruct, field

from gateway.domain.channels import CHANNELS, CUSTOM
from gateway.domain.model import Metadata
from gateway.wire.answers.answer import Answer, Count, Id, Listing
from gateway.wire.frames import Name
from gateway.wire.requests import FIELDS

KeyId = Annotated[str, Meta(pattern="^(act|app|int)_[0-9a-f]{24}$")]


class AppSettings(Answer, kw_only=True):
    """What an app may choose. `earlyAccessCompatibility` is shown while it is on."""

    conversation_retention_seconds: Count
    mask_credit_card_numbers: bool
    use_animal_names: bool
    echo_postback: bool
    ignore_auto_conversation_start: bool
    multi_convo_enabled: bool
    app_localization_enabled: bool
    end_session_enabled: bool
    disable_conversation_reopen: bool
    early_access_compatibility: Literal[True] | UnsetType = UNSET


class App(Answer, kw_only=True):
    """A business's own part of the gateway."""

    id: Id
    display_name: Name
    settings: AppSettings
    metadata: Metadata


class AppAnswer(Answer, kw_only=True):
    app: App


class AccessToken(Answer, kw_only=True, rename=None):
    """What an authorization code was changed for."""

    access_token: str
    token_type: Literal["Bearer"]


class AppList(Listing, kw_only=True):
    apps: tuple[App, ...]


class Key(Answer, kw_only=True):
    """A credential: its id and secret are user name and password, or `kid` and key of a JWT."""

    id: KeyId
    display_name: Name
    secret: str


class KeyAnswer(Answer, kw_only=True):
    key: Key


class KeyList(Answer, kw_only=True):
    keys: tuple[Key, ...]


class Webhook(Answer, kw_only=True):
    """Where events are posted to, in the words of `version`. `secret` comes along as the header `X-API-Key`."""

    id: Id
    version: Literal["v2"]
    target: str
    triggers: Annotated[tuple[str, ...], Meta(min_length=1)]
    secret: str
    include_full_user: bool
    include_full_source: bool


class WebhookAnswer(Answer, kw_only=True):
    webhook: Webhook


class WebhookList(Answer, kw_only=True):
    webhooks: tuple[Webhook, ...]


class CustomIntegration(Answer, kw_only=True, tag_field="type", tag="custom"):
    """A backend of the business's own. Of several webhooks the first is shown."""

    id: Id
    status: str
    display_name: Name | UnsetType = UNSET
    webhooks: Annotated[tuple[Webhook, ...], Meta(min_length=1, max_length=1)]


class DefaultResponder(Answer, kw_only=True):
    """The switchboard integration that conversations begin with; `inherited` where it is the whole switchboard's."""

    name: str
    integration_id: Id
    integration_type: str
    deliver_standby_events: bool
    next_switchboard_integration_id: Id | UnsetType = UNSET
    message_history_count: Count | UnsetType = UNSET
    inherited: bool


def _integration(kind: str) -> type:
    """What is shown of every integration, and the fields of its own type but for its secrets."""
    channel = CHANNELS[kind]
    hints = {**get_type_hints(FIELDS[kind], include_extras=True), **dict.fromkeys(map(_snake, channel.made), str)}
    if "attachmentsEnabled" in channel.filled:
        hints["attachments_enabled"] = bool
    hidden = set(map(_snake, channel.secrets))
    filled = {*map(_snake, channel.filled), *map(_snake, channel.made), *map(_snake, channel.masked)}
    own = [
        (name, hint) if name in filled else (name, hint, UNSET) for name, hint in hints.items() if name not in hidden
    ]
    return defstruct(
        f"{kind.capitalize()}Integration",
        [
            ("id", Id),
            ("status", Literal["active", "inactive", "error"]),
            ("display_name", Name | UnsetType, UNSET),
            ("default_responder", DefaultResponder | UnsetType, UNSET),
            ("show_ai_disclaimer", bool, field(name="showAIDisclaimer")),
            *own,
        ],
        bases=(Answer,),
        kw_only=True,
        tag_field="type",
        tag=kind,
        frozen=True,
    )


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda it: f"_{it[0].lower()}", name)


INTEGRATIONS: Final = (CustomIntegration, *(_integration(kind) for kind in FIELDS if kind != CUSTOM))
Integration: Any = Union[INTEGRATIONS]  # noqa: UP007 - made of a tuple


class IntegrationAnswer(Answer, kw_only=True):
    integration: Integration


class IntegrationList(Listing, kw_only=True):
    integrations: tuple[Integration, ...]
