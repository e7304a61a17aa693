"""Times on the wire: `YYYY-MM-DDThh:mm:ss.SSSZ`, from and to milliseconds since 1970 UTC."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def iso(ms: int) -> str:
    return f"{_second(ms // 1000)}.{ms % 1000:03d}Z"


def ms(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


@lru_cache(maxsize=1024)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
