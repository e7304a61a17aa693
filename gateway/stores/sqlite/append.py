"""Writing what a group of commands made: one statement per table, whatever the number of rows."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import structs

from gateway.domain import events as ev
from gateway.domain.content import actions_of
from gateway.domain.house import House
from gateway.domain.model import Office, Room
from gateway.ports import Mirrored
from gateway.stores.sqlite.connection import Connection
from gateway.wire.json import store


async def append(db: Connection, house: House, events: Sequence[ev.Event], mirrored: Sequence[Mirrored]) -> None:
    """Write the changes of `house`, the events of its histories and the outbox rows."""
    await _offices(db, house)
    await _people(db, house)
    await _rooms(db, house)
    await _messages(db, house, events)
    await _events(db, events)
    await db.write("put_outbox", [_kept(it) for it in mirrored])
    await _clear(db, events)
    await _drop_rooms(db, sorted(_closed(house, events)))


async def _offices(db: Connection, house: House) -> None:
    if house.account is not house.account_before:
        await db.write("put_keys", house.account.keys)
    changes = list(house.offices.changes())
    if not changes:
        return
    ids = [key for key, _, _ in changes]
    offices = [now for _, _, now in changes if now is not None]
    gone = [key for key, _, now in changes if now is None]
    await db.write("put_offices", offices)
    await db.write("drop_keys", ids)
    await db.write("put_keys", [key for office in offices for key in office.keys])
    await db.write("drop_integrations", ids)
    await db.write("put_integrations", [pair for office in offices for pair in _integrations(office)])
    if gone:
        await _drop_rooms(db, [room_id for (room_id,) in await db.rows("rooms_of_apps", store(gone))])
        await db.write("drop_people_of_apps", gone)
        await db.write("drop_offices", gone)


def _integrations(office: Office) -> Iterable[tuple[str, str]]:
    return ((integration.id, office.app.id) for integration in office.integrations)


async def _people(db: Connection, house: House) -> None:
    """Who goes makes their external id free for who comes."""
    changes = list(house.people.changes())
    await db.write("drop_people", [key for key, _, now in changes if now is None])
    await db.write("put_people", [now for _, _, now in changes if now is not None])


async def _rooms(db: Connection, house: House) -> None:
    changes = list(house.rooms.changes())
    await db.write("put_rooms", [now for _, _, now in changes if now is not None])
    taken, left = [], []
    for key, before, now in changes:
        were, are = _sitting(before), _sitting(now)
        if were is not are:
            taken += [(user_id, key) for user_id in are - were]
            left += [(user_id, key) for user_id in were - are]
    await db.write("drop_seats", left)
    await db.write("put_seats", taken)


def _sitting(room: Room | None) -> frozenset[str]:
    return frozenset(it.user_id for it in room.participants) if room else frozenset()


async def _messages(db: Connection, house: House, events: Sequence[ev.Event]) -> None:
    posted = [it for it in events if isinstance(it, ev.MessagePosted)]
    await db.write("put_messages", [(it.conversation.id, it.message) for it in posted])
    await db.write("put_actions", [row for it in posted for row in _actions(it)])
    deleted = [(it.conversation.id, it.message_id) for it in events if isinstance(it, ev.MessageDeleted)]
    await db.write("change_messages", [house.messages[key] for key in deleted if key in house.messages])
    await db.write("drop_actions", [message_id for _, message_id in deleted])


def _actions(event: ev.MessagePosted) -> Iterable[tuple[Any, ...]]:
    message = event.message
    if message.content is None:
        return ()
    return ((event.conversation.id, message.id, message.seq, action) for action in actions_of(message.content))


async def _events(db: Connection, events: Sequence[ev.Event]) -> None:
    """Everything else with a place in a history."""
    kept = [
        structs.replace(it, audience=())
        for it in events
        if isinstance(it, ev.ConversationEvent) and it.seq and not isinstance(it, ev.MessagePosted)
    ]
    await db.write("put_events", kept)


def _kept(it: Mirrored) -> Mirrored:
    return structs.replace(it, event=structs.replace(it.event, audience=()))


async def _clear(db: Connection, events: Sequence[ev.Event]) -> None:
    for it in events:
        if isinstance(it, ev.MessagesCleared):
            await db.run_with("clear_messages", it.conversation.id, it.seq)
            await db.run_with("clear_actions", it.conversation.id, it.seq)


def _closed(house: House, events: Sequence[ev.Event]) -> set[str]:
    """The rooms that are no more, also those that opened in this very group."""
    rooms = {it.conversation.id for it in events if isinstance(it, ev.ConversationEvent)}
    return {room for room in rooms if house.rooms[room] is None}


async def _drop_rooms(db: Connection, ids: Sequence[str]) -> None:
    for name in (
        "drop_messages_of_rooms",
        "drop_events_of_rooms",
        "drop_actions_of_rooms",
        "drop_seats_of_rooms",
        "drop_rooms",
    ):
        await db.write(name, ids)
