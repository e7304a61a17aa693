"""What every command is: something asked of the domain, with what must be held to decide it."""

from typing import Any, Generic, TypeVar

from gateway.domain.value import Value

Answer = TypeVar("Answer")


class Ref(Value):
    """A user as a caller names them: by `id`, by `external` id, or by whichever of the two fits (`either`).

    An external id is unique within its `brand`, where "" is that of users without one. No brand names the user
    without one, else the only one who has the external id.
    """

    app_id: str
    value: str
    by: str = "either"
    brand: str | None = None


class Needs(Value, kw_only=True):
    """What must be read before a command can be decided."""

    account: bool = False
    service_account: str | None = None
    office: str | None = None
    room: str | None = None
    people: tuple[Ref, ...] = ()
    default_of: Ref | None = None  # one of `people`, whose default conversation is then `room`
    guests: bool = False  # the people of `room`, and of all rooms that are held by `rooms_of_people`
    recipients: bool = False  # the same, where a webhook wants to know what becomes of messages
    rooms_of_people: bool = False
    message: str | None = None  # of `room`
    action: str | None = None  # of `room`
    reply: str | None = None  # the payload of a reply button of `room`
    newest: bool = False  # messages of `room`, for whoever comes into control
    attachment: str | None = None
    sent: tuple[str, str, str] | None = None  # conversation, author, client message id


class Command(Value, Generic[Answer], kw_only=True):
    """Something asked of the domain; `execute` gives its `Answer` or raises `Refused`."""

    app_id: str

    def needs(self) -> Needs:
        return Needs(office=self.app_id)


class Speaker(Value, kw_only=True):
    """Who acts in a conversation: the business, or a user."""

    user: Ref | None = None
    display_name: str | None = None
    avatar_url: str | None = None
    subtypes: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[Ref, ...]:
        return (self.user,) if self.user else ()


AnyCommand = Command[Any]
