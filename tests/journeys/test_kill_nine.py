"""The gateway is killed again and again while people talk, and nothing acknowledged is lost (laws 1 to 5, 7).

A few kills of the many that `python -m tests.kills` does.
"""

import os
from pathlib import Path
from random import Random, SystemRandom

import pytest

from tests.journeys.process import new_app
from tests.kills.acts import Play
from tests.kills.lives import lives

KILLS = 16


@pytest.mark.slow
async def test_kill_nine_loses_nothing_acknowledged_and_tells_nothing_twice(tmp_path: Path) -> None:
    seed = int(os.environ.get("KILL_NINE_SEED") or SystemRandom().randrange(1 << 32))
    print(f"KILL_NINE_SEED={seed}")  # noqa: T201 shown when the test fails
    credentials = await new_app(tmp_path)
    async with lives(tmp_path) as born:
        play = Play(born, credentials, Random(seed))
        await play.act(KILLS, "one act")
    account = play.account
    assert sum(account.kills.values()) == KILLS
    assert account.kills["at a chosen step"] > KILLS / 4
    assert account.done["messages acknowledged"] > KILLS
    assert account.done["times resumed"] > KILLS / 4
