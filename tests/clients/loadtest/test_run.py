"""Whole runs, small and short, against a gateway of their own."""

import asyncio
import json
import sys
from typing import Any

import psutil
import pytest

SHORT = ("--sockets", "20", "--seconds", "0.3", "--warmup-seconds", "0.1", "--json")


async def run(*words: str) -> tuple[int | None, bytes, bytes]:
    """Exit code, stdout and stderr of a run."""
    process = await started(*words)
    out, err = await process.communicate()
    return process.returncode, out, err


async def started(*words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "clients.loadtest",
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def found(*words: str) -> dict[str, Any]:
    return await judged(*words, *SHORT)


async def judged(*words: str) -> dict[str, Any]:
    code, out, err = await run(*words)
    assert code == 0, err.decode()
    result: dict[str, Any] = json.loads(out)
    assert result["ok"]
    assert result["errors"] == result["goodbyes"] == {}
    return result


async def test_rooms_that_talk_hear_everything() -> None:
    result = await found("rooms", "--processes", "2")
    assert result["messages"]["accepted"] > 0
    assert result["latencyMs"]["delivery"]["count"] >= result["messages"]["accepted"]
    assert result["gateway"]["rssBytes"] > 0


async def test_a_rate_is_kept() -> None:
    result = await found("rooms", "--rate", "100")
    assert result["messages"]["sent"] == pytest.approx(30, abs=3)


async def test_webhooks_hear_what_devices_hear() -> None:
    result = await found("webhooks", "--webhooks", "2", "--processes", "2", "--rate", "100")
    mirror = result["webhooks"]
    assert mirror["lagMs"]["sent"]["count"] == mirror["lagMs"]["received"]["count"] == 2 * result["messages"]["sent"]
    assert mirror["calls"]["count"] > 0
    assert mirror["repeated"] == 0
    assert mirror["signatures"]["checked"] > 0


async def test_webhooks_may_hear_one_event_a_call() -> None:
    mirror = (await found("webhooks", "--one-per-call", "--rate", "200"))["webhooks"]
    assert mirror["calls"]["count"] == mirror["events"]["count"] > 0
    assert mirror["eventsPerCall"]["max"] == 1


async def test_webhooks_that_fail_or_hang_are_called_too() -> None:
    bad = ("--failing-webhooks", "1", "--hanging-webhooks", "1", "--trickling-webhooks", "1")
    mirror = (await found("webhooks", *bad))["webhooks"]
    assert mirror["tricklingCalls"] > 0
    assert mirror["failedCalls"] > 0
    assert mirror["hangingCalls"] > 0
    assert mirror["events"]["count"] > 0


async def test_webhooks_hear_what_the_business_says() -> None:
    result = await found("webhooks", "--source", "rest", "--rate", "200")
    assert result["webhooks"]["lagMs"]["sent"]["count"] == result["messages"]["sent"] == pytest.approx(60, abs=6)
    assert result["deliveries"]["count"] == 0


async def test_what_piled_up_comes_when_the_endpoint_opens() -> None:
    result = await found("backlog", "--source", "rest", "--rate", "100")
    mirror = result["webhooks"]
    assert mirror["events"]["count"] == pytest.approx(40, abs=6)  # what was said before the measured time waits, too
    assert mirror["openedSeconds"] > 0
    assert mirror["lagMs"]["sent"]["count"] == 0


async def test_what_webhooks_cost_devices_is_a_ratio() -> None:
    code, out, err = await run("compare", "--rounds", "1", "--rate", "100", *SHORT)
    assert code == 0, err.decode()
    found = json.loads(out)
    assert [found["ratio"]] == found["ratios"]
    assert found["ratio"] > 0


async def test_the_business_speaks_to_webhooks_alone() -> None:
    code, _, err = await run("rooms", "--source", "rest")
    assert code == 2
    assert b"webhooks and backlog" in err


async def test_a_gateway_that_dies_ends_the_run() -> None:
    process = await started("webhooks", "--sockets", "20", "--seconds", "60", "--json")
    assert process.stderr is not None
    said = await process.stderr.readline()  # the first line of its progress
    (server,) = [it for it in psutil.Process(process.pid).children() if "serve" in it.cmdline()]
    server.kill()
    out, err = await process.communicate()
    assert (process.returncode, out) == (2, b"")
    assert b"The gateway ended while it was loaded. Its status was -9." in said + err


async def test_a_run_that_is_stopped_leaves_nothing_behind() -> None:
    process = await started("rooms", "--sockets", "20", "--seconds", "60", "--json")
    assert process.stderr is not None
    await process.stderr.readline()  # the first line of its progress
    others = psutil.Process(process.pid).children(recursive=True)
    assert len(others) > 1
    process.terminate()
    assert (await process.communicate())[0] == b""
    assert process.returncode == 143
    assert psutil.wait_procs(others, timeout=10)[1] == []


async def test_silent_devices_stay_connected() -> None:
    assert (await found("idle"))["connects"]["count"] == 20


async def test_connecting_is_counted() -> None:
    """Over and over: two devices, and time enough for each to come many times."""
    result = await judged("connects", "--sockets", "2", "--seconds", "2", "--warmup-seconds", "0.1", "--json")
    assert result["connects"]["count"] > 2


async def test_all_that_was_missed_is_heard_on_coming_back() -> None:
    result = await found("resume", "--missed", "3")
    assert result["deliveries"]["count"] == 60
    assert result["latencyMs"]["caughtUp"]["count"] == 20


async def test_parties_are_held_and_whether_the_gateway_grows_is_said() -> None:
    """So soon it does: what it is to remember is remembered for the first time."""
    short = ("--minutes", "0.05", "--progress-seconds", "1", "--warmup-seconds", "1", "--sockets", "4")
    code, out, err = await run("soak", *short, "--room-size", "2", "--webhooks", "2", "--json")
    result: dict[str, Any] = json.loads(out)
    assert code == (0 if result["ok"] else 1)
    assert result["errors"] == result["goodbyes"] == {}
    assert (result["lost"], result["duplicates"], result["reordered"], result["notRecovered"]) == (0, 0, 0, 0)
    assert result["webhooks"]["lost"] == result["webhooks"]["undelivered"] == 0
    assert result["latencyMs"]["caughtUp"]["count"] > 0
    assert result["growth"]["rssBytes"]["began"] > result["growth"]["files"]["began"] > 0
    assert b" files" in err


async def test_another_machine_is_never_loaded() -> None:
    keys = ("--app-id", "a", "--key-id", "k", "--secret", "s", "--integration-id", "i")
    code, out, err = await run("--url", "http://10.0.0.1", *keys)
    assert (code, out) == (2, b"")
    assert b"only a loopback address may be loaded" in err
