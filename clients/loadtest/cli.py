"""The command line."""

from __future__ import annotations

import resource
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import orjson
from cyclopts import App, Parameter

from clients.loadtest import report
from clients.loadtest.conductor import Conductor, Cue, Outcome, Stuck, nobody
from clients.loadtest.crew import crew
from clients.loadtest.inbox import inbox
from clients.loadtest.meter import Meter
from clients.loadtest.options import BadOptions, Options, Scenario
from clients.loadtest.plan import Target, shares
from clients.loadtest.spawned import NoGateway, gateway

SETUP_S: Final = 300.0  # longest time to make and connect everybody
DEFAULT: Final = Options()
TO_LOOPBACK: Final = ("--allowed-networks", "127.0.0.0/8")  # where the receiver of webhooks is

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
        rooms: conversations talk. webhooks: they talk, and webhooks hear of it. idle: memory of silent devices.
        connects: authenticated connects a second. resume: all are cut off and come back for what they missed.
    """
    allow_many_files()
    with target(options) as found:
        outcome = play(scenario, found, options)
    result = report.result(scenario, options, outcome)
    print(orjson.dumps(result).decode() if options.json else report.page(result))
    return 0 if result["ok"] else 1


def run() -> None:
    """Runs the command line; what it cannot do is said in a sentence, with exit code 2."""
    try:
        app()
    except (BadOptions, NoGateway, Stuck) as failed:
        print(failed, file=sys.stderr)
        sys.exit(2)


@contextmanager
def target(options: Options) -> Iterator[Target]:
    """The gateway that was named, or one of the run's own."""
    if options.url is None:
        with gateway(*TO_LOOPBACK) as found:
            yield found
    else:
        yield Target(options.url, options.app_id, options.key_id, options.secret, options.integration_id)


def play(scenario: Scenario, found: Target, options: Options) -> Outcome:
    """One run against a gateway that is there."""
    if scenario != "webhooks":
        return perform(scenario, found, options, nobody)
    with inbox(options, found) as opened:
        outcome = perform(scenario, found, options, opened.cue)
        outcome.mirror = opened.collect(outcome.minutes, options.drain_seconds)
    return outcome


def perform(scenario: Scenario, found: Target, options: Options, cue: Cue) -> Outcome:
    """The generator processes' part of a run."""
    plans = shares(scenario, found, options, secrets.token_hex(4))
    limit_s = SETUP_S + options.warmup_seconds + options.seconds + options.drain_seconds
    with crew(plans) as lines:
        return Conductor(lines, Meter.of_port(found.port), limit_s, cue).conduct()


def allow_many_files() -> None:
    """Lets this process and those it starts have as many sockets as the machine allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
