"""Conversations, who sits in them, and where things come from."""

from enum import StrEnum
from typing import Final

from gateway.domain.model.clients import Client
from gateway.domain.model.people import Device
from gateway.domain.model.switchboards import Responder
from gateway.domain.value import Metadata, Value


class Kind(StrEnum):
    """The two types of conversation."""

    PERSONAL = "personal"
    GROUP = "sdkGroup"


class Participant(Value, kw_only=True):
    """A user's seat in a conversation. `read` counts the messages up to the read mark.

    `delivered` is the seq of the last message that was told to have arrived.
    """

    id: str
    user_id: str
    read: int = 0
    last_read: int | None = None
    delivered: int = 0


class Conversation(Value, kw_only=True):
    """A conversation's own facts and counters.

    `seq` numbers its events and `clock` is the time of the newest; `posted` counts the messages ever posted and
    `cleared` how many of those went with the last "delete all". `active` is in control and `pending` was asked to be;
    `unshown` says that `active` is still to be shown what was said. `origin` is the integration it came through.
    What happened up to `recoverable_from` has got other numbers since: positions before it cannot be recovered.
    """

    id: str
    app_id: str
    type: Kind
    created_at: int
    last_updated_at: int
    is_default: bool = False
    display_name: str | None = None
    description: str | None = None
    icon_url: str | None = None
    metadata: Metadata | None = None
    business_last_read: int | None = None
    seq: int = 0
    clock: int = 0
    posted: int = 0
    cleared: int = 0
    origin: str | None = None
    active: Responder | None = None
    pending: Responder | None = None
    unshown: bool = False
    recoverable_from: int = 0


class Room(Value):
    """A conversation with its participants, in the order they joined."""

    conversation: Conversation
    participants: tuple[Participant, ...] = ()

    def seat(self, user_id: str) -> Participant | None:
        for it in self.participants:
            if it.user_id == user_id:
                return it
        return None

    def unread(self, participant: Participant) -> int:
        return self.conversation.posted - max(participant.read, self.conversation.cleared)


class Source(Value, kw_only=True):
    """Where something came from: `api:conversations`, or an SDK with its integration, client and device."""

    type: str
    integration_id: str | None = None
    client: Client | None = None
    device: Device | None = None

    @property
    def short(self) -> "Source":
        """As a message keeps it: without client and device."""
        return self if self.device is None else Source(type=self.type, integration_id=self.integration_id)


API: Final = Source(type="api:conversations")


class Author(Value, kw_only=True):
    type: str
    user_id: str | None = None
    display_name: str | None = None
    avatar_url: str | None = None
    subtypes: tuple[str, ...] = ()
