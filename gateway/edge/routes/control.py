"""The control of conversations."""

from typing import Any, TypeVar

from gateway.domain import access, errors
from gateway.domain.commands import AcceptControl, ControlAction, OfferControl, PassControl, ReleaseControl
from gateway.edge.call import Call, Operation
from gateway.wire import requests
from gateway.wire.v2 import Json

Action = TypeVar("Action", bound=ControlAction)


async def pass_control(call: Call) -> Json:
    """Give control of a conversation to a switchboard integration."""
    body = call.body(requests.PassControl)
    return await _act(call, PassControl, body, target=body.switchboard_integration, reason=body.reason)


async def offer_control(call: Call) -> Json:
    """Ask a switchboard integration to take control of a conversation."""
    body = call.body(requests.OfferControl)
    return await _act(call, OfferControl, body, target=body.switchboard_integration)


async def accept_control(call: Call) -> Json:
    """Give control of a conversation to the switchboard integration that was asked."""
    return await _act(call, AcceptControl, call.body(requests.AcceptControl))


async def release_control(call: Call) -> Json:
    """Leave a conversation without anybody in control, until something happens in it."""
    body = call.body(requests.ReleaseControl)
    return await _act(call, ReleaseControl, body, reason=body.reason)


async def _act(call: Call, kind: type[Action], body: requests.Control, **facts: Any) -> Json:
    command = kind(
        app_id=call.app_id,
        conversation_id=call["conversationId"],
        by=call.caller.integration_id,
        metadata=body.metadata,
        **facts,
    )
    await call.flow.corridor.execute(command)
    return {}


_ONE = "/v2/apps/{appId}/conversations/{conversationId}"
_UNKNOWN = (errors.CONVERSATION_NOT_FOUND, errors.SWITCHBOARD_NOT_FOUND, errors.SWITCHBOARD_DISABLED)
_NO_TARGET = (errors.INVALID_TARGET, errors.AMBIGUOUS_TARGET, errors.NO_NEXT)

OPERATIONS = (
    Operation(
        "POST",
        f"{_ONE}/passControl",
        access.ANY,
        pass_control,
        asks=requests.PassControl,
        refuses=(*_UNKNOWN, *_NO_TARGET),
    ),
    Operation(
        "POST",
        f"{_ONE}/offerControl",
        access.ANY,
        offer_control,
        asks=requests.OfferControl,
        refuses=(*_UNKNOWN, *_NO_TARGET, errors.OFFER_TO_ACTIVE),
    ),
    Operation(
        "POST",
        f"{_ONE}/acceptControl",
        access.ANY,
        accept_control,
        asks=requests.AcceptControl,
        refuses=(*_UNKNOWN, errors.NO_PENDING),
    ),
    Operation(
        "POST",
        f"{_ONE}/releaseControl",
        access.ANY,
        release_control,
        asks=requests.ReleaseControl,
        refuses=_UNKNOWN,
    ),
)
