"""The comparison: everybody in turn, round after round, within a bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from time import monotonic
from typing import Any, Final

import uvloop
from msgspec.structs import replace

from clients.loadtest.meter import Gone
from clients.loadtest.spawned import NoGateway
from tests.benchmarks.peers import parts, trial
from tests.benchmarks.peers.parts import Missing, Part
from tests.benchmarks.peers.report import progress
from tests.benchmarks.peers.result import Found, Plan
from tests.benchmarks.peers.roster import Peer
from tests.benchmarks.peers.stand import NoServer, Stand

ALL_S: Final = 300.0  # no trial begins later
TRIAL_S: Final = 50.0
Play = Callable[[Stand], Coroutine[Any, Any, Found]]


def installed(peers: Sequence[Peer], tell: Callable[[str], object]) -> dict[Part, str]:
    """Installs what the peers need; what could not be, and why."""
    missing: dict[Part, str] = {}
    for part in dict.fromkeys(part for peer in peers for part in peer.needs):
        tell(f"installing {', '.join(part.packages)}, where it is not there yet")
        try:
            parts.install(part)
        except Missing as why:
            missing[part] = str(why)
    return missing


def compared(plan: Plan, peers: Sequence[Peer], tell: Callable[[str], object]) -> tuple[Found, ...]:
    """What was found of each, in their order."""
    missing = installed(peers, tell)
    table = {peer.key: _unknown(peer, missing) for peer in peers}
    ends = monotonic() + ALL_S
    for number in range(plan.rounds):
        for peer in peers if number % 2 == 0 else peers[::-1]:
            if table[peer.key].skipped is None and monotonic() < ends:
                table[peer.key] = found = _talked(peer, plan, table[peer.key])
                tell(f"round {number + 1}: {progress(found)}")
                if peer.idles and found.rounds and found.idle is None:
                    table[peer.key] = _weighed(peer, plan, found)
    return tuple(table.values())


def _unknown(peer: Peer, missing: dict[Part, str]) -> Found:
    why = next((missing[part] for part in peer.needs if part in missing), None)
    return Found(peer.key, peer.name, peer.kind, peer.promise, skipped=why)


def _talked(peer: Peer, plan: Plan, so_far: Found) -> Found:
    """One more round."""

    async def play(stand: Stand) -> Found:
        talk = await trial.talk(peer, stand, plan)
        return replace(so_far, made=stand.made, rounds=(*so_far.rounds, talk))

    return _tried(peer, so_far, play)


def _weighed(peer: Peer, plan: Plan, so_far: Found) -> Found:
    async def play(stand: Stand) -> Found:
        return replace(so_far, idle=await trial.idle(peer, stand, plan))

    return _tried(peer, so_far, play)


def _tried(peer: Peer, so_far: Found, play: Play) -> Found:
    """What was found so far and in this trial. A peer that breaks down takes part no longer; a sentence says why."""

    async def bounded(stand: Stand) -> Found:
        async with asyncio.timeout(TRIAL_S):
            return await play(stand)

    try:
        with peer.start() as stand:
            return uvloop.run(bounded(stand))
    except TimeoutError:
        return replace(so_far, skipped=f"A round took more than {TRIAL_S:.0f} s.")
    except Gone:
        return replace(so_far, skipped="It ended while it was loaded.")
    except (NoServer, NoGateway, Missing, OSError) as why:
        return replace(so_far, skipped=str(why))
