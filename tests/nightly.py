"""What the default run tries for seconds, for many minutes: `python -m tests.nightly --help`."""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
MADE_UP = ("tests/properties", "tests/autobahn", "tests/edge/test_fuzz.py", "tests/edge/test_upgrade.py")
MOST = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.nightly", description=__doc__)
    parser.add_argument("--effort", type=int, default=20, help="times as many examples as in the default run")
    parser.add_argument("tests", nargs="*", default=MADE_UP, help="all that make things up, unless some are named")
    chosen = parser.parse_args()
    if not 1 <= chosen.effort <= MOST:
        parser.error(f"effort should be between 1 and {MOST}")
    words = (sys.executable, "-m", "pytest", "-n", "logical", f"--timeout={600 * chosen.effort}", *chosen.tests)
    os.chdir(ROOT)
    os.execve(sys.executable, words, {**os.environ, "TESTS_EFFORT": str(chosen.effort)})


if __name__ == "__main__":
    main()
