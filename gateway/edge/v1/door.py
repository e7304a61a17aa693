"""The door to REST v1.1: finds the route, lets the caller in, and writes its answer or refusal in v1.1's words."""

from typing import Final

import structlog
from aiohttp import hdrs, web

from gateway.domain import errors
from gateway.domain.access import Caller
from gateway.domain.errors import Problem, Refused
from gateway.domain.model import Scope
from gateway.edge.http import KNOWN, again, answer
from gateway.edge.origins import MAX_AGE
from gateway.edge.v1 import (
    app_users,
    apps,
    channels,
    conversation,
    elsewhere,
    files,
    integrations,
    keys,
    menus,
    messages,
    service_accounts,
    templates,
    webhooks,
)
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Found, Routes
from gateway.flow.floor import Flow
from gateway.flow.meter import REST, Meter
from gateway.wire.v1 import refusals

MODULES: Final = (
    service_accounts,
    apps,
    keys,
    app_users,
    channels,
    conversation,
    messages,
    files,
    elsewhere,
    templates,
    menus,
    webhooks,
    integrations,
)
ROUTES: Final = Routes(it for module in MODULES for it in module.ROUTES)
PATHS: Final = ("/v1.1/{tail:.*}", "/v1/{tail:.*}")  # both are written for what is the same
HEADERS: Final = {hdrs.CACHE_CONTROL: "private, no-cache, no-store, must-revalidate"}
# A page of any origin may hold a user's token; none should ever hold a key.
SHARED: Final[dict[str, str]] = {hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*"}
MAY: Final[dict[str, str]] = {
    **SHARED,
    hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, POST, PUT, DELETE",
    hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "Authorization, Content-Type, Accept",
    **MAX_AGE,
}

log = structlog.get_logger(__name__)


def routes(flow: Flow, prefix: str) -> list[web.RouteDef]:
    async def handle(request: web.Request) -> web.StreamResponse:
        if request.method == hdrs.METH_OPTIONS:
            return web.Response(status=204, headers=MAY)
        return await _answered(flow, request, prefix)

    return [web.route("*", prefix + path, handle) for path in PATHS]


async def _answered(flow: Flow, request: web.Request, prefix: str) -> web.Response:
    """Whatever goes wrong leaves as one `error`."""
    try:
        found = ROUTES.find(request.method, _below(request, prefix))
        caller = await _caller(flow, request, found)
        said = await found.route.act(Call(flow, request, found, caller))
    except Refused as refused:
        return _refusal(flow.meter, refused.problem)
    except web.HTTPMethodNotAllowed as wrong:
        response = _refusal(flow.meter, errors.METHOD_NOT_ALLOWED)
        response.headers[hdrs.ALLOW] = ", ".join(sorted(wrong.allowed_methods))
        return response
    except tuple(KNOWN) as known:
        return _refusal(flow.meter, next(problem for kind, problem in KNOWN.items() if isinstance(known, kind)))
    except Exception:
        log.exception("request failed", method=request.method, route=str(request.match_info.route))
        return _refusal(flow.meter, errors.INTERNAL)
    response = answer(found.route.status, said or {})
    response.headers.update(HEADERS)
    if caller.scope is Scope.USER:
        response.headers.update(SHARED)
    return response


def _below(request: web.Request, prefix: str) -> str:
    """What follows the version in the path, as it was sent."""
    return request.rel_url.raw_path.removeprefix(prefix).removeprefix("/").partition("/")[2]


async def _caller(flow: Flow, request: web.Request, found: Found) -> Caller:
    """Who calls; raises `Refused` for those who may not, and for an account's key where no app is named."""
    caller = await flow.identity.anyone(request.headers.get(hdrs.AUTHORIZATION))
    await flow.identity.permit(caller, found.route.scopes, found.app_id)
    flow.admission.check_caller(caller)
    if not found.route.whole and found.app_id is None and caller.app_id is None:
        raise Refused(errors.APP_NOT_IN_PATH)
    return caller


def _refusal(meter: Meter, problem: Problem) -> web.Response:
    meter.refusals[REST, problem.code] += 1
    response = answer(problem.status, refusals.refusal(problem))
    response.headers.update(HEADERS)
    response.headers.update(again(problem))
    return response
