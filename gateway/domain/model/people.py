"""Users and their devices."""

from typing import Annotated, Any, Final

from msgspec import Meta, structs

from gateway.domain import limits
from gateway.domain.model.clients import Association, Client
from gateway.domain.value import Metadata, Shape, Value

_PLAIN: Final = r"^[^\x00\ud800-\udfff]*$"
ExternalId = Annotated[str, Meta(min_length=1, max_length=limits.EXTERNAL_ID, pattern=_PLAIN)]
BrandId = Annotated[str, Meta(min_length=1, max_length=limits.BRAND, pattern=_PLAIN)]


class Profile(Shape):
    given_name: str | None = None
    surname: str | None = None
    email: str | None = None
    avatar_url: str | None = None
    locale: str | None = None


class Identity(Shape, kw_only=True):
    """What a user was proven to be, besides their external id. `verification` says by what."""

    type: str
    value: str
    verification: str

    @property
    def key(self) -> str:
        """What it is found by: whoever types it need not care for case."""
        return self.value.casefold()


class User(Value, kw_only=True):
    """A person of an app. `session_hashes` are the SHA-256 of their session tokens, the newest last."""

    id: str
    app_id: str
    external_id: str | None = None
    brand_id: str | None = None
    authenticated: bool = False
    signed_up_at: int | None = None
    to_be_retained: bool = False
    profile: Profile = Profile()
    metadata: Metadata = {}
    identities: tuple[Identity, ...] = ()
    session_hashes: tuple[str, ...] = ()
    default_conversation_id: str | None = None
    conversations: int = 0


class AuthCode(Value, kw_only=True):
    """What an auth code says: as whom a device may come in, before `until` (ms)."""

    app_id: str
    user_id: str
    until: int


class Device(Value, kw_only=True):
    """One installation of an SDK; `guid` is made by it and kept."""

    id: str
    guid: str
    platform: str
    integration_id: str
    last_seen: int
    status: str = "active"
    state: str = "foreground"
    push_token: str | None = None
    app_version: str | None = None
    info: dict[str, Any] = {}


class Person(Value, kw_only=True):
    """A user with their SDK client, what links them to other channels, and their devices."""

    user: User
    client: Client | None = None
    links: tuple[Client, ...] = ()
    devices: tuple[Device, ...] = ()

    @property
    def clients(self) -> tuple[Client, ...]:
        """All of them, the SDK's first; it was last seen when the last of its devices was."""
        if self.client is None:
            return self.links
        last_seen = max((it.last_seen for it in self.devices), default=None)
        return (structs.replace(self.client, last_seen=last_seen), *self.links)

    def associations(self, conversation_id: str) -> tuple[Association, ...]:
        """What serves the user in a conversation: the SDK's client, then channels, the newest first."""
        own = (self.client,) if self.client else ()
        links = (it for it in reversed(self.links) if it.attached_to(conversation_id))
        return tuple(Association(self.user.id, it.id, it.type) for it in (*own, *links))

    def device(self, guid: str) -> Device | None:
        return next((device for device in self.devices if device.guid == guid), None)
