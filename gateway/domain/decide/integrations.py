"""Decisions about integrations and their webhooks."""

from collections.abc import Iterable
from typing import Final

from msgspec import UNSET, structs

from gateway.domain import commands as cmd
from gateway.domain import errors, limits, signing
from gateway.domain import events as ev
from gateway.domain.channels import CHANNELS, CUSTOM, SDK_TYPES, Channel
from gateway.domain.decide.decision import Decision
from gateway.domain.decide.offices import changed
from gateway.domain.decide.switchboards import unlinked, withdrawn
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import Delivery, Integration, Office, Webhook
from gateway.domain.triggers import IN_V2, KNOWN, in_v1
from gateway.domain.value import Stamp

SECRETS: Final = {"v2": 86, "v1.1": 24}  # characters of a webhook's secret, by its version


def create_integration(house: House, command: cmd.CreateIntegration, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    if (command.type == CUSTOM) != bool(command.webhooks):
        raise Refused(errors.WEBHOOK_WITH_CUSTOM)
    _check_responder(office, command.default_responder_id)
    integration_id = stamp.new_id()
    integration = Integration(
        id=integration_id,
        type=command.type,
        status="active" if command.type in (CUSTOM, *SDK_TYPES) else "inactive",
        display_name=command.display_name,
        fields={**command.fields, **_made(CHANNELS[command.type], stamp)},
        show_ai_disclaimer=command.show_ai_disclaimer,
        default_responder_id=command.default_responder_id,
        webhooks=tuple(_new_webhook(integration_id, draft, stamp) for draft in command.webhooks),
    )
    after = structs.replace(office, integrations=(*office.integrations, integration))
    return changed(_within_webhook_limit(after), stamp, integration)


def _made(channel: Channel, stamp: Stamp) -> dict[str, str]:
    return {name: stamp.new_secret() for name in channel.made}


def _check_responder(office: Office, responder_id: str | None) -> None:
    if responder_id is not None and (office.switchboard is None or not office.switchboard.integration(responder_id)):
        raise Refused(errors.SWITCHBOARD_INTEGRATION_NOT_FOUND)


def update_integration(house: House, command: cmd.UpdateIntegration, stamp: Stamp) -> Decision:
    office, integration = _integration(house, command.app_id, command.integration_id)
    fields = {**integration.fields, **command.fields}
    integration = structs.replace(integration, fields={k: v for k, v in fields.items() if v is not None})
    named = ("display_name", "show_ai_disclaimer", "default_responder_id")
    changes = {name: value for name in named if (value := getattr(command, name)) is not UNSET}
    _check_responder(office, changes.get("default_responder_id"))
    if changes.get("show_ai_disclaimer", False) is None:
        changes["show_ai_disclaimer"] = True  # unset is as at first
    integration = structs.replace(integration, **changes)
    if command.webhook is not None:
        integration = _with_shown_webhook(integration, command.webhook)
    return changed(with_integration(office, integration), stamp, integration)


def _with_shown_webhook(integration: Integration, changes: cmd.WebhookChanges) -> Integration:
    """An integration with its first webhook changed; raises `Refused` where it has none."""
    if not integration.webhooks:
        raise Refused(errors.CUSTOM_ONLY)
    first, *others = integration.webhooks
    return structs.replace(integration, webhooks=(_after(first, changes), *others))


def delete_integration(house: House, command: cmd.DeleteIntegration, stamp: Stamp) -> Decision:
    office, integration = _integration(house, command.app_id, command.integration_id)
    after = structs.replace(
        (withdrawn if command.withdrawn else unlinked)(office, integration.id),
        integrations=tuple(it for it in office.integrations if it.id != integration.id),
        keys=tuple(key for key in office.keys if key.integration_id != integration.id),
    )
    event = ev.IntegrationRemoved(
        id=stamp.new_id(), at=stamp.at, app_id=office.app.id, office=after, integration_id=integration.id
    )
    return Decision((event,))


def create_webhook(house: House, command: cmd.CreateWebhook, stamp: Stamp) -> Decision:
    office, integration = having_webhooks(house, command.app_id, command.integration_id)
    webhook = _new_webhook(integration.id, command.draft, stamp)
    after = with_integration(office, structs.replace(integration, webhooks=(*integration.webhooks, webhook)))
    return changed(_within_webhook_limit(after), stamp, webhook)


def update_webhook(house: House, command: cmd.UpdateWebhook, stamp: Stamp) -> Decision:
    office, integration = having_webhooks(house, command.app_id, command.integration_id)
    webhook = _after(webhook_of(integration, command.webhook_id), command)
    webhooks = tuple(webhook if it.id == webhook.id else it for it in integration.webhooks)
    return changed(with_integration(office, structs.replace(integration, webhooks=webhooks)), stamp, webhook)


def _after(webhook: Webhook, changes: cmd.UpdateWebhook | cmd.WebhookChanges) -> Webhook:
    named = ("target", "triggers", "include_full_user", "include_full_source")
    changed_to = {name: value for name in named if (value := getattr(changes, name)) is not UNSET}
    if changes.triggers is not UNSET:
        changed_to["triggers"] = _in_its_words(webhook, changes.words, changes.triggers)
    return structs.replace(webhook, **changed_to)


def _in_its_words(webhook: Webhook, words: str, triggers: tuple[str, ...]) -> tuple[str, ...]:
    """Triggers as the webhook's own version calls them, whoever names them."""
    _check_triggers(words, triggers)
    if words == webhook.version:
        return triggers
    for trigger in triggers:
        if trigger not in IN_V2.values():
            raise Refused(errors.unknown_trigger(trigger, webhook.version))
    return in_v1(triggers)


def delete_webhook(house: House, command: cmd.DeleteWebhook, stamp: Stamp) -> Decision:
    office, integration = having_webhooks(house, command.app_id, command.integration_id)
    gone = webhook_of(integration, command.webhook_id)
    if integration.type == CUSTOM and len(integration.webhooks) == 1:
        raise Refused(errors.ONE_WEBHOOK_STAYS)
    webhooks = tuple(it for it in integration.webhooks if it.id != gone.id)
    return changed(with_integration(office, structs.replace(integration, webhooks=webhooks)), stamp)


def _integration(house: House, app_id: str, integration_id: str) -> tuple[Office, Integration]:
    office = house.office(app_id)
    integration = office.integration(integration_id)
    if integration is None:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    return office, integration


def having_webhooks(house: House, app_id: str, integration_id: str) -> tuple[Office, Integration]:
    office, integration = _integration(house, app_id, integration_id)
    if not integration.by_webhooks:
        raise Refused(errors.CUSTOM_ONLY)
    return office, integration


def with_integration(office: Office, integration: Integration) -> Office:
    integrations = tuple(integration if it.id == integration.id else it for it in office.integrations)
    return structs.replace(office, integrations=integrations)


def _new_webhook(integration_id: str, draft: cmd.WebhookDraft, stamp: Stamp) -> Webhook:
    _check_triggers(draft.version, draft.triggers)
    return Webhook(
        id=stamp.new_id(),
        integration_id=integration_id,
        target=draft.target,
        triggers=draft.triggers,
        secret=stamp.new_secret()[: SECRETS[draft.version]],
        version=draft.version,
        include_full_user=draft.include_full_user,
        include_full_source=draft.include_full_source,
        delivery=Delivery(signing=(signing.new_secret(stamp),)),
    )


def _check_triggers(version: str, triggers: Iterable[str]) -> None:
    """What is called otherwise in another version is unknown in this one."""
    for trigger in triggers:
        if trigger not in KNOWN[version]:
            raise Refused(errors.unknown_trigger(trigger, version))


def webhook_of(integration: Integration, webhook_id: str) -> Webhook:
    for webhook in integration.webhooks:
        if webhook.id == webhook_id:
            return webhook
    raise Refused(errors.NOT_FOUND)


def _within_webhook_limit(office: Office) -> Office:
    if len(office.webhooks) > limits.WEBHOOKS:
        raise Refused(errors.TOO_MANY_WEBHOOKS)
    return office
