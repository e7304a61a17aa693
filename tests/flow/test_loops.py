"""Tasks have an owner: what fails is logged, and closing leaves none behind. What is done again and again goes on."""

import asyncio

from structlog.testing import capture_logs

from gateway.flow.loops import Tasks, every


async def _fails() -> None:
    raise RuntimeError("broken")


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def test_a_task_that_fails_is_logged_and_let_go() -> None:
    tasks = Tasks()
    with capture_logs() as logged:
        await asyncio.wait((tasks.spawn(_fails()),))
        await tasks.close()
    assert [(it["event"], str(it["exc_info"])) for it in logged] == [("task failed", "broken")]


async def test_closing_ends_what_still_runs() -> None:
    tasks = Tasks()
    running = [tasks.spawn(_for_ever()) for _ in range(3)]
    await asyncio.sleep(0)
    with capture_logs() as logged:
        await tasks.close()
    assert all(it.cancelled() for it in running)
    assert logged == []


async def test_closing_ends_what_is_begun_on_the_way_out() -> None:
    """A deliverer whose call is cut off lines up the next one."""
    tasks = Tasks()
    begun: list[asyncio.Task[None]] = []

    async def begins_another() -> None:
        try:
            await _for_ever()
        finally:
            begun.append(tasks.spawn(_for_ever()))

    tasks.spawn(begins_another())
    await asyncio.sleep(0)
    await tasks.close()
    assert [it.cancelled() for it in begun] == [True]


async def test_a_step_that_fails_is_logged_and_done_again() -> None:
    done = asyncio.Event()
    steps = 0

    async def step() -> None:
        nonlocal steps
        steps += 1
        if steps == 1:
            raise RuntimeError("broken")
        done.set()

    tasks = Tasks()
    with capture_logs() as logged:
        tasks.spawn(every(0, step))
        await done.wait()
        await tasks.close()
    assert [it["event"] for it in logged] == ["step failed"]
