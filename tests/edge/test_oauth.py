"""OAuth: a partner is let into an app by its owner, works there, and goes again."""

import asyncio
import re
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import jwt as pyjwt
import pytest
from yarl import URL

from gateway.domain.limits import OAUTH_CODE_S
from gateway.domain.model import Grant, Key, Partner, Scope
from gateway.flow import provision
from gateway.flow.provision import Credentials
from gateway.wire import tokens
from tests.edge.conftest import Rest
from tests.edge.premises import CALLBACK, HOOK, code_for
from tests.house_under_test import Answer, House, Json, basic, opened
from tests.receiver import Receiver

SECOND = "http://localhost:9000/cb"
Pair = tuple[str, str]


class Page(NamedTuple):
    """What a browser got."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def where(self) -> URL:
        assert self.status == 302
        return URL(self.headers["Location"])


class Browser:
    """Somebody who follows links and fills in forms, and is not redirected without being asked."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def get(self, path: str = "/oauth/authorize", authorization: str | None = None, **query: str) -> Page:
        return await self._ask("GET", path, authorization, params=query)

    async def post(self, form: Json, **options: Any) -> Page:
        return await self._ask("POST", "/oauth/authorize", None, data=form, **options)

    async def _ask(self, method: str, path: str, authorization: str | None, **options: Any) -> Page:
        headers = {"Authorization": authorization} if authorization else {}
        url = self._house.url + path
        async with self._house.http.request(method, url, headers=headers, allow_redirects=False, **options) as answer:
            return Page(answer.status, await answer.text(), dict(answer.headers))


def fields(page: Page) -> Json:
    """What the form on a page sends by itself."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    return {name: unescape(value) for name, value in found}


def bearer(key: Pair, scope: str, **claims: Any) -> str:
    return "Bearer " + pyjwt.encode({"scope": scope, **claims}, key[1], headers={"kid": key[0]})


def by(token: str) -> dict[str, Any]:
    """To call REST with an access token."""
    return {"headers": {"Authorization": f"Bearer {token}"}}


@pytest.fixture
def browser(house: House) -> Browser:
    return Browser(house)


@pytest.fixture
async def partner(house: House) -> Partner:
    return await provision.new_partner(house.flow, "Bots & Co <i>", (CALLBACK, SECOND))


@pytest.fixture
def asked(partner: Partner) -> Json:
    return {"client_id": partner.id, "response_type": "code"}


async def token_for(house: House, partner: Partner, key: Pair | None = None) -> str:
    code = await code_for(house, partner, key or house.key)
    answer = await redeemed(house, partner, code)
    assert answer.status == 200, answer
    return str(answer.body["access_token"])


async def redeemed(house: House, partner: Partner, code: str, **others: Any) -> Answer:
    """Change a code for a token, as the API's own document has it."""
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": partner.id,
        "client_secret": partner.secret,
        **others,
    }
    return await house.rest("POST", "/oauth/token", {name: value for name, value in body.items() if value is not None})


# In a browser


async def test_the_owner_allows_it(house: House, browser: Browser, partner: Partner, asked: Json) -> None:
    page = await browser.get(**asked, state='a"b<c>&d é')
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    form = fields(page)
    assert form == {"client_id": partner.id, "redirect_uri": CALLBACK, "state": 'a"b<c>&d é'}
    allowed = await browser.post({**form, "key_id": house.key[0], "secret": f" {house.key[1]}\n", "decision": "allow"})
    query = dict(allowed.where.query)
    code = query.pop("code")
    assert query == {"from": "shop", "state": 'a"b<c>&d é'}
    assert allowed.where.with_query(None) == URL(CALLBACK).with_query(None)
    answer = await redeemed(house, partner, code)
    assert answer.body.keys() == {"access_token", "token_type"}
    assert answer.body["token_type"] == "Bearer"
    info = await house.rest("GET", "/v2/tokenInfo", **by(answer.body["access_token"]))
    assert info.body["app"]["id"] == house.app_id


async def test_the_owner_denies_it(browser: Browser, asked: Json) -> None:
    form = fields(await browser.get(**asked, redirect_uri=SECOND, state="s"))
    denied = await browser.post({**form, "decision": "deny"})
    assert str(denied.where) == f"{SECOND}?error=access_denied&state=s"


async def test_a_key_that_is_none_is_asked_for_again(
    house: House, browser: Browser, asked: Json, other: Credentials
) -> None:
    bot = await house.webhook("https://example.com")
    made = await house.rest("POST", f"/integrations/{bot['id']}/keys", {"displayName": "x"})
    integration_key = (made.body["key"]["id"], made.body["key"]["secret"])
    form = fields(await browser.get(**asked))
    for key_id, secret in (
        (house.key[0], "wrong"),
        (house.key[0], other.secret),
        ("app_" + "0" * 24, house.key[1]),
        ("", ""),
        house.account,
        integration_key,
        ('"><script>', "\x00\ud7ff"),
    ):
        page = await browser.post({**form, "key_id": key_id, "secret": secret, "decision": "allow"})
        assert page.status == 403
        assert "WWW-Authenticate" not in page.headers
        assert 'role="alert"' in page.text
        assert "<script" not in page.text
        assert not secret or secret not in page.text
        assert fields(page) == form


async def test_the_page_is_safe_where_it_stands(browser: Browser, asked: Json) -> None:
    """Nothing from elsewhere, nothing that runs, in nobody's frame, kept nowhere."""
    page = await browser.get(**asked, state="</form><script>")
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "<script" not in page.text
    assert not re.search(r"(?:src|href)=", page.text)
    assert page.text.count("Bots &amp; Co &lt;i&gt;") == 3
    assert "<i>" not in page.text
    assert "partner.example" in page.text
    for name in re.findall(r'<label for="(\w+)">', page.text):
        assert f'id="{name}"' in page.text


async def test_nobody_is_sent_to_an_address_that_is_not_registered(browser: Browser, asked: Json) -> None:
    for changes in (
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": CALLBACK + "&x=y"},
        {"client_id": "0" * 24},
        {"client_id": "\x00"},
        {"client_id": "", "redirect_uri": "https://evil.example/"},
        {"response_type": "token", "redirect_uri": "https://evil.example/"},
    ):
        for page in (
            await browser.get(**{**asked, **changes}),
            await browser.post({**asked, **changes, "decision": "deny"}),
        ):
            assert page.status == 400
            assert "Location" not in page.headers
            assert page.headers["Content-Type"].startswith("text/html")
            assert "evil" not in page.text
    assert (await browser.get()).status == 400


async def test_what_is_wrong_is_told_to_the_client(browser: Browser, asked: Json) -> None:
    token = await browser.get(**{**asked, "response_type": "token"}, state="s")
    assert dict(token.where.query) == {"from": "shop", "error": "unsupported_response_type", "state": "s"}
    del asked["response_type"]
    assert (await browser.get(**asked)).where.query["error"] == "invalid_request"


@pytest.mark.parametrize("decision", ["", "yes", None])
async def test_a_form_that_decides_nothing(browser: Browser, asked: Json, house: House, decision: str | None) -> None:
    form = {**asked, "key_id": house.key[0], "secret": house.key[1]}
    page = await browser.post(form if decision is None else {**form, "decision": decision})
    assert page.status == 400
    assert "decision" in page.text


# By API


async def test_a_token_is_consent(house: House, browser: Browser, partner: Partner, asked: Json) -> None:
    """What the official client does: `authorize` with a JWT of the app's key."""
    page = await browser.get(authorization=bearer(house.key, "app"), **asked, state="s", redirect_uri=SECOND)
    assert page.where.query["state"] == "s"
    assert (await redeemed(house, partner, page.where.query["code"])).status == 200


async def test_the_account_names_an_app(house: House, browser: Browser, partner: Partner, asked: Json) -> None:
    token = bearer(house.account, "account")
    unnamed = await browser.get(authorization=token, **asked)
    assert (unnamed.status, "app_id should name an app" in unnamed.text) == (400, True)
    unknown = await browser.get(authorization=token, **asked, app_id="0" * 24)
    assert unknown.status == 404
    page = await browser.get(authorization=token, **asked, app_id=house.app_id)
    access = (await redeemed(house, partner, page.where.query["code"])).body["access_token"]
    info = await house.rest("GET", "/v2/tokenInfo", **by(access))
    assert info.body["app"]["id"] == house.app_id


async def test_no_other_credential_is_consent(
    house: House, browser: Browser, asked: Json, other: Credentials, partner: Partner
) -> None:
    """A browser shows a Basic credential that it remembers to whoever makes it ask: that is nobody's consent."""
    for authorization in (basic(*house.key), basic(*house.account), "Digest x"):
        page = await browser.get(authorization=authorization, **asked, app_id=house.app_id)
        assert (page.status, "<form" in page.text) == (200, True)
    theirs = bearer((other.key_id, other.secret), "app")
    for authorization, status in (
        (bearer(house.key, "user", external_id="ann"), 403),
        (bearer(house.key, "app", exp=1_600_000_000), 401),
        (bearer((house.key[0], "wrong" * 20), "app"), 401),
        ("Bearer x", 401),
        (f"Bearer {await token_for(house, partner)}", 403),
        (theirs, 404),
    ):
        page = await browser.get(authorization=authorization, **asked, app_id=house.app_id)
        assert page.status == status
        assert "Location" not in page.headers


# The code


async def test_a_code_is_good_for_one_token(house: House, partner: Partner) -> None:
    code = await code_for(house, partner, house.key)
    answers = await asyncio.gather(*(redeemed(house, partner, code) for _ in range(8)))
    assert sorted(it.status for it in answers) == [200] + [400] * 7
    again = await redeemed(house, partner, code)
    assert (again.status, again.body["error"], again.code) == (400, "invalid_grant", "invalid_grant")


async def test_a_spent_code_does_not_bring_back_what_was_revoked(house: House, partner: Partner) -> None:
    code = await code_for(house, partner, house.key)
    token = (await redeemed(house, partner, code)).body["access_token"]
    assert (await house.rest("DELETE", "/oauth/authorization", **by(token))).status == 200
    assert (await redeemed(house, partner, code)).body["error"] == "invalid_grant"


async def test_a_code_of_another_client_or_for_another_address(house: House, partner: Partner) -> None:
    other = await provision.new_partner(house.flow, "other", (CALLBACK,))
    code = await code_for(house, partner, house.key, redirect_uri=SECOND)
    assert (await redeemed(house, other, code)).body["error"] == "invalid_grant"
    assert (await redeemed(house, partner, code, redirect_uri=CALLBACK)).body["error"] == "invalid_grant"
    assert (await redeemed(house, partner, code, redirect_uri=SECOND)).status == 200


async def test_a_code_ends_with_the_key_that_signed_it(house: House, partner: Partner) -> None:
    code = await code_for(house, partner, house.key)
    await house.rest("DELETE", f"/v2/apps/{house.app_id}/keys/{house.key[0]}", key=house.account)
    assert (await redeemed(house, partner, code)).body["error"] == "invalid_grant"


async def test_a_code_ends_soon(house: House, partner: Partner) -> None:
    code = await code_for(house, partner, house.key)
    claims = pyjwt.decode(code, options={"verify_signature": False})
    assert 0 < claims["exp"] - house.flow.now() / 1000 <= OAUTH_CODE_S <= 600
    old = forged(house, partner, until=house.flow.now() // 1000 * 1000)
    assert (await redeemed(house, partner, old)).body["error"] == "invalid_grant"


def forged(house: House, partner: Partner, by: Pair | None = None, **changes: Any) -> str:
    """A code that the holder of a key made up."""
    facts = {
        "id": "made up",
        "partner_id": partner.id,
        "app_id": house.app_id,
        "redirect_uri": CALLBACK,
        "until": house.flow.now() + 60_000,
        **changes,
    }
    key_id, secret = by or house.key
    return tokens.code(Key(id=key_id, secret=secret, display_name="x", scope=Scope.APP), Grant(**facts))


async def test_nobody_else_writes_codes(house: House, partner: Partner, other: Credentials) -> None:
    token = await token_for(house, partner)
    key_id = pyjwt.get_unverified_header(token)["kid"]
    office = await house.flow.registry.office(house.app_id)
    own = next(it for it in office.keys if it.id == key_id)
    for code in (
        forged(house, partner, (house.key[0], partner.secret)),
        forged(house, partner, (partner.id, partner.secret)),
        forged(house, partner, (other.key_id, other.secret)),
        forged(house, partner, (own.id, own.secret)),
        bearer(house.key, "app").removeprefix("Bearer "),
        bearer(house.key, "code", aud=partner.id).removeprefix("Bearer "),
        token,
        "x.y.z",
    ):
        answer = await redeemed(house, partner, code)
        assert (answer.status, answer.body["error"]) == (400, "invalid_grant"), code


async def test_a_code_opens_nothing_itself(house: House, rest: Rest, partner: Partner) -> None:
    code = await code_for(house, partner, house.key)
    assert (await rest("GET", "", **by(code))).status == 401
    device = await house.plug("web")
    await device.say("hello", device={"guid": "g"}, auth={"jwt": code})
    assert (await device.goodbye())[1] == 4501


# The token endpoint


async def test_a_form_and_the_header_do_as_well(house: House, partner: Partner) -> None:
    for secret_in_form in (True, False):
        form = {"grant_type": "authorization_code", "code": await code_for(house, partner, house.key)}
        headers = {}
        if secret_in_form:
            form |= {"client_id": partner.id, "client_secret": partner.secret}
        else:
            headers["Authorization"] = basic(partner.id, partner.secret)
        async with house.http.post(f"{house.url}/oauth/token", data=form, headers=headers) as answer:
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert (await answer.json())["token_type"] == "Bearer"


async def test_a_client_that_is_not_who_it_says(house: House, partner: Partner) -> None:
    code = await code_for(house, partner, house.key)
    other = await provision.new_partner(house.flow, "other", (CALLBACK,))
    for client_id, secret in (
        (partner.id, "wrong"),
        (partner.id, other.secret),
        (partner.id, ""),
        ("0" * 24, partner.secret),
        (None, partner.secret),
    ):
        refused = await redeemed(house, partner, code, client_id=client_id, client_secret=secret)
        assert (refused.status, refused.body["error"], refused.code) == (401, "invalid_client", "invalid_client")
        assert refused.body["error_description"] == refused.title
    assert (await redeemed(house, partner, code)).status == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
        ({"code": None}, "invalid_request"),
        ({"code": 5}, "invalid_request"),
    ],
)
async def test_what_is_no_request_for_a_token(house: House, partner: Partner, changes: Json, error: str) -> None:
    refused = await redeemed(house, partner, **{"code": "x", **changes})
    assert (refused.status, refused.body["error"]) == (400, error)
    assert next(iter(changes)) in refused.body["error_description"]


# What it opens


@pytest.fixture
async def token(house: House, partner: Partner) -> str:
    return await token_for(house, partner)


async def test_a_partner_works_with_users_and_conversations(rest: Rest, house: House, token: str) -> None:
    made = await rest("POST", "/users", {"externalId": "ann"}, **by(token))
    assert made.status == 201
    assert (await rest("GET", "/users/ann", **by(token))).body == made.body
    seat = {"type": "personal", "participants": [{"userExternalId": "ann"}]}
    room = await rest("POST", "/conversations", seat, **by(token))
    assert room.status == 201
    said = {"author": {"type": "business"}, "content": {"type": "text", "text": "hi"}}
    path = f"/conversations/{room.body['conversation']['id']}/messages"
    assert (await rest("POST", path, said, **by(token))).status == 201
    for closed in ("", "/integrations", f"/v2/apps/{house.app_id}/keys", "/v2/apps"):
        refused = await rest("GET", closed, **by(token))
        assert (refused.status, refused.code) == (403, "forbidden")


async def test_a_partner_hears_by_webhooks_of_its_own(rest: Rest, house: House, token: str, receiver: Receiver) -> None:
    others = await house.webhook("https://example.com/others")
    assert await rest("GET", "/integrations/me/webhooks", **by(token)) == (200, {"webhooks": []})
    hook = {"target": receiver.url, "triggers": ["conversation:message"]}
    made = await rest("POST", "/integrations/me/webhooks", hook, **by(token))
    assert made.status == 201
    listed = await rest("GET", "/integrations/me/webhooks", **by(token))
    assert listed.body == {"webhooks": [made.body["webhook"]]}
    foreign = await rest("GET", f"/integrations/{others['id']}/webhooks", **by(token))
    assert (foreign.status, foreign.code) == (403, "forbidden")
    await house.says(await house.group("ann"), "hello")
    (event,) = await receiver.until(lambda: receiver.events)
    assert event["payload"]["message"]["content"]["text"] == "hello"
    one = f"/integrations/me/webhooks/{made.body['webhook']['id']}"
    assert await rest("DELETE", one, **by(token)) == (200, {})
    assert (await rest("GET", "/integrations/me/webhooks", **by(token))).body == {"webhooks": []}


async def test_its_integration_is_shown_to_those_who_ask_for_its_type(
    house: House, partner: Partner, token: str
) -> None:
    """Official clients cannot read a list with a type that they do not know."""
    everything = (await house.rest("GET", "/integrations")).body["integrations"]
    assert [it["type"] for it in everything] == ["web", "ios", "android"]
    path = f"{house.url}/v2/apps/{house.app_id}/integrations"
    headers = {"Authorization": basic(*house.key)}
    async with house.http.get(path, params={"filter[types]": f"{partner.id},ios"}, headers=headers) as answer:
        listed = (await answer.json())["integrations"]
    assert [it["type"] for it in listed] == ["ios", partner.id]
    shown = {"id": listed[1]["id"], "type": partner.id, "status": "active", "displayName": partner.name}
    assert listed[1] == shown
    async with house.http.get(f"{path}/{shown['id']}", headers=headers) as answer:
        assert await answer.json() == {"integration": shown}
    for method, body in (("GET", None), ("POST", {"displayName": "x"})):
        keys = await house.rest(method, f"/integrations/{shown['id']}/keys", body)
        assert (keys.status, keys.title) == (400, "API keys are available only for custom integrations")


async def test_letting_in_twice_changes_nothing(house: House, partner: Partner, token: str) -> None:
    assert await token_for(house, partner) == token


@pytest.mark.parametrize("how", ["partner", "owner"])
async def test_access_is_given_back(rest: Rest, house: House, partner: Partner, token: str, how: str) -> None:
    other = await provision.new_partner(house.flow, "other", (CALLBACK,))
    stays = await token_for(house, other)
    await rest("POST", "/integrations/me/webhooks", HOOK, **by(token))
    await rest("POST", "/integrations/me/webhooks", HOOK, **by(stays))
    if how == "partner":
        assert await rest("DELETE", "/oauth/authorization", **by(token)) == (200, {})
    else:
        office = await house.flow.registry.office(house.app_id)
        connected = next(it.id for it in office.integrations if it.type == partner.id)
        assert await rest("DELETE", f"/integrations/{connected}") == (200, {})
    for path in ("/users/ann", "/integrations/me/webhooks", "/v2/tokenInfo"):
        assert (await rest("GET", path, **by(token))).status == 401
    assert (await rest("DELETE", "/oauth/authorization", **by(token))).status == 401
    office = await house.flow.registry.office(house.app_id)
    assert {it.type for it in office.integrations if it.connected} == {other.id}
    assert len(office.webhooks) == 1
    assert len((await rest("GET", "/integrations/me/webhooks", **by(stays))).body["webhooks"]) == 1
    assert await token_for(house, partner) != token


async def test_a_partner_sits_in_the_switchboard_until_it_leaves(
    rest: Rest, house: House, partner: Partner, token: str, receiver: Receiver
) -> None:
    hook = {"target": receiver.url, "triggers": ["conversation:message"]}
    await rest("POST", "/integrations/me/webhooks", hook, **by(token))
    board = f"/switchboards/{(await rest('POST', '/switchboards')).body['switchboard']['id']}"
    asked = {"name": "partner", "integrationType": partner.id, "deliverStandbyEvents": False}
    place = (await rest("POST", f"{board}/switchboardIntegrations", asked)).body["switchboardIntegration"]
    assert place["integrationType"] == partner.id
    await rest("PATCH", board, {"enabled": True, "defaultSwitchboardIntegrationId": place["id"]})
    room = await house.group("ann")
    await house.says(room, "hi")
    (heard,) = await receiver.until(lambda: receiver.events)
    assert heard["payload"]["conversation"]["activeSwitchboardIntegration"]["integrationType"] == partner.id
    assert await rest("POST", f"/conversations/{room}/releaseControl", **by(token)) == (200, {})
    assert await rest("DELETE", "/oauth/authorization", **by(token)) == (200, {})
    (left,) = (await rest("GET", "/switchboards")).body["switchboards"]
    assert left == {"id": left["id"], "enabled": False}
    listed = await rest("GET", f"{board}/switchboardIntegrations")
    assert listed.body == {"switchboardIntegrations": []}


async def test_the_app_of_a_credential(rest: Rest, house: House, token: str) -> None:
    app = (await rest("GET", "")).body
    assert await rest("GET", "/v2/tokenInfo") == (200, app)
    assert await rest("GET", "/v2/tokenInfo", **by(token)) == (200, app)
    none = await rest("GET", "/v2/tokenInfo", key=house.account)
    assert (none.status, none.code, none.title) == (400, "bad_request", "A key of the account belongs to no app")


async def test_partners_and_spent_codes_outlive_the_process(tmp_path: Path) -> None:
    async with opened(tmp_path / "lasting") as house:
        partner = await provision.new_partner(house.flow, "partner", (CALLBACK,))
        code = await code_for(house, partner, house.key)
        token = (await redeemed(house, partner, code)).body["access_token"]
    async with opened(tmp_path / "lasting") as house:
        assert (await redeemed(house, partner, code)).body["error"] == "invalid_grant"
        assert (await house.rest("GET", "/v2/tokenInfo", **by(token))).status == 200
        assert await token_for(house, partner) == token
