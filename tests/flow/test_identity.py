"""A user's token is verified once, and is no good from the moment that its key or its time is over."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.domain import commands as cmd
from gateway.domain.errors import Refused
from gateway.domain.model import Key
from gateway.flow.identity import Identity
from gateway.flow.registry import Registry
from gateway.wire import tokens
from tests.flow.building import Building


class Entrance:
    """Where users of one app show tokens that its key has signed; `verified` counts the work."""

    def __init__(self, building: Building, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
        self.building, self.key = building, key
        registry = Registry(building.store)
        building.bus.subscribe(registry.hear, *registry.HEARS)
        self.identity = Identity(registry, building.clock.now)
        self.verified = 0
        verify = tokens.verify

        def counted(token: str, secret: str) -> Any:
            self.verified += 1
            return verify(token, secret)

        monkeypatch.setattr(tokens, "verify", counted)

    def token(self, **claims: Any) -> str:
        return tokens.sign(self.key.id, self.key.secret, {"scope": "user", "external_id": "ann", **claims})

    async def lets_in(self, token: str, app_id: str | None = None) -> bool:
        try:
            proof = await self.identity.user(app_id or self.building.orders.app_id, token)
        except Refused:
            return False
        return proof.external_id == "ann" and proof.key_id == self.key.id


@pytest.fixture
async def entrance(building: Building, monkeypatch: pytest.MonkeyPatch) -> Entrance:
    return Entrance(building, await building.one(building.orders.key()), monkeypatch)


async def test_the_same_token_is_verified_once(entrance: Entrance) -> None:
    token = entrance.token()
    assert [await entrance.lets_in(token) for _ in range(3)] == [True] * 3
    assert entrance.verified == 1


async def test_a_revoked_key_shuts_out_a_token_that_let_in_before(entrance: Entrance, building: Building) -> None:
    token = entrance.token()
    assert await entrance.lets_in(token)
    await building.one(cmd.DeleteKey(app_id=building.orders.app_id, key_id=entrance.key.id))
    await building.corridor.drained()
    assert not await entrance.lets_in(token)


async def test_a_token_that_let_in_before_is_no_good_when_its_time_is_over(
    entrance: Entrance, building: Building
) -> None:
    token = entrance.token(exp=building.clock.now() // 1000 + 60)
    assert await entrance.lets_in(token)
    building.clock.wind(61)
    assert not await entrance.lets_in(token)


async def test_a_token_that_let_in_before_opens_no_other_app(entrance: Entrance) -> None:
    token = entrance.token()
    assert await entrance.lets_in(token)
    assert not await entrance.lets_in(token, "f" * 24)


FORGED: dict[str, Callable[[str], str]] = {
    "another signature": lambda it: it[:-2] + ("A" if it[-2] != "A" else "B") + it[-1],
    "another user": lambda it: ".".join((it.split(".")[0], it.split(".")[1] + "x", it.split(".")[2])),
    "a space": lambda it: it + " ",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_a_token_like_one_that_let_in_before_is_verified_itself(
    entrance: Entrance, forge: Callable[[str], str]
) -> None:
    token = entrance.token()
    assert await entrance.lets_in(token)
    assert not await entrance.lets_in(forge(token))
