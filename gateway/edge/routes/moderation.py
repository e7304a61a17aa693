"""Moderation: users' messages are judged by an endpoint of the business before they are said. Ours, not the API's."""

from gateway.domain import access, errors
from gateway.domain.commands import DeleteModeration, PutModeration, RotateModerationSecret
from gateway.domain.errors import Refused
from gateway.edge.call import Call, Operation
from gateway.wire import answers, requests
from gateway.wire.moderation import shown
from gateway.wire.v2 import Json


async def put_moderation(call: Call) -> Json:
    """Have users' messages judged before they are said."""
    body = call.body(requests.ModerationPut)
    command = PutModeration(
        app_id=call.app_id, target=body.target, timeout_ms=body.timeout_ms, unanswered=body.unanswered
    )
    return {"moderation": shown(await call.flow.corridor.execute(command))}


async def get_moderation(call: Call) -> Json:
    """Get how users' messages are judged."""
    moderation = (await call.flow.registry.office(call.app_id)).moderation
    if moderation is None:
        raise Refused(errors.NO_MODERATION)
    return {"moderation": shown(moderation)}


async def rotate_moderation_secret(call: Call) -> Json:
    """Sign what is asked of the judging endpoint with a new secret."""
    body = call.body(requests.SigningSecretRotate)
    command = RotateModerationSecret(app_id=call.app_id, grace_s=body.grace_seconds)
    return {"moderation": shown(await call.flow.corridor.execute(command))}


async def delete_moderation(call: Call) -> Json:
    """Judge messages no more."""
    await call.flow.corridor.execute(DeleteModeration(app_id=call.app_id))
    return {}


_ONE = "/v2/apps/{appId}/moderation"
_NONE = (errors.NO_MODERATION,)

OPERATIONS = (
    Operation("PUT", _ONE, access.APP, put_moderation, asks=requests.ModerationPut, answers=answers.ModerationAnswer),
    Operation("GET", _ONE, access.APP, get_moderation, answers=answers.ModerationAnswer, refuses=_NONE),
    Operation(
        "POST",
        f"{_ONE}/signingSecret/rotate",
        access.APP,
        rotate_moderation_secret,
        asks=requests.SigningSecretRotate,
        answers=answers.ModerationAnswer,
        refuses=_NONE,
    ),
    Operation("DELETE", _ONE, access.APP, delete_moderation, refuses=_NONE),
)
