"""What would be done by services that are not here: the request is checked, and then refused in a sentence."""

from gateway.domain import access, errors
from gateway.domain.commands import Ref
from gateway.domain.errors import Refused
from gateway.edge.call import Call, Operation
from gateway.wire import requests
from gateway.wire.v2 import Json


async def sync_user(call: Call) -> Json:
    """Not served: no user comes from Zendesk Support."""
    call.body(requests.SyncUser)
    raise Refused(errors.NO_SUPPORT)


async def download_message_ref(call: Call) -> Json:
    """Not served: there is no line to Apple Messages for Business."""
    body = call.body(requests.DownloadMessageRef)
    await _known(call)
    await call.flow.queries.person(Ref(call.app_id, body.user_id, "id"))
    raise Refused(errors.NO_APPLE)


async def post_conversion_events(call: Call) -> Json:
    """Not served: there is no line to Meta."""
    call.body(requests.ConversionEvents)
    await _known(call)
    raise Refused(errors.NO_META)


async def _known(call: Call) -> None:
    await call.flow.queries.room(call.app_id, call["conversationId"])


_ROOM = "/v2/apps/{appId}/conversations/{conversationId}"

OPERATIONS = (
    Operation(
        "POST",
        "/v2/apps/{appId}/users/{zendeskId}/sync",
        access.ANY,
        sync_user,
        asks=requests.SyncUser,
        refuses=(errors.NO_SUPPORT,),
    ),
    Operation(
        "POST",
        f"{_ROOM}/download",
        access.ANY,
        download_message_ref,
        asks=requests.DownloadMessageRef,
        refuses=(errors.CONVERSATION_NOT_FOUND, errors.USER_NOT_FOUND, errors.NO_APPLE),
    ),
    Operation(
        "POST",
        f"{_ROOM}/conversionEvents",
        access.ANY,
        post_conversion_events,
        asks=requests.ConversionEvents,
        refuses=(errors.CONVERSATION_NOT_FOUND, errors.NO_META),
    ),
)
