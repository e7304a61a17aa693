"""Apps as the command line makes them: with a key, and an integration for each SDK platform."""

from gateway.domain.channels import PLATFORMS
from gateway.domain.commands import CreateApp, CreateIntegration, CreateKey, CreatePartner
from gateway.domain.model import AppSettings, Office, Partner, Scope
from gateway.domain.value import Value
from gateway.domain.views import Page
from gateway.flow.floor import Flow


class Credentials(Value, kw_only=True):
    """What a backend and its SDKs need; `integrations` are ids by platform."""

    app_id: str
    key_id: str
    secret: str
    integrations: dict[str, str]


async def new_app(flow: Flow, name: str) -> Credentials:
    execute = flow.corridor.execute
    app = await execute(CreateApp(display_name=name, settings=AppSettings(multi_convo_enabled=True)))
    await execute(CreateKey(app_id=app.id, display_name=name))
    for platform in PLATFORMS:
        await execute(CreateIntegration(app_id=app.id, type=platform))
    return _credentials(await flow.registry.office(app.id))


async def new_partner(flow: Flow, name: str, redirect_uris: tuple[str, ...]) -> Partner:
    """An OAuth client, which app owners may let in."""
    return await flow.corridor.execute(CreatePartner(name=name, redirect_uris=redirect_uris))


async def app_named(flow: Flow, name: str) -> Credentials:
    """The first app of that name, made if there is none."""
    apps, _ = await flow.store.apps(Page(size=100))
    for app in apps:
        if app.display_name == name:
            return _credentials(await flow.registry.office(app.id))
    return await new_app(flow, name)


def _credentials(office: Office) -> Credentials:
    key = next(it for it in office.keys if it.scope is Scope.APP)
    platforms = {it.type: it.id for it in office.integrations if it.type in PLATFORMS}
    return Credentials(app_id=office.app.id, key_id=key.id, secret=key.secret, integrations=platforms)
