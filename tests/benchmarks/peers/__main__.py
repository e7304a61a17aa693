"""Runs the comparison, or draws one that was run: `python -m tests.benchmarks.peers --help`."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT, SIGTERM, raise_signal, signal
from time import monotonic
from typing import Final

from tests.benchmarks.peers import machine, publication, report
from tests.benchmarks.peers.comparison import compared
from tests.benchmarks.peers.result import Plan, Result, decoded, encoded
from tests.benchmarks.peers.roster import ROSTER
from tests.house import tables

COMMAND: Final = "./dev peers"


def main() -> int:
    """Status 1 when something was lost, repeated, out of order or garbled."""
    signal(SIGTERM, lambda *_: raise_signal(SIGINT))  # so that what was started is ended
    parser = _parser()
    chosen = parser.parse_args()
    if chosen.write and find_spec("matplotlib") is None:
        parser.error("--write draws with matplotlib: pip install '.[benchmark]'")
    result = decoded(chosen.draw.read_bytes()) if chosen.draw else run(_plan(chosen), chosen.only)
    if chosen.json:
        print(encoded(result).decode(), end="")  # noqa: T201
    else:
        print("\n".join(report.markdown(result)))  # noqa: T201
    if chosen.write:
        publication.publish(result)
        tables.README.write_text(tables.rendered(tables.README.read_text()))
    return 0 if result.ok else 1


def run(plan: Plan, only: list[str]) -> Result:
    """Runs it with these peers, or all."""
    load, began = machine.load(), monotonic()
    date = datetime.now(UTC).isoformat(timespec="seconds")
    peers = [peer for peer in ROSTER if not only or peer.key in only]
    found = compared(plan, peers, tell)
    return Result(date, machine.description(), load, COMMAND, plan, round(monotonic() - began, 1), found)


def tell(said: str) -> None:
    """Says how it goes."""
    print(said, file=sys.stderr, flush=True)  # noqa: T201


def _plan(chosen: argparse.Namespace) -> Plan:
    return Plan(
        sockets=chosen.sockets,
        in_flight=chosen.in_flight,
        seconds=chosen.seconds,
        rounds=chosen.rounds,
        rate=chosen.rate,
        idle_sockets=chosen.idle_sockets,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    usual = Plan()
    parser.add_argument("--only", nargs="+", default=[], choices=[it.key for it in ROSTER], metavar="PEER")
    parser.add_argument("--sockets", type=_within(10, 5000), default=usual.sockets)
    parser.add_argument("--idle-sockets", type=_within(10, 9000), default=usual.idle_sockets)
    parser.add_argument("--in-flight", type=_within(1, 16), default=usual.in_flight, help="of each sender, unanswered")
    parser.add_argument("--seconds", type=_within(1, 30), default=usual.seconds, help="of each measured time")
    parser.add_argument("--rounds", type=_within(1, 5), default=usual.rounds)
    parser.add_argument("--rate", type=_within(10, 200_000), default=usual.rate, help="deliveries/s of the steady part")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--draw", type=Path, metavar="FILE", help="run nothing; take this result instead")
    parser.add_argument("--write", action="store_true", help="keep it: figures, picture, page and the README's table")
    return parser


def _within(low: int, high: int) -> type[int]:
    def number(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"should be from {low} to {high}")
        return value

    return number  # type: ignore[return-value]


if __name__ == "__main__":
    sys.exit(main())
