"""Every store and every bus there is, each held to the same contract."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from gateway.buses.local import LocalBus
from gateway.ports import Bus, Store
from gateway.stores.sqlite import open_store
from tests.contracts.clerk import Clerk, opened
from tests.domain.town import HandWound

Opener = Callable[[str], Awaitable[Store]]


def sqlite(folder: Path) -> Opener:
    return lambda epoch: open_store(folder / "data" / "store.db", epoch)


STORES = {"sqlite": sqlite}
BUSES = {"local": LocalBus}


class Premises:
    """Where one store keeps what lasts. Each opening is a store object of its own, which remembers nothing yet."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._open: list[Store] = []

    async def open(self, epoch: str = "first") -> Store:
        store = await self._opener(epoch)
        self._open.append(store)
        return store

    async def close(self) -> None:
        while self._open:
            await self._open.pop().close()


@pytest.fixture(params=STORES)
async def premises(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Premises]:
    premises = Premises(STORES[request.param](tmp_path))
    yield premises
    await premises.close()


@pytest.fixture
async def store(premises: Premises) -> Store:
    return await premises.open()


@pytest.fixture
async def clerk(store: Store) -> Clerk:
    return await opened(store, HandWound())


@pytest.fixture(params=BUSES)
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    bus: Bus = BUSES[request.param]()
    yield bus
    await bus.close()
