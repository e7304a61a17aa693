"""Decisions about apps, their keys, integrations and webhooks."""

from typing import Any

from msgspec import UNSET, structs

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain import events as ev
from gateway.domain.decide.decision import Decision
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import Account, App, AppSettings, Integration, Key, Office, Scope, Webhook
from gateway.domain.value import Stamp

CUSTOM = "custom"


def create_account_key(house: House, command: cmd.CreateAccountKey, stamp: Stamp) -> Decision:
    key = _new_key("act", Scope.ACCOUNT, command.display_name, stamp)
    account = Account((*house.account.keys, key))
    event = ev.AccountKeyCreated(id=stamp.new_id(), at=stamp.at, app_id="", account=account, key=key)
    return Decision((event,), key)


def create_app(_: House, command: cmd.CreateApp, stamp: Stamp) -> Decision:
    app = App(
        id=stamp.new_id(),
        display_name=command.display_name,
        settings=command.settings,
        metadata=command.metadata,
    )
    return _changed(Office(app=app), stamp, app)


def update_app(house: House, command: cmd.UpdateApp, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    app = office.app
    if command.display_name is not UNSET:
        app = structs.replace(app, display_name=command.display_name)
    if command.metadata is not UNSET:
        app = structs.replace(app, metadata=command.metadata or {})
    if command.settings is not UNSET:
        app = structs.replace(app, settings=_settings(app.settings, command.settings))
    return _changed(structs.replace(office, app=app), stamp, app)


def _settings(before: AppSettings, changes: dict[str, Any]) -> AppSettings:
    after = structs.replace(before, **changes)
    if before.multi_convo_enabled and not after.multi_convo_enabled:
        raise Refused(errors.MULTI_CONVO_STAYS)
    return after


def delete_app(house: House, command: cmd.DeleteApp, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    return Decision((ev.AppRemoved(id=stamp.new_id(), at=stamp.at, app_id=office.app.id, office=office),))


def create_key(house: House, command: cmd.CreateKey, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    if sum(key.integration_id is None for key in office.keys) >= limits.APP_KEYS:
        raise Refused(errors.TOO_MANY_KEYS)
    key = _new_key("app", Scope.APP, command.display_name, stamp, app_id=office.app.id)
    return _changed(structs.replace(office, keys=(*office.keys, key)), stamp, key)


def _new_key(prefix: str, scope: Scope, display_name: str, stamp: Stamp, app_id: str | None = None) -> Key:
    key_id = f"{prefix}_{stamp.new_id()}"
    return Key(id=key_id, secret=stamp.new_secret(), display_name=display_name, scope=scope, app_id=app_id)


def delete_key(house: House, command: cmd.DeleteKey, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    keys = tuple(key for key in office.keys if key.id != command.key_id)
    if len(keys) == len(office.keys):
        raise Refused(errors.NOT_FOUND)
    event = ev.KeyRevoked(
        id=stamp.new_id(),
        at=stamp.at,
        app_id=office.app.id,
        office=structs.replace(office, keys=keys),
        key_id=command.key_id,
    )
    return Decision((event,))


def create_integration(house: House, command: cmd.CreateIntegration, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    if (command.type == CUSTOM) != bool(command.webhooks):
        raise Refused(errors.WEBHOOK_WITH_CUSTOM)
    integration_id = stamp.new_id()
    integration = Integration(
        id=integration_id,
        type=command.type,
        display_name=command.display_name,
        fields=command.fields,
        webhooks=tuple(_new_webhook(integration_id, draft, stamp) for draft in command.webhooks),
    )
    after = structs.replace(office, integrations=(*office.integrations, integration))
    return _changed(_within_webhook_limit(after), stamp, integration)


def update_integration(house: House, command: cmd.UpdateIntegration, stamp: Stamp) -> Decision:
    office, integration = _integration(house, command.app_id, command.integration_id)
    fields = {**integration.fields, **command.fields}
    integration = structs.replace(integration, fields={k: v for k, v in fields.items() if v is not None})
    if command.display_name is not UNSET:
        integration = structs.replace(integration, display_name=command.display_name)
    return _changed(_with(office, integration), stamp, integration)


def delete_integration(house: House, command: cmd.DeleteIntegration, stamp: Stamp) -> Decision:
    office, integration = _integration(house, command.app_id, command.integration_id)
    after = structs.replace(office, integrations=tuple(it for it in office.integrations if it.id != integration.id))
    event = ev.IntegrationRemoved(
        id=stamp.new_id(), at=stamp.at, app_id=office.app.id, office=after, integration_id=integration.id
    )
    return Decision((event,))


def create_webhook(house: House, command: cmd.CreateWebhook, stamp: Stamp) -> Decision:
    office, integration = _custom(house, command.app_id, command.integration_id)
    webhook = _new_webhook(integration.id, command.draft, stamp)
    after = _with(office, structs.replace(integration, webhooks=(*integration.webhooks, webhook)))
    return _changed(_within_webhook_limit(after), stamp, webhook)


def update_webhook(house: House, command: cmd.UpdateWebhook, stamp: Stamp) -> Decision:
    office, integration = _custom(house, command.app_id, command.integration_id)
    named = ("target", "triggers", "include_full_user", "include_full_source")
    changes = {name: value for name in named if (value := getattr(command, name)) is not UNSET}
    webhook = structs.replace(_webhook(integration, command.webhook_id), **changes)
    webhooks = tuple(webhook if it.id == webhook.id else it for it in integration.webhooks)
    return _changed(_with(office, structs.replace(integration, webhooks=webhooks)), stamp, webhook)


def delete_webhook(house: House, command: cmd.DeleteWebhook, stamp: Stamp) -> Decision:
    office, integration = _custom(house, command.app_id, command.integration_id)
    gone = _webhook(integration, command.webhook_id)
    if len(integration.webhooks) == 1:
        raise Refused(errors.ONE_WEBHOOK_STAYS)
    webhooks = tuple(it for it in integration.webhooks if it.id != gone.id)
    return _changed(_with(office, structs.replace(integration, webhooks=webhooks)), stamp)


def _changed(office: Office, stamp: Stamp, answer: object = None) -> Decision:
    event = ev.OfficeChanged(id=stamp.new_id(), at=stamp.at, app_id=office.app.id, office=office)
    return Decision((event,), answer)


def _integration(house: House, app_id: str, integration_id: str) -> tuple[Office, Integration]:
    office = house.office(app_id)
    integration = office.integration(integration_id)
    if integration is None:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    return office, integration


def _custom(house: House, app_id: str, integration_id: str) -> tuple[Office, Integration]:
    office, integration = _integration(house, app_id, integration_id)
    if integration.type != CUSTOM:
        raise Refused(errors.CUSTOM_ONLY)
    return office, integration


def _with(office: Office, integration: Integration) -> Office:
    integrations = tuple(integration if it.id == integration.id else it for it in office.integrations)
    return structs.replace(office, integrations=integrations)


def _new_webhook(integration_id: str, draft: cmd.WebhookDraft, stamp: Stamp) -> Webhook:
    return Webhook(
        id=stamp.new_id(),
        integration_id=integration_id,
        target=draft.target,
        triggers=draft.triggers,
        secret=stamp.new_secret(),
        include_full_user=draft.include_full_user,
        include_full_source=draft.include_full_source,
    )


def _webhook(integration: Integration, webhook_id: str) -> Webhook:
    for webhook in integration.webhooks:
        if webhook.id == webhook_id:
            return webhook
    raise Refused(errors.NOT_FOUND)


def _within_webhook_limit(office: Office) -> Office:
    if len(office.webhooks) > limits.WEBHOOKS:
        raise Refused(errors.TOO_MANY_WEBHOOKS)
    return office
