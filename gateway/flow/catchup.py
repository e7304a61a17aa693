"""What a device is told when it connects: its conversations, and what it missed."""

from gateway.domain import limits
from gateway.domain.events import Event
from gateway.domain.value import Value
from gateway.domain.views import Overview
from gateway.ports import Store


class CatchUp(Value):
    """`told` is up to which seq each conversation has been told once `missed` has been sent."""

    overviews: tuple[Overview, ...]
    more: bool
    recovered: dict[str, bool]
    missed: tuple[Event, ...]
    told: dict[str, int]


async def catch_up(store: Store, user_id: str, epoch: str | None, positions: dict[str, int]) -> CatchUp:
    """Everything since `positions` of these histories, and the conversations active last.

    Law 4: recovery is complete or says false. Law 8: where the user has no seat now, there is nothing to recover.
    """
    overviews, more = await store.overviews(user_id, None, limits.WELCOME_CONVERSATIONS)
    told = {it.room.conversation.id: it.room.conversation.seq for it in overviews}
    recovered = dict.fromkeys(positions, False)
    missed: list[Event] = []
    if positions and epoch == store.epoch:
        for conversation_id, replay in (await store.replay(user_id, positions, limits.REPLAYED_EVENTS)).items():
            if replay.complete:
                recovered[conversation_id] = True
                told[conversation_id] = positions[conversation_id] + len(replay.events)
                missed += replay.events
    return CatchUp(tuple(overviews), more, recovered, tuple(missed), told)
