"""What pages of other origins may read."""

from typing import Final

from aiohttp import hdrs

MAX_AGE: Final[dict[str, str]] = {hdrs.ACCESS_CONTROL_MAX_AGE: "86400"}  # seconds that a browser need not ask again


def shared(origin: str | None) -> dict[str, str]:
    """The page that asks may read the answer."""
    return {hdrs.VARY: hdrs.ORIGIN, **({hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: origin} if origin else {})}
