"""A user's life in their default conversation, as a webhook of v1.1 is told it, with all that it is not told."""

from functools import lru_cache
from typing import Final

from gateway.domain import commands as cmd
from gateway.domain.content import PostbackAction, Text
from gateway.domain.events import Event
from gateway.domain.model import Kind, Room
from gateway.domain.triggers import KNOWN_V1_TRIGGERS
from tests.domain.town import Town

# The life in v1.1's words, in order. Nothing of groups, of other conversations or of what the business reads and types.
TOLD: Final = (
    "client:add",
    "conversation:start",
    "message:appUser",
    "message:appMaker",
    "message:delivery:channel",
    "message:delivery:user",
    "postback",
    "conversation:read",
    "typing:appUser",
    "message:appMaker",
    "message:delivery:failure",
    "message:delivery:channel",
    "link:failure",
    "message:appUser",
    "merge:appUser",
    "appUser:delete",
)


def lived() -> Town:
    """A town where it has happened."""
    town = Town()
    do, orders = town.do, town.orders
    do(orders.custom(*sorted(KNOWN_V1_TRIGGERS), version="v1.1"))
    town.user("ann")
    web = town.device("ann")
    here = started(town, "ann")
    do(orders.says(here, "Hello", by="ann", source=web))
    asked = do(orders.posts(here, Text(text="Tea?", actions=(PostbackAction(text="Yes", payload="YES"),)))).message
    do(orders.receives(here, "ann", web.integration_id or "", (asked.seq, asked.id)))
    assert isinstance(asked.content, Text)
    assert asked.content.actions
    do(orders.presses(here, "ann", asked.content.actions[0].id or "", web))
    do(orders.reads(here, "ann", web))
    do(orders.types(here, "ann"))
    link = do(orders.links("ann", here, do(orders.integration("twilio")).id))
    do(orders.says(here))
    do(orders.unlinks("ann", link.id))
    _elsewhere(town, here)
    town.user("eve")
    do(orders.merges("ann", "eve"))
    do(orders.forgets("ann"))
    return town


def started(town: Town, name: str) -> str:
    """A user begins their first conversation, on a device of theirs; gives its id."""
    opening = cmd.CreateConversation(
        app_id=town.app_id,
        type=Kind.PERSONAL,
        participants=(town.orders.ref(name),),
        opened_by=town.orders.speaker(name),
        reason="startConversation",
    )
    room: Room = town.do(opening)
    return room.conversation.id


def _elsewhere(town: Town, here: str) -> None:
    """What v1.1 does not know, or not as something that is told."""
    do, orders = town.do, town.orders
    for room in (town.group("ann", "bob"), town.personal("ann")):
        do(orders.says(room, "psst", by="ann"))
        do(orders.says(room, "psst"))
        do(orders.reads(room, "ann"))
        do(orders.types(room, "ann"))
    twilio = do(orders.integration("twilio"))
    link = do(orders.links("ann", room, twilio.id))
    do(orders.unlinks("ann", link.id))
    do(orders.says(here, by="ann"))
    do(orders.reads(here))
    do(orders.types(here))
    do(cmd.UpdateDevice(app_id=town.app_id, user=orders.ref("ann"), guid="guid", state="background"))
    do(orders.changes("ann", metadata={"vip": True}))
    do(orders.alters(here, display_name="Tea"))
    do(orders.clears(here))


@lru_cache
def events() -> tuple[Event, ...]:
    """All that the webhook is due, as it is due it."""
    return tuple(event for _, event in lived().due)
