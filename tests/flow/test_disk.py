"""What is said of a disk that cannot be written: once when that begins, and once when it is over."""

import pytest
from structlog.testing import capture_logs

from gateway.flow import disk
from gateway.flow.disk import Disk


async def test_a_disk_that_fails_is_said_once_however_many_are_refused() -> None:
    with capture_logs() as logs:
        found = Disk("file").found
        for fault in (None, "full", "full", "read-only"):
            found(fault)
    assert [(it["event"], it["what"], it["why"]) for it in logs] == [("cannot write", "file", "full")]


async def test_a_write_between_failures_does_not_mean_that_all_is_well() -> None:
    with capture_logs() as logs:
        found = Disk("file").found
        for fault in ("full", None, "full", None, "full"):
            found(fault)
    assert [it["event"] for it in logs] == ["cannot write"]


async def test_when_it_has_been_well_for_a_while_that_is_said_and_the_next_failure_is_news(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(disk, "CALM_S", 0.0)
    with capture_logs() as logs:
        found = Disk("file").found
        for fault in ("full", None, None, "full", None):
            found(fault)
    assert [it["event"] for it in logs] == ["cannot write", "can write again"] * 2
