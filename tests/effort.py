"""How hard the tests that make things up try: seconds by default, much longer in the nightly command."""

import os
from typing import Final

TIMES: Final = int(os.environ.get("TESTS_EFFORT", "1"))


def examples(default: int) -> int:
    """How many examples to make up, where a default run makes so many."""
    return default * TIMES
