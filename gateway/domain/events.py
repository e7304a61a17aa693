"""What happened. An event is fat: it carries all that its readers need, so that rendering asks nobody.

`audience` names the users whose devices hear it; `domain.audience` decides. An event with a `seq` is part of its
conversation's history and can be replayed; typing has none. Times are milliseconds since 1970 UTC.
"""

from gateway.domain.errors import Problem
from gateway.domain.message import Message
from gateway.domain.model import (
    Account,
    Association,
    Attachment,
    Client,
    Conversation,
    Device,
    Key,
    Metadata,
    Office,
    Participant,
    Partner,
    Source,
    User,
)
from gateway.domain.value import Value


class Failure(Value):
    """Why something was not done: a stable snake_case code and a sentence for people."""

    code: str
    message: str


class Event(Value, kw_only=True, tag_field="happened", omit_defaults=True):
    """`id` is stable over every telling."""

    id: str
    at: int
    app_id: str
    audience: tuple[str, ...] = ()

    @property
    def lane(self) -> str:
        """What keeps its order towards a webhook: the conversation, else the user, else the app."""
        return self.app_id


class History(Value):
    """What was said last, oldest first, for the webhooks of one integration."""

    integration_id: str
    messages: tuple[Message, ...]


class Address(Value):
    """Where a message goes: a platform or channel, and the integration of it."""

    type: str
    integration_id: str | None = None


class ConversationEvent(Event, kw_only=True):
    """Something that happened in a conversation; `conversation` is its state afterwards.

    `shown` is what whoever comes into control wants to know.
    """

    conversation: Conversation
    seq: int = 0
    shown: History | None = None

    @property
    def lane(self) -> str:
        return self.conversation.id


class ConversationCreated(ConversationEvent, kw_only=True, tag="conversation:create"):
    participants: tuple[Participant, ...]
    users: tuple[User, ...]
    reason: str
    source: Source
    associations: tuple[Association, ...] = ()


class ConversationUpdated(ConversationEvent, kw_only=True, tag="conversation:update"):
    pass


class ConversationRemoved(ConversationEvent, kw_only=True, tag="conversation:remove"):
    pass


class Joined(ConversationEvent, kw_only=True, tag="conversation:join"):
    participant: Participant
    user: User
    participants: tuple[Participant, ...]
    users: tuple[User, ...] = ()
    associations: tuple[Association, ...] = ()


class Left(ConversationEvent, kw_only=True, tag="conversation:leave"):
    participant: Participant
    user: User


class MessagePosted(ConversationEvent, kw_only=True, tag="conversation:message"):
    """`source` is the whole of what the message keeps in short; absent in a replay. `receipts`: a webhook wants to know
    when it has arrived."""

    message: Message
    user: User | None = None
    source: Source | None = None
    receipts: bool = False


class MessageDeleted(ConversationEvent, kw_only=True, tag="message:delete"):
    message_id: str


class MessagesCleared(ConversationEvent, kw_only=True, tag="message:delete:all"):
    pass


class HasRead(ConversationEvent, kw_only=True, tag="conversation:read"):
    """`user` and `participant` are absent where the business has read."""

    source: Source
    last_read: int
    user: User | None = None
    participant: Participant | None = None
    display_name: str | None = None


class DeliveryEvent(ConversationEvent, kw_only=True):
    """What is known of a message's way to one user. Told to webhooks alone, so without `seq`."""

    user: User
    message_id: str
    destination: Address


class ReachedChannel(DeliveryEvent, kw_only=True, tag="conversation:message:delivery:channel"):
    pass


class ReachedUser(DeliveryEvent, kw_only=True, tag="conversation:message:delivery:user"):
    """`participant` remembers up to where this was told."""

    participant: Participant


class NotDelivered(DeliveryEvent, kw_only=True, tag="conversation:message:delivery:failure"):
    error: Failure


class Typing(ConversationEvent, kw_only=True, tag="conversation:typing"):
    """`activity` is `typing:start` or `typing:stop`; ephemeral, so without `seq`."""

    activity: str
    source: Source
    user: User | None = None
    display_name: str | None = None
    avatar_url: str | None = None


class Pressed(ConversationEvent, kw_only=True, tag="conversation:postback"):
    """A button's answer, told to the business alone: it takes no `seq`."""

    user: User
    source: Source
    payload: str
    metadata: Metadata | None = None


class ControlEvent(ConversationEvent, kw_only=True):
    """Control of the conversation, told to backends alone: it takes no `seq`.

    `concerned` are the integrations that hear of it whatever else they hear.
    """

    concerned: tuple[str, ...] = ()
    metadata: Metadata | None = None


class ControlPassed(ControlEvent, kw_only=True, tag="switchboard:passControl"):
    reason: str | None = None


class ControlOffered(ControlEvent, kw_only=True, tag="switchboard:offerControl"):
    pass


class ControlAccepted(ControlEvent, kw_only=True, tag="switchboard:acceptControl"):
    pass


class ControlReleased(ControlEvent, kw_only=True, tag="switchboard:releaseControl"):
    reason: str | None = None


class ControlFailed(ControlEvent, kw_only=True):
    """It was refused; nothing changed."""

    problem: Problem


class PassFailed(ControlFailed, kw_only=True, tag="switchboard:passControl:failure"):
    pass


class OfferFailed(ControlFailed, kw_only=True, tag="switchboard:offerControl:failure"):
    pass


class AcceptFailed(ControlFailed, kw_only=True, tag="switchboard:acceptControl:failure"):
    pass


class PersonEvent(Event, kw_only=True):
    user: User

    @property
    def lane(self) -> str:
        return self.user.id


class UserCreated(PersonEvent, kw_only=True, tag="user:create"):
    pass


class UserUpdated(PersonEvent, kw_only=True, tag="user:update"):
    """`reason` is `authentication` where an anonymous user was identified; else nobody but their devices is told."""

    reason: str | None = None
    source: Source | None = None


class UserForgotten(PersonEvent, kw_only=True, tag="user:forget"):
    """Who they were is removed, here and from all that is kept; `user` is what is left."""


class UserRemoved(PersonEvent, kw_only=True, tag="user:remove"):
    pass


class ClientAdded(PersonEvent, kw_only=True, tag="client:add"):
    """`conversation` is the one that a channel client was asked for."""

    client: Client
    reason: str
    source: Source
    conversation: Conversation | None = None


class ClientRemoved(PersonEvent, kw_only=True, tag="client:remove"):
    """`conversation` and `error` say what became of a link that was never made."""

    client: Client
    reason: str
    source: Source
    conversation: Conversation | None = None
    error: Failure | None = None


class DeviceSeen(PersonEvent, kw_only=True, tag="device"):
    """A device is new or has changed; `gone` names one that had to make room."""

    device: Device
    gone: str | None = None


class OfficeEvent(Event, kw_only=True):
    """An app, its keys, integrations or webhooks changed; `office` is how it is now."""

    office: Office


class OfficeChanged(OfficeEvent, kw_only=True, tag="app:change"):
    pass


class KeyRevoked(OfficeEvent, kw_only=True, tag="key:revoke"):
    key_id: str


class IntegrationRemoved(OfficeEvent, kw_only=True, tag="integration:remove"):
    integration_id: str


class AppRemoved(OfficeEvent, kw_only=True, tag="app:remove"):
    pass


class AccountKeyCreated(Event, kw_only=True, tag="account:key"):
    account: Account
    key: Key


class AttachmentEvent(Event, kw_only=True):
    """Something about an uploaded file; nobody is told."""

    attachment: Attachment


class AttachmentKept(AttachmentEvent, kw_only=True, tag="attachment:keep"):
    pass


class AttachmentRemoved(AttachmentEvent, kw_only=True, tag="attachment:remove"):
    pass


class PartnerCreated(Event, kw_only=True, tag="partner:create"):
    partner: Partner


RoomEvent = (
    ConversationCreated
    | ConversationUpdated
    | ConversationRemoved
    | Joined
    | Left
    | MessagePosted
    | MessageDeleted
    | MessagesCleared
    | HasRead
    | ReachedChannel
    | ReachedUser
    | NotDelivered
    | Typing
    | Pressed
    | ControlPassed
    | ControlOffered
    | ControlAccepted
    | ControlReleased
    | PassFailed
    | OfferFailed
    | AcceptFailed
)
AnyEvent = (
    RoomEvent
    | UserCreated
    | UserUpdated
    | UserForgotten
    | UserRemoved
    | ClientAdded
    | ClientRemoved
    | DeviceSeen
    | OfficeChanged
    | KeyRevoked
    | IntegrationRemoved
    | AppRemoved
    | AccountKeyCreated
    | AttachmentKept
    | AttachmentRemoved
    | PartnerCreated
)
