"""Keys of apps."""

from gateway.domain import access, errors
from gateway.domain.commands import CreateKey, DeleteKey
from gateway.domain.errors import Refused
from gateway.domain.model import Key
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.wire import tokens
from gateway.wire.v1 import offices
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
    body = await call.body(offices.Named)
    command = CreateKey(app_id=call.app_id, display_name=body.name)
    return {"key": offices.key(await call.flow.corridor.execute(command))}


async def list_(call: Call) -> Json:
    return {"keys": [offices.key(it) for it in (await call.office()).keys_of()]}


async def get(call: Call) -> Json:
    return {"key": offices.key(await _key(call))}


async def delete(call: Call) -> None:
    await call.flow.corridor.execute(DeleteKey(app_id=call.app_id, key_id=call["keyId"]))


async def jwt(call: Call) -> Json:
    """A token of the key, without an end."""
    return {"jwt": tokens.of_key(await _key(call), call.flow.now())}


async def _key(call: Call) -> Key:
    for key in (await call.office()).keys_of():
        if key.id == call["keyId"]:
            return key
    raise Refused(errors.NOT_FOUND)


_ONE = "/keys/{keyId}"

ROUTES = (
    Route("POST", "/keys", access.APP, create, 201),
    Route("GET", "/keys", access.APP, list_),
    Route("GET", _ONE, access.APP, get),
    Route("DELETE", _ONE, access.APP, delete),
    Route("GET", f"{_ONE}/jwt", access.APP, jwt),
)
