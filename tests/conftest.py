"""A whole gateway for a test: real sockets, a real SQLite file, a real HTTP receiver for its webhooks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.house_under_test import House, opened
from tests.receiver import Receiver, receiving


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A backend's webhook endpoint."""
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A gateway with one app, listening on a port of its own."""
    async with opened(tmp_path / "data") as house:
        yield house
