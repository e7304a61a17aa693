"""What the command line does and is done with: on the data folder, or with the gateway that runs on it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, TypeVar

from gateway.bootstrap import DATABASE, flowing, now_ms
from gateway.config import PUBLIC_URL, Settings
from gateway.domain import limits
from gateway.domain.commands import CreateAccountKey
from gateway.domain.model import Key, Office, Partner, Scope
from gateway.domain.views import Page
from gateway.flow import provision
from gateway.flow.floor import Flow
from gateway.flow.provision import Credentials
from gateway.premises import CannotStart
from gateway.remote.rest import Rest
from gateway.remote.webhooks import Hook, Webhooks
from gateway.wire import tokens

REDIRECT_URI: Final = re.compile(r"https?://[\w.:\[\]-]+(?:[/?][!-\"$-~]*)?", re.ASCII)  # without a fragment
ANYWHERE: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where such a one is reached
TOKEN_S: Final = 3_600

T = TypeVar("T")


async def create_account_key(settings: Settings) -> Key:
    async with flowing(settings) as flow:
        return await flow.corridor.execute(CreateAccountKey())


async def create_app(settings: Settings, name: str) -> Credentials:
    _check_length("name", name, limits.NAME)
    async with flowing(settings) as flow:
        return await provision.new_app(flow, name)


async def create_partner(settings: Settings, name: str, redirect_uris: tuple[str, ...]) -> Partner:
    """An OAuth client; raises `CannotStart` for an address that nobody can be sent back to."""
    _check_length("name", name, limits.NAME)
    if not 1 <= len(redirect_uris) <= limits.REDIRECT_URIS:
        raise CannotStart(f"redirect-uri: should be given 1 to {limits.REDIRECT_URIS} times")
    for uri in redirect_uris:
        _check_length("redirect-uri", uri, limits.URL)
        if not REDIRECT_URI.fullmatch(uri):
            raise CannotStart(f"redirect-uri: {uri} should be an http or https URL without a fragment")
    async with flowing(settings) as flow:
        return await provision.new_partner(flow, name, redirect_uris)


async def user_token(settings: Settings, app_id: str, external_id: str) -> str:
    """A JWT for a user, signed with the app's first key; raises `Refused`, or `CannotStart` without a key."""
    _check_length("external-id", external_id, limits.EXTERNAL_ID)
    async with flowing(settings) as flow:
        keys = [it for it in (await flow.registry.office(app_id)).keys if it.scope is Scope.APP]
        if not keys:
            raise CannotStart(f"app-id: the app {app_id} has no key")
        return tokens.sign(keys[0].id, keys[0].secret, {"scope": "user", "external_id": external_id})


def _check_length(name: str, value: str, longest: int) -> None:
    if not 1 <= len(value) <= longest:
        raise CannotStart(f"{name}: should have 1 to {longest} characters")


async def of_webhooks(settings: Settings, url: str, app_id: str | None, ask: Callable[[Webhooks], Awaitable[T]]) -> T:
    """What the running gateway is asked about the webhooks of an app, else of all; raises `Unanswered`."""
    address = url or _address(settings)
    if not PUBLIC_URL.fullmatch(address):
        raise CannotStart("url: should be an address such as http://127.0.0.1:8080/sc")
    if not (settings.data / DATABASE).is_file():
        raise CannotStart(f"data: there is no gateway's data in {settings.data}")
    async with flowing(settings) as flow:
        hooks = [hook async for office in _offices(flow, app_id) for hook in _hooks(office)]
    async with Rest(address) as rest:
        return await ask(Webhooks(rest, hooks))


def _address(settings: Settings) -> str:
    """Where a gateway with these settings is reached from this machine."""
    if settings.port == 0:
        raise CannotStart("port: 0 says nothing of where the gateway listens; name it with --port or --url")
    host = ANYWHERE.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}{settings.path_prefix}"


async def _offices(flow: Flow, app_id: str | None) -> AsyncIterator[Office]:
    """The app's, else all, oldest first."""
    if app_id is not None:
        yield await flow.registry.office(app_id)
        return
    after, more = None, True
    while more:
        apps, more = await flow.store.apps(Page(size=limits.PAGE, after=after))
        for app in apps:
            after = app.id
            office = await flow.store.office(app.id)
            if office is not None:
                yield office


def _hooks(office: Office) -> list[Hook]:
    key = next((it for it in office.keys if it.scope is Scope.APP), None)
    token = None if key is None else _token(key)
    return [
        Hook(
            app_id=office.app.id,
            app_name=office.app.display_name,
            integration_id=it.integration_id,
            id=it.id,
            version=it.version,
            target=it.target,
            token=token,
        )
        for it in office.webhooks
    ]


def _token(key: Key) -> str:
    """What opens as much as the key, for an hour: the secret itself stays here."""
    return tokens.sign(key.id, key.secret, {"scope": key.claim, "exp": now_ms() // 1000 + TOKEN_S})
