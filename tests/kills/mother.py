"""A process that has read the gateway's code once, and becomes a gateway for each order: a start costs little then.

An order is a line of JSON on stdin (see `lives.Lives`), and an empty line when the caller knows who was born. What it
says on stdout: that one was born, with its pid; where it listens, in the gateway's own line; and that it is dead.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from gateway.cli import main
from tests.kills.doom import Doom, Rehearsal, Step


def say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def live(order: dict[str, Any]) -> NoReturn:
    """Be a gateway from here on, to the end."""
    errors = os.open(order["errors"], os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.dup2(errors, 2)
    os.environ.update(order["environment"])
    if order["doom"]:
        Doom(Step(*order["doom"]["step"]), order["doom"]["times"]).begin()
    if order["rehearsal"]:
        Rehearsal(Path(order["rehearsal"]["path"]), order["rehearsal"]["seconds"]).begin()
    sys.argv = ["gateway", "serve", "--data", order["data"]]
    try:
        main()
    finally:
        sys.stdout.flush()
        os._exit(1)


def attend() -> None:
    for line in sys.stdin:
        child = os.fork()
        if not child:
            live(json.loads(line))
        say(event="born", pid=child)
        sys.stdin.readline()  # until the caller has a handle on it the dead keep their pid
        _, status = os.waitpid(child, 0)
        say(event="dead", pid=child, status=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    say(event="attending")
    attend()
