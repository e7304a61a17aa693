"""Times as people say them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from gateway.premises import CannotStart

AGO: Final = re.compile(r"([0-9]{1,9})([smhd])")
SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DEMAND: Final = "since: should be a time such as 2026-11-21T10:00:00Z, or how long ago, such as 30m, 2h or 3d"


def since(said: str, now_ms: int) -> str:
    """That time as REST has it; raises `CannotStart` for what is none, or has no time zone."""
    ago = AGO.fullmatch(said)
    if ago is None:
        return _iso(_moment(said))
    return _iso(EPOCH + timedelta(milliseconds=max(now_ms - int(ago[1]) * SECONDS[ago[2]] * 1000, 0)))


def _moment(said: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
        if moment.tzinfo is not None:
            return max(moment.astimezone(UTC), EPOCH)
    except (ValueError, OverflowError):
        pass
    raise CannotStart(DEMAND)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
