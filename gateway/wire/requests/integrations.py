"""Request bodies of integrations and webhooks."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType, field

from gateway.domain import errors
from gateway.domain.commands import WebhookDraft
from gateway.domain.content import Url, check_target
from gateway.domain.errors import Refused
from gateway.wire.frames import Name
from gateway.wire.requests.body import Body
from gateway.wire.requests.channels import lasting


class WebhookCreate(Body, kw_only=True):
    target: Url
    triggers: Annotated[tuple[str, ...], Meta(min_length=1)]
    include_full_user: bool | None = None
    include_full_source: bool | None = None

    def __post_init__(self) -> None:
        check_target(self.target, "target")

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
            check_target(self.target, "target")


class WebhookOfIntegration(Body, kw_only=True):
    """What could be changed of a webhook through its integration, in early access."""

    webhook: WebhookUpdate | None = None


class IntegrationHead(Body, kw_only=True):
    """What every integration says; the fields of its own type are read by `FIELDS`."""

    type: str
    display_name: Name | None = None
    default_responder_id: str | None = None
    show_ai_disclaimer: bool | None = field(default=None, name="showAIDisclaimer")
    webhooks: Annotated[tuple[WebhookCreate, ...], Meta(max_length=1)] | None = None


class NameChange(Body, kw_only=True):
    """All that can be changed of a custom integration."""

    display_name: Name | None | UnsetType = UNSET


class IntegrationChanges(NameChange, kw_only=True):
    """What can be changed of every other integration; the fields of its own type are read by `CHANGES`."""

    default_responder_id: str | None | UnsetType = UNSET
    show_ai_disclaimer: bool | None | UnsetType = field(default=UNSET, name="showAIDisclaimer")


def check_lasting(kind: str, sent: dict[str, Any], shown: dict[str, Any]) -> None:
    """Hold a PATCH to what can be changed: the rest may only say what is there. Raises `Refused` (400)."""
    for name in lasting(kind):
        if name in sent and sent[name] != shown.get(name):
            raise Refused(errors.lasting(name))


class IntegrationFilter(Body, kw_only=True):
    types: str | None = None
