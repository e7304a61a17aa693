"""What a machine asks the gateway about itself."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from websockets.exceptions import InvalidStatus

from gateway import bootstrap
from gateway.domain import goodbyes
from gateway.domain.errors import UNAVAILABLE
from gateway.edge import listener, own_device
from gateway.edge.sockets import Doors, Outgoing
from gateway.flow.floor import Flow
from gateway.stores.sqlite import connection
from tests.house_under_test import House, Json, opened
from tests.receiver import Receiver


async def asked(house: House, path: str) -> tuple[int, str, str]:
    """Status, content type and text; without credentials."""
    async with house.http.get(house.url + path) as answer:
        return answer.status, answer.content_type, await answer.text()


async def looked(house: House) -> tuple[int, Json]:
    """What `/readyz` says."""
    status, kind, text = await asked(house, "/readyz")
    assert kind == "application/json"
    return status, json.loads(text)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is good for another who asks."""
    monkeypatch.setattr(own_device, "FRESH_S", 0.0)


async def test_alive(house: House) -> None:
    assert await asked(house, "/healthz") == (200, "application/json", '{"status": "alive"}')


@pytest.mark.usefixtures("impatient")
async def test_ready_is_who_hears_what_it_says_to_itself(house: House) -> None:
    """Over a socket that stays open."""
    status, said = await looked(house)
    assert (status, said["status"]) == (200, "ready")
    assert list(said["tookMs"]) == ["prepare", "connect", "hello", "commit", "push"]
    assert all(it >= 0 for it in said["tookMs"].values())
    for _ in range(3):
        status, said = await looked(house)
        assert (status, list(said["tookMs"])) == (200, ["commit", "push"])
    assert house.flow.meter.connects == 1
    assert house.flow.meter.deliveries == 4


async def test_whoever_asks_within_a_second_is_told_what_was_found(house: House) -> None:
    found = await asyncio.gather(*(looked(house) for _ in range(20)))
    assert found == found[:1] * 20
    assert house.flow.meter.deliveries == 1


@pytest.mark.usefixtures("impatient")
async def test_nothing_grows_with_what_it_says_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also over a restart."""
    monkeypatch.setattr(own_device, "SAID", 3)
    sizes = []
    for _ in range(2):
        async with opened(tmp_path / "data") as house:
            await house.device("ann")
            for _ in range(8):
                assert (await looked(house))[0] == 200
        sizes.append(rows(tmp_path / "data" / "gateway.db"))
    assert sizes[0] == sizes[1]
    assert (sizes[0]["messages"], sizes[0]["events"]) == (2, 1)


def rows(database: Path) -> dict[str, int]:
    """How many there are in each table."""
    with closing(sqlite3.connect(database)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {it: db.execute(f"SELECT count(*) FROM {it}").fetchone()[0] for it in tables}


async def test_nobody_else_sees_or_reaches_its_own_app(house: House, receiver: Receiver) -> None:
    await house.webhook(receiver.url)
    before = await house.rest("GET", "/v2/apps", key=house.account)
    assert (await looked(house))[0] == 200
    assert await house.rest("GET", "/v2/apps", key=house.account) == before
    for path in ("", "/users/self", "/conversations", "/integrations"):
        there = await house.rest("GET", f"/v2/apps/self{path}", key=house.account)
        assert (there.status, there.code) == (404, "app_not_found"), path
    old = await house.v1("GET", "/v1.1/apps/self", key=house.account)
    assert old.error[0] == 404
    stranger = await house.plug("self")
    await stranger.say("hello", device={"guid": "guid"})
    assert (await stranger.goodbye())[1] == 4503
    await house.mirrored()
    assert receiver.calls == []
    assert "gateway_devices 0.0" in (await asked(house, "/metrics"))[2].splitlines()


@pytest.mark.usefixtures("impatient")
async def test_a_socket_that_was_cut_is_opened_anew(house: House) -> None:
    await looked(house)
    for device in house.flow.hub.of("self"):
        device.dismiss(goodbyes.SLOW)
    await until_gone(house)
    status, said = await looked(house)
    assert (status, said["status"]) == (200, "ready")
    assert list(said["tookMs"]) == ["prepare", "connect", "hello", "commit", "push"]


async def until_gone(house: House) -> None:
    """Until its own device is no listener any more."""
    async with asyncio.timeout(5):
        while house.flow.hub.of("self"):  # noqa: ASYNC110 - nobody says that a listener has left
            await asyncio.sleep(0.01)


# What is not ready, each step by itself


@pytest.mark.usefixtures("impatient")
async def test_a_hub_that_tells_nobody_is_not_ready(tmp_path: Path) -> None:
    async with opened(tmp_path / "data", ready_s=1.0) as house:
        assert (await looked(house))[0] == 200
        (device,) = house.flow.hub.of("self")
        house.flow.hub.leave(device)
        status, said = await looked(house)
        assert (status, said["status"], said["failed"]) == (503, "not ready", "push")
        assert (said["why"], said["errors"][0]["code"]) == ("nothing within 1 s", "unavailable")
        assert list(said["tookMs"]) == ["commit", "push"]
        assert (await looked(house))[0] == 200


@pytest.mark.usefixtures("impatient")
async def test_a_socket_that_writes_nothing_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path / "data", ready_s=1.0) as house:
        assert (await looked(house))[0] == 200
        monkeypatch.setattr(Outgoing, "_flush", lambda _outgoing: None)
        status, said = await looked(house)
        assert (status, said["failed"], said["why"]) == (503, "commit", "nothing within 1 s")


async def test_too_many_connects_make_it_no_less_ready(tmp_path: Path) -> None:
    async with opened(tmp_path / "data", connects_per_second=0.05, trusted_proxies="") as house:
        await house.plug()
        with pytest.raises(InvalidStatus, match="429"):
            await house.plug()
        assert (await looked(house))[0] == 200


async def test_a_gateway_that_is_stopping_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first moment, though its own device is among those that are still to be sent away."""
    made: list[Doors] = []

    class Seen(Doors):
        def __init__(self, flow: Flow, max_unsent_bytes: int) -> None:
            super().__init__(flow, max_unsent_bytes)
            made.append(self)

    monkeypatch.setattr(bootstrap, "Doors", Seen)
    async with opened(tmp_path / "data") as house:
        assert (await looked(house))[0] == 200
        made[0].closing = True
        status, said = await looked(house)
        assert (status, said["failed"], said["why"]) == (503, "stop", "The gateway is stopping")
        assert (await asked(house, "/healthz"))[0] == 200


@pytest.mark.usefixtures("impatient")
async def test_a_port_that_takes_nobody_is_not_ready(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "DeviceConnection", refuse)
    status, said = await looked(house)
    assert (status, said["failed"]) == (503, "connect")
    assert said["why"]


def refuse(_doors: Doors, transport: asyncio.Transport, _integration_id: str) -> asyncio.Protocol:
    transport.close()
    return asyncio.Protocol()


async def test_the_devices_are_counted(house: House) -> None:
    for count, name in enumerate(("ann", "bob"), 1):
        await house.device(name)
        status, kind, text = await asked(house, "/metrics")
        assert (status, kind) == (200, "text/plain")
        assert f"gateway_devices {count}.0" in text.splitlines()


@pytest.mark.usefixtures("impatient")
async def test_a_disk_that_cannot_be_written_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_MS", 10)
    async with opened(tmp_path / "data") as house:
        hog = sqlite3.connect(tmp_path / "data" / "gateway.db", isolation_level=None)
        with closing(hog), capture_logs() as logs:
            for step in ("prepare", "commit"):
                hog.execute("BEGIN IMMEDIATE")
                status, said = await looked(house)
                assert (status, said["failed"], said["why"]) == (503, step, f"unavailable: {UNAVAILABLE.title}")
                assert (await asked(house, "/healthz"))[0] == 200
                hog.execute("ROLLBACK")
                assert (await looked(house))[0] == 200
        assert {it["event"] for it in logs if it["log_level"] == "error"} == {"cannot write"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_they_are_below_the_path_prefix(tmp_path: Path, path: str) -> None:
    async with opened(tmp_path / "data", path_prefix="/sc") as house:
        assert (await asked(house, path))[0] == 200
        house.url = house.url.removesuffix("/sc")
        assert (await asked(house, path))[0] == 404


async def test_they_answer_while_much_is_going_on(house: House) -> None:
    room = await house.group("ann")
    await asyncio.gather(*(house.says(room, str(number)) for number in range(50)), asked(house, "/readyz"))
    assert (await asked(house, "/readyz"))[0] == 200
