"""What a device says: one JSON text frame, as a typed value."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.domain import limits
from gateway.domain.content import Content, Label, Url, check_metadata
from gateway.domain.model import Metadata
from gateway.domain.value import Shape
from gateway.wire.json import glance, read
from gateway.wire.socket import FrameId

ConversationId = Annotated[str, Meta(min_length=1, max_length=64)]
ClientMessageId = Annotated[str, Meta(min_length=1, max_length=limits.CLIENT_MESSAGE_ID, pattern=r"^[^\x00]*$")]
Name = Annotated[str, Meta(min_length=1, max_length=limits.NAME)]
Description = Annotated[str, Meta(min_length=1, max_length=limits.DESCRIPTION)]
PushToken = Annotated[str, Meta(min_length=1, max_length=limits.PUSH_TOKEN)]
ProfileText = Annotated[str, Meta(min_length=1, max_length=limits.PROFILE)]
Limit = Annotated[int, Meta(ge=1, le=limits.PAGE)]
Seq = Annotated[int, Meta(ge=0, le=limits.SEQ)]


class Frame(Shape, kw_only=True, tag_field="type"):
    id: str | int | float


class Auth(Shape):
    jwt: str | None = None
    user_id: str | None = None
    session_token: str | None = None
    auth_code: str | None = None

    def __post_init__(self) -> None:
        if self.auth_code is not None and (self.jwt is not None or self.user_id is not None):
            raise ValueError("authCode excludes jwt and userId")


class DeviceFacts(Shape, kw_only=True):
    guid: Annotated[str, Meta(min_length=1, max_length=limits.DEVICE_GUID)]
    platform: Literal["web", "ios", "android", "unity"] | None = None
    app_version: Annotated[str, Meta(max_length=limits.LABEL)] | None = None
    info: dict[str, Any] | None = None
    push_notification_token: PushToken | None = None

    def __post_init__(self) -> None:
        check_metadata(self.info, "info")


class Positions(Shape):
    epoch: str
    seq: Annotated[dict[str, Seq], Meta(max_length=limits.POSITIONS)]


class Hello(Frame, kw_only=True, tag="hello"):
    device: DeviceFacts
    auth: Auth | None = None
    positions: Positions | None = None


class Send(Frame, kw_only=True, tag="message:send"):
    conversation_id: ConversationId
    content: Content
    client_message_id: ClientMessageId | None = None
    metadata: Metadata | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata)


class ListMessages(Frame, kw_only=True, tag="message:list"):
    conversation_id: ConversationId
    before_seq: Seq | None = None
    after_seq: Seq | None = None
    limit: Limit = limits.MESSAGES_PAGE

    def __post_init__(self) -> None:
        if self.before_seq is not None and self.after_seq is not None:
            raise ValueError("beforeSeq and afterSeq exclude each other")


class EventsSince(Frame, kw_only=True, tag="events:since"):
    conversation_id: ConversationId
    seq: Seq


class MarkRead(Frame, kw_only=True, tag="conversation:read"):
    conversation_id: ConversationId


class ListConversations(Frame, kw_only=True, tag="conversation:list"):
    after: str | None = None
    limit: Limit = limits.PAGE_DEFAULT


class GetConversation(Frame, kw_only=True, tag="conversation:get"):
    conversation_id: ConversationId


class OpenConversation(Frame, kw_only=True, tag="conversation:create"):
    display_name: Name | None = None
    description: Description | None = None
    icon_url: Url | None = None
    metadata: Metadata | None = None
    messages: Annotated[tuple[Content, ...], Meta(max_length=limits.FIRST_MESSAGES)] = ()

    def __post_init__(self) -> None:
        check_metadata(self.metadata)


class ChangeConversation(Frame, kw_only=True, tag="conversation:update"):
    conversation_id: ConversationId
    display_name: Name | None | UnsetType = UNSET
    description: Description | None | UnsetType = UNSET
    icon_url: Url | None | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_metadata(self.metadata or None)


class PressButton(Frame, kw_only=True, tag="postback"):
    conversation_id: ConversationId
    action_id: Label


class StartTyping(Frame, kw_only=True, tag="typing:start"):
    conversation_id: ConversationId


class StopTyping(Frame, kw_only=True, tag="typing:stop"):
    conversation_id: ConversationId


class ProfileChanges(Shape):
    given_name: ProfileText | None | UnsetType = UNSET
    surname: ProfileText | None | UnsetType = UNSET
    email: ProfileText | None | UnsetType = UNSET
    avatar_url: Url | None | UnsetType = UNSET
    locale: Annotated[str, Meta(min_length=1, max_length=limits.LOCALE)] | None | UnsetType = UNSET


class ChangeUser(Frame, kw_only=True, tag="user:update"):
    profile: ProfileChanges | UnsetType = UNSET
    metadata: Metadata | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_metadata(self.metadata or None)


class ChangeDevice(Frame, kw_only=True, tag="device:update"):
    push_notification_token: PushToken | None | UnsetType = UNSET
    state: Literal["foreground", "background"] | UnsetType = UNSET


class Login(Frame, kw_only=True, tag="login"):
    jwt: str


class Logout(Frame, kw_only=True, tag="logout"):
    pass


class Ping(Frame, kw_only=True, tag="ping"):
    pass


AnyFrame = (
    Hello
    | Send
    | ListMessages
    | EventsSince
    | MarkRead
    | ListConversations
    | GetConversation
    | OpenConversation
    | ChangeConversation
    | PressButton
    | StartTyping
    | StopTyping
    | ChangeUser
    | ChangeDevice
    | Login
    | Logout
    | Ping
)


def parse(text: bytes) -> AnyFrame:
    """A frame from a device; raises `Refused` with a sentence that names the field."""
    frame: AnyFrame = read(text, AnyFrame)
    return frame


def frame_id(text: bytes) -> FrameId:
    """The id of a frame that could not be parsed, so that its refusal can be matched; None if it has none."""
    seen = glance(text)
    named = seen.get("id") if isinstance(seen, dict) else None
    if isinstance(named, str):
        return named.encode(errors="replace").decode()  # half a surrogate pair can be read, but not written
    return named if isinstance(named, int | float) and not isinstance(named, bool) else None


def is_text(text: bytes) -> bool:
    """Whether a text frame holds UTF-8, as RFC 6455 demands."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
