"""What is asked. Every entrance makes one of these; each says what must be held to decide it, and what it answers."""

from typing import Any, Generic, TypeVar

from msgspec import UNSET, UnsetType

from gateway.domain.content import Content, Reference
from gateway.domain.message import Message
from gateway.domain.model import (
    API,
    App,
    AppSettings,
    Conversation,
    Integration,
    Key,
    Kind,
    Metadata,
    Participant,
    Person,
    Profile,
    Room,
    Source,
    User,
    Webhook,
)
from gateway.domain.value import Value

Answer = TypeVar("Answer")


class Ref(Value):
    """A user as a caller names them: by `id`, by `external` id, or by whichever of the two fits (`either`)."""

    app_id: str
    value: str
    by: str = "either"


class Needs(Value, kw_only=True):
    """What must be read before a command can be decided."""

    account: bool = False
    office: str | None = None
    room: str | None = None
    people: tuple[Ref, ...] = ()
    guests: bool = False  # the people of `room`
    rooms_of_people: bool = False
    message: str | None = None  # of `room`
    action: str | None = None  # of `room`
    sent: tuple[str, str, str] | None = None  # conversation, author, client message id


class Command(Value, Generic[Answer], kw_only=True):
    """Something asked of the domain; `execute` gives its `Answer` or raises `Refused`."""

    app_id: str

    def needs(self) -> Needs:
        return Needs(office=self.app_id)


class Speaker(Value, kw_only=True):
    """Who acts in a conversation: the business, or a user."""

    user: Ref | None = None
    display_name: str | None = None
    avatar_url: str | None = None
    subtypes: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[Ref, ...]:
        return (self.user,) if self.user else ()


# Apps, keys, integrations, webhooks


class CreateAccountKey(Command[Key], kw_only=True):
    app_id: str = ""
    display_name: str = "account"

    def needs(self) -> Needs:
        return Needs(account=True)


class CreateApp(Command[App], kw_only=True):
    app_id: str = ""
    display_name: str
    settings: AppSettings = AppSettings()
    metadata: Metadata = {}

    def needs(self) -> Needs:
        return Needs()


class UpdateApp(Command[App], kw_only=True):
    display_name: str | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


class DeleteApp(Command[None], kw_only=True):
    pass


class CreateKey(Command[Key], kw_only=True):
    display_name: str


class DeleteKey(Command[None], kw_only=True):
    key_id: str


class WebhookDraft(Value, kw_only=True):
    target: str
    triggers: tuple[str, ...]
    include_full_user: bool = False
    include_full_source: bool = False


class CreateIntegration(Command[Integration], kw_only=True):
    type: str
    display_name: str | None = None
    fields: dict[str, Any] = {}
    webhooks: tuple[WebhookDraft, ...] = ()


class UpdateIntegration(Command[Integration], kw_only=True):
    integration_id: str
    display_name: str | None | UnsetType = UNSET
    fields: dict[str, Any] = {}


class DeleteIntegration(Command[None], kw_only=True):
    integration_id: str


class CreateWebhook(Command[Webhook], kw_only=True):
    integration_id: str
    draft: WebhookDraft


class UpdateWebhook(Command[Webhook], kw_only=True):
    integration_id: str
    webhook_id: str
    target: str | UnsetType = UNSET
    triggers: tuple[str, ...] | UnsetType = UNSET
    include_full_user: bool | UnsetType = UNSET
    include_full_source: bool | UnsetType = UNSET


class DeleteWebhook(Command[None], kw_only=True):
    integration_id: str
    webhook_id: str


# Users and devices


class CreateUser(Command[User], kw_only=True):
    external_id: str | None = None
    signed_up_at: int | None = None
    to_be_retained: bool = False
    profile: Profile = Profile()
    metadata: Metadata = {}

    def needs(self) -> Needs:
        if self.external_id is None:
            return Needs(office=self.app_id)
        return Needs(office=self.app_id, people=(Ref(self.app_id, self.external_id, "external"),))


class UpdateUser(Command[User], kw_only=True):
    """`profile` names only the fields to change, in the API's names; None unsets one."""

    user: Ref
    signed_up_at: int | None | UnsetType = UNSET
    to_be_retained: bool | UnsetType = UNSET
    profile: dict[str, str | None] | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET

    def needs(self) -> Needs:
        return Needs(office=self.app_id, people=(self.user,))


class DeleteUser(Command[None], kw_only=True):
    user: Ref

    def needs(self) -> Needs:
        return Needs(office=self.app_id, people=(self.user,), rooms_of_people=True)


class DeviceDraft(Value, kw_only=True):
    guid: str
    platform: str
    integration_id: str
    app_version: str | None = None
    info: dict[str, Any] = {}
    push_token: str | None = None


class Connect(Command[Person], kw_only=True):
    """A device says hello: as the user of a verified JWT, as an anonymous one, as both (a login), or as somebody new.

    `external_id` has been verified; `user_id` is held against `session_hash` here. A new anonymous user gets
    `new_session_hash`.
    """

    device: DeviceDraft
    external_id: str | None = None
    user_id: str | None = None
    session_hash: str | None = None
    new_session_hash: str | None = None

    def needs(self) -> Needs:
        known = Ref(self.app_id, self.user_id, "id") if self.user_id else None
        named = Ref(self.app_id, self.external_id, "external") if self.external_id else None
        return Needs(office=self.app_id, people=tuple(it for it in (known, named) if it))


class UpdateDevice(Command[Person], kw_only=True):
    user: Ref
    guid: str
    push_token: str | None | UnsetType = UNSET
    state: str | UnsetType = UNSET
    status: str | UnsetType = UNSET

    def needs(self) -> Needs:
        return Needs(office=self.app_id, people=(self.user,))


# Conversations


class CreateConversation(Command[Room], kw_only=True):
    """`opened_by` is the device's user where a person opens it; `messages` are then their first words."""

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


# Messages and activities


class Posted(Value):
    message: Message
    duplicate: bool = False


class Post(InConversation[Posted], kw_only=True):
    author: Speaker
    content: Content
    metadata: Metadata | None = None
    references: tuple[Reference, ...] | None = None
    client_message_id: str | None = None
    source: Source = API

    def needs(self) -> Needs:
        sent = None
        if self.client_message_id is not None and self.author.user:
            sent = (self.conversation_id, self.author.user.value, self.client_message_id)
        return Needs(office=self.app_id, room=self.conversation_id, people=self.author.people, sent=sent)


class DeleteMessage(InConversation[None], kw_only=True):
    message_id: str

    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.conversation_id, message=self.message_id)


class ClearMessages(InConversation[None], kw_only=True):
    pass


class Mark(Value):
    """A read mark: the time of the newest message read (None when none was), and how many are unread."""

    last_read: int | None
    unread: int


class Read(InConversation[Mark], kw_only=True):
    reader: Speaker
    source: Source = API

    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.conversation_id, people=self.reader.people)


class Type(InConversation[None], kw_only=True):
    typist: Speaker
    activity: str
    source: Source = API

    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.conversation_id, people=self.typist.people)


class Press(InConversation[None], kw_only=True):
    """A postback button is pressed; `action_id` is the id the gateway gave it."""

    user: Ref
    action_id: str
    source: Source

    def needs(self) -> Needs:
        return Needs(office=self.app_id, room=self.conversation_id, people=(self.user,), action=self.action_id)


AnyCommand = Command[Any]
