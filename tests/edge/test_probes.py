"""What a machine asks the gateway about itself."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.stores.sqlite import connection
from tests.house_under_test import House, opened


async def asked(house: House, path: str) -> tuple[int, str, str]:
    """Status, content type and text; without credentials."""
    async with house.http.get(house.url + path) as answer:
        return answer.status, answer.content_type, await answer.text()


async def test_alive_and_ready(house: House) -> None:
    assert await asked(house, "/healthz") == (200, "application/json", '{"status": "alive"}')
    assert await asked(house, "/readyz") == (200, "application/json", '{"status": "ready"}')


async def test_the_devices_are_counted(house: House) -> None:
    for count, name in enumerate(("ann", "bob"), 1):
        await house.device(name)
        status, kind, text = await asked(house, "/metrics")
        assert (status, kind) == (200, "text/plain")
        assert f"gateway_devices {count}.0" in text.splitlines()


async def test_a_disk_that_cannot_be_written_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_MS", 10)
    async with opened(tmp_path / "data") as house:
        with closing(sqlite3.connect(tmp_path / "data" / "gateway.db", isolation_level=None)) as hog:
            hog.execute("BEGIN IMMEDIATE")
            status, _, text = await asked(house, "/readyz")
            assert (status, json.loads(text)["errors"][0]["code"]) == (503, "unavailable")
            assert (await asked(house, "/healthz"))[0] == 200
        assert (await asked(house, "/readyz"))[0] == 200


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
