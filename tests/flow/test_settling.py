"""What became of calls is written down in groups, in order, and without those who are forgotten."""

import asyncio
import sqlite3

import pytest

from gateway.flow.settling import Settling
from gateway.ports import Attempt
from tests.flow.building import Building


def attempt(said: str) -> Attempt:
    return Attempt(webhook_id="w", at=1, took_ms=2, events=("e",), status=200, said=said)


@pytest.fixture
def settling(building: Building) -> Settling:
    return Settling(building.store, building.tasks)


def answers(building: Building) -> list[tuple[str]]:
    return building.rows("SELECT answered FROM attempts ORDER BY id")


async def test_what_nobody_waits_for_shares_a_write(building: Building, settling: Settling) -> None:
    written = [settling.behind((), attempt(said)) for said in ("one", "two", "three")]
    assert len(set(written)) == 1
    assert await written[0] is None
    assert answers(building) == [("one",), ("two",), ("three",)]


async def test_when_it_is_done_all_that_lined_up_is_on_disk(building: Building, settling: Settling) -> None:
    await settling.done()
    settling.behind((), attempt("one"))
    await settling.done()
    settling.behind((), attempt("two"))
    await settling(attempt=attempt("three"))
    assert answers(building) == [("one",), ("two",), ("three",)]


async def test_who_is_forgotten_is_forgotten_in_answers_that_are_still_to_be_written(
    building: Building, settling: Settling
) -> None:
    settling.behind((), attempt("Ann says thanks"))
    settling.forget()
    await settling.done()
    assert answers(building) == [("",)]


async def test_what_cannot_be_written_is_said_to_whoever_waits(building: Building, settling: Settling) -> None:
    building.rows("CREATE TRIGGER poison BEFORE INSERT ON attempts BEGIN SELECT RAISE(ABORT, 'poisoned'); END")
    written = settling.behind((), attempt("lost"))
    with pytest.raises(sqlite3.IntegrityError):
        await settling(attempt=attempt("lost, too"))
    assert isinstance(await written, sqlite3.IntegrityError)
    building.rows("DROP TRIGGER poison")
    await settling(attempt=attempt("kept"))
    assert answers(building) == [("kept",)]


async def test_what_a_disk_cannot_take_now_is_written_later_without_those_forgotten_meanwhile(
    building: Building, settling: Settling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.flow.settling.DISK_BACK_S", 0.01)
    faults: list[str | None] = []
    building.store._writer.tell = faults.append
    await building.store._writer.run("PRAGMA query_only = ON")
    written = settling.behind((), attempt("Ann says thanks"))
    async with asyncio.timeout(10):
        while len(faults) < 3:  # noqa: ASYNC110 - nobody says so
            await asyncio.sleep(0)
    assert not written.done()
    settling.forget()
    await building.store._writer.run("PRAGMA query_only = OFF")
    assert await written is None
    assert answers(building) == [("",)]
    assert (set(faults[:-1]), faults[-1]) == ({"attempt to write a readonly database"}, None)
