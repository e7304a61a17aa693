"""What was said, shown to whoever comes into control of a conversation or is asked to."""

from msgspec import structs

from gateway.domain import events as ev
from gateway.domain.audience import webhooks
from gateway.domain.decide.decision import Decision
from gateway.domain.house import House
from gateway.domain.model import Office, Responder

UNCHANGING = (ev.Typing, ev.DeliveryEvent, ev.ControlFailed)  # what they leave behind of a conversation is not kept


def informed(house: House, decision: Decision) -> Decision:
    """The decision, in which the first event that a newcomer is sent carries what they want to know."""
    done: set[str] = set()
    events = (
        _informed(house, it, done) if isinstance(it, ev.ConversationEvent) and not isinstance(it, UNCHANGING) else it
        for it in decision.events
    )
    return structs.replace(decision, events=tuple(events))


def _informed(house: House, event: ev.ConversationEvent, done: set[str]) -> ev.ConversationEvent:
    """`done` are the conversations whose newcomer was shown it earlier in the decision."""
    conversation, office = event.conversation, house.offices.get(event.app_id)
    if office is None or conversation.id not in house.newest:
        return event
    if isinstance(event, ev.ControlOffered):
        return _showing(house, office, event, conversation.pending)
    if not conversation.unshown:
        return event
    if conversation.id not in done and _is_sent(office, event, conversation.active):
        done.add(conversation.id)
        event = _showing(house, office, event, conversation.active)
    if conversation.id not in done:
        return event
    return structs.replace(event, conversation=structs.replace(conversation, unshown=False))


def _is_sent(office: Office, event: ev.ConversationEvent, to: Responder | None) -> bool:
    return to is not None and any(it.integration_id == to.integration_id for it in webhooks(office, event))


def _showing(house: House, office: Office, event: ev.ConversationEvent, to: Responder | None) -> ev.ConversationEvent:
    place = office.switchboard.integration(to.id) if office.switchboard and to else None
    count = place.message_history_count if place else None
    said = house.newest[event.conversation.id]
    if place is None or not count or not said:
        return event
    return structs.replace(event, shown=ev.History(place.integration_id, said[-count:]))
