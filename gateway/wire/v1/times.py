"""Times as v1.1 has them: seconds since 1970 UTC, with milliseconds as fractions."""

import math
from typing import Final

from gateway.domain import errors
from gateway.domain.errors import Refused

FAR: Final = 10**11  # seconds: beyond any calendar that these times could be written in


def seconds(ms: int) -> float:
    return ms / 1000


def ms(written: str, field: str) -> int:
    """A time as a query writes it, to the millisecond; raises `Refused` (400)."""
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not 0 <= value <= FAR:
        raise Refused(errors.bad_request(f"{field} should be a time in seconds since 1970"))
    return round(value * 1000)
