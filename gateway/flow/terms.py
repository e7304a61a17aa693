"""What deliveries go by."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from gateway.domain import retry
from gateway.domain.model import Webhook
from gateway.domain.retry import Manner
from gateway.ports import Dice, Now

MANNERS: Final[Mapping[bool, Manner]] = {False: retry.DOCUMENTED, True: retry.STANDARD}


class Terms(NamedTuple):
    """The clock, the dice, the schedule of webhooks without one of their own, and whether what was delivered is `kept`
    for a while.
    """

    now: Now
    dice: Dice
    intervals_s: tuple[float, ...] = retry.INTERVALS_S
    keeps: bool = True

    def schedule(self, webhook: Webhook) -> tuple[float, ...]:
        """Seconds between its attempts."""
        named = webhook.delivery.schedule
        return self.intervals_s if named is None else retry.SCHEDULES[named]
