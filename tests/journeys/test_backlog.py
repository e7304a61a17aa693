"""What a process finds on disk when it starts, however much it is: all of it comes, each conversation in order."""

import asyncio
from pathlib import Path

import pytest

from gateway.flow import deliver, target
from tests.benchmarks.backlog import Endpoint, listening
from tests.benchmarks.hoard import Plan, laid_up
from tests.house_under_test import opened


@pytest.mark.parametrize("plan", [Plan(6_000, 60), Plan(3_000, 3_000), Plan(1_200, 600, 300)])
async def test_all_that_waits_comes_in_order(tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one webhook in some conversations, in more of them than are remembered, and of very many webhooks."""
    monkeypatch.setattr(target, "LANES", 200)
    monkeypatch.setattr(target, "ROWS", 500)
    monkeypatch.setattr(deliver, "CALLS_IN_ALL", 16)
    endpoint = Endpoint(plan)
    async with listening(endpoint) as url:
        await laid_up(tmp_path, url, plan)
        async with opened(tmp_path) as house:
            async with asyncio.timeout(30):
                await endpoint.done.wait()
            await house.mirrored()
    assert (endpoint.taken, endpoint.repeated, endpoint.misplaced) == (plan.rows, 0, 0)
