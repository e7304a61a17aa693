"""Whether a webhook's endpoint is called at all: one that fails event after event is left alone for a while."""

from typing import Final

from msgspec import structs

from gateway.domain.value import Value

FAILURES: Final = 5  # calls in a row with different events, none of which arrived
PAUSES_S: Final = (5.0, 10.0, 20.0, 40.0, 60.0)  # each time it fails again; the last one from then on


class Circuit(Value):
    """Closed, all calls go. Open (`until`, in ms), none does; after that it is half open: one call goes, as a probe.

    `failed` are the oldest events of the calls that failed since one arrived; `pauses` is how often in a row it was
    opened.
    """

    failed: frozenset[int] = frozenset()
    pauses: int = 0
    until: int | None = None

    @property
    def closed(self) -> bool:
        return self.until is None

    def state(self, now: int) -> str:
        if self.until is None:
            return "closed"
        return "open" if now < self.until else "half-open"

    def moved(self, by_ms: int) -> "Circuit":
        """The same when the clock was set."""
        return self if self.until is None else structs.replace(self, until=self.until + by_ms)

    def open_until(self, now: int) -> int | None:
        """When it is half open, while it is not."""
        return self.until if self.state(now) == "open" else None

    def calls(self, now: int, most: int) -> int:
        """How many calls may be under way at a time."""
        return {"closed": most, "half-open": 1, "open": 0}[self.state(now)]


CLOSED: Final = Circuit()


def after_failure(circuit: Circuit, oldest: int, now: int) -> Circuit:
    """The circuit once a call has failed. One event that fails again and again opens none."""
    state = circuit.state(now)
    if state == "open":  # the call was begun before
        return circuit
    failed = circuit.failed | {oldest}
    if state == "closed" and len(failed) < FAILURES:
        return Circuit(failed)
    return _opened(circuit, now)


def after_outage(circuit: Circuit, now: int) -> Circuit:
    """The circuit once the endpoint could not be reached, which is no event's fault: it opens."""
    return circuit if circuit.state(now) == "open" else _opened(circuit, now)


def _opened(circuit: Circuit, now: int) -> Circuit:
    pause_s = PAUSES_S[min(circuit.pauses, len(PAUSES_S) - 1)]
    return Circuit(frozenset(), circuit.pauses + 1, now + int(pause_s * 1000))
