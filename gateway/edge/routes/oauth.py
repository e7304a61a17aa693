"""OAuth: other people's products are let into an app by its owner."""

from aiohttp import web

from gateway.domain import access, errors
from gateway.domain.commands import DeleteIntegration
from gateway.domain.errors import Problem, Refused
from gateway.domain.model import Key, Scope
from gateway.edge import consent
from gateway.edge.call import FORM, HTML, JSON, Call, Operation, Reply
from gateway.edge.consent import Wish
from gateway.flow import grants
from gateway.flow.meter import REST
from gateway.wire import answers, requests, tokens, v2
from gateway.wire.json import encode
from gateway.wire.tokens import Basic
from gateway.wire.v2 import Json

OPEN: frozenset[Scope] = frozenset()
CODE = "code"


async def authorize(call: Call) -> web.StreamResponse:
    """Ask the owner of an app to let an OAuth client in."""
    if call.authorization.lower().startswith("bearer "):
        return await _agreed(call)
    # Any other credential counts for nothing here: a browser may show it unasked, and would agree for its owner.
    try:
        asked = call.query(requests.Authorize)
        wish = await _wish(call, asked)
    except Refused as refused:
        return consent.explain(refused.problem)
    return _beside_the_point(wish, asked) or consent.ask(wish)


async def _agreed(call: Call) -> web.StreamResponse:
    """The owner asks in person, by a token: that is consent enough. Raises `Refused`."""
    asked = call.query(requests.Authorize)
    wish = await _wish(call, asked)
    key = await call.flow.identity.shown(tokens.credentials(call.authorization))
    await call.flow.identity.permit(access.caller(key), access.APP, asked.app_id)
    app_id = key.app_id or asked.app_id
    if app_id is None:
        raise Refused(errors.APP_UNNAMED)
    return _beside_the_point(wish, asked) or _let_in(call, wish, key, app_id)


async def _wish(call: Call, asked: requests.Wished) -> Wish:
    partner = await call.flow.store.partner(asked.client_id)
    if partner is None:
        raise Refused(errors.UNKNOWN_PARTNER)
    return Wish(partner, partner.redirect(asked.redirect_uri), asked.state)


def _beside_the_point(wish: Wish, asked: requests.Authorize) -> web.Response | None:
    """The client is told when it asks for anything but a code."""
    if asked.response_type == CODE:
        return None
    missing = asked.response_type is None
    return consent.back(wish, error="invalid_request" if missing else "unsupported_response_type")


def _let_in(call: Call, wish: Wish, key: Key, app_id: str) -> web.Response:
    return consent.back(wish, code=grants.code(call.flow, key, app_id, wish.partner.id, wish.redirect_uri))


async def consent_to_access(call: Call) -> web.StreamResponse:
    """Let an OAuth client in, or do not: what the page of `authorize` sends."""
    try:
        said = call.body(requests.Consent)
        wish = await _wish(call, said)
    except Refused as refused:
        return consent.explain(refused.problem)
    if said.decision == "deny":
        return consent.back(wish, error="access_denied")
    key = await _key(call, said)
    if key is None or key.app_id is None:
        return consent.ask(wish, said.key_id, "No app has a key with this id and secret.")
    return _let_in(call, wish, key, key.app_id)


async def _key(call: Call, said: requests.Consent) -> Key | None:
    """The key of an app that its owner typed in."""
    try:
        key = await call.flow.identity.shown(Basic(said.key_id.strip(), said.secret.strip()))
    except Refused:
        return None
    return key if key.scope is Scope.APP else None


async def get_token(call: Call) -> web.StreamResponse:
    """Change an authorization code for an access token."""
    try:
        token = await _redeemed(call, call.body(requests.TokenRequest))
    except Refused as refused:
        call.flow.meter.refusals[REST, refused.problem.code] += 1
        return _refusal(refused.problem)
    return _written(200, {"access_token": token, "token_type": "Bearer"})


async def _redeemed(call: Call, said: requests.TokenRequest) -> str:
    partner = await grants.partner(call.flow, *_client(call, said))
    if said.grant_type != "authorization_code":
        raise Refused(errors.UNSUPPORTED_GRANT)
    return await grants.redeem(call.flow, partner, said.code, said.redirect_uri)


def _client(call: Call, said: requests.TokenRequest) -> tuple[str, str | None]:
    """Who the client says it is, and its secret: in the body, else in the header."""
    if said.client_secret is None and call.authorization.lower().startswith("basic "):
        shown = tokens.credentials(call.authorization)
        if isinstance(shown, Basic):
            return shown.key_id, shown.secret
    return said.client_id or "", said.client_secret


def _refusal(problem: Problem) -> web.Response:
    """As OAuth has it (RFC 6749, section 5.2), and beside it as the rest of the API has it."""
    error = problem.code if problem in errors.OAUTH else "invalid_request"
    body = {
        "error": error,
        "error_description": problem.title,
        "errors": [{"code": problem.code, "title": problem.title}],
    }
    response = _written(problem.status, body)
    if problem is errors.INVALID_CLIENT:
        response.headers["WWW-Authenticate"] = 'Basic realm="heliograph"'
    return response


def _written(status: int, body: Json) -> web.Response:
    return web.Response(
        status=status, body=encode(body), content_type=JSON, charset="utf-8", headers={"Cache-Control": "no-store"}
    )


async def revoke_access(call: Call) -> Json:
    """Give back the access to an app: the client's integration and its webhooks go."""
    caller = call.caller
    assert caller.app_id is not None
    office = await call.flow.registry.office(caller.app_id)
    integration = office.integration(caller.integration_id or "")
    if integration is None or not integration.connected:
        raise Refused(errors.NOTHING_GRANTED)
    gone = DeleteIntegration(app_id=caller.app_id, integration_id=integration.id, withdrawn=True)
    await call.flow.corridor.execute(gone)
    return {}


async def get_token_info(call: Call) -> Json:
    """Get the app that the credential is for."""
    if call.caller.app_id is None:
        raise Refused(errors.OF_NO_APP)
    return {"app": v2.app((await call.flow.registry.office(call.caller.app_id)).app)}


_REDIRECT = Reply(302)
_UNASKED = (errors.UNKNOWN_PARTNER, errors.FOREIGN_REDIRECT)

OPERATIONS = (
    Operation(
        "GET",
        "/oauth/authorize",
        OPEN,
        authorize,
        query=requests.Authorize,
        answers=str,
        gives=HTML,
        also=(_REDIRECT,),
        refuses=(*_UNASKED, errors.APP_UNNAMED, errors.UNAUTHORIZED, errors.FORBIDDEN, errors.APP_NOT_FOUND),
    ),
    Operation(
        "POST",
        "/oauth/authorize",
        OPEN,
        consent_to_access,
        302,
        asks=requests.Consent,
        media=(FORM,),
        answers=None,
        gives=HTML,
        refuses=_UNASKED,
    ),
    Operation(
        "POST",
        "/oauth/token",
        OPEN,
        get_token,
        asks=requests.TokenRequest,
        media=(JSON, FORM),
        answers=answers.AccessToken,
        refuses=(errors.INVALID_CLIENT, errors.INVALID_GRANT, errors.UNSUPPORTED_GRANT),
    ),
    Operation(
        "DELETE",
        "/oauth/authorization",
        access.INTEGRATION,
        revoke_access,
        refuses=(errors.NOTHING_GRANTED,),
    ),
    Operation(
        "GET", "/v2/tokenInfo", access.ANY, get_token_info, answers=answers.AppAnswer, refuses=(errors.OF_NO_APP,)
    ),
)
