"""Users, their client and their devices."""

from typing import Annotated, Any

from msgspec import Meta

from gateway.domain import limits
from gateway.domain.value import Metadata, Shape, Value

ExternalId = Annotated[str, Meta(min_length=1, max_length=limits.EXTERNAL_ID, pattern=r"^[^\x00\ud800-\udfff]*$")]


class Profile(Shape):
    given_name: str | None = None
    surname: str | None = None
    email: str | None = None
    avatar_url: str | None = None
    locale: str | None = None


class User(Value, kw_only=True):
    """A person of an app. `session_hash` is the SHA-256 of an anonymous user's session token."""

    id: str
    app_id: str
    external_id: str | None = None
    authenticated: bool = False
    signed_up_at: int | None = None
    to_be_retained: bool = False
    profile: Profile = Profile()
    metadata: Metadata = {}
    session_hash: str | None = None
    default_conversation_id: str | None = None
    conversations: int = 0


class Client(Value, kw_only=True):
    """The one `sdk` client that stands for all of a user's devices."""

    id: str
    linked_at: int
    status: str = "active"


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
    """A user with their SDK client and devices."""

    user: User
    client: Client | None = None
    devices: tuple[Device, ...] = ()

    def device(self, guid: str) -> Device | None:
        return next((device for device in self.devices if device.guid == guid), None)
