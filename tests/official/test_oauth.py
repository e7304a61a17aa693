"""A partner is let into an app, works there and goes again, through the official client."""

from collections.abc import AsyncIterator

import jwt as pyjwt
import pytest
from aiohttp import web

from gateway.flow import provision
from tests.edge.premises import HOOK
from tests.house_under_test import House
from tests.official.client import Official, client


class Callback:
    """Where a partner has people sent back to; `codes` are what they brought."""

    def __init__(self) -> None:
        self.url = ""
        self.codes: list[str] = []

    async def take(self, request: web.Request) -> web.Response:
        assert request.query["state"] == "Pending"
        self.codes.append(request.query["code"])
        return web.Response(text="thank you")


@pytest.fixture
async def callback() -> AsyncIterator[Callback]:
    callback, app = Callback(), web.Application()
    app.router.add_get("/callback", callback.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    callback.url = f"http://127.0.0.1:{runner.addresses[0][1]}/callback"
    yield callback
    await runner.cleanup()


async def test_a_partners_whole_way(house: House, callback: Callback) -> None:
    partner = await provision.new_partner(house.flow, "Bots", (callback.url,))
    key_id, secret = house.key
    owner = Official(house, token=pyjwt.encode({"scope": "app"}, secret, headers={"kid": key_id}))
    options = {"state": "Pending", "redirect_uri": callback.url}
    assert await owner.silent("OAuthEndpointsApi.authorize", partner.id, "code", **options) is None
    (code,) = callback.codes

    asked = client.GetTokenRequest(
        code=code, grant_type="authorization_code", client_id=partner.id, client_secret=partner.secret
    )
    granted = await owner("OAuthEndpointsApi.get_token", asked)
    assert granted.token_type == "Bearer"
    bots = Official(house, token=granted.access_token)
    assert (await bots("OAuthEndpointsApi.get_token_info")).app.id == house.app_id

    await bots.ours("UsersApi.create_user", ("UserCreateBody", {"externalId": "ann"}))
    hook = (await bots.ours("WebhooksApi.create_webhook", "me", ("WebhookCreateBody", HOOK))).webhook
    assert [it.id for it in (await bots.ours("WebhooksApi.list_webhooks", "me")).webhooks] == [hook.id]
    with pytest.raises(client.exceptions.ForbiddenException):
        await bots.ours("SwitchboardsApi.list_switchboards")

    await bots("OAuthEndpointsApi.revoke_access")
    with pytest.raises(client.exceptions.UnauthorizedException):
        await bots("OAuthEndpointsApi.get_token_info")
