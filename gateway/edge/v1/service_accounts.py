"""Service accounts and their keys."""

from gateway.domain import access, errors
from gateway.domain.commands import (
    CreateServiceAccount,
    CreateServiceAccountKey,
    DeleteServiceAccount,
    DeleteServiceAccountKey,
    Needs,
    UpdateServiceAccount,
)
from gateway.domain.errors import Refused
from gateway.domain.model import Key, ServiceAccount
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.wire import tokens
from gateway.wire.v1 import offices, paging
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
    command = CreateServiceAccount(name=(await call.body(offices.Named)).name)
    return {"serviceAccount": offices.service_account(await call.flow.corridor.execute(command))}


async def list_(call: Call) -> Json:
    page = call.asked(paging.PageQuery).page
    found, more = await call.flow.store.service_accounts(page)
    return paging.listing("serviceAccounts", [offices.service_account(it) for it in found], page, more=more)


async def get(call: Call) -> Json:
    return {"serviceAccount": offices.service_account(await _account(call))}


async def update(call: Call) -> Json:
    command = UpdateServiceAccount(service_account_id=_id(call), name=(await call.body(offices.Renamed)).name)
    return {"serviceAccount": offices.service_account(await call.flow.corridor.execute(command))}


async def delete(call: Call) -> None:
    await call.flow.corridor.execute(DeleteServiceAccount(service_account_id=_id(call)))


async def create_key(call: Call) -> Json:
    body = await call.body(offices.Named)
    command = CreateServiceAccountKey(service_account_id=_id(call), display_name=body.name)
    return {"key": offices.key(await call.flow.corridor.execute(command))}


async def list_keys(call: Call) -> Json:
    return {"keys": [offices.key(it) for it in (await _account(call)).keys]}


async def get_key(call: Call) -> Json:
    return {"key": offices.key(await _key(call))}


async def delete_key(call: Call) -> None:
    await call.flow.corridor.execute(DeleteServiceAccountKey(service_account_id=_id(call), key_id=call["keyId"]))


async def jwt(call: Call) -> Json:
    """A token of the key, without an end."""
    return {"jwt": tokens.of_key(await _key(call), call.flow.now())}


def _id(call: Call) -> str:
    return call["serviceAccountId"]


async def _account(call: Call) -> ServiceAccount:
    return (await call.flow.store.peek(Needs(service_account=_id(call)))).service_account(_id(call))


async def _key(call: Call) -> Key:
    for key in (await _account(call)).keys:
        if key.id == call["keyId"]:
            return key
    raise Refused(errors.NOT_FOUND)


_ALL = "/serviceaccounts"
_ONE = f"{_ALL}/{{serviceAccountId}}"
_KEYS = f"{_ONE}/keys"
_KEY = f"{_KEYS}/{{keyId}}"

ROUTES = (
    Route("POST", _ALL, access.OWNER, create, 201, whole=True),
    Route("GET", _ALL, access.OWNER, list_, whole=True),
    Route("GET", _ONE, access.OWNER, get, whole=True),
    Route("PUT", _ONE, access.OWNER, update, whole=True),
    Route("DELETE", _ONE, access.OWNER, delete, whole=True),
    Route("POST", _KEYS, access.OWNER, create_key, 201, whole=True),
    Route("GET", _KEYS, access.OWNER, list_keys, whole=True),
    Route("GET", _KEY, access.OWNER, get_key, whole=True),
    Route("DELETE", _KEY, access.OWNER, delete_key, whole=True),
    Route("GET", f"{_KEY}/jwt", access.OWNER, jwt, whole=True),
)
