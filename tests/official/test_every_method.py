"""No method of the official client is left out."""

import re
from pathlib import Path

from tests.official.client import methods

CALLED = re.compile(r'"(\w+Api\.\w+)"')


def test_every_method_is_driven_by_some_flow() -> None:
    flows = [it.read_text() for it in Path(__file__).parent.glob("test_*.py")]
    driven = {name for flow in flows for name in CALLED.findall(flow)}
    assert driven == methods()
    assert len(driven) == 67
