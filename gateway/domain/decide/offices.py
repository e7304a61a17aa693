"""Decisions about apps and keys."""

from typing import Any, Final

from msgspec import UNSET, structs

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain import events as ev
from gateway.domain.channels import CUSTOM
from gateway.domain.decide.decision import Decision
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import Account, App, Key, Office, Scope
from gateway.domain.value import Stamp

PREFIXES: Final = {Scope.ACCOUNT: "act", Scope.SERVICE_ACCOUNT: "svc", Scope.APP: "app", Scope.INTEGRATION: "int"}


def create_account_key(house: House, command: cmd.CreateAccountKey, stamp: Stamp) -> Decision:
    key = new_key(Scope.ACCOUNT, command.display_name, stamp)
    account = Account((*house.account.keys, key))
    event = ev.AccountKeyCreated(id=stamp.new_id(), at=stamp.at, app_id="", account=account, key=key)
    return Decision((event,), key)


def create_app(_: House, command: cmd.CreateApp, stamp: Stamp) -> Decision:
    app = App(
        id=stamp.new_id(),
        display_name=command.display_name,
        settings=command.settings,
        metadata=command.metadata,
        retention_since=stamp.at,
        service_account_id=command.service_account_id,
    )
    return changed(Office(app=app), stamp, app)


def update_app(house: House, command: cmd.UpdateApp, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    app = office.app
    if command.display_name is not UNSET:
        app = structs.replace(app, display_name=command.display_name)
    if command.metadata is not UNSET:
        app = structs.replace(app, metadata=command.metadata or {})
    if command.settings is not UNSET:
        app = _with_settings(app, command.settings, stamp)
    return changed(structs.replace(office, app=app), stamp, app)


def _with_settings(app: App, changes: dict[str, Any], stamp: Stamp) -> App:
    before, after = app.settings, structs.replace(app.settings, **changes)
    if before.multi_convo_enabled and not after.multi_convo_enabled:
        raise Refused(errors.MULTI_CONVO_STAYS)
    if before.conversation_retention_seconds != after.conversation_retention_seconds:
        app = structs.replace(app, retention_since=stamp.at)
    return structs.replace(app, settings=after)


def delete_app(house: House, command: cmd.DeleteApp, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    return Decision((ev.AppRemoved(id=stamp.new_id(), at=stamp.at, app_id=office.app.id, office=office),))


def create_key(house: House, command: cmd.CreateKey, stamp: Stamp) -> Decision:
    office, integration_id = house.office(command.app_id), command.integration_id
    theirs = len(office.keys_of(integration_id))
    if integration_id is not None:
        _with_keys(office, integration_id)
        if theirs >= limits.INTEGRATION_KEYS:
            raise Refused(errors.TOO_MANY_INTEGRATION_KEYS)
    elif theirs >= limits.APP_KEYS:
        raise Refused(errors.TOO_MANY_KEYS)
    scope = Scope.APP if integration_id is None else Scope.INTEGRATION
    key = new_key(scope, command.display_name, stamp, app_id=office.app.id, integration_id=integration_id)
    return changed(structs.replace(office, keys=(*office.keys, key)), stamp, key)


def _with_keys(office: Office, integration_id: str) -> None:
    """Raises `Refused` where an integration has no keys, because it is not there or is of another type."""
    integration = office.integration(integration_id)
    if integration is None:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    if integration.type != CUSTOM:
        raise Refused(errors.KEYS_FOR_CUSTOM)


def new_key(scope: Scope, display_name: str, stamp: Stamp, **whose: str | None) -> Key:
    """A key of the app, integration or service account `whose` ids are given; else of the account."""
    return Key(
        id=f"{PREFIXES[scope]}_{stamp.new_id()}",
        secret=stamp.new_secret(),
        display_name=display_name,
        scope=scope,
        **whose,
    )


def delete_key(house: House, command: cmd.DeleteKey, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    if command.integration_id is not None:
        _with_keys(office, command.integration_id)
    gone = [key for key in office.keys if (key.id, key.integration_id) == (command.key_id, command.integration_id)]
    if not gone:
        raise Refused(errors.APP_KEY_NOT_FOUND if command.integration_id is None else errors.NOT_FOUND)
    event = ev.KeyRevoked(
        id=stamp.new_id(),
        at=stamp.at,
        app_id=office.app.id,
        office=structs.replace(office, keys=tuple(key for key in office.keys if key not in gone)),
        key_id=command.key_id,
    )
    return Decision((event,))


def changed(office: Office, stamp: Stamp, answer: object = None) -> Decision:
    """The office is `office` from here on."""
    event = ev.OfficeChanged(id=stamp.new_id(), at=stamp.at, app_id=office.app.id, office=office)
    return Decision((event,), answer)
