"""What may be loaded, and by how much."""

from typing import Any

import pytest

from clients.loadtest.options import BadOptions, Options, is_loopback
from clients.loadtest.plan import Target, shares

KEYS: dict[str, Any] = {"app_id": "a", "key_id": "k", "secret": "s", "integration_id": "i"}
TARGET = Target("http://127.0.0.1:8080/sc", **KEYS)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_this_machine_may_be_loaded(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.1", "0.0.0.0", "example.com", "localhost.example.com"])
def test_no_other_may(host: str) -> None:
    assert not is_loopback(host)


def test_a_foreign_url_is_refused_with_a_sentence() -> None:
    with pytest.raises(BadOptions, match="only a loopback address may be loaded"):
        Options(url="http://10.0.0.1:8080", **KEYS)


def test_a_url_wants_its_keys() -> None:
    with pytest.raises(BadOptions, match="--app-id"):
        Options(url="http://127.0.0.1:8080")


def test_a_gateway_is_named_or_started_not_both() -> None:
    with pytest.raises(BadOptions, match="not both"):
        Options(url="http://127.0.0.1:8080", spawn=True, **KEYS)


def test_there_are_no_more_webhooks_than_an_app_may_have() -> None:
    Options(webhooks=7, failing_webhooks=1, hanging_webhooks=1, trickling_webhooks=1)
    with pytest.raises(BadOptions, match="10 webhooks at most"):
        Options(webhooks=8, failing_webhooks=1, hanging_webhooks=1, trickling_webhooks=1)


@pytest.mark.parametrize(("sockets", "processes"), [(1000, 1), (1000, 3), (25, 4), (7, 2), (101, 7)])
def test_the_shares_are_whole_rooms_and_all_of_them(sockets: int, processes: int) -> None:
    plans = shares("rooms", TARGET, Options(sockets=sockets, processes=processes, rate=100), "run")
    assert sum(plan.sockets for plan in plans) == sockets
    assert all(plan.sockets % 10 == 0 for plan in plans[:-1])
    assert sum(plan.rate or 0 for plan in plans) == pytest.approx(100)
    assert len({plan.prefix for plan in plans}) == len(plans) <= processes


def test_the_socket_lies_behind_the_prefix() -> None:
    assert TARGET.upgrade.startswith(b"GET /sc/sdk/v2/integrations/i/socket HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n")
