"""Devices upload here what they show in messages. Pages of other origins may, where their integration lets them."""

from typing import Final

from aiohttp import hdrs, web

from gateway.domain import errors, media
from gateway.domain.errors import Refused
from gateway.domain.model import Attachment, Integration, Office
from gateway.edge.addresses import ADDRESSES
from gateway.edge.http import answer, refusal
from gateway.edge.multipart import file_part
from gateway.edge.origins import MAX_AGE, shared
from gateway.flow import visits
from gateway.flow.floor import Flow
from gateway.flow.meter import REST
from gateway.wire.v2 import Json

PATH: Final = "/sdk/v2/integrations/{integrationId}/attachments"
MAY: Final[dict[str, str]] = {
    hdrs.ACCESS_CONTROL_ALLOW_METHODS: "POST",
    hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "Authorization, Content-Type",
    **MAX_AGE,
}


def routes(flow: Flow, prefix: str) -> list[web.RouteDef]:
    async def upload(request: web.Request) -> web.Response:
        origin = request.headers.get(hdrs.ORIGIN)
        office, integration = await visits.integration(flow, request.match_info["integrationId"], origin)
        try:
            response = answer(201, await _kept(flow, office, integration, request))
        except Refused as refused:
            flow.meter.refusals[REST, refused.problem.code] += 1
            response = refusal(refused.problem)
        response.headers.update(shared(origin))
        return response

    async def ask(request: web.Request) -> web.Response:
        """What a browser asks before it lets a page of another origin upload."""
        origin = request.headers.get(hdrs.ORIGIN)
        await visits.integration(flow, request.match_info["integrationId"], origin)
        return web.Response(status=204, headers={**shared(origin), **MAY})

    return [web.post(prefix + PATH, upload), web.options(prefix + PATH, ask)]


async def _kept(flow: Flow, office: Office, integration: Integration, request: web.Request) -> Json:
    app_id = office.app.id
    visits.check_uploads(integration)
    person = await visits.user(flow, app_id, request.headers.get(hdrs.AUTHORIZATION))
    flow.admission.check_user(person.user.id)
    conversation_id = request.query.get("conversationId")
    if conversation_id is not None:
        await flow.queries.seated(app_id, conversation_id, person.user.id)
    try:
        base = request.app[ADDRESSES].base(request)
    except ValueError:
        raise Refused(errors.BAD_HOST) from None
    draft = Attachment(
        app_id=app_id,
        base=base,
        for_message=True,
        conversation_id=conversation_id,
        user_id=person.user.id,
    )
    part = await file_part(request, "source")
    kept = await flow.attachments.take(draft, part.file_name, part.chunks)
    return {"attachment": {"mediaUrl": media.url_of(kept), "mediaType": kept.media_type}}
