"""What happens in conversations, between those who sit in them."""

from gateway.domain.content import PostbackAction
from gateway.domain.events.event import ConversationEvent
from gateway.domain.message import Message
from gateway.domain.model import Association, Metadata, Participant, Source, User


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
    """`heir` is the seat that goes on for the one who left: that of the user they were merged into."""

    participant: Participant
    user: User
    heir: Participant | None = None


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


class Typing(ConversationEvent, kw_only=True, tag="conversation:typing"):
    """`activity` is `typing:start` or `typing:stop`; ephemeral, so without `seq`."""

    activity: str
    source: Source
    user: User | None = None
    display_name: str | None = None
    avatar_url: str | None = None

    @property
    def lasts(self) -> bool:
        return False


class Pressed(ConversationEvent, kw_only=True, tag="conversation:postback"):
    """A button's answer, told to the business alone: it takes no `seq`. `message` is the one that has the button, for
    those who are told of it."""

    user: User
    source: Source
    payload: str
    metadata: Metadata | None = None
    action: PostbackAction | None = None
    message: Message | None = None
