"""Clients: by which channels a user can be reached, and how one is asked for."""

from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from gateway.domain import limits
from gateway.domain.content import Image, LinkAction, Text
from gateway.domain.value import Shape, Value

SDK: Final = "sdk"
PENDING: Final = "pending"


class MatchCriteria(Shape, kw_only=True, tag_field="type"):
    """How the user is found on a channel."""

    integration_id: str
    primary: bool | None = True


class ByAddress(MatchCriteria, kw_only=True, tag="mailgun"):
    address: Annotated[str, Meta(max_length=limits.ADDRESS)]
    subject: Annotated[str, Meta(max_length=limits.SUBJECT)] | None = "New message from {appName}"

    def __post_init__(self) -> None:
        name, _, host = self.address.rpartition("@")
        if not name or not host or any(it.isspace() for it in self.address):
            raise ValueError("address should be an e-mail address")

    @property
    def external_id(self) -> str:
        return self.address


class ByPhone(MatchCriteria, kw_only=True):
    phone_number: Annotated[str, Meta(max_length=limits.LABEL)]

    def __post_init__(self) -> None:
        digits = self.external_id.removeprefix("+")
        if not self.phone_number.startswith("+") or not digits.isdecimal() or not digits.isascii():
            raise ValueError("phoneNumber should begin with + and the country code, such as +1 212-555-2368")
        if not limits.PHONE_LEAST <= len(digits) <= limits.PHONE:
            raise ValueError(f"phoneNumber should have {limits.PHONE_LEAST} to {limits.PHONE} digits")

    @property
    def external_id(self) -> str:
        return self.phone_number.translate(_SEPARATORS)


_SEPARATORS = str.maketrans("", "", " -().")


class ByMessagebird(ByPhone, kw_only=True, tag="messagebird"):
    pass


class ByTwilio(ByPhone, kw_only=True, tag="twilio"):
    pass


class ByWhatsapp(ByPhone, kw_only=True, tag="whatsapp"):
    pass


AnyCriteria = ByAddress | ByMessagebird | ByTwilio | ByWhatsapp


class Confirmation(Shape, kw_only=True):
    """Whether the user has to agree, and with which words they are asked. These do not enter the conversation."""

    type: Literal["immediate", "userActivity", "prompt"]
    message: Text | Image | None = None

    def __post_init__(self) -> None:
        actions = self.message.actions if self.message else None
        if not all(isinstance(it, LinkAction) for it in actions or ()):
            raise ValueError("confirmation.message may have actions of type link only")


class Link(Value, kw_only=True):
    """What was asked of a channel client: whom to match, how to confirm, and the conversation it is attached to."""

    conversation_id: str
    criteria: AnyCriteria
    confirmation: Confirmation


class Client(Value, kw_only=True, omit_defaults=True):
    """A way to reach a user. The one of type `sdk` stands for all their devices; others have a `link`."""

    id: str
    type: str = SDK
    status: str = "active"
    linked_at: int | None = None
    last_seen: int | None = None
    integration_id: str | None = None
    external_id: str | None = None
    display_name: str | None = None
    avatar_url: str | None = None
    info: dict[str, Any] | None = None
    raw: dict[str, Any] | None = None
    link: Link | None = None

    def attached_to(self, conversation_id: str) -> bool:
        """Whether it serves a conversation: the SDK every one of its user's, a channel the one it was asked for."""
        return self.link.conversation_id == conversation_id if self.link else self.type == SDK


class Association(Value):
    """A client that serves a user in a conversation."""

    user_id: str
    client_id: str
    type: str = SDK
