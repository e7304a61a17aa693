"""Telling again what a webhook was told, while it is called, and while things go wrong on our side."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gateway.flow import repairs
from gateway.flow.deliver import Deliverer
from gateway.flow.repairs import Repairs
from gateway.ports import Settled
from tests.flow.mail import Mail


def repairing(mail: Mail, deliverer: Deliverer | None = None) -> Repairs:
    building = mail.building
    return Repairs(building.store, mail.doorstep, deliverer or mail.deliverer, lambda: building.clock, keeps=True)


@contextmanager
def broken(mail: Mail, row: int) -> Iterator[None]:
    """That row of the outbox cannot wait again."""
    mail.building.rows(
        f"CREATE TRIGGER broken BEFORE UPDATE ON outbox WHEN new.ended_at IS NULL AND old.id = {row} "
        "BEGIN SELECT RAISE(ABORT, 'broken'); END"
    )
    yield
    mail.building.rows("DROP TRIGGER broken")


async def test_the_oldest_wait_again_first_in_whatever_order_they_ended(
    mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a replay that ends midway has left out none before those that it told again; another one goes on."""
    monkeypatch.setattr(repairs, "REVIVED", 2)
    said = await mail.says(*"abcdef")
    rows = [it.id for it in mail.building.due]
    mail.building.due.clear()
    for row in (rows[5], rows[0], rows[4], rows[2], rows[1], rows[3]):
        mail.building.clock.wind(1)
        await mail.building.store.settle([Settled(ids=(row,), attempts=5, failed_at=mail.building.clock.at)])
    with broken(mail, rows[4]), pytest.raises(sqlite3.Error, match="broken"):
        await repairing(mail).replay_failed(mail.hook.id)
    await mail.quiet()
    assert mail.doorstep.events == said[:4]
    assert mail.deliverer.tally.replays == 4
    assert await repairing(mail).replay_failed(mail.hook.id) == 2
    await mail.quiet()
    assert mail.doorstep.events == said


@pytest.mark.parametrize("from_disk", [False, True])
async def test_what_is_replayed_while_its_conversation_is_under_way_is_told_next(mail: Mail, from_disk: bool) -> None:
    """Whether what is under way came from memory or was read."""
    (first,) = await mail.says("one")
    await mail.goes()
    second, third = await mail.says("two", "three")
    await mail.one_per_call()
    deliverer = mail.another() if from_disk else mail.deliverer
    mail.doorstep.closed = {mail.hook.target}
    if from_disk:
        mail.building.due.clear()
        await deliverer.start()
    else:
        await mail.hand_over()
    await mail.doorstep.until(2)
    assert await repairing(mail, deliverer).replay_event(mail.hook.id, first) == 1
    mail.doorstep.open()
    mail.deliverer = deliverer
    await mail.quiet()
    assert mail.doorstep.events == [first, second, first, third]
    assert await mail.waiting() == []


async def test_what_is_told_again_and_fails_again_is_replayed_once(mail: Mail) -> None:
    """A replay comes to an end, whatever becomes of what it tells."""
    said = await mail.says("one", "two")
    mail.doorstep.answer = lambda _: 400
    await mail.goes()
    assert len(mail.given_up()) == 2
    before = len(mail.doorstep.calls)
    assert await repairing(mail).replay_failed(mail.hook.id) == 2
    await mail.quiet()
    again = [event for call in mail.doorstep.calls[before:] for event in call.events]
    assert list(dict.fromkeys(again)) == said
    assert len(mail.given_up()) == 2
    mail.doorstep.answer = lambda _: 200
    assert await repairing(mail).replay_since(mail.hook.id, mail.building.clock.at) == 2
    await mail.quiet()
    assert mail.doorstep.events[-2:] == said
    assert mail.given_up() == []
