"""The part of the state that a group of commands is decided on: what was held, and how it is by now."""

from collections.abc import Iterator
from typing import TypeVar

from gateway.domain import errors
from gateway.domain.commands import Ref
from gateway.domain.content import AnyAction, ReplyAction
from gateway.domain.errors import Problem, Refused
from gateway.domain.message import Message
from gateway.domain.model import Account, Attachment, Office, Person, Room, ServiceAccount
from gateway.domain.routing import routed

Noun = TypeVar("Noun", Account, ServiceAccount, Office, Person, Room)


class Shelf(dict[str, Noun | None]):
    """One kind of thing by id. None says: looked for, and not there (or not any more)."""

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[str, Noun | None] = {}

    def hold(self, key: str, noun: Noun | None) -> None:
        """Put down what was read."""
        self._held[key] = noun
        self[key] = noun

    def changes(self) -> Iterator[tuple[str, Noun | None, Noun | None]]:
        """What is different now: (id, before, after)."""
        for key, now in self.items():
            before = self._held.get(key)
            if now is not before:
                yield key, before, now


class House:
    """Everything held for one group. Changes only by `evolve`."""

    def __init__(self) -> None:
        self.account: Account = Account()
        self.account_before = self.account
        self.service_accounts: Shelf[ServiceAccount] = Shelf()
        self.offices: Shelf[Office] = Shelf()
        self.rooms: Shelf[Room] = Shelf()
        self.people: Shelf[Person] = Shelf()
        self.named: dict[Ref, str | None] = {}
        self.rooms_of: dict[str, tuple[str, ...]] = {}
        self.messages: dict[tuple[str, str], Message] = {}
        self.actions: dict[tuple[str, str], AnyAction] = {}
        self.replies: dict[tuple[str, str], tuple[ReplyAction, ...]] = {}  # by payload, the newest last
        self.newest: dict[str, tuple[Message, ...]] = {}  # by room, oldest first, where somebody may want them
        self.attachments: dict[str, Attachment] = {}
        self.sent: dict[tuple[str, str, str], Message] = {}

    def service_account(self, account_id: str) -> ServiceAccount:
        return _there(self.service_accounts.get(account_id), errors.SERVICE_ACCOUNT_NOT_FOUND)

    def office(self, app_id: str) -> Office:
        return _there(self.offices.get(app_id), errors.APP_NOT_FOUND)

    def room(self, app_id: str, conversation_id: str) -> Room:
        """A room as its next event finds it: under the control of whom the switchboard says by now."""
        room = self.rooms.get(conversation_id)
        if room is None or room.conversation.app_id != app_id:
            raise Refused(errors.CONVERSATION_NOT_FOUND)
        conversation = routed(self.offices.get(app_id), room.conversation)
        return room if conversation is room.conversation else Room(conversation, room.participants)

    def find(self, ref: Ref) -> Person | None:
        """The person a caller names, or None."""
        user_id = self.named.get(ref)
        return self.people.get(user_id) if user_id else None

    def person(self, ref: Ref) -> Person:
        return _there(self.find(ref), errors.USER_NOT_FOUND)

    def guest(self, user_id: str) -> Person:
        """A person known to be there, by id."""
        return _there(self.people.get(user_id), errors.USER_NOT_FOUND)


def _there(noun: Noun | None, problem: Problem) -> Noun:
    if noun is None:
        raise Refused(problem)
    return noun
