"""Credentials and integrations by their ids, remembered until something about their app changes."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from gateway.domain import commands as cmd
from gateway.domain import errors
from gateway.domain.access import Caller
from gateway.domain.errors import Problem, Refused
from gateway.domain.model import Key, Scope
from gateway.flow.identity import Identity
from gateway.flow.registry import Registry
from gateway.wire import tokens
from tests.flow.building import Building
from tests.house_under_test import basic


@pytest.fixture
def registry(building: Building) -> Registry:
    registry = Registry(building.store)
    building.bus.subscribe(registry.hear, *registry.HEARS)
    return registry


@pytest.fixture
async def key(building: Building) -> Key:
    made = await building.one(building.orders.key())
    assert isinstance(made, Key)
    return made


@pytest.fixture
def identity(building: Building, registry: Registry) -> Identity:
    return Identity(registry, building.clock.now)


def forget_on_disk(building: Building) -> None:
    """What is found after this was remembered."""
    with closing(sqlite3.connect(building.path, isolation_level=None)) as db:
        db.execute("DELETE FROM keys")


async def refusal_of(identity: Identity, authorization: str | None) -> Problem | None:
    try:
        await identity.caller(authorization)
    except Refused as refused:
        return refused.problem
    return None


async def test_a_key_is_read_once(building: Building, registry: Registry, key: Key) -> None:
    assert await registry.key(key.id) == key
    forget_on_disk(building)
    assert await registry.key(key.id) == key


async def test_a_key_that_is_not_there_is_looked_for_again(building: Building, registry: Registry) -> None:
    assert await registry.key("app_" + "0" * 24) is None
    made = await building.one(building.orders.key())
    assert await registry.key(made.id) == made


async def test_a_revoked_key_is_forgotten_with_its_commit(building: Building, registry: Registry, key: Key) -> None:
    other = await building.one(building.orders.key())
    assert await registry.key(key.id) == key
    assert await registry.key(other.id) == other
    await building.one(cmd.DeleteKey(app_id=building.orders.app_id, key_id=key.id))
    await building.corridor.drained()
    assert await registry.key(key.id) is None
    assert await registry.key(other.id) == other


async def test_a_key_revoked_while_it_is_read_is_not_remembered(
    building: Building, registry: Registry, key: Key
) -> None:
    """What was on its way when its app changed may be older than the change."""
    reading = asyncio.ensure_future(registry.key(key.id))
    await asyncio.sleep(0)
    registry.hear(building.said())
    assert await reading == key
    forget_on_disk(building)
    assert await registry.key(key.id) is None


async def test_other_apps_keys_stay(building: Building, registry: Registry, key: Key) -> None:
    assert await registry.key(key.id) == key
    other = await building.one(cmd.CreateApp(display_name="other"))
    await building.one(cmd.DeleteApp(app_id=other.id))
    await building.corridor.drained()
    forget_on_disk(building)
    assert await registry.key(key.id) == key


async def test_an_integration_is_found_with_its_office_as_it_is_now(building: Building, registry: Registry) -> None:
    web = await building.one(building.orders.integration())
    for name in ("one", "two"):
        await building.one(
            cmd.UpdateIntegration(app_id=building.orders.app_id, integration_id=web.id, display_name=name)
        )
        office, found = await registry.integration(web.id)
        assert (office.app.id, found.display_name) == (building.orders.app_id, name)


@pytest.mark.parametrize("gone", ["integration", "app"])
async def test_what_is_gone_is_not_found(building: Building, registry: Registry, gone: str) -> None:
    web = await building.one(building.orders.integration())
    await registry.integration(web.id)
    app_id = building.orders.app_id
    go = cmd.DeleteApp(app_id=app_id) if gone == "app" else cmd.DeleteIntegration(app_id=app_id, integration_id=web.id)
    await building.one(go)
    with pytest.raises(Refused) as refused:
        await registry.integration(web.id)
    assert refused.value.problem == errors.INTEGRATION_NOT_FOUND


async def test_a_caller_is_known_by_its_key(building: Building, identity: Identity, key: Key) -> None:
    account = await building.one(cmd.CreateAccountKey())
    app_id = building.orders.app_id
    assert await identity.caller(basic(key.id, key.secret)) == Caller(Scope.APP, key.id, app_id)
    assert await identity.caller(basic(account.id, account.secret)) == Caller(Scope.ACCOUNT, account.id)
    token = tokens.sign(key.id, key.secret, {"scope": "app"})
    assert await identity.caller(f"Bearer {token}") == Caller(Scope.APP, key.id, app_id)


async def test_who_proves_nothing_is_no_caller(building: Building, identity: Identity, key: Key) -> None:
    now = building.clock.at / 1000

    def bearer(secret: str = key.secret, **claims: object) -> str:
        return f"Bearer {tokens.sign(key.id, secret, claims)}"

    unauthorized = [
        None,
        basic(key.id, "wrong"),
        basic(key.id, ""),
        basic("app_" + "0" * 24, key.secret),
        bearer("x" * 86, scope="app"),
        bearer(scope="account"),
        bearer(),
        bearer(scope="app", exp=now),
    ]
    assert [await refusal_of(identity, it) for it in unauthorized] == [errors.UNAUTHORIZED] * len(unauthorized)
    assert await refusal_of(identity, bearer(scope="user", external_id="ann")) == errors.FORBIDDEN
    assert await refusal_of(identity, bearer(scope="app", exp=now + 1)) is None


async def test_a_users_token_is_an_app_keys(building: Building, identity: Identity, key: Key) -> None:
    account = await building.one(cmd.CreateAccountKey())
    other = await building.one(cmd.CreateApp(display_name="other"))
    claims: dict[str, object] = {"scope": "user", "external_id": "ann"}
    app_id = building.orders.app_id
    proof = await identity.user(app_id, tokens.sign(key.id, key.secret, {**claims, "exp": 2e9}))
    assert (proof.external_id, proof.key_id, proof.expires_at) == ("ann", key.id, 2e9)
    for where, shown in (
        (other.id, tokens.sign(key.id, key.secret, claims)),
        (app_id, tokens.sign(account.id, account.secret, claims)),
        (app_id, tokens.sign(key.id, key.secret, {"scope": "app"})),
        (app_id, tokens.sign(key.id, account.secret, claims)),
        (app_id, "no token"),
    ):
        with pytest.raises(Refused) as refused:
            await identity.user(where, shown)
        assert refused.value.problem == errors.INVALID_AUTH
