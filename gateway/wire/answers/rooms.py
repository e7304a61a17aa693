"""Answers about conversations, participants and messages."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.domain.content import Content, Reference
from gateway.domain.model import ExternalId, Kind, Metadata
from gateway.wire.answers.answer import Answer, Count, Id, Listing, Time


class Responder(Answer, kw_only=True):
    """A switchboard integration, as conversations show it."""

    id: Id
    name: str
    integration_id: Id
    integration_type: str


class Conversation(Answer, kw_only=True):
    """Where users and the business talk."""

    id: Id
    type: Kind
    is_default: bool
    display_name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    icon_url: str | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET
    business_last_read: Time | UnsetType = UNSET
    last_updated_at: Time
    created_at: Time
    active_switchboard_integration: Responder | UnsetType = UNSET
    pending_switchboard_integration: Responder | UnsetType = UNSET


class ConversationAnswer(Answer, kw_only=True):
    conversation: Conversation


class ConversationList(Listing, kw_only=True):
    conversations: tuple[Conversation, ...]


class ClientAssociation(Answer, kw_only=True):
    """Over which channel a participant is reached."""

    type: str
    client_id: Id


class Participant(Answer, kw_only=True):
    """A user's seat in a conversation."""

    id: Id
    user_id: Id
    user_external_id: ExternalId | UnsetType = UNSET
    unread_count: Count
    last_read: Time | UnsetType = UNSET
    client_associations: tuple[ClientAssociation, ...]


class ParticipantAnswer(Answer, kw_only=True):
    participant: Participant


class ParticipantList(Listing, kw_only=True):
    participants: tuple[Participant, ...]


class Author(Answer, kw_only=True):
    """Who said it. The business has a picture always."""

    type: Literal["business", "user"]
    user_id: Id | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    avatar_url: str | UnsetType = UNSET
    subtypes: tuple[Literal["AI"], ...] | UnsetType = UNSET


class Source(Answer, kw_only=True):
    """Where it was said."""

    type: str
    integration_id: Id | UnsetType = UNSET


class QuotedMessage(Answer, kw_only=True):
    """The message that another one answers: a form, by now submitted, or deleted."""

    type: Literal["message"]
    message: "Message"


class Message(Answer, kw_only=True):
    """What was said. A deleted message keeps its place and has no content."""

    id: Id
    received: Time
    author: Author
    content: Content | UnsetType = UNSET
    deleted: Literal[True] | UnsetType = UNSET
    source: Source
    metadata: Metadata | UnsetType = UNSET
    references: tuple[Reference, ...] | UnsetType = UNSET
    quoted_message: QuotedMessage | UnsetType = UNSET


class MessagesAnswer(Answer, kw_only=True):
    messages: Annotated[tuple[Message, ...], Meta(min_length=1)]


class MessageList(Listing, kw_only=True):
    messages: tuple[Message, ...]
