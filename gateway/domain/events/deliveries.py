"""What becomes of a message on its way to a user."""

from gateway.domain.events.event import ConversationEvent
from gateway.domain.model import Participant, User
from gateway.domain.value import Value


class Failure(Value):
    """Why something was not done: a stable snake_case code and a sentence for people."""

    code: str
    message: str


class Address(Value):
    """Where a message goes: a platform or channel, and the integration of it."""

    type: str
    integration_id: str | None = None


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
