"""REST over aiohttp: finds the operation, lets the caller in, and writes its answer or refusal."""

import contextlib
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from gateway.domain import errors, limits
from gateway.domain.access import Caller
from gateway.domain.errors import Problem, Refused
from gateway.edge.addresses import ADDRESSES, Addresses
from gateway.edge.call import MANNER, Call, Operation, manner
from gateway.edge.routes import (
    apps,
    attachments,
    clients,
    control,
    conversations,
    devices,
    elsewhere,
    integration_keys,
    integrations,
    messages,
    moderation,
    oauth,
    switchboards,
    users,
    webhook_deliveries,
    webhooks,
)
from gateway.flow.floor import Flow
from gateway.flow.meter import REST, Meter
from gateway.wire import early_access
from gateway.wire.early_access import FORMER_METHODS, NOW, Manner
from gateway.wire.json import encode
from gateway.wire.v2 import Json

OPERATIONS: tuple[Operation, ...] = (
    *apps.OPERATIONS,
    *integrations.OPERATIONS,
    *webhooks.OPERATIONS,
    *webhook_deliveries.OPERATIONS,
    *integration_keys.OPERATIONS,
    *switchboards.OPERATIONS,
    *users.OPERATIONS,
    *clients.OPERATIONS,
    *devices.OPERATIONS,
    *conversations.OPERATIONS,
    *control.OPERATIONS,
    *messages.OPERATIONS,
    *attachments.OPERATIONS,
    *elsewhere.OPERATIONS,
    *oauth.OPERATIONS,
    *moderation.OPERATIONS,
)

log = structlog.get_logger(__name__)
QUIET: Final = logging.getLogger("gateway.http")
QUIET.setLevel(logging.CRITICAL)  # it would quote broken requests, credentials included

SOON: Final[Mapping[str, str]] = {hdrs.RETRY_AFTER: "1"}  # what is counted is counted by the second
AGAIN: Final = {429: SOON, 503: SOON}
APP_PATH: Final = "/v2/apps/([0-9a-f]{24})(?![^/])"

KNOWN: Final[dict[type[Exception], Problem]] = {
    web.HTTPNotFound: errors.NOT_FOUND,
    web.HTTPRequestEntityTooLarge: errors.TOO_LARGE,
    web.RequestPayloadError: errors.BAD_PAYLOAD,
    ConnectionError: errors.BAD_PAYLOAD,
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(flow: Flow, prefix: str, also: Iterable[web.RouteDef], public_url: str = "") -> web.Application:
    """The REST API below `prefix`, and further routes as they are; `public_url` is how it is known outside."""
    middlewares = [_refusals(flow.meter), _spoken(flow, prefix)]
    app = web.Application(client_max_size=limits.REQUEST_BYTES, middlewares=middlewares)
    app[ADDRESSES] = Addresses(public_url, prefix)
    for operation in OPERATIONS:
        handle = _handler(flow, operation)
        app.router.add_route(operation.method, prefix + operation.path, handle)
        for method in (former for former, now in FORMER_METHODS.items() if now == operation.method):
            app.router.add_route(method, prefix + operation.path, _formerly(operation, method, handle))
    app.add_routes(also)
    return app


def _spoken(flow: Flow, prefix: str) -> Middleware:
    """Finds out how the app that a path names is spoken with, before anything is asked of it."""
    path = re.compile(re.escape(prefix) + APP_PATH)

    @web.middleware
    async def spoken(request: web.Request, handler: Handler) -> web.StreamResponse:
        named = path.match(request.path)
        if named is not None:
            with contextlib.suppress(Refused):
                request[MANNER] = early_access.manner(await flow.registry.office(named[1]))
        return await handler(request)

    return spoken


def _handler(flow: Flow, operation: Operation) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        caller = await _caller(flow, operation, request) if operation.scopes else None
        body = await request.read() if operation.reads else b""
        said = await operation.act(Call(flow, operation, request, caller, body))
        if isinstance(said, web.StreamResponse):
            return said
        spoken = manner(request)
        return answer(operation.status, spoken.answered(said, spoken.query(request.query)))

    return handle


def _formerly(operation: Operation, method: str, handle: Handler) -> Handler:
    """The operation by its former method, which has to be understood."""

    async def understood(request: web.Request) -> web.StreamResponse:
        if method not in manner(request).methods:
            methods = {it.method for it in OPERATIONS if it.path == operation.path}
            raise web.HTTPMethodNotAllowed(method, methods)
        return await handle(request)

    return understood


async def _caller(flow: Flow, operation: Operation, request: web.Request) -> Caller:
    """Who calls; raises `Refused` for those who may not."""
    caller = await flow.identity.caller(request.headers.get("Authorization"))
    await flow.identity.permit(caller, operation.scopes, request.match_info.get("appId"))
    flow.admission.check_caller(caller)
    return caller


def answer(status: int, body: Json) -> web.Response:
    return web.Response(status=status, body=encode(body), content_type="application/json", charset="utf-8")


def again(problem: Problem) -> Mapping[str, str]:
    """What a refusal's headers say of when to come again."""
    return AGAIN.get(problem.status, {})


def refused(problem: Problem) -> Json:
    return {"errors": [{"code": problem.code, "title": problem.title}]}


def refusal(problem: Problem, spoken: Manner = NOW) -> web.Response:
    response = answer(problem.status, spoken.answered(refused(problem), {}))
    response.headers.update(again(problem))
    if problem is errors.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Basic realm="heliograph"'
    return response


def _refusals(meter: Meter) -> Middleware:
    """Whatever goes wrong leaves in the shape that the API documents."""

    def counted(problem: Problem, request: web.Request) -> web.StreamResponse:
        meter.refusals[REST, problem.code] += 1
        return refusal(problem, manner(request))

    @web.middleware
    async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refused as wrong:
            return counted(wrong.problem, request)
        except web.HTTPMethodNotAllowed as wrong:
            response = counted(errors.METHOD_NOT_ALLOWED, request)
            response.headers["Allow"] = ", ".join(manner(request).allowed(wrong.allowed_methods))
            return response
        except tuple(KNOWN) as known:
            return counted(next(problem for kind, problem in KNOWN.items() if isinstance(known, kind)), request)
        except web.HTTPException:
            raise
        except Exception:
            log.exception("request failed", method=request.method, route=str(request.match_info.route))
            return counted(errors.INTERNAL, request)

    return refusals
