"""`python -m tests.kills`: so many kills, and a report. The seed that it prints makes it choose the same ends again."""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from random import Random, SystemRandom

from tests.journeys.process import new_app
from tests.kills.acts import Account, Play
from tests.kills.lives import lives


async def played(data: Path, chosen: argparse.Namespace) -> Account:
    """All acts, with a line for each."""
    credentials = await new_app(data)
    async with lives(data) as born:
        play = Play(born, credentials, Random(chosen.seed))
        for done in range(0, chosen.kills, chosen.act):
            began = time.monotonic()
            kills = min(chosen.act, chosen.kills - done)
            await play.act(kills, f"act {done}")
            each_s = (time.monotonic() - began) / kills
            so_far = ", ".join(f"{count} {what}" for what, count in play.account.done.items())
            print(f"{done + kills} of {chosen.kills} kills, {each_s:.2f} s each: {so_far}", flush=True)
        return play.account


def report(account: Account) -> None:
    for what, count in account.kills.most_common():
        print(f"{count:6} killed {what}")
    functions = {(it.module, it.function) for it in account.steps}
    print(f"{len(account.steps):6} different steps of {len(account.known)}, in {len(functions)} functions")
    print("Nothing was lost, doubled, skipped or put in another order.")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description="Kills a gateway again and again.")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--act", type=int, default=50, help="kills before everything is looked at (default: 50)")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1 << 32))
    parser.add_argument("--data", type=Path, help="the folder to keep the data in (default: none is kept)")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report(asyncio.run(played(chosen.data or Path(folder), chosen)))


if __name__ == "__main__":
    main()
