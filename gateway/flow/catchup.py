"""What a device is told when it connects: its conversations, and what it missed."""

import asyncio
from collections.abc import Sequence

from gateway.domain import limits
from gateway.domain.value import Value
from gateway.domain.views import Overview
from gateway.flow.annals import Annals, Entry


class CatchUp(Value):
    """`told` is up to which seq each conversation has been told once `missed` has been sent."""

    overviews: tuple[Overview, ...]
    more: bool
    recovered: dict[str, bool]
    missed: tuple[Entry, ...]
    told: dict[str, int]


async def catch_up(annals: Annals, user_id: str, epoch: str | None, positions: dict[str, int]) -> CatchUp:
    """Everything since `positions` of these histories, and the conversations active last.

    Law 4: recovery is complete or says false. Law 8: where the user has no seat now, there is nothing to recover.
    """
    store = annals.store
    overviews, more = await store.overviews(user_id, None, limits.WELCOME_CONVERSATIONS)
    told = {it.room.conversation.id: it.room.conversation.seq for it in overviews}
    recovered = dict.fromkeys(positions, False)
    missed: list[Entry] = []
    if positions and epoch == store.epoch:
        for room_id, entries in (await _missed(annals, user_id, positions)).items():
            if entries is not None:
                recovered[room_id] = True
                told[room_id] = positions[room_id] + len(entries)
                missed += entries
    return CatchUp(tuple(overviews), more, recovered, tuple(missed), told)


async def _missed(annals: Annals, user_id: str, positions: dict[str, int]) -> dict[str, Sequence[Entry] | None]:
    """By conversation where the user sits; None where it cannot be told completely."""
    rooms = {it.conversation.id: it for it in await annals.store.rooms(tuple(positions)) if it.seat(user_id)}
    found = {key: annals.known(room, positions[key]) for key, room in rooms.items()}
    unknown = [key for key, entries in found.items() if entries is None]
    if unknown:
        reads = (annals.since(user_id, rooms[key], positions[key]) for key in unknown)
        found.update(zip(unknown, await asyncio.gather(*reads), strict=True))
    return found
