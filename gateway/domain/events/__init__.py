"""What happened. An event is fat: it carries all that its readers need, so that rendering asks nobody.

`audience` names the users whose devices hear it; `domain.audience` decides. An event with a `seq` is part of its
conversation's history and can be replayed; typing has none. Times are milliseconds since 1970 UTC.
"""

from gateway.domain.events.control import (
    AcceptFailed,
    ControlAccepted,
    ControlEvent,
    ControlFailed,
    ControlOffered,
    ControlPassed,
    ControlReleased,
    OfferFailed,
    PassFailed,
)
from gateway.domain.events.deliveries import Address, DeliveryEvent, Failure, NotDelivered, ReachedChannel, ReachedUser
from gateway.domain.events.event import ConversationEvent, Event, History, PersonEvent
from gateway.domain.events.offices import (
    AccountKeyCreated,
    AppRemoved,
    AttachmentEvent,
    AttachmentKept,
    AttachmentRemoved,
    IntegrationRemoved,
    KeyRevoked,
    OfficeChanged,
    OfficeEvent,
    PartnerCreated,
    ServiceAccountChanged,
    ServiceAccountEvent,
    ServiceAccountRemoved,
)
from gateway.domain.events.people import (
    ClientAdded,
    ClientRemoved,
    DeviceSeen,
    SessionsChanged,
    Union,
    UserCreated,
    UserForgotten,
    UserMerged,
    UserRemoved,
    UserUpdated,
)
from gateway.domain.events.rooms import (
    ConversationCreated,
    ConversationRemoved,
    ConversationUpdated,
    HasRead,
    Joined,
    Left,
    MessageDeleted,
    MessagePosted,
    MessagesCleared,
    Pressed,
    Typing,
)

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
    | SessionsChanged
    | UserForgotten
    | UserMerged
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
    | ServiceAccountChanged
    | ServiceAccountRemoved
)

__all__ = [
    "AcceptFailed",
    "AccountKeyCreated",
    "Address",
    "AnyEvent",
    "AppRemoved",
    "AttachmentEvent",
    "AttachmentKept",
    "AttachmentRemoved",
    "ClientAdded",
    "ClientRemoved",
    "ControlAccepted",
    "ControlEvent",
    "ControlFailed",
    "ControlOffered",
    "ControlPassed",
    "ControlReleased",
    "ConversationCreated",
    "ConversationEvent",
    "ConversationRemoved",
    "ConversationUpdated",
    "DeliveryEvent",
    "DeviceSeen",
    "Event",
    "Failure",
    "HasRead",
    "History",
    "IntegrationRemoved",
    "Joined",
    "KeyRevoked",
    "Left",
    "MessageDeleted",
    "MessagePosted",
    "MessagesCleared",
    "NotDelivered",
    "OfferFailed",
    "OfficeChanged",
    "OfficeEvent",
    "PartnerCreated",
    "PassFailed",
    "PersonEvent",
    "Pressed",
    "ReachedChannel",
    "ReachedUser",
    "RoomEvent",
    "ServiceAccountChanged",
    "ServiceAccountEvent",
    "ServiceAccountRemoved",
    "SessionsChanged",
    "Typing",
    "Union",
    "UserCreated",
    "UserForgotten",
    "UserMerged",
    "UserRemoved",
    "UserUpdated",
]
