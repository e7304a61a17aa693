"""The nouns: what there is between two events. Times are milliseconds since 1970 UTC."""

from enum import StrEnum
from typing import Annotated, Any, Final

from msgspec import Meta

from gateway.domain import limits
from gateway.domain.value import Shape, Value

Metadata = dict[str, str | int | float | bool]
ExternalId = Annotated[str, Meta(min_length=1, max_length=limits.EXTERNAL_ID, pattern=r"^[^\x00\ud800-\udfff]*$")]


class Scope(StrEnum):
    """Whose key it is, and so how much it opens."""

    ACCOUNT = "account"
    APP = "app"
    INTEGRATION = "integration"


class Kind(StrEnum):
    """The two types of conversation."""

    PERSONAL = "personal"
    GROUP = "sdkGroup"


class Key(Value, kw_only=True):
    """A credential: its id is the Basic user name and the JWT's `kid`, its secret signs."""

    id: str
    secret: str
    display_name: str
    scope: Scope
    app_id: str | None = None
    integration_id: str | None = None


class Account(Value):
    """The whole installation; it has only keys."""

    keys: tuple[Key, ...] = ()


class AppSettings(Shape):
    """What an app may choose. `multi_convo_enabled` cannot be switched off again."""

    conversation_retention_seconds: int = 0
    mask_credit_card_numbers: bool = True
    use_animal_names: bool = False
    echo_postback: bool = False
    ignore_auto_conversation_start: bool = False
    multi_convo_enabled: bool = False
    app_localization_enabled: bool = True
    end_session_enabled: bool = False
    disable_conversation_reopen: bool = False


class App(Value, kw_only=True):
    id: str
    display_name: str
    settings: AppSettings = AppSettings()
    metadata: Metadata = {}


class Webhook(Value, kw_only=True):
    id: str
    integration_id: str
    target: str
    triggers: tuple[str, ...]
    secret: str
    version: str = "v2"
    include_full_user: bool = False
    include_full_source: bool = False


class Integration(Value, kw_only=True):
    """A channel of an app. `fields` are those of its own type, in the API's names."""

    id: str
    type: str
    status: str = "active"
    display_name: str | None = None
    fields: dict[str, Any] = {}
    webhooks: tuple[Webhook, ...] = ()


class Office(Value, kw_only=True):
    """An app with its keys and integrations: all that decisions about its settings need."""

    app: App
    keys: tuple[Key, ...] = ()
    integrations: tuple[Integration, ...] = ()

    def integration(self, integration_id: str) -> Integration | None:
        return next((it for it in self.integrations if it.id == integration_id), None)

    @property
    def webhooks(self) -> tuple[Webhook, ...]:
        return tuple(hook for integration in self.integrations for hook in integration.webhooks)


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


class Participant(Value, kw_only=True):
    """A user's seat in a conversation. `read` counts the messages up to the read mark."""

    id: str
    user_id: str
    read: int = 0
    last_read: int | None = None


class Conversation(Value, kw_only=True):
    """A conversation's own facts and counters.

    `seq` numbers its events and `clock` is the time of the newest; `posted` counts the messages ever posted and
    `cleared` how many of those went with the last "delete all".
    """

    id: str
    app_id: str
    type: Kind
    created_at: int
    last_updated_at: int
    is_default: bool = False
    display_name: str | None = None
    description: str | None = None
    icon_url: str | None = None
    metadata: Metadata | None = None
    business_last_read: int | None = None
    seq: int = 0
    clock: int = 0
    posted: int = 0
    cleared: int = 0


class Room(Value):
    """A conversation with its participants, in the order they joined."""

    conversation: Conversation
    participants: tuple[Participant, ...] = ()

    def seat(self, user_id: str) -> Participant | None:
        return next((it for it in self.participants if it.user_id == user_id), None)

    def unread(self, participant: Participant) -> int:
        return self.conversation.posted - max(participant.read, self.conversation.cleared)


class Source(Value, kw_only=True):
    """Where something came from: `api:conversations`, or an SDK with its integration, client and device."""

    type: str
    integration_id: str | None = None
    client: Client | None = None
    device: Device | None = None

    @property
    def short(self) -> "Source":
        """As a message keeps it: without client and device."""
        return self if self.device is None else Source(type=self.type, integration_id=self.integration_id)


API: Final = Source(type="api:conversations")
SDK_TYPES: Final = ("web", "ios", "android")


class Author(Value, kw_only=True):
    type: str
    user_id: str | None = None
    display_name: str | None = None
    avatar_url: str | None = None
    subtypes: tuple[str, ...] = ()
