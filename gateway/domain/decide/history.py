"""What was said, shown to whoever comes into control of a conversation."""

from msgspec import structs

from gateway.domain import events as ev
from gateway.domain.decide.decision import Decision
from gateway.domain.house import House
from gateway.domain.routing import newcomers

UNCHANGING = (ev.Typing, ev.ControlFailed, ev.ConversationRemoved)  # leave nobody newly in control


def informed(house: House, decision: Decision) -> Decision:
    """The decision, whose first event in a conversation carries what its newcomers want to know."""
    met: set[str] = set()
    events: list[ev.Event] = []
    for event in decision.events:
        first = isinstance(event, ev.ConversationEvent) and event.conversation.id not in met
        if isinstance(event, ev.ConversationEvent) and first and not isinstance(event, UNCHANGING):
            met.add(event.conversation.id)
            events.append(_informed(house, event))
        else:
            events.append(event)
    return structs.replace(decision, events=tuple(events))


def _informed(house: House, event: ev.ConversationEvent) -> ev.ConversationEvent:
    office, room = house.offices.get(event.app_id), house.rooms.get(event.conversation.id)
    said = house.newest.get(event.conversation.id, ())
    if office is None or room is None or not said:
        return event
    shown = tuple(
        ev.History(it.integration_id, said[-(it.message_history_count or 0) :])
        for it in newcomers(office.switchboard, room.conversation, event.conversation)
    )
    return structs.replace(event, shown=shown) if shown else event
