"""What every event is."""

from gateway.domain.message import Message
from gateway.domain.model import Conversation, Person, User
from gateway.domain.value import Value


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

    @property
    def lasts(self) -> bool:
        """Whether it is still news at the next attempt to tell of it."""
        return True


class History(Value):
    """What was said last, oldest first, for the webhooks of one integration."""

    integration_id: str
    messages: tuple[Message, ...]


class ConversationEvent(Event, kw_only=True):
    """Something that happened in a conversation; `conversation` is its state afterwards.

    `shown` is what whoever comes into control wants to know; `owner` is whose default conversation it is, for those
    who are told by users. Neither is part of the history.
    """

    conversation: Conversation
    seq: int = 0
    shown: History | None = None
    owner: Person | None = None

    @property
    def lane(self) -> str:
        return self.conversation.id


class PersonEvent(Event, kw_only=True):
    """Something that befell a user; `owner` is the same with their clients, for those who are told of these."""

    user: User
    owner: Person | None = None

    @property
    def lane(self) -> str:
        return self.user.id
