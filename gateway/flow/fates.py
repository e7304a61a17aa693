"""A webhook call as the lanes see it: what was sent of them, and what that means for each."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from gateway.domain import retry
from gateway.domain.model import Webhook
from gateway.domain.retry import Answered
from gateway.flow.terms import MANNERS, Terms
from gateway.ports import Mirrored, Settled


class Fate(NamedTuple):
    """What a call means for a lane: so many of its events are settled, or it has to wait for `wait_s`."""

    settled: int = 0
    wait_s: float | None = None


AT_ONCE: Final = Fate(wait_s=0.0)  # read again from disk, and ready

Fates = dict[str, Fate]


class Call(NamedTuple):
    """The events of one call, lane by lane."""

    sent: Sequence[Mirrored]

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(it.id for it in self.sent)

    @property
    def attempts(self) -> int:
        """Which attempt it is."""
        return self.sent[0].attempts + 1

    @property
    def event_ids(self) -> tuple[str, ...]:
        return tuple(it.event.id for it in self.sent)

    @property
    def lanes(self) -> dict[str, int]:
        """How many events of each lane there are."""
        return Counter(it.lane for it in self.sent)

    @property
    def heads(self) -> tuple[int, ...]:
        """The oldest event of each lane that lasts."""
        return tuple({it.lane: it.id for it in reversed(self.sent) if it.event.lasts}.values())

    @property
    def lasting(self) -> tuple[int, ...]:
        return tuple(it.id for it in self.sent if it.event.lasts)

    @property
    def fleeting(self) -> tuple[int, ...]:
        """What is over by the next attempt: nobody waits for it."""
        return tuple(it.id for it in self.sent if not it.event.lasts)

    @property
    def settled(self) -> Fates:
        """What it means for the lanes that these events are done with."""
        return {lane: Fate(settled=count) for lane, count in self.lanes.items()}

    def all_wait(self, fate: Fate) -> Fates:
        return dict.fromkeys(self.lanes, fate)


class Outcome(NamedTuple):
    """What is written down of a call's events, and what becomes of its lanes: without a fate they wait as they are."""

    settled: Sequence[Settled]
    fates: Fates


def delivered(call: Call, terms: Terms) -> Outcome:
    """What lasts may be kept; what is over by now is not."""
    if not terms.keeps:
        return Outcome((Settled(ids=call.ids),), call.settled)
    ended = (Settled(ids=call.lasting, delivered_at=terms.now()), Settled(ids=call.fleeting))
    return Outcome([it for it in ended if it.ids], call.settled)


def probed(call: Call) -> Outcome:
    """A probe failed, which says nothing of its events."""
    return Outcome(_over(call), call.all_wait(AT_ONCE))


def failed(call: Call, webhook: Webhook, answered: Answered, terms: Terms) -> Outcome:
    """What failed is tried again, or given up. After a failure the oldest of a lane goes alone: an event that is
    refused must not take others with it.
    """
    manner = MANNERS[webhook.delivery.standard]
    if not call.heads and answered.status not in manner.final:
        return probed(call)
    verdict = retry.judge(answered, call.attempts, terms.dice(), terms.schedule(webhook), manner)
    if verdict.wait_s is None and len(call.sent) == 1:
        given_up = (Settled(ids=call.ids, attempts=call.attempts, failed_at=terms.now()),)
        return Outcome(_over(call) or given_up, call.settled)
    wait_s = verdict.wait_s or 0.0
    heads = Settled(ids=call.heads, attempts=call.attempts, due_at=terms.now() + int(wait_s * 1000))
    return Outcome((*_over(call), heads), call.all_wait(Fate(wait_s=wait_s)))


def _over(call: Call) -> Sequence[Settled]:
    """What is over by the next attempt is gone."""
    return (Settled(ids=call.fleeting),) if call.fleeting else ()
