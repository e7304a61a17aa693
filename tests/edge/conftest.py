"""The REST surface, as a backend meets it."""

from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from structlog.testing import capture_logs

from gateway.flow import provision
from gateway.flow.provision import Credentials
from tests.edge.rules import broken
from tests.house_under_test import Answer, House


class Rest(Protocol):
    async def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> Answer: ...


@pytest.fixture(autouse=True)
def _calm() -> Iterator[None]:
    """Whatever a caller sends is the caller's affair: the gateway logs no error about it."""
    with capture_logs() as logs:
        yield
    assert [it for it in logs if it["log_level"] in ("error", "critical")] == []


@pytest.fixture
def rest(house: House) -> Rest:
    """`House.rest`, with every answer held to what the official clients can read."""

    async def call(method: str, path: str, body: Any = None, **options: Any) -> Answer:
        answer = await house.rest(method, path, body, **options)
        assert broken(answer) == [], f"{method} {path}: {answer}"
        return answer

    return call


@pytest.fixture
async def other(house: House) -> Credentials:
    """Another app of the same gateway."""
    return await provision.new_app(house.flow, "other")
