"""SDKs ask here what there is to know before they say hello. It holds no secret and asks for none."""

from typing import Final

from aiohttp import hdrs, web

from gateway.domain import errors
from gateway.domain.channels import CHANNELS
from gateway.domain.errors import Refused
from gateway.edge.addresses import ADDRESSES
from gateway.edge.http import answer
from gateway.edge.origins import shared
from gateway.flow import visits
from gateway.flow.floor import Flow
from gateway.wire import sdk_config

PATH: Final = "/sdk/v2/integrations/{integrationId}/config"


def routes(flow: Flow, prefix: str) -> list[web.RouteDef]:
    async def config(request: web.Request) -> web.Response:
        origin = request.headers.get(hdrs.ORIGIN)
        office, integration = await visits.integration(flow, request.match_info["integrationId"], origin)
        try:
            base = request.app[ADDRESSES].base(request)
        except ValueError:
            raise Refused(errors.BAD_HOST) from None
        response = answer(200, sdk_config.config(office, integration, base, CHANNELS[integration.type].filled))
        response.headers.update(shared(origin))
        return response

    return [web.get(prefix + PATH, config)]
