"""The webhooks that are due an event, each with all that its version tells of it."""

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import structs

from gateway.domain import audience
from gateway.domain import events as ev
from gateway.domain.content import AnyAction, actions_of
from gateway.domain.house import House
from gateway.domain.message import Message
from gateway.domain.model import Person, Webhook


def due(house: House, event: ev.Event) -> Iterator[tuple[Webhook, ev.Event]]:
    """To be asked when the event has happened in the house."""
    office = house.offices.get(event.app_id)
    for hook in audience.webhooks(office, event) if office else ():
        told = _TOLD[hook.version](house, event)
        if told is not None:
            yield hook, told


def _as_it_is(_: House, event: ev.Event) -> ev.Event:
    return event


def _by_user(house: House, event: ev.Event) -> ev.Event | None:
    """v1.1 tells everything by its user. Nobody held them for a webhook made in this very group: it comes after."""
    match event:
        case ev.PersonEvent():
            return structs.replace(event, owner=house.people.get(event.user.id))
        case ev.ConversationEvent():
            owner = _owner(house, event)
            told = structs.replace(event, owner=owner) if owner else None
            return _with_message(house, told) if isinstance(told, ev.Pressed) else told
        case _:
            return None


def _owner(house: House, event: ev.ConversationEvent) -> Person | None:
    """Whose conversation it is: they alone sit in it."""
    room = house.rooms.get(event.conversation.id)
    return house.people.get(room.participants[0].user_id) if room else None


def _with_message(house: House, pressed: ev.Pressed) -> ev.Pressed:
    here = pressed.conversation.id
    said = (message for (room, _), message in house.messages.items() if room == here)
    return structs.replace(pressed, message=next((it for it in said if _shows(it, pressed.action)), None))


def _shows(message: Message, button: AnyAction | None) -> bool:
    return button is not None and message.content is not None and button in actions_of(message.content)


_TOLD: Final[dict[str, Callable[[House, ev.Event], ev.Event | None]]] = {"v2": _as_it_is, "v1.1": _by_user}
