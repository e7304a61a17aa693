"""What happens to users, their clients and devices."""

from gateway.domain.events.deliveries import Failure
from gateway.domain.events.event import PersonEvent
from gateway.domain.model import Client, Conversation, Device, Metadata, Participant, Source, User
from gateway.domain.value import Value


class UserCreated(PersonEvent, kw_only=True, tag="user:create"):
    pass


class UserUpdated(PersonEvent, kw_only=True, tag="user:update"):
    """`reason` is `authentication` where an anonymous user was identified; else nobody but their devices is told."""

    reason: str | None = None
    source: Source | None = None


class SessionsChanged(PersonEvent, kw_only=True, tag="user:sessions"):
    """There is another session, or one less. Told to nobody."""


class UserForgotten(PersonEvent, kw_only=True, tag="user:forget"):
    """Who they were is removed, here and from all that is kept; `user` is what is left."""


class UserRemoved(PersonEvent, kw_only=True, tag="user:remove"):
    pass


class Union(Value, kw_only=True):
    """Two conversations that became one: `surviving` as it is afterwards, with `seat`, and `discarded` as it was.

    Where `numbered_from` is given, their messages stand together in the order of time and are numbered anew after it.
    """

    surviving: Conversation
    discarded: Conversation
    seat: Participant
    numbered_from: int | None = None


class UserMerged(PersonEvent, kw_only=True, tag="user:merge"):
    """All that `discarded` had is `user`'s, who is shown as they are afterwards.

    `union` is of their default conversations, where both had one. `reason` is `api`, `sdkLogin` or `channelLinking`;
    `discarded_metadata` is what the survivor had no room for.
    """

    discarded: User
    reason: str
    discarded_metadata: Metadata | None = None
    union: Union | None = None


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
    """A device was `added` or has changed; `gone` names one that had to make room."""

    device: Device
    added: bool = False
    gone: str | None = None
