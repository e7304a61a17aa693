"""Why a connection ended, and whether to come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

LOGGED_OUT: Final = 1000
REPLACED: Final = 4009
INVALID_AUTH: Final = 4501
LOST: Final = 1006
ENDS_FROM: Final = 4500  # "4000-4499: come back. 4500-4999: do not, until something changes."
ENDS_BEFORE: Final = 5000


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The last word of a server, or what the close code says in its stead."""

    code: int
    reason: str
    come_back: bool
    after_s: float | None = None

    @classmethod
    def of_frame(cls, frame: dict[str, Any]) -> Goodbye:
        """Reads a `goodbye` frame. Only the code decides, so that an old client and a new server agree."""
        code = int(frame["code"])
        return cls(code, str(frame.get("reason", "")), comes_back(code), frame.get("afterSeconds"))

    @classmethod
    def of_close(cls, code: int, reason: str = "") -> Goodbye:
        """Reads a close code; 1006 when the connection broke without one."""
        unsaid = "the connection was lost" if code == LOST else "closed without a reason"
        return cls(code, reason or unsaid, comes_back(code))


def comes_back(code: int) -> bool:
    """Whether a client that was closed with this code connects again by itself.

    4009 alone of the first half is final: the newer socket is the client's own.
    """
    return code not in (LOGGED_OUT, REPLACED) and not ENDS_FROM <= code < ENDS_BEFORE
