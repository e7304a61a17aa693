"""What channels and other services would do: the request is checked, and then refused in a sentence."""

from gateway.domain import access, errors
from gateway.domain.channels import CHANNELS, SDK_TYPES
from gateway.domain.errors import Refused
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.wire.v1 import notifications


async def notify(call: Call) -> None:
    """Not served: there is no line to any channel."""
    asked = await call.body(notifications.Notification)
    asked.check()
    integration = (await call.office()).integration(asked.destination.integration_id)
    if integration is None:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    if integration.type in SDK_TYPES or integration.by_webhooks:
        raise Refused(errors.NOT_A_CHANNEL)
    raise Refused(errors.no_connector(integration.type))


async def viber_code(call: Call) -> None:
    await call.person()
    raise Refused(errors.no_connector("viber"))


async def wechat_code(call: Call) -> None:
    await call.person()
    raise Refused(errors.no_connector("wechat"))


async def ping(call: Call) -> None:
    await call.person()
    if call["channel"] not in CHANNELS:
        raise Refused(errors.NOT_FOUND)
    raise Refused(errors.no_connector(call["channel"]))


async def pay(call: Call) -> None:
    """Not served: nobody pays here."""
    await call.person()
    await call.sent()
    raise Refused(errors.NO_STRIPE)


async def account(_: Call) -> None:
    raise Refused(errors.NO_STRIPE)


_ONE = "/appusers/{userId}"

ROUTES = (
    Route("POST", "/notifications", access.APP, notify, 201),
    Route("GET", f"{_ONE}/integrations/viber/qrcode", access.USER, viber_code),
    Route("GET", f"{_ONE}/integrations/wechat/qrcode", access.USER, wechat_code),
    Route("POST", f"{_ONE}/integrations/{{channel}}/ping", access.APP, ping),
    Route("POST", f"{_ONE}/stripe/customer", access.USER, pay),
    Route("POST", f"{_ONE}/stripe/transaction", access.USER, pay),
    Route("GET", "/stripe/account", access.APP, account),
)
