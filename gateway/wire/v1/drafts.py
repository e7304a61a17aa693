"""What v1.1 asks about messages: flat bodies, read into the content they stand for."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from gateway.domain import errors, limits
from gateway.domain.commands import Destination, Post, Ref, Speaker
from gateway.domain.content import (
    AnyAction,
    Content,
    LocationRequestAction,
    ReplyAction,
    Url,
    actions_of,
    check_metadata,
)
from gateway.domain.errors import Refused
from gateway.domain.message import Override
from gateway.domain.model import Metadata
from gateway.wire import requests
from gateway.wire.json import read, shape
from gateway.wire.requests import Body

BUSINESS: Final = "appMaker"
IN_JSON: Final = ("metadata", "actions", "destination", "override")  # where a form has no words for them
ONCE: Final = (ReplyAction, LocationRequestAction)
OF_CONTENT: Final = (
    "type", "text", "mediaUrl", "mediaType", "altText", "items", "actions", "payload", "coordinates", "location",
    "displaySettings", "blockChatInput", "fields",
)  # fmt: skip


class AuthorDraft(Body, kw_only=True):
    """Who says something: the business under a name of its choice, or the user."""

    role: Literal["appUser", "appMaker"]
    name: Annotated[str, Meta(max_length=limits.LABEL)] | None = None
    email: Annotated[str, Meta(max_length=limits.ADDRESS)] | None = None
    avatar_url: Url | None = None

    def speaker(self, user: Ref) -> Speaker:
        return Speaker(
            user=None if self.role == BUSINESS else user,
            display_name=self.name or None,
            avatar_url=self.avatar_url or (gravatar(self.email) if self.email else None),
        )


class MessageDraft(AuthorDraft, kw_only=True):
    """All of a message but its content, whose fields stand beside these."""

    metadata: Metadata | None = None
    destination: requests.Destination | None = None
    override: Override | None = None

    def __post_init__(self) -> None:
        check_metadata(self.metadata)


def gravatar(email: str) -> str:
    """The picture that somebody has chosen for an address."""
    key = hashlib.md5(email.strip().lower().encode(), usedforsecurity=False).hexdigest()
    return f"https://www.gravatar.com/avatar/{key}.png?s=200&d=mm"


def post(sent: Any, app_id: str, user: Ref) -> Post:
    """A message's body as a post in a conversation that is still to be named; raises `Refused` (400)."""
    draft = shape(sent, MessageDraft)
    destination = draft.destination
    return Post(
        app_id=app_id,
        conversation_id="",
        author=draft.speaker(user),
        content=content(sent),
        captions=True,
        metadata=draft.metadata,
        override=draft.override,
        destination=Destination(
            integration_id=destination.integration_id, integration_type=destination.integration_type
        )
        if destination
        else None,
    )


def content(sent: dict[str, Any]) -> Content:
    """The content of a flat message; without a type it is a text. Raises `Refused` (400)."""
    if sent.get("type") == "formResponse":
        raise Refused(errors.NO_API_FORM_RESPONSE)
    if any(_shares(sent.get(place)) for place in ("actions", "items")):
        raise Refused(errors.NO_SHARING)
    said = {name: sent[name] for name in OF_CONTENT if sent.get(name) is not None}
    shown: Content = shape({"type": "text", **said}, Content)  # type: ignore[arg-type]
    _check_mix(actions_of(shown))
    return shown


def _check_mix(actions: Iterable[AnyAction]) -> None:
    """Raises `Refused` (400) where buttons that vanish when pressed stand beside those that stay."""
    if len({isinstance(it, ONCE) for it in actions}) > 1:
        raise Refused(errors.MIXED_ACTIONS)


def _shares(part: Any) -> bool:
    """Whether there is a button to share a message with, which v2 does not have. Else it may be anything."""
    match part:
        case [*parts]:
            return any(map(_shares, parts))
        case {"type": "share"}:
            return True
        case {"actions": [*actions]}:
            return any(map(_shares, actions))
        case _:
            return False


def uploaded(fields: Mapping[str, str], url: str) -> dict[str, Any]:
    """The fields of a form as the body of the message that shows the picture which came with them."""
    sent = {name: _parsed(name, text) if name in IN_JSON else text for name, text in fields.items()}
    return {**sent, "type": "image", "mediaUrl": url}


def _parsed(name: str, text: str) -> Any:
    try:
        return read(text.encode(), Any)
    except Refused:
        raise Refused(errors.bad_request(f"{name} should be valid JSON")) from None
