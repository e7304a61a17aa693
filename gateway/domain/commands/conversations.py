"""What is asked about conversations and who sits in them."""

from typing import Generic

from msgspec import UNSET, UnsetType

from gateway.domain.commands.command import Answer, Command, Needs, Ref, Speaker
from gateway.domain.content import Content
from gateway.domain.model import API, Conversation, Kind, Metadata, Participant, Person, Room, Source
from gateway.domain.value import Value


class CreateConversation(Command[Room], kw_only=True):
    """`opened_by` is the device's user where a person opens it; `messages` are then their first words.

    `judged` says that these have passed their app's moderation. `reason` is why, as the API names reasons.
    """

    type: Kind
    participants: tuple[Ref, ...] = ()
    display_name: str | None = None
    description: str | None = None
    icon_url: str | None = None
    metadata: Metadata | None = None
    subscribers: tuple[Ref, ...] = ()
    opened_by: Speaker | None = None
    integration_id: str | None = None
    messages: tuple[Content, ...] = ()
    judged: bool = False
    reason: str = "none"
    source: Source = API

    def needs(self) -> Needs:
        return Needs(office=self.app_id, people=self.participants)


class InConversation(Command[Answer], Generic[Answer], kw_only=True):
    conversation_id: str

    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.conversation_id)


class UpdateConversation(InConversation[Conversation], kw_only=True):
    """`by` is the user who asks, who must then be a participant; absent for the business."""

    display_name: str | None | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    icon_url: str | None | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET
    by: str | None = None


class DeleteConversation(InConversation[None], kw_only=True):
    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.conversation_id, guests=True)


class Seat(Value):
    """A participant with the conversation and the person it joins."""

    room: Room
    participant: Participant
    person: Person


class Join(InConversation[Seat], kw_only=True):
    user: Ref
    subscribe: bool = False

    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.conversation_id, people=(self.user,), guests=True)


class Leave(InConversation[None], kw_only=True):
    user: Ref | None = None
    participant_id: str | None = None

    def needs(self) -> Needs:
        people = (self.user,) if self.user else ()
        return Needs(office=self.app_id, room=self.conversation_id, people=people, guests=True)
