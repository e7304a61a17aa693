"""Bodies that are none: whatever comes, the caller is told, and the gateway has no error of its own."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from gateway.edge.v1.door import ROUTES
from tests.edge.v1.paths import path
from tests.house_under_test import House, basic

BODIES = [
    b"[]",
    b"null",
    b"7",
    b'"x"',
    b"{",
    b"nonsense",
    b"\xff",
    b'{"a":1}{',
    b"[" * 10_000,
    b'{"a":NaN}',
    b'{"\\ud800":1}',
]
WRITING = [it for it in ROUTES if it.method in ("POST", "PUT")]


@pytest.fixture(autouse=True)
def _calm() -> Iterator[None]:
    with capture_logs() as logs:
        yield
    assert [it for it in logs if it["log_level"] in ("error", "critical")] == []


@pytest.mark.parametrize("body", BODIES, ids=lambda it: repr(it[:12]))
async def test_a_body_that_is_none_is_refused(house: House, body: bytes) -> None:
    """Or not looked at, where nothing is asked."""
    await house.user("ann")
    headers = {"Authorization": basic(*house.account), "Content-Type": "application/json"}
    for route in WRITING:
        where = house.url + path(route, house.app_id)
        async with house.http.request(route.method, where, headers=headers, data=body) as answer:
            said = await answer.json()
        assert answer.status in (200, 400, 404), (route, answer.status, said)
        assert (answer.status == 200) == ("error" not in said), (route, said)


async def test_a_body_that_is_too_large(house: House) -> None:
    headers = {"Authorization": basic(*house.account), "Content-Type": "application/json"}
    for route in [
        it for it in WRITING if it.path in ("/apps", "/keys", "/serviceaccounts", "/webhooks", "/integrations")
    ]:
        where = house.url + path(route, house.app_id)
        async with house.http.request(route.method, where, headers=headers, data=b" " * 100_001) as answer:
            assert answer.status == 413
            assert (await answer.json())["error"]["code"] == "payload_too_large"
