"""What a group of commands made, as statements: one per table, whatever the number of rows."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import structs

from gateway.domain import events as ev
from gateway.domain.content import actions_of
from gateway.domain.house import House
from gateway.domain.model import Office, Room
from gateway.ports import Mirrored
from gateway.stores.sqlite.connection import Statement, over


def statements(house: House, events: Sequence[ev.Event], mirrored: Sequence[Mirrored]) -> list[Statement]:
    """The changes of `house`, the events of its histories and the outbox rows, in an order that can be run."""
    gone = [key for key, _, now in house.rooms.changes() if now is None]
    found = (
        *_offices(house),
        *_people(house),
        *_rooms(house),
        *_messages(house, events),
        over("put_events", _kept_events(events)),
        over("put_outbox", [_kept(it) for it in mirrored]),
        *_cleared(events),
        *(over(name, gone) for name in _OF_ROOMS),
        over("drop_rooms", gone),
    )
    return [statement for statement in found if statement is not None]


_OF_ROOMS = ("drop_messages_of_rooms", "drop_events_of_rooms", "drop_actions_of_rooms", "drop_seats_of_rooms")


def _offices(house: House) -> Iterator[Statement | None]:
    if house.account is not house.account_before:
        yield over("put_keys", house.account.keys)
    changes = list(house.offices.changes())
    ids = [key for key, _, _ in changes]
    offices = [now for _, _, now in changes if now is not None]
    yield over("put_offices", offices)
    yield over("drop_keys", ids)
    yield over("put_keys", [key for office in offices for key in office.keys])
    yield over("drop_integrations", ids)
    yield over("put_integrations", [pair for office in offices for pair in _integrations(office)])
    gone = [key for key, _, now in changes if now is None]
    for name in ("drop_messages", "drop_events", "drop_actions", "drop_seats", "drop_rooms", "drop_people"):
        yield over(f"{name}_of_apps", gone)
    yield over("drop_offices", gone)


def _integrations(office: Office) -> list[tuple[str, str]]:
    return [(integration.id, office.app.id) for integration in office.integrations]


def _people(house: House) -> Iterator[Statement | None]:
    changes = list(house.people.changes())
    yield over("put_people", [now for _, _, now in changes if now is not None])
    yield over("drop_people", [key for key, _, now in changes if now is None])


def _rooms(house: House) -> Iterator[Statement | None]:
    changes = list(house.rooms.changes())
    yield over("put_rooms", [now for _, _, now in changes if now is not None])
    taken, left = [], []
    for key, before, now in changes:
        if before is None or now is None or len(before.participants) != len(now.participants) or _moved(before, now):
            were, are = _sitting(before), _sitting(now)
            taken += [(user_id, key) for user_id in are - were]
            left += [(user_id, key) for user_id in were - are]
    yield over("drop_seats", left)
    yield over("put_seats", taken)


def _moved(before: Room, now: Room) -> bool:
    pairs = zip(before.participants, now.participants, strict=True)
    return any(was is not is_now and was.user_id != is_now.user_id for was, is_now in pairs)


def _sitting(room: Room | None) -> frozenset[str]:
    return frozenset(it.user_id for it in room.participants) if room else frozenset()


def _messages(house: House, events: Sequence[ev.Event]) -> Iterator[Statement | None]:
    posted = [it for it in events if isinstance(it, ev.MessagePosted)]
    yield over("put_messages", [(it.conversation.id, it.message) for it in posted])
    yield over("put_actions", [row for it in posted for row in _actions(it)])
    deleted = [(it.conversation.id, it.message_id) for it in events if isinstance(it, ev.MessageDeleted)]
    yield over("change_messages", [house.messages[key] for key in deleted if key in house.messages])
    yield over("drop_actions", [message_id for _, message_id in deleted])


def _actions(event: ev.MessagePosted) -> list[tuple[Any, ...]]:
    message = event.message
    if message.content is None:
        return []
    return [(event.conversation.id, message.id, message.seq, action) for action in actions_of(message.content)]


def _kept_events(events: Sequence[ev.Event]) -> list[ev.Event]:
    """Everything but messages that has a place in a history."""
    return [
        structs.replace(it, audience=())
        for it in events
        if isinstance(it, ev.ConversationEvent) and it.seq and not isinstance(it, ev.MessagePosted)
    ]


def _kept(it: Mirrored) -> Mirrored:
    return structs.replace(it, event=structs.replace(it.event, audience=()))


def _cleared(events: Sequence[ev.Event]) -> Iterator[Statement]:
    for it in events:
        if isinstance(it, ev.MessagesCleared):
            yield Statement("clear_messages", (it.conversation.id, it.seq))
            yield Statement("clear_actions", (it.conversation.id, it.seq))
