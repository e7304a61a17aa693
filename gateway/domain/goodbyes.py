"""Why the gateway closes a device's socket. 4000 to 4499: come back and resume; above: do not."""

from typing import Final

from gateway.domain import limits
from gateway.domain.value import Value


class Goodbye(Value):
    """A close code, its word on the wire, and for how long a device may be asked to stay away (seconds)."""

    code: int
    reason: str
    away_s: tuple[float, float] = (0.0, 0.0)

    @property
    def come_back(self) -> bool:
        return self.code < 4500 and self not in (REPLACED, LOGGED_OUT)


def away_s(goodbye: Goodbye, crowd: int) -> tuple[float, float]:
    """For how long one of so many may be asked to stay away (seconds): the more they are, the further apart."""
    low, high = goodbye.away_s
    return low, max(high, low + min(crowd / limits.RETURNS_PER_SECOND, limits.AWAY_S))


LOGGED_OUT: Final = Goodbye(1000, "logged out")
RESTARTING: Final = Goodbye(4000, "server is restarting", (0.2, 2.0))
BUSY: Final = Goodbye(4003, "busy", (1.0, 10.0))
SLOW: Final = Goodbye(4008, "slow", (0.5, 2.0))
REPLACED: Final = Goodbye(4009, "replaced")
NO_HEARTBEAT: Final = Goodbye(4010, "no heartbeat", (0.0, 1.0))
TOO_MANY_COMMANDS: Final = Goodbye(4029, "too many commands", (2.0, 10.0))
TOO_MANY_SOCKETS: Final = Goodbye(4030, "too many sockets of the user", (10.0, 60.0))
TOO_MANY_STRANGERS: Final = Goodbye(4031, "too many new users from the address", (60.0, 600.0))
BAD_HELLO: Final = Goodbye(4500, "bad hello")
INVALID_AUTH: Final = Goodbye(4501, "invalid_auth")
REVOKED: Final = Goodbye(4502, "revoked")
UNKNOWN_INTEGRATION: Final = Goodbye(4503, "unknown integration")
FOREIGN_ORIGIN: Final = Goodbye(4504, "origin not allowed")
PROTOCOL_VIOLATION: Final = Goodbye(4505, "protocol violation")

TABLE: Final = (
    LOGGED_OUT,
    RESTARTING,
    BUSY,
    SLOW,
    REPLACED,
    NO_HEARTBEAT,
    TOO_MANY_COMMANDS,
    TOO_MANY_SOCKETS,
    TOO_MANY_STRANGERS,
    BAD_HELLO,
    INVALID_AUTH,
    REVOKED,
    UNKNOWN_INTEGRATION,
    FOREIGN_ORIGIN,
    PROTOCOL_VIOLATION,
)
