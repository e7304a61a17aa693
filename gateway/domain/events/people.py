"""What happens to users, their clients and devices."""

from gateway.domain.events.deliveries import Failure
from gateway.domain.events.event import PersonEvent
from gateway.domain.model import Client, Conversation, Device, Source


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
