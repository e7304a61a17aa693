"""Decisions about service accounts and their keys."""

from msgspec import UNSET, structs

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain import events as ev
from gateway.domain.decide.decision import Decision
from gateway.domain.decide.offices import new_key
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import Scope, ServiceAccount
from gateway.domain.value import Stamp


def create(_: House, command: cmd.CreateServiceAccount, stamp: Stamp) -> Decision:
    account = ServiceAccount(id=stamp.new_id(), name=command.name)
    return _changed(account, stamp, account)


def update(house: House, command: cmd.UpdateServiceAccount, stamp: Stamp) -> Decision:
    account = house.service_account(command.service_account_id)
    if command.name is not UNSET:
        account = structs.replace(account, name=command.name)
    return _changed(account, stamp, account)


def delete(house: House, command: cmd.DeleteServiceAccount, stamp: Stamp) -> Decision:
    """Its keys go with it. Its apps stay, with the account."""
    gone = house.service_account(command.service_account_id)
    return Decision((ev.ServiceAccountRemoved(id=stamp.new_id(), at=stamp.at, app_id="", service_account=gone),))


def create_key(house: House, command: cmd.CreateServiceAccountKey, stamp: Stamp) -> Decision:
    account = house.service_account(command.service_account_id)
    if len(account.keys) >= limits.SERVICE_ACCOUNT_KEYS:
        raise Refused(errors.TOO_MANY_SERVICE_ACCOUNT_KEYS)
    key = new_key(Scope.SERVICE_ACCOUNT, command.display_name, stamp, service_account_id=account.id)
    return _changed(structs.replace(account, keys=(*account.keys, key)), stamp, key)


def delete_key(house: House, command: cmd.DeleteServiceAccountKey, stamp: Stamp) -> Decision:
    account = house.service_account(command.service_account_id)
    kept = tuple(it for it in account.keys if it.id != command.key_id)
    if len(kept) == len(account.keys):
        raise Refused(errors.NOT_FOUND)
    return _changed(structs.replace(account, keys=kept), stamp)


def _changed(account: ServiceAccount, stamp: Stamp, answer: object = None) -> Decision:
    event = ev.ServiceAccountChanged(id=stamp.new_id(), at=stamp.at, app_id="", service_account=account)
    return Decision((event,), answer)
