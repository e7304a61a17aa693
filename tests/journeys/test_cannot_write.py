"""The database is held by another process, or read-only: all are told so at once, and it is over when that is."""

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.flow import disk
from gateway.premises import CannotStart
from gateway.stores.sqlite import connection
from tests.disks import make, mounted
from tests.house_under_test import Device, House, Json, opened
from tests.receiver import Receiver

BUSY_MS = 300
AT_ONCE = 50  # messages of one device
HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""

Log = Mapping[str, Any]


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another process holds the database, and writes nothing."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.kill()


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway waits less long for a lock, and says at once that all is well again."""
    monkeypatch.setattr(connection, "BUSY_MS", BUSY_MS)
    monkeypatch.setattr(disk, "CALM_S", 0.0)


async def at_once(devices: list[Device], room: str) -> list[Json]:
    """Each device says many things and waits for no answer; gives all answers."""
    for device in devices:
        for number in range(AT_ONCE):
            text = f"{device.guid} {number}"
            content = {"type": "text", "text": text}
            await device.say("message:send", conversationId=room, clientMessageId=text, content=content)
    return [await answer(device) for device in devices for _ in range(AT_ONCE)]


async def answer(device: Device) -> Json:
    while (frame := await device.frame())["type"] == "event":
        pass
    return frame


def said(logs: list[Any]) -> list[tuple[str, str | None]]:
    return [(it["event"], it.get("why")) for it in logs]


@pytest.mark.usefixtures("patience")
async def test_while_another_process_holds_the_database_all_are_refused_together(tmp_path: Path) -> None:
    """A group waits for the lock once, not once for each of its commands."""
    async with opened(tmp_path, commands_per_second=1_000) as house:
        room = await house.group("ann", "bob", "cyd")
        devices = [await house.device(name) for name in ("ann", "bob", "cyd")]
        await house.says(room, "before")
        with capture_logs() as logs:
            with locked(tmp_path / "gateway.db"):
                began = time.monotonic()
                refused = await at_once(devices, room)
                posted = await house.says(room, "meanwhile")
                assert time.monotonic() - began < AT_ONCE * BUSY_MS / 1000 / 2
                assert [it["content"]["text"] for it in await house.messages(room)] == ["before"]
                assert [it["seq"] for it in devices[0].heard] == [2]
            answers = await at_once(devices, room)
        for device in devices:
            device.cut()
        assert {(it["type"], it["error"]["status"], it["error"]["code"]) for it in refused} == {
            ("error", 503, "unavailable")
        }
        assert (posted.status, posted.code) == (503, "unavailable")
        assert [it["type"] for it in answers] == ["ok"] * len(answers)
        assert not any(it["result"].get("duplicate") for it in answers)
        assert sorted(it["result"]["seq"] for it in answers) == list(range(3, len(answers) + 3))
        assert said(logs) == [("cannot write", "database is locked"), ("can write again", None)]


@pytest.mark.usefixtures("patience")
async def test_a_read_only_database_is_read_and_said_so_once(tmp_path: Path, receiver: Receiver) -> None:
    async with opened(tmp_path) as house:
        await house.webhook(receiver.url, "conversation:message")
        room = await house.group("ann")
        ann = await house.device("ann")
        await ann.sends(room, "before", "before")
        await receiver.until(lambda: receiver.events)
        await house.flow.deliverer.drain()
        with capture_logs() as logs:
            await house.flow.store._writer.run("PRAGMA query_only = ON")  # type: ignore[attr-defined]
            for _ in range(3):
                refused = await ann.ask("message:send", conversationId=room, content={"type": "text", "text": "now"})
                assert (refused["error"]["status"], refused["error"]["code"]) == (503, "unavailable")
                assert (await house.rest("POST", "/users", {"externalId": "bob"})).status == 503
                assert (await ready(house)) == 503
            assert [it["content"]["text"] for it in await house.messages(room)] == ["before"]
            assert (await ann.ask("message:list", conversationId=room))["type"] == "ok"
            await house.flow.store._writer.run("PRAGMA query_only = OFF")  # type: ignore[attr-defined]
            assert (await ann.sends(room, "after"))["seq"] == 3
        assert said(logs) == [("cannot write", "attempt to write a readonly database"), ("can write again", None)]
        heard = await ann.events("conversation:message", 2)
        assert [it["event"]["payload"]["message"]["content"]["text"] for it in heard] == ["before", "after"]


async def ready(house: House) -> int:
    async with house.http.get(house.url + "/readyz") as answer:
        return answer.status


async def test_a_database_that_is_held_when_it_starts_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_MS", 10)
    async with opened(tmp_path):
        pass
    with locked(tmp_path / "gateway.db"), pytest.raises(CannotStart) as refused:
        async with opened(tmp_path):
            pass
    assert str(refused.value) == f"data: cannot use {tmp_path} (database is locked)"
    async with opened(tmp_path) as house:
        assert await ready(house) == 200


async def test_a_disk_that_is_mounted_read_only_is_a_sentence(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "6m") as folder:
        async with opened(folder) as house:
            room = await house.group("ann")
            await house.says(room, "kept")
        make(folder, "ro")
        with pytest.raises(CannotStart, match=rf"^data: cannot use {folder} \(.*[Rr]ead-?only"):
            async with opened(folder):
                pass
        make(folder, "rw")
        async with opened(folder) as house:
            assert [it["content"]["text"] for it in await house.messages(room)] == ["kept"]


async def test_what_is_wrong_with_one_command_is_not_the_disk_s_fault(tmp_path: Path) -> None:
    """It fails alone, with its cause in the log."""
    async with opened(tmp_path) as house:
        room = await house.group("ann")
        ann = await house.device("ann")
        with closing(sqlite3.connect(tmp_path / "gateway.db", isolation_level=None)) as other:
            other.execute(
                "CREATE TRIGGER poison BEFORE INSERT ON messages WHEN new.body LIKE '%poison%'"
                " BEGIN SELECT RAISE(ABORT, 'poisoned'); END"
            )
        with capture_logs() as logs:
            answers = await asyncio.gather(*(house.says(room, text) for text in ("one", "poison", "two")))
        assert sorted(it.status for it in answers) == [201, 201, 503]
        assert [(it["event"], it["command"]) for it in logs] == [("command failed", "Post")]
        assert len(await ann.events("conversation:message", 2)) == 2
