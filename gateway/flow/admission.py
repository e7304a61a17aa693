"""How much at a time: who has done how much is counted in memory, and what is counted is bounded."""

from collections import Counter
from collections.abc import Hashable
from typing import Final, NamedTuple

from gateway.domain import errors, limits
from gateway.domain.access import Caller
from gateway.domain.errors import Refused
from gateway.ports import Now

HOUR_S: Final = 3_600


class Allowance(NamedTuple):
    """What the settings let."""

    commands_per_second: int
    user_commands_per_second: int
    requests_per_second: int
    connects_per_second: float
    anonymous_per_hour: float
    sockets_per_user: int


class PerSecond:
    """How often each did something in this second; with the next one all of it is forgotten."""

    def __init__(self) -> None:
        self._second = 0
        self._counts: dict[Hashable, int] = {}

    def count(self, who: Hashable, second: int) -> int:
        """Once more; gives how often it was in this second."""
        if second != self._second:
            self._second, self._counts = second, {}
        count = self._counts[who] = self._counts.get(who, 0) + 1
        return count


class Buckets:
    """Each has a bucket that holds `burst` and fills by `per_second`. Of `most`, those used last are remembered.

    Whoever is forgotten finds a full bucket, as after some time of rest anyway.
    """

    def __init__(self, per_second: float, burst: float, now: Now, most: int = limits.ADDRESSES) -> None:
        self._per_second = per_second
        self._burst = max(burst, 1.0)
        self._now = now
        self._most = most
        self._levels: dict[str, tuple[float, int]] = {}  # the one used last stands last

    def __len__(self) -> int:
        return len(self._levels)

    def wait_s(self, who: str) -> float:
        """Takes one, and gives 0; or gives the seconds until there is one."""
        now = self._now()
        level, since = self._levels.pop(who, (self._burst, now))
        level = min(level + max(now - since, 0) / 1000 * self._per_second, self._burst)
        there = level >= 1
        self._levels[who] = (level - there, now)
        if len(self._levels) > self._most:
            del self._levels[next(iter(self._levels))]
        return 0.0 if there else (1 - level) / self._per_second


class Admission:
    """All that is counted. `turned_away` is how often each limit was met, for those who look after the gateway."""

    def __init__(self, allowance: Allowance, now: Now) -> None:
        self.allowance = allowance
        self.turned_away: Counter[str] = Counter()
        self._now = now
        self._commands = PerSecond()
        self._requests = PerSecond()
        per_second = allowance.connects_per_second
        self._connects = Buckets(per_second, per_second * limits.CONNECTS_AT_ONCE_S, now)
        self._strangers = Buckets(allowance.anonymous_per_hour / HOUR_S, allowance.anonymous_per_hour, now)

    def commands_of(self, user_id: str, second: int) -> int:
        """One more command of a user's device; gives how many it were in this second, of all their devices."""
        return self._commands.count(user_id, second)

    def check_user(self, user_id: str) -> None:
        """One more request of a user beside the socket; raises `Refused` (429)."""
        if self.commands_of(user_id, self._now() // 1000) > self.allowance.user_commands_per_second:
            self._refuse("user", errors.TOO_MANY_OF_USER)

    def turn_away(self, limit: str) -> None:
        """Somebody was, by this limit."""
        self.turned_away[limit] += 1

    def check_caller(self, caller: Caller) -> None:
        """One more request by a key, or by a token of a user's; raises `Refused` (429)."""
        mine = self.allowance
        most = mine.requests_per_second if caller.external_id is None else mine.user_commands_per_second
        if self._requests.count((caller.key_id, caller.external_id), self._now() // 1000) > most:
            self._refuse("key", errors.TOO_MANY_REQUESTS)

    def connect_wait_s(self, address: str | None) -> float:
        """For how long a device at this address may not connect (seconds); None is not counted."""
        return self._wait_s(self._connects, address, "connects")

    def stranger_wait_s(self, address: str | None) -> float:
        """For how long no anonymous user is made for this address (seconds); None is not counted."""
        return self._wait_s(self._strangers, address, "strangers")

    def _wait_s(self, buckets: Buckets, address: str | None, limit: str) -> float:
        wait_s = 0.0 if address is None else buckets.wait_s(address)
        self.turned_away[limit] += wait_s > 0
        return wait_s

    def _refuse(self, limit: str, problem: errors.Problem) -> None:
        self.turned_away[limit] += 1
        raise Refused(problem)
