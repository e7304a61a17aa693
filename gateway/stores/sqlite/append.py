"""What a group of commands made, as statements: one per table, whatever the number of rows."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from msgspec import structs

from gateway.domain import events as ev
from gateway.domain.content import AnyAction, Content, ReplyAction, Text, actions_of
from gateway.domain.house import House
from gateway.domain.media import attachments_in
from gateway.domain.message import Message
from gateway.domain.model import Attachment, Key, Office, Person, Room
from gateway.ports import Mirrored
from gateway.stores.sqlite import merge, outbox
from gateway.stores.sqlite.connection import QUERIES, Row, Statement, over, put
from gateway.wire.json import store

E = TypeVar("E", bound=ev.Event)


class Happened:
    """A group's events, sorted by kind once: most groups are of one kind, and most kinds are asked for."""

    def __init__(self, events: Sequence[ev.Event]) -> None:
        self.by_kind: dict[type[ev.Event], list[Any]] = {}
        for event in events:
            self.by_kind.setdefault(type(event), []).append(event)

    def of(self, kind: type[E]) -> Sequence[E]:
        return self.by_kind.get(kind, ())


def statements(house: House, events: Sequence[ev.Event], mirrored: Sequence[Mirrored]) -> list[Statement]:
    """The changes of `house`, the events of its histories and the outbox rows, in an order that can be run."""
    gone = sorted(_closed(house, events))
    happened = Happened(events)
    return [
        *_attachments(happened),
        *merge.files(happened.of(ev.UserMerged)),
        *_service_accounts(house),
        *_offices(house),
        *outbox.webhooks_gone(house),
        *put("put_partners", [_partner(it) for it in happened.of(ev.PartnerCreated)]),
        *_people(house),
        *_rooms(house),
        *_cleared(happened),
        *_messages(house, happened),
        *put("put_events", _histories(happened)),
        *_untold(happened),
        *put("put_outbox", list(_due(mirrored))),
        *over("stray_outbox", sorted(_closed(house, events) - _closed_with_apps(house, events))),
        *put("put_stays", sorted(_stays(happened))),
        *merge.histories(happened.of(ev.UserMerged)),
        *_forgotten(happened),
        *(it for name in _OF_ROOMS for it in over(name, gone)),
        *over("drop_rooms", gone),
    ]


def _stays(happened: Happened) -> set[tuple[str, str]]:
    """Who took a seat, also who left it again in this very group."""
    joined = {(it.user.id, it.conversation.id) for it in happened.of(ev.Joined)}
    created = happened.of(ev.ConversationCreated)
    return joined | {(seat.user_id, it.conversation.id) for it in created for seat in it.participants}


def _forgotten(happened: Happened) -> Iterator[Statement]:
    """Whoever is forgotten, or goes, is forgotten in all that is kept, also in what this very group wrote."""
    removed = {it.user.id for it in happened.of(ev.UserRemoved)}
    users = sorted(removed | {it.user.id for it in happened.of(ev.UserForgotten)})
    for app_id in sorted({it.app_id for it in (*happened.of(ev.UserRemoved), *happened.of(ev.UserForgotten))}):
        yield Statement(QUERIES["scrub_attempts"], (app_id,))
    for name in ("scrub_messages", "scrub_events", "scrub_outbox"):
        yield from (Statement(QUERIES[name], (user_id,)) for user_id in users)
    for name in ("drop_stays", "drop_formers"):
        yield from over(name, sorted(removed))


def forgets(events: Sequence[ev.Event]) -> bool:
    """Whether something is to be gone for good, also from the file's log."""
    return any(isinstance(it, ev.UserForgotten | ev.UserRemoved | ev.AppRemoved) for it in events)


def _closed(house: House, events: Sequence[ev.Event]) -> set[str]:
    """The rooms that are no more, also those that opened in this very group."""
    rooms = {it.conversation.id for it in events if isinstance(it, ev.ConversationEvent)}
    rooms |= {it.union.discarded.id for it in events if isinstance(it, ev.UserMerged) and it.union}
    return {room for room in rooms if house.rooms[room] is None}


def _closed_with_apps(house: House, events: Sequence[ev.Event]) -> set[str]:
    """The rooms whose apps are no more: nobody can be forgotten there."""
    rooms = (it for it in events if isinstance(it, ev.ConversationEvent))
    return {it.conversation.id for it in rooms if house.offices.get(it.app_id) is None}


_OF_APPS = (
    "drop_messages_of_apps",
    "drop_events_of_apps",
    "drop_actions_of_apps",
    "drop_seats_of_apps",
    "drop_stays_of_apps",
    "drop_rooms_of_apps",
    "drop_identities_of_apps",
    "drop_formers_of_apps",
    "drop_people_of_apps",
)
_OF_ROOMS = (
    "drop_messages_of_rooms",
    "drop_events_of_rooms",
    "drop_actions_of_rooms",
    "drop_seats_of_rooms",
    "drop_stays_of_rooms",
)


def _offices(house: House) -> Iterator[Statement]:
    if house.account is not house.account_before:
        yield from put("put_keys", [_key(it) for it in house.account.keys])
    changes = list(house.offices.changes())
    ids = [key for key, _, _ in changes]
    offices = [now for _, _, now in changes if now is not None]
    yield from put("put_offices", [(it.app.id, store(it)) for it in offices])
    yield from over("drop_keys", ids)
    yield from put("put_keys", [_key(it) for office in offices for it in office.keys])
    yield from over("drop_integrations", ids)
    yield from put("put_integrations", [pair for office in offices for pair in _integrations(office)])
    gone = [key for key, _, now in changes if now is None]
    for name in _OF_APPS:
        yield from over(name, gone)
    yield from over("drop_offices", gone)


def _service_accounts(house: House) -> Iterator[Statement]:
    changes = list(house.service_accounts.changes())
    kept = [now for _, _, now in changes if now is not None]
    yield from put("put_service_accounts", [(it.id, store(it)) for it in kept])
    yield from over("drop_keys", [key for key, _, _ in changes])
    yield from put("put_keys", [_key(it) for account in kept for it in account.keys])
    yield from over("drop_service_accounts", [key for key, _, now in changes if now is None])


def _key(it: Key) -> Row:
    return it.id, it.app_id or it.service_account_id, it.scope, store(it)


def _partner(it: ev.PartnerCreated) -> Row:
    return it.partner.id, store(it.partner)


def _person(it: Person) -> Row:
    return it.user.id, it.user.app_id, it.user.external_id, it.user.brand_id or "", store(it)


def _room(it: Room) -> Row:
    return it.conversation.id, it.conversation.app_id, it.conversation.last_updated_at, store(it)


def _integrations(office: Office) -> list[tuple[str, str]]:
    return [(integration.id, office.app.id) for integration in office.integrations]


def _people(house: House) -> Iterator[Statement]:
    """Who goes goes first: an external id that was given up may be taken in the same group."""
    changes = list(house.people.changes())
    yield from over("drop_people", [key for key, _, now in changes if now is None])
    yield from put("put_people", [_person(now) for _, _, now in changes if now is not None])
    found_anew = [key for key, before, now in changes if _identities(before) != _identities(now)]
    yield from over("drop_identities", found_anew)
    yield from put("put_identities", [row for key in found_anew for row in _identities(house.people[key])])


def _identities(it: Person | None) -> list[Row]:
    return [(it.user.app_id, own.type, own.key, it.user.id) for own in it.user.identities] if it else []


def _rooms(house: House) -> Iterator[Statement]:
    changes = list(house.rooms.changes())
    yield from put("put_rooms", [_room(now) for _, _, now in changes if now is not None])
    taken, left = [], []
    for key, before, now in changes:
        if before is None or now is None or len(before.participants) != len(now.participants) or _moved(before, now):
            were, are = _sitting(before), _sitting(now)
            taken += [(user_id, key) for user_id in are - were]
            left += [(user_id, key) for user_id in were - are]
    yield from over("drop_seats", left)
    yield from put("put_seats", taken)


def _moved(before: Room, now: Room) -> bool:
    pairs = zip(before.participants, now.participants, strict=True)
    return any(was is not is_now and was.user_id != is_now.user_id for was, is_now in pairs)


def _sitting(room: Room | None) -> frozenset[str]:
    return frozenset(it.user_id for it in room.participants) if room else frozenset()


def _messages(house: House, happened: Happened) -> Iterator[Statement]:
    """What was cleared in this very group is not written at all: it may have been said again since."""
    posted = [it for it in happened.of(ev.MessagePosted) if _there(house, it)]
    shown = [it for it in posted if not _is_plain(it.message.content)]
    yield from put("put_messages", [_message(it) for it in posted])
    yield from put("put_actions", [row for it in shown for row in _actions(it)])
    yield from over("use_attachments", [row for it in shown for row in _uses(it)])
    deleted = [(it.conversation.id, it.message_id) for it in happened.of(ev.MessageDeleted)]
    yield from over("change_messages", _changed(house, posted, deleted))
    yield from over("drop_actions", [message_id for _, message_id in deleted])
    yield from over("drop_uses", [(key[0], house.messages[key].seq) for key in deleted if key in house.messages])


def _attachments(happened: Happened) -> Iterator[Statement]:
    yield from put("put_attachments", [_attachment(it.attachment) for it in happened.of(ev.AttachmentKept)])
    yield from over("remove_attachments", [it.attachment.id for it in happened.of(ev.AttachmentRemoved)])


def _attachment(it: Attachment) -> Row:
    return it.id, it.app_id, it.user_id, it.conversation_id, int(it.for_message), it.created_at, store(it)


def _uses(event: ev.MessagePosted) -> list[Row]:
    here, message = event.conversation.id, event.message
    return [(file_id, event.app_id, here, message.seq) for file_id in attachments_in(message.content)]


def _changed(house: House, posted: Sequence[ev.MessagePosted], deleted: Sequence[tuple[str, str]]) -> list[Message]:
    """Messages that are different now: those deleted, those quoted, and those that quote what was deleted."""
    keys = dict.fromkeys(deleted)
    keys.update({(it.conversation.id, it.message.quoted.id): None for it in posted if it.message.quoted is not None})
    for room, message_id in deleted:
        message = house.messages.get((room, message_id))
        if message is not None and message.quoted_by is not None:
            keys[room, message.quoted_by] = None
    return [house.messages[key] for key in keys if key in house.messages]


def _is_plain(content: Content | None) -> bool:
    """Most messages: a text without buttons shows no file either."""
    return isinstance(content, Text) and not content.actions


def _there(house: House, event: ev.MessagePosted) -> bool:
    return (event.conversation.id, event.message.id) in house.messages


def _actions(event: ev.MessagePosted) -> list[Row]:
    message = event.message
    if message.content is None:
        return []
    return [
        (event.conversation.id, action.id, message.id, message.seq, _payload(action), store(action))
        for action in actions_of(message.content)
    ]


def _payload(action: AnyAction) -> str | None:
    """What a reply button is also found by."""
    return action.payload if isinstance(action, ReplyAction) else None


def _message(event: ev.MessagePosted) -> Row:
    it = event.message
    return event.conversation.id, it.seq, it.id, it.author.user_id, it.client_message_id, store(it)


def _histories(happened: Happened) -> list[Row]:
    """Everything but messages that has a place in a history. What newcomers were shown is none of it."""
    return [
        (it.conversation.id, it.seq, _unheard(structs.replace(it, shown=None) if it.shown else it))
        for kind, events in happened.by_kind.items()
        if issubclass(kind, ev.ConversationEvent) and kind is not ev.MessagePosted
        for it in events
        if it.seq
    ]


def _due(mirrored: Sequence[Mirrored]) -> Iterator[Row]:
    """An event that several webhooks are due is written out once."""
    written: tuple[ev.Event | None, str] = (None, "")
    for it in mirrored:
        if it.event is not written[0]:
            written = (it.event, _unheard(it.event))
        yield it.id, it.webhook_id, it.lane, it.event.id, written[1]


def _untold(happened: Happened) -> Iterator[Statement]:
    """What was deleted is not kept to be told again."""
    yield from over("drop_told", [(it.conversation.id, it.message_id) for it in happened.of(ev.MessageDeleted)])
    emptied = (*happened.of(ev.MessagesCleared), *happened.of(ev.ConversationRemoved))
    yield from over("drop_told_of_rooms", sorted({it.conversation.id for it in emptied}))


def _unheard(event: ev.Event) -> str:
    """As it is kept: who hears it is decided again by who asks."""
    return store(structs.replace(event, audience=()))


def _cleared(happened: Happened) -> Iterator[Statement]:
    for it in happened.of(ev.MessagesCleared):
        yield Statement(QUERIES["clear_messages"], (it.conversation.id, it.seq))
        yield Statement(QUERIES["clear_actions"], (it.conversation.id, it.seq))
