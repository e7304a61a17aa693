"""The command line."""

from __future__ import annotations

import resource
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from signal import SIGTERM, signal
from typing import Annotated, Any, Final

import orjson
from aiohttp import ClientError
from cyclopts import App, Parameter

from clients.loadtest import comparison, report
from clients.loadtest.conductor import Conductor, Cue, Outcome, Stuck, nobody
from clients.loadtest.crew import crew
from clients.loadtest.growth import PARTS
from clients.loadtest.inbox import inbox
from clients.loadtest.meter import Gone, Meter
from clients.loadtest.options import BadOptions, Options, Scenario
from clients.loadtest.plan import Ear, Target, shares
from clients.loadtest.progress import Ticker
from clients.loadtest.spawned import NoGateway, gateway

SETUP_S: Final = 300.0  # longest time to make and connect everybody
MIRRORED: Final = ("webhooks", "backlog", "soak")  # where webhooks are told
SPOKEN: Final = ("webhooks", "backlog")  # by whom is a choice
MINUTE_S: Final = 60.0
DEFAULT: Final = Options()
OWN: Final = ("--allowed-networks", "127.0.0.0/8", "--requests-per-second", "1000000")  # one key asks for all

app = App(
    name="python -m clients.loadtest",
    help="Loads a gateway on this machine. Exits with 1 when an event was lost, repeated or reordered.",
)


@app.default
def main(scenario: Scenario = "rooms", *, options: Annotated[Options, Parameter(name="*")] = DEFAULT) -> int:
    """Load a gateway on this machine.

    Parameters
    ----------
    scenario
        rooms: conversations talk. webhooks: they talk, and webhooks hear of it. backlog: the same, but the webhooks'
        endpoint is closed until all was said. compare: rooms and webhooks in turn, and what devices are left with.
        idle: memory of silent devices. connects: authenticated connects a second. resume: all are cut off and come
        back for what they missed. soak: conversations open and end, people come, go, talk, read, type, are cut off and
        leave, and the gateway may not grow.
    """
    if options.source == "rest" and scenario not in SPOKEN:
        raise BadOptions(f"The business speaks where webhooks hear it: {' and '.join(SPOKEN)}.")
    if scenario == "soak":
        options = soaking(options)
    allow_many_files()
    if scenario == "compare":
        result, page = comparison.compare(partial(measure, options), options.rounds), comparison.page
    else:
        result, page = measure(options, scenario), report.page
    print(orjson.dumps(result).decode() if options.json else page(result))
    return 0 if result["ok"] else 1


def soaking(options: Options) -> Options:
    """The measured time is in minutes, a tenth of it goes before, and a line a minute is enough."""
    seconds = options.minutes * MINUTE_S
    return replace(
        options,
        seconds=seconds,
        warmup_seconds=max(options.warmup_seconds, seconds / PARTS),
        progress_seconds=options.progress_seconds or MINUTE_S,
    )


def measure(options: Options, scenario: Scenario) -> dict[str, Any]:
    """One run, and its result object."""
    with target(options) as found:
        return report.result(scenario, options, play(scenario, found, options))


def run() -> None:
    """Runs the command line; what it cannot do is said in a sentence, with exit code 2. Stopped, it leaves nothing."""
    signal(SIGTERM, stopped)
    try:
        app()
    except (BadOptions, ClientError, Gone, NoGateway, Stuck) as failed:
        print(failed, file=sys.stderr)
        sys.exit(2)


def stopped(number: int, _: object) -> None:
    """Ends as if it had come to its end: what it started goes with it."""
    sys.exit(128 + number)


@contextmanager
def target(options: Options) -> Iterator[Target]:
    """The gateway that was named, or one of the run's own."""
    if options.url is None:
        with gateway(*OWN) as found:
            yield found
    else:
        yield Target(options.url, options.app_id, options.key_id, options.secret, options.integration_id)


def play(scenario: Scenario, found: Target, options: Options) -> Outcome:
    """One run against a gateway that is there."""
    meter = Meter.of_port(found.port)
    if scenario not in MIRRORED:
        return perform(scenario, found, options, meter, nobody)
    ear = Ear(options, is_late=scenario == "backlog")
    with inbox(ear, found, meter.read if meter else nothing) as opened:
        outcome = perform(scenario, found, options, meter, opened.cue)
        outcome.mirror = opened.collect(outcome.minutes)
    return outcome


def nothing() -> None:
    """What there is to see of a gateway that cannot be seen."""


def perform(scenario: Scenario, found: Target, options: Options, meter: Meter | None, cue: Cue) -> Outcome:
    """The generator processes' part of a run."""
    plans = shares(scenario, found, options, secrets.token_hex(4))
    limit_s = SETUP_S + options.warmup_seconds + options.seconds + options.drain_seconds
    with crew(plans) as lines:
        return Conductor(lines, meter, limit_s, cue, Ticker(options.progress_seconds or 0.0)).conduct()


def allow_many_files() -> None:
    """Lets this process and those it starts have as many sockets as the machine allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
